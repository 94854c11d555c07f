"""Places: who crosses lines, who stays in zones and rooms, who comes together, and how many of all are staff."""

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.builders.timeseries import Panel as LinesPanel

from monitoring.boards.panels import lines, number
from monitoring.boards.postgres import STREAMS, Unit, ask, banded, between, new_business_board, start_of
from monitoring.boards.visitors import compared

_VISITORS = "role = 'visitor'"
_CHOSEN = f"{between('windows.window_start')} AND windows.window_s = $window AND {STREAMS}"


def board() -> Dashboard:
    """The whole of it."""
    about = (
        "Crossings of lines, people in zones and rooms, groups and staff. The grey band is coverage: what the counts rest on. "
        "Where a camera has no lines, zones or rooms, its panels are empty."
    )
    made = new_business_board("Footfall: places", "footfall-places", about)
    for panel in _NUMBERS:
        made = made.with_panel(panel)
    return (
        made.with_panel(_entries("hour"))
        .with_panel(_entries("day"))
        .with_panel(_crossings())
        .with_panel(_in_zones())
        .with_panel(_stays())
        .with_panel(_in_rooms())
        .with_panel(_groups())
        .with_panel(_staff())
    )


def _crossed(direction: str) -> str:
    return (
        f"SELECT count(*) AS people FROM crossings_current WHERE {between('event_time')} AND {STREAMS} "
        f"AND {_VISITORS} AND direction = '{direction}'"
    )


_NUMBERS = (
    number("Came in", "Crossings of lines inwards, without staff.", "short").with_target(
        ask(_crossed("in"), "table")
    ),
    number("Went out", "Crossings of lines outwards, without staff.", "short").with_target(
        ask(_crossed("out"), "table")
    ),
    number("Half of the stays took no longer than", "In any zone, without staff.", "s").with_target(
        ask(
            "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY dwell_s) AS seconds FROM zone_visits_current "
            f"WHERE {between('event_time')} AND {STREAMS} AND {_VISITORS}",
            "table",
        )
    ),
    number(
        "People in groups", "Part of the visits that were made together with others.", "percentunit"
    ).with_target(
        ask(
            "SELECT sum(grouped_ended)::float / nullif(sum(visits_ended), 0) AS share FROM windows_current "
            f"WHERE {between('window_start')} AND window_s = $window AND {STREAMS}",
            "table",
        )
    ),
)


def _entries(unit: Unit) -> LinesPanel:
    def of(weeks: int, name: str) -> str:
        return f"""
SELECT {start_of("event_time", unit)} + interval '{weeks} week' AS "time", count(*) AS "{name}"
FROM crossings_current
WHERE {between("event_time", weeks)} AND {STREAMS} AND {_VISITORS} AND direction = 'in'
GROUP BY 1
ORDER BY 1
"""

    return compared(f"Came in by {unit}", "Crossings of lines inwards, without staff.", "came in", of, unit)


def _crossings() -> LinesPanel:
    query = f"""
SELECT {start_of("event_time", "hour")} AS "time", line || ' ' || direction AS metric, count(*) AS value
FROM crossings_current
WHERE {between("event_time")} AND {STREAMS}
GROUP BY 1, 2
ORDER BY 1
"""
    return banded(lines("Crossings by line", "By hour, staff included. Grey: coverage.", "short"), query)


def _in_zones() -> LinesPanel:
    query = f"""
SELECT {start_of("windows.window_start", "hour")} AS "time", zones.zone AS metric, avg(zones.occupancy_mean) AS value
FROM windows_current AS windows JOIN window_zones AS zones ON zones.window_id = windows.event_id
WHERE {_CHOSEN}
GROUP BY 1, 2
ORDER BY 1
"""
    return banded(lines("People in zones", "At once on average, by hour. Grey: coverage.", "short"), query)


def _stays() -> LinesPanel:
    query = f"""
SELECT {start_of("event_time", "hour")} AS "time", zone AS metric,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY dwell_s) AS value
FROM zone_visits_current
WHERE {between("event_time")} AND {STREAMS} AND {_VISITORS}
GROUP BY 1, 2
ORDER BY 1
"""
    words = "Half of the stays took no longer, by hour, without staff. Grey: coverage."
    return banded(lines("Length of stays in zones", words, "s"), query)


def _in_rooms() -> LinesPanel:
    query = f"""
SELECT {start_of("windows.window_start", "hour")} AS "time", rooms.room AS metric, max(rooms.inside_max) AS value
FROM windows_current AS windows JOIN window_rooms AS rooms ON rooms.window_id = windows.event_id
WHERE {_CHOSEN}
GROUP BY 1, 2
ORDER BY 1
"""
    return banded(lines("People in rooms", "Most at once, by hour. Grey: coverage.", "short"), query)


def _groups() -> LinesPanel:
    query = f"""
SELECT {start_of("window_start", "hour")} AS "time", sum(groups_ended) AS "groups",
  sum(grouped_ended) AS "people in groups", sum(visits_ended) - sum(grouped_ended) AS "people alone"
FROM windows_current
WHERE {between("window_start")} AND window_s = $window AND {STREAMS}
GROUP BY 1
ORDER BY 1
"""
    return banded(lines("Groups", "That ended, by hour. Grey: coverage.", "short"), query)


def _staff() -> LinesPanel:
    query = f"""
SELECT "time", sum(staff) AS "staff", sum(visitors) AS "visitors"
FROM (
  SELECT {start_of("window_start", "hour")} AS "time", stream_id, avg(staff_mean) AS staff,
    avg(persons_mean - staff_mean) AS visitors
  FROM windows_current
  WHERE {between("window_start")} AND window_s = $window AND {STREAMS}
  GROUP BY 1, 2
) AS of_streams
GROUP BY 1
ORDER BY 1
"""
    words = "In a picture on average, by hour; of several streams, the sum of theirs. Grey: coverage."
    return banded(lines("Staff and visitors", words, "short"), query)
