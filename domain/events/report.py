"""How a kind of event says in what words the report lists it; `sinks.report` makes the list."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

ShownAs: TypeAlias = Literal[
    "text", "words", "number", "track", "moment", "duration", "clothing", "body", "lengths"
]
"""What a cell makes of a value: `words` shows `signal-lost` as "signal lost", and a remark after a colon;
`clothing` takes an outfit, `body` what covers the body, `lengths` the derived lengths."""


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """A column of a list.

    Attributes:
        heading: What stands above it.
        field: The event's field.
        shown_as: How its value is written; nothing is written for None.
        remark: Another field that is written behind it in small, where there is something to say.
        remarks: What is written for that field's values, where it is not the value itself.
    """

    heading: str
    field: str
    shown_as: ShownAs = "text"
    remark: str = ""
    remarks: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReportList:
    """A list of events.

    Attributes:
        heading: Of the list.
        columns: From the left.
        order: Fields that the list is sorted by; `stream_id` means the order of the streams.
        only: Values that a field must have one of, by field; everything is listed where it is empty.
        latest: So many of each stream are listed.
    """

    heading: str
    columns: tuple[ReportColumn, ...]
    order: tuple[str, ...] = ("event_time",)
    only: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    latest: int = 500
