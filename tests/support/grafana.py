"""What Grafana would ask, and how it fills in its questions."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

PROMETHEUS, POSTGRES = "footfall-prometheus", "footfall-postgres"


@dataclass(frozen=True, slots=True)
class Question:
    """One of a panel.

    Attributes:
        panel: Its title.
        source: Id of the data source.
        text: PromQL or SQL, not filled in.
        form: Of the answer: `time_series` or `table`.
    """

    panel: str
    source: str
    text: str
    form: str


def questions(board: Mapping[str, Any]) -> Iterator[Question]:
    """All of a board's panels, those of its choices besides."""
    for panel in board["panels"]:
        for target in panel.get("targets", ()):
            text, form = target.get("rawSql") or target["expr"], target.get("format", "time_series")
            yield Question(panel["title"], target["datasource"]["uid"], text, form)
    for choice in board["templating"]["list"]:
        if choice["type"] == "query" and choice["datasource"]["uid"] == POSTGRES:
            yield Question(f"choice {choice['name']}", POSTGRES, choice["query"], "table")


def in_promql(text: str) -> str:
    """As Grafana sends it to Prometheus, everything chosen."""
    for name, value in {"__rate_interval": "1m", "__range": "5m", "instance": ".+", "stream": ".+"}.items():
        text = re.sub(rf"\${name}\b", value, text)
    assert "$" not in text, text
    return text


def in_sql(text: str, since: datetime, until: datetime, chosen: Mapping[str, str | list[str]]) -> str:
    """As Grafana sends it to PostgreSQL.

    Args:
        text: With macros and choices.
        since, until: The time that is shown.
        chosen: Value or values of each choice, by name.
    """
    text = text.replace("$__timeFrom()", f"'{_moment(since)}'").replace("$__timeTo()", f"'{_moment(until)}'")
    for name, value in chosen.items():
        values = [value] if isinstance(value, str) else value
        text = text.replace(f"${{{name}:sqlstring}}", ",".join(f"'{_escaped(one)}'" for one in values))
        text = re.sub(rf"\${name}\b", value if isinstance(value, str) else "", text)
    assert "$" not in text, text
    return text


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _escaped(text: str) -> str:
    return text.replace("'", "''")
