"""Panels as the boards have them."""

from collections.abc import Sequence
from typing import TypeAlias

from grafana_foundation_sdk.builders import common
from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.builders.stat import Panel as StatPanel
from grafana_foundation_sdk.builders.timeseries import Panel as LinesPanel
from grafana_foundation_sdk.models.common import (
    AxisPlacement,
    BigValueGraphMode,
    LegendDisplayMode,
    LegendPlacement,
    StackingMode,
    TooltipDisplayMode,
    VisibilityMode,
)
from grafana_foundation_sdk.models.dashboard import DashboardCursorSync, DynamicConfigValue

WIDTH = 24
"""Columns of a board."""

Properties: TypeAlias = Sequence[DynamicConfigValue]


def new_board(title: str, uid: str, about: str) -> Dashboard:
    """An empty board that nobody can change by accident."""
    return (
        Dashboard(title)
        .uid(uid)
        .description(about)
        .tags(["footfall"])
        .readonly()
        .timezone("browser")
        .tooltip(DashboardCursorSync.CROSSHAIR)
    )


def lines(title: str, about: str, unit: str, *, span: int = WIDTH // 2) -> LinesPanel:
    """A panel of lines over time."""
    legend = common.VizLegendOptions().display_mode(LegendDisplayMode.LIST).placement(LegendPlacement.BOTTOM)
    return (
        LinesPanel()
        .title(title)
        .description(about)
        .unit(unit)
        .min(0)
        .height(8)
        .span(span)
        .line_width(2)
        .fill_opacity(8)
        .show_points(VisibilityMode.AUTO)
        .legend(legend.show_legend(True))
        .tooltip(common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI))
    )


def stacked(panel: LinesPanel) -> LinesPanel:
    """The same, as areas one above the other."""
    return panel.stacking(common.StackingConfig().mode(StackingMode.NORMAL).group("A")).fill_opacity(60)


def number(title: str, about: str, unit: str, *, span: int = 6) -> StatPanel:
    """One large number, with its way below it."""
    return (
        StatPanel()
        .title(title)
        .description(about)
        .unit(unit)
        .height(4)
        .span(span)
        .graph_mode(BigValueGraphMode.AREA)
    )


def setting(name: str, value: object) -> DynamicConfigValue:
    """One property of a series."""
    return DynamicConfigValue(id_val=name, value=value)


def colored(color: str) -> Properties:
    """A series in one colour."""
    return [setting("color", {"mode": "fixed", "fixedColor": color})]


BAND: Properties = [
    setting("unit", "percentunit"),
    setting("min", 0),
    setting("max", 1),
    setting("custom.axisPlacement", AxisPlacement.RIGHT),
    setting("custom.axisLabel", "coverage"),
    setting("custom.drawStyle", "line"),
    setting("custom.lineInterpolation", "stepAfter"),
    setting("custom.lineWidth", 0),
    setting("custom.fillOpacity", 18),
    setting("custom.showPoints", "never"),
    setting("custom.stacking", {"mode": "none", "group": "coverage"}),
    *colored("#8e8e8e"),
]
"""Coverage: a grey band under the other series, on an axis of its own from nothing to all."""
