"""Questions to PostgreSQL, in SQL with Grafana's macros."""

from typing import Literal, TypeAlias

from grafana_foundation_sdk.builders.dashboard import Dashboard, QueryVariable, TextBoxVariable
from grafana_foundation_sdk.builders.timeseries import Panel as LinesPanel
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models.dashboard import DataSourceRef, VariableOption, VariableRefresh

from monitoring.boards.panels import BAND, new_board

SOURCE = DataSourceRef("grafana-postgresql-datasource", "footfall-postgres")

Unit: TypeAlias = Literal["hour", "day"]
Format: TypeAlias = Literal["time_series", "table"]

STREAMS = "stream_id IN (${stream:sqlstring})"
"""Those that were chosen."""


class SqlQuery(Dataquery):
    """What Grafana's data source for PostgreSQL is asked; the kit has no class for it.

    Args:
        sql: With Grafana's macros.
        form: `time_series` needs a column `time`; where there is one called `metric`, it names the series.
        ref: Tells it from the others of a panel.
    """

    def __init__(self, sql: str, form: Format, ref: str) -> None:
        self._json = {
            "datasource": SOURCE,
            "editorMode": "code",
            "format": form,
            "rawQuery": True,
            "rawSql": sql,
            "refId": ref,
        }

    def to_json(self) -> dict[str, object]:
        """As the kit writes it."""
        return dict(self._json)


class ask(Builder[SqlQuery]):  # noqa: N801 - reads as the one of prometheus.py
    """A question; arguments as of `SqlQuery`."""

    def __init__(self, sql: str, form: Format = "time_series", ref: str = "A") -> None:
        self._query = SqlQuery(sql.strip(), form, ref)

    def build(self) -> SqlQuery:
        """As the kit wants it."""
        return self._query


def start_of(moment: str, unit: Unit) -> str:
    """The beginning of the hour or day that a moment lies in, where the shop is."""
    return f"date_trunc('{unit}', {moment} AT TIME ZONE ${{zone:sqlstring}}) AT TIME ZONE ${{zone:sqlstring}}"


def between(column: str, weeks_before: int = 0) -> str:
    """That it lies in the time that is shown, or so many weeks before, whole hours or days."""
    shift = f" - interval '{weeks_before} week'" if weeks_before else ""
    return f"{column} >= $__timeFrom()::timestamptz{shift} AND {column} < $__timeTo()::timestamptz{shift}"


def coverage(unit: Unit, ref: str = "C") -> ask:
    """Which part of each hour or day the counts rest on; nothing at all is 0, so that a hole shows."""
    zone = "${zone:sqlstring}"
    return ask(
        f"""
WITH every AS (
  SELECT moment AT TIME ZONE {zone} AS "time"
  FROM generate_series(
    date_trunc('{unit}', $__timeFrom()::timestamptz AT TIME ZONE {zone}),
    $__timeTo()::timestamptz AT TIME ZONE {zone},
    interval '1 {unit}'
  ) AS moment
), seen AS (
  SELECT {start_of("window_start", unit)} AS "time", stream_id, sum(coverage_share * window_s) AS seconds
  FROM windows_current
  WHERE window_start >= {start_of("$__timeFrom()::timestamptz", unit)} AND window_start < $__timeTo()::timestamptz
    AND window_s = $window AND {STREAMS}
  GROUP BY 1, 2
), streams AS (
  SELECT greatest(count(DISTINCT stream_id), 1) AS number FROM seen
)
SELECT every."time", least(1, coalesce(sum(seen.seconds), 0)
  / (streams.number * extract(epoch FROM least(every."time" + interval '1 {unit}', now()) - every."time"))) AS "coverage"
FROM every CROSS JOIN streams LEFT JOIN seen ON seen."time" = every."time"
WHERE every."time" < now()
GROUP BY every."time", streams.number
ORDER BY 1
""",
        ref=ref,
    )


def banded(panel: LinesPanel, query: str) -> LinesPanel:
    """Lines of an hour each, with coverage behind them."""
    return (
        panel.with_target(ask(query)).with_target(coverage("hour")).override_by_name("coverage", list(BAND))
    )


def new_business_board(title: str, uid: str, about: str) -> Dashboard:
    """An empty board on the last week, with a choice of streams, windows and of the zone of the clock."""
    streams = "SELECT DISTINCT stream_id FROM run_streams ORDER BY stream_id"
    windows = (
        "SELECT window_s FROM (SELECT window_s FROM windows ORDER BY event_time DESC LIMIT 1000) AS newest "
        "GROUP BY window_s ORDER BY window_s DESC"
    )
    return (
        new_board(title, uid, about)
        .time("now-7d", "now")
        .refresh("5m")
        .with_variable(
            _choice("stream", "Stream", streams)
            .multi(True)
            .include_all(True)
            .current(VariableOption(text="All", value="$__all"))
        )
        .with_variable(_choice("window", "Windows, seconds", windows))
        .with_variable(TextBoxVariable("zone").label("Zone of the clock").default_value("UTC"))
    )


def _choice(name: str, label: str, query: str) -> QueryVariable:
    return (
        QueryVariable(name)
        .label(label)
        .datasource(SOURCE)
        .query(query)
        .refresh(VariableRefresh.ON_DASHBOARD_LOAD)
    )
