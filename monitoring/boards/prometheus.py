"""Questions to Prometheus."""

from grafana_foundation_sdk.builders.dashboard import Dashboard, QueryVariable
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.models.dashboard import (
    DataSourceRef,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

from monitoring.boards.panels import new_board

SOURCE = DataSourceRef("prometheus", "footfall-prometheus")


def ask(expression: str, legend: str = "", ref: str = "A") -> Dataquery:
    """A question; `legend` may name labels, as in `{{stream}}`."""
    return Dataquery().expr(expression).legend_format(legend or "__auto").datasource(SOURCE).ref_id(ref)


def new_operations_board(title: str, uid: str, about: str, *, streams: bool) -> Dashboard:
    """An empty board on the last six hours, with a choice of Footfalls and, if it is wanted, of streams."""
    board = new_board(title, uid, about).time("now-6h", "now").refresh("30s")
    board = board.with_variable(
        _choice("instance", "Footfall", "label_values(footfall_build_info, instance)")
    )
    if streams:
        query = 'label_values(footfall_stream_live{instance=~"$instance"}, stream)'
        board = board.with_variable(_choice("stream", "Stream", query))
    return board


def _choice(name: str, label: str, query: str) -> QueryVariable:
    return (
        QueryVariable(name)
        .label(label)
        .datasource(SOURCE)
        .query({"query": query, "refId": name})
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.ALPHABETICAL_ASC)
        .multi(True)
        .include_all(True)
        .all_value(".+")
        .current(VariableOption(text="All", value="$__all"))
    )
