"""Clothes: garments by colour, and whole outfits."""

from typing import get_args

from grafana_foundation_sdk.builders.dashboard import CustomVariable, Dashboard
from grafana_foundation_sdk.builders.table import Panel as TablePanel
from grafana_foundation_sdk.builders.timeseries import Panel as LinesPanel
from grafana_foundation_sdk.models.common import GraphDrawStyle
from grafana_foundation_sdk.models.dashboard import VariableOption

from domain.events import ColorName, GarmentName
from monitoring.boards.panels import BAND, WIDTH, colored, lines, number, stacked
from monitoring.boards.postgres import Unit, ask, between, coverage, new_business_board, start_of
from pipeline.palette import name_color

_FROM = f"""
FROM visits_current AS visit JOIN visit_garments AS worn ON worn.visit_id = visit.event_id
WHERE {between("visit.event_time")} AND visit.stream_id IN (${{stream:sqlstring}}) AND visit.role = 'visitor'
  AND worn.part IN (${{garment:sqlstring}})"""


def board() -> Dashboard:
    """The whole of it."""
    about = "What visitors wore, by garment and colour. The grey band is coverage: what the counts rest on."
    garments = ",".join(get_args(GarmentName))
    chosen = (
        CustomVariable("garment")
        .label("Garment")
        .values(garments)
        .multi(True)
        .include_all(True)
        .current(VariableOption(text="All", value="$__all"))
    )
    return (
        new_business_board("Footfall: clothing", "footfall-clothing", about)
        .with_variable(chosen)
        .with_panel(
            number(
                "Garments", "Of visits that ended in the time that is shown.", "short", span=12
            ).with_target(ask(f"SELECT count(*) AS garments {_FROM}", "table"))
        )
        .with_panel(
            number("Colour could not be told", "Part of these garments.", "percentunit", span=12).with_target(
                ask(f"SELECT avg((worn.color = 'unknown')::int) AS share {_FROM}", "table")
            )
        )
        .with_panel(_by_color("hour"))
        .with_panel(_by_color("day"))
        .with_panel(_table("Garments by colour", _TOTALS))
        .with_panel(_table("Outfits", _OUTFITS))
    )


def _by_color(unit: Unit) -> LinesPanel:
    query = f"""
SELECT {start_of("visit.event_time", unit)} AS "time", worn.color AS metric, count(*) AS value
{_FROM}
GROUP BY 1, 2
ORDER BY 1, 2
"""
    panel = lines(
        f"Garments by colour and {unit}", "Of visits that ended. Grey: coverage.", "short", span=WIDTH
    )
    panel = stacked(panel.draw_style(GraphDrawStyle.BARS)).fill_opacity(90).with_target(ask(query))
    for name in get_args(ColorName):
        blue, green, red = name_color(name)
        panel = panel.override_by_name(name, list(colored(f"#{red:02x}{green:02x}{blue:02x}")))
    return panel.with_target(coverage(unit)).override_by_name("coverage", list(BAND))


_TOTALS = f"""
SELECT worn.part AS garment, worn.color, count(*) AS visits
{_FROM}
GROUP BY 1, 2
ORDER BY visits DESC
LIMIT 100
"""

_OUTFITS = f"""
SELECT outfit, count(*) AS visits
FROM (
  SELECT string_agg(worn.color || ' ' || worn.part, ', ' ORDER BY worn.position) AS outfit
  {_FROM}
  GROUP BY visit.event_id
) AS of_visits
GROUP BY 1
ORDER BY visits DESC
LIMIT 50
"""


def _table(title: str, query: str) -> TablePanel:
    return (
        TablePanel()
        .title(title)
        .show_header(True)
        .height(10)
        .span(WIDTH // 2)
        .with_target(ask(query, "table"))
    )
