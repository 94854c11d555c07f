"""Cameras: whether their pictures come, and what becomes of them."""

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.builders.statetimeline import Panel as StatesPanel
from grafana_foundation_sdk.builders.timeseries import Panel as LinesPanel

from monitoring.boards.panels import WIDTH, lines, number
from monitoring.boards.prometheus import ask, new_operations_board

_WHERE = 'instance=~"$instance", stream=~"$stream"'


def board() -> Dashboard:
    """The whole of it."""
    about = "Whether the pictures of cameras come, and what becomes of them."
    made = new_operations_board("Footfall: cameras", "footfall-cameras", about, streams=True)
    for panel in _NUMBERS:
        made = made.with_panel(panel)
    return (
        made.with_panel(_states())
        .with_panel(
            lines("Age of the newest picture", "Since the newest picture was dealt with.", "s").with_target(
                ask(f"footfall_stream_last_frame_age_seconds{{{_WHERE}}}", "{{stream}}")
            )
        )
        .with_panel(
            lines("Frames that were parsed", "In which persons were looked for.", "cps").with_target(
                ask(
                    f'rate(footfall_stream_frames_total{{{_WHERE}, outcome="parsed"}}[$__rate_interval])',
                    "{{stream}}",
                )
            )
        )
        .with_panel(_losses())
        .with_panel(
            lines("Persons", "In the newest picture.", "short").with_target(
                ask(f"footfall_stream_persons{{{_WHERE}}}", "{{stream}}")
            )
        )
        .with_panel(
            lines("Visits an hour", "Visits that ended within an hour.", "short").with_target(
                ask(f"increase(footfall_stream_visits_total{{{_WHERE}}}[1h])", "{{stream}}")
            )
        )
        .with_panel(
            lines("Faults", "Faults of Footfall's own, within an hour.", "short").with_target(
                ask(f"increase(footfall_stream_faults_total{{{_WHERE}}}[1h])", "{{stream}}")
            )
        )
    )


_UP = f'footfall_stream_state{{{_WHERE}, state=~"live|running"}}'

_NUMBERS = (
    number("Streams with pictures", "Live cameras, and recordings that run.", "short").with_target(
        ask(f"sum({_UP})")
    ),
    number(
        "Streams without", "Of those that are there, and of cameras that cannot be opened yet.", "short"
    ).with_target(
        ask(
            f"count(footfall_stream_live{{{_WHERE}}}) - sum({_UP}) "
            '+ (count(footfall_stream_unopened{instance=~"$instance"}) or vector(0))'
        )
    ),
    number("Persons now", "In the newest pictures of all.", "short").with_target(
        ask(f"sum(footfall_stream_persons{{{_WHERE}}})")
    ),
    number("Visits in the last 24 hours", "Visits that ended, of all.", "short").with_target(
        ask(f"sum(increase(footfall_stream_visits_total{{{_WHERE}}}[24h]))")
    ),
)


def _states() -> StatesPanel:
    panel = StatesPanel().row_height(0.9).title("States").height(8).span(WIDTH)
    panel = panel.description("In which state each stream was; a bar for the one that it was in.")
    return panel.with_target(ask(f"footfall_stream_state{{{_WHERE}}} == 1", "{{stream}} {{state}}"))


def _losses() -> LinesPanel:
    about = "Parts of the frames that do not reach the counts: dropped since parsing was too slow, and damaged on their way."
    dropped = f'rate(footfall_stream_frames_total{{{_WHERE}, outcome="dropped"}}[$__rate_interval])'
    sampled = f"rate(footfall_stream_frames_sampled_total{{{_WHERE}}}[$__rate_interval])"
    damaged = f'rate(footfall_stream_frames_total{{{_WHERE}, outcome="damaged"}}[$__rate_interval])'
    read = f"rate(footfall_stream_frames_read_total{{{_WHERE}}}[$__rate_interval])"
    return (
        lines("Frames that are lost", about, "percentunit")
        .with_target(ask(f"{dropped} / ignoring (outcome) {sampled}", "{{stream}} dropped"))
        .with_target(ask(f"{damaged} / ignoring (outcome) {read}", "{{stream}} damaged", "B"))
    )
