"""The service: requests, the parser that they share with cameras, and what the process takes."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from monitoring.boards.panels import WIDTH, lines, number, stacked
from monitoring.boards.prometheus import ask, new_operations_board

_WHERE = 'instance=~"$instance"'


def board() -> Dashboard:
    """The whole of it."""
    about = "Requests, the parser that they share with cameras, and what the process takes."
    made = new_operations_board("Footfall: service", "footfall-service", about, streams=False)
    for panel in (*_NUMBERS, *_REQUESTS, *_JOBS, *_PARSER, *_PROCESS):
        made = made.with_panel(panel)
    return made


def _quantile(share: float, metric: str, by: str = "") -> str:
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({share}, sum by ({labels}) (rate({metric}_bucket{{{_WHERE}}}[$__rate_interval])))"


_NUMBERS = (
    number("Requests a second", "All that were answered.", "reqps").with_target(
        ask(f"sum(rate(footfall_http_requests_total{{{_WHERE}}}[$__rate_interval]))")
    ),
    number("Faults", "Answers with a status of 500 or above, within an hour.", "short").with_target(
        ask(f'sum(increase(footfall_http_requests_total{{{_WHERE}, status=~"5.."}}[1h])) or vector(0)')
    ),
    number("Pictures refused", "Since too many waited, within an hour.", "short").with_target(
        ask(f'sum(increase(footfall_pictures_total{{{_WHERE}, outcome="refused"}}[1h]))')
    ),
    number("Up since", "When the process began.", "dateTimeFromNow").with_target(
        ask(f"min(process_start_time_seconds{{{_WHERE}}}) * 1000")
    ),
)

_REQUESTS = (
    stacked(lines("Requests", "By address and status.", "reqps")).with_target(
        ask(
            f"sum by (route, status) (rate(footfall_http_requests_total{{{_WHERE}}}[$__rate_interval]))",
            "{{route}} {{status}}",
        )
    ),
    lines("Time of an answer", "Nineteen of twenty are faster, by address.", "s").with_target(
        ask(_quantile(0.95, "footfall_http_request_seconds", "route"), "{{route}}")
    ),
    stacked(lines("Pictures", "Of requests, by what became of them.", "cps")).with_target(
        ask(f"sum by (outcome) (rate(footfall_pictures_total{{{_WHERE}}}[$__rate_interval]))", "{{outcome}}")
    ),
    lines("Pictures on their way", "Accepted and not done yet, by priority.", "short").with_target(
        ask(f"sum by (priority) (footfall_requests_held{{{_WHERE}}})", "{{priority}}")
    ),
)

_JOBS = (
    stacked(lines("Jobs", "That are remembered, by their state.", "short", span=WIDTH)).with_target(
        ask(f"sum by (state) (footfall_jobs{{{_WHERE}}})", "{{state}}")
    ),
)

_PARSER = (
    lines("Time of the parser", "For a picture: half of them, and nineteen of twenty, are faster.", "s")
    .with_target(ask(_quantile(0.5, "footfall_parser_seconds"), "half"))
    .with_target(ask(_quantile(0.95, "footfall_parser_seconds"), "19 of 20", "B")),
    lines("Wait for the parser", "Nineteen of twenty wait for less, by priority.", "s").with_target(
        ask(_quantile(0.95, "footfall_parser_wait_seconds", "priority"), "{{priority}}")
    ),
    stacked(lines("Calls of the parser", "By what came of them.", "cps")).with_target(
        ask(
            f"sum by (outcome) (rate(footfall_parser_calls_total{{{_WHERE}}}[$__rate_interval]))",
            "{{outcome}}",
        )
    ),
    lines("Queue of the parser", "Pictures that wait by priority, and those being parsed.", "short")
    .with_target(ask(f"sum by (priority) (footfall_parser_waiting{{{_WHERE}}})", "{{priority}}"))
    .with_target(ask(f"sum(footfall_parser_running{{{_WHERE}}})", "being parsed", "B")),
)

_PROCESS = (
    lines("Processors", "Processors in use.", "short").with_target(
        ask(f"rate(process_cpu_seconds_total{{{_WHERE}}}[$__rate_interval])", "{{instance}}")
    ),
    lines("Memory", "Of the process.", "bytes").with_target(
        ask(f"process_resident_memory_bytes{{{_WHERE}}}", "{{instance}}")
    ),
    lines("Open files", "And connections.", "short").with_target(
        ask(f"process_open_fds{{{_WHERE}}}", "{{instance}}")
    ),
    lines("Version and parser", "A line for each that was in use.", "short")
    .with_target(ask(f"footfall_build_info{{{_WHERE}}}", "Footfall {{version}}"))
    .with_target(ask(f"footfall_parser_info{{{_WHERE}}}", "{{name}} {{version}}, {{precision}}", "B")),
)
