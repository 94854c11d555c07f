"""The spool and the sinks: whether what was counted arrives."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from monitoring.boards.panels import lines, number
from monitoring.boards.prometheus import ask, new_operations_board

_WHERE = 'instance=~"$instance"'


def board() -> Dashboard:
    """The whole of it."""
    about = "Whether what was counted arrives: what waits for each sink, and how full the spool is."
    made = new_operations_board("Footfall: spool and sinks", "footfall-spool", about, streams=False)
    for panel in (*_NUMBERS, *_LINES):
        made = made.with_panel(panel)
    return made


_NUMBERS = (
    number(
        "Spool", "How full it is; at its limit recordings wait and cameras drop frames.", "percentunit"
    ).with_target(
        ask(f"max(footfall_spool_used_bytes{{{_WHERE}}} / footfall_spool_limit_bytes{{{_WHERE}}})")
    ),
    number("Longest lag", "Of the sink that is furthest behind.", "s").with_target(
        ask(f"max(footfall_sink_lag_seconds{{{_WHERE}}})")
    ),
    number("Sinks away", "That take no events now.", "short").with_target(
        ask(f"count(footfall_sink_well{{{_WHERE}}}) - sum(footfall_sink_well{{{_WHERE}}})")
    ),
    number("Events can be kept", "1 while they can.", "short").with_target(
        ask(f"min(footfall_spool_well{{{_WHERE}}})")
    ),
)

_LINES = (
    lines("Lag of each sink", "Since the oldest event that waits was counted.", "s").with_target(
        ask(f"footfall_sink_lag_seconds{{{_WHERE}}}", "{{sink}}")
    ),
    lines("Events that wait", "For each sink, and in the spool.", "short")
    .with_target(ask(f"footfall_sink_events_waiting{{{_WHERE}}}", "{{sink}}"))
    .with_target(ask(f"footfall_spool_events{{{_WHERE}}}", "spool", "B")),
    lines("Events stored", "By each sink.", "cps").with_target(
        ask(f"rate(footfall_sink_events_stored_total{{{_WHERE}}}[$__rate_interval])", "{{sink}}")
    ),
    lines("Events missed for good", "By each sink, within an hour.", "short").with_target(
        ask(f"increase(footfall_sink_events_undelivered_total{{{_WHERE}}}[1h])", "{{sink}}")
    ),
    lines("Size of the spool", "Without what was deleted in it, and how large it may become.", "bytes")
    .with_target(ask(f"footfall_spool_used_bytes{{{_WHERE}}}", "used"))
    .with_target(ask(f"footfall_spool_limit_bytes{{{_WHERE}}}", "limit", "B")),
    lines("Sinks that take events", "1 while they do.", "short").with_target(
        ask(f"footfall_sink_well{{{_WHERE}}}", "{{sink}}")
    ),
)
