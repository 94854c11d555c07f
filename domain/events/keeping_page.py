"""The part of `docs/privacy.md` that follows from the kinds of event: where each is kept, and with which settings.

`python -m domain.events.keeping_page docs/privacy.md` renews it.
"""

import sys
from pathlib import Path

from domain import pages
from domain.events.base import Event
from domain.events.registry import OWN_KINDS

_COMMAND = "python -m domain.events.keeping_page docs/privacy.md"
_LEAVES = {
    "full": "`full`",
    "visits": "`full`, `visits`",
    "windows": "`full`, `visits`, `windows`",
}


def renewed(page: str) -> str:
    """The page with its generated part as it is now; raises UsageError where it has no place for it."""
    return pages.renewed(page, {"kinds": kinds}, _COMMAND)


def kinds() -> str:
    """A table with a row for each kind of event."""
    lines = [
        "| event | tells of | leaves with `privacy.events` | topic of Kafka | tables of SQL | days in `privacy.keep_days` |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    return "\n".join([*lines, *map(_row, OWN_KINDS)])


def _row(kind: type[Event]) -> str:
    tables = ", ".join(f"`{name}`" for name in kind.table.primary_keys())
    return (
        f"| `{kind.kind()}` | {kind.about} | {_LEAVES[kind.detail]} | `{kind.topic}` | {tables} "
        f"| `{kind.table.name}` |"
    )


def main(arguments: list[str]) -> None:
    """Renew the page that is named."""
    page = Path(arguments[0])
    page.write_text(renewed(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
