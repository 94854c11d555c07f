"""Visitors: people and visits by hour and day, against the week before."""

from collections.abc import Callable

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.builders.timeseries import Panel as LinesPanel
from grafana_foundation_sdk.models.common import GraphDrawStyle

from monitoring.boards.panels import BAND, WIDTH, colored, lines, number, setting
from monitoring.boards.postgres import (
    STREAMS,
    Unit,
    ask,
    banded,
    between,
    coverage,
    new_business_board,
    start_of,
)

_BEFORE = "a week before"
_VISITORS = f"{STREAMS} AND role = 'visitor'"


def board() -> Dashboard:
    """The whole of it."""
    about = (
        "People and visits by hour and day, against the week before. The grey band is coverage: what the counts rest on. "
        "A visit is a confirmed track, not a person; staff are left out where they are told from visitors."
    )
    made = new_business_board("Footfall: visitors", "footfall-visitors", about)
    for panel in _NUMBERS:
        made = made.with_panel(panel)
    return (
        made.with_panel(_visits("hour"))
        .with_panel(_visits("day"))
        .with_panel(_people("hour"))
        .with_panel(_people("day"))
        .with_panel(_stays())
        .with_panel(_by_stream())
    )


def _count(weeks_before: int) -> str:
    return f"SELECT count(*) AS visits FROM visits_current WHERE {between('event_time', weeks_before)} AND {_VISITORS}"


_NUMBERS = (
    number("Visits", "That ended in the time that is shown.", "short").with_target(ask(_count(0), "table")),
    number("Visits a week before", "In the same time, a week before.", "short").with_target(
        ask(_count(1), "table")
    ),
    number(
        "Half of the visits took no longer than", "From the first to the last picture of somebody.", "s"
    ).with_target(
        ask(
            "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY duration_s) AS seconds FROM visits_current "
            f"WHERE {between('event_time')} AND {_VISITORS}",
            "table",
        )
    ),
    number("Most people at once", "In one picture of one camera.", "short").with_target(
        ask(
            f"SELECT max(persons_max) AS people FROM windows_current WHERE {between('window_start')} "
            f"AND window_s = $window AND {STREAMS}",
            "table",
        )
    ),
)


def compared(title: str, about: str, name: str, of: Callable[[int, str], str], unit: Unit) -> LinesPanel:
    """Bars of this week, a line of the week before, and coverage.

    Args:
        title: Of the panel.
        about: Of the panel, in a sentence.
        name: Of the bars.
        of: The question for so many weeks before, with the name of its series.
        unit: Of a bar.
    """
    line = [
        setting("custom.drawStyle", "line"),
        setting("custom.lineInterpolation", "stepAfter"),
        setting("custom.lineStyle", {"fill": "dash", "dash": [6, 4]}),
        setting("custom.fillOpacity", 0),
        *colored("#b877d9"),
    ]
    return (
        lines(title, f"{about} Dashed: {_BEFORE}. Grey: coverage.", "short", span=WIDTH)
        .draw_style(GraphDrawStyle.BARS)
        .fill_opacity(70)
        .with_target(ask(of(0, name)))
        .with_target(ask(of(1, _BEFORE), ref="B"))
        .with_target(coverage(unit))
        .override_by_name(_BEFORE, line)
        .override_by_name("coverage", list(BAND))
    )


def _visits(unit: Unit) -> LinesPanel:
    def of(weeks: int, name: str) -> str:
        return f"""
SELECT {start_of("event_time", unit)} + interval '{weeks} week' AS "time", count(*) AS "{name}"
FROM visits_current
WHERE {between("event_time", weeks)} AND {_VISITORS}
GROUP BY 1
ORDER BY 1
"""

    return compared(f"Visits by {unit}", "Visits that ended.", "visits", of, unit)


def _people(unit: Unit) -> LinesPanel:
    def of(weeks: int, name: str) -> str:
        return f"""
SELECT "time", sum(people) AS "{name}"
FROM (
  SELECT {start_of("window_start", unit)} + interval '{weeks} week' AS "time", stream_id, avg(persons_mean - staff_mean) AS people
  FROM windows_current
  WHERE {between("window_start", weeks)} AND window_s = $window AND {STREAMS}
  GROUP BY 1, 2
) AS of_streams
GROUP BY 1
ORDER BY 1
"""

    return compared(
        f"People by {unit}",
        "In a picture on average; of several streams, the sum of theirs.",
        "people",
        of,
        unit,
    )


def _stays() -> LinesPanel:
    query = f"""
SELECT {start_of("event_time", "hour")} AS "time",
  percentile_cont(0.5) WITHIN GROUP (ORDER BY duration_s) AS "half no longer than",
  percentile_cont(0.9) WITHIN GROUP (ORDER BY duration_s) AS "nine of ten no longer than"
FROM visits_current
WHERE {between("event_time")} AND {_VISITORS}
GROUP BY 1
ORDER BY 1
"""
    words = "From the first to the last picture of somebody. Grey: coverage."
    return banded(lines("Length of visits by hour", words, "s"), query)


def _by_stream() -> LinesPanel:
    query = f"""
SELECT {start_of("event_time", "hour")} AS "time", stream_id AS metric, count(*) AS value
FROM visits_current
WHERE {between("event_time")} AND {_VISITORS}
GROUP BY 1, 2
ORDER BY 1
"""
    words = "Visits that ended. Grey: coverage of all of them."
    return banded(lines("Visits by hour and stream", words, "short"), query)
