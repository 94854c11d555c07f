"""How far the numbers can be trusted: coverage, colours that could not be told, and how two parsers agree."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from monitoring.boards.panels import lines, number
from monitoring.boards.prometheus import ask, new_operations_board

_WHERE = 'instance=~"$instance", stream=~"$stream"'
_RATIO = "footfall:stream_coverage:ratio_rate5m"


def board() -> Dashboard:
    """The whole of it."""
    about = "How far numbers can be trusted: what they rest on, colours that could not be told, and how two parsers agree."
    made = new_operations_board("Footfall: how far to trust it", "footfall-trust", about, streams=True)
    for panel in (*_NUMBERS, *_LINES):
        made = made.with_panel(panel)
    return made


def _unknown() -> str:
    garments = f"footfall_visit_garments_total{{{_WHERE}"
    return (
        f'sum by (stream) (increase({garments}, color="unknown"}}[$__range])) / '
        f"(sum by (stream) (increase({garments}}}[$__range])) > 0)"
    )


_NUMBERS = (
    number(
        "Coverage of the newest windows", "Of the stream that has least.", "percentunit", span=8
    ).with_target(ask(f"min(footfall_window_coverage_ratio{{{_WHERE}}})")),
    number(
        "Frames dropped", "In the time that is shown, since parsing was too slow.", "short", span=8
    ).with_target(
        ask(f'sum(increase(footfall_stream_frames_total{{{_WHERE}, outcome="dropped"}}[$__range]))')
    ),
    number("Frames damaged", "In the time that is shown.", "short", span=8).with_target(
        ask(f'sum(increase(footfall_stream_frames_total{{{_WHERE}, outcome="damaged"}}[$__range]))')
    ),
)

_LINES = (
    lines("Coverage of windows", "What the counts of each window rest on, as told with them.", "percentunit")
    .max(1)
    .with_target(ask(f"footfall_window_coverage_ratio{{{_WHERE}}}", "{{stream}} {{window_s}} s")),
    lines(
        "Coverage of the last five minutes",
        "Signal, frames parsed and frames whole, multiplied.",
        "percentunit",
    )
    .max(1)
    .with_target(ask(f"{_RATIO}{{{_WHERE}}}", "{{stream}}")),
    lines("Time with a signal", "A camera's part of the last five minutes.", "percentunit").with_target(
        ask(f"clamp_max(rate(footfall_stream_signal_seconds_total{{{_WHERE}}}[5m]), 1)", "{{stream}}")
    ),
    lines("Colours that could not be told", "Part of the garments of visits.", "percentunit")
    .max(1)
    .with_target(ask(_unknown(), "{{stream}}")),
    lines(
        "Agreement of a trial",
        "Of two parsers on the same pictures: number of persons, parts of their pixels.",
        "percentunit",
    )
    .max(1)
    .with_target(ask('footfall_trial_agreement_ratio{instance=~"$instance"}', "{{model}} {{about}}")),
    lines("Pictures compared", "In the trial.", "short").with_target(
        ask('footfall_trial_compared{instance=~"$instance"}', "{{model}}")
    ),
)
