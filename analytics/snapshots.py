"""What the analytics of a stream remember, as plain values: versioned, as JSON, and refused where it does not fit.

Whatever counts keeps nothing but numbers, words, moments and collections of these, so that its whole state can leave memory and
come back in another process. `tests/contracts/stage.py` holds every stage to it: nothing is left out, and going on from a
snapshot gives the same events as never having stopped.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from domain.errors import SnapshotError

_CURE = "begin this stream anew, or go on with the Footfall and the settings that saved it"


class State(BaseModel):
    """Base of all states: frozen, nothing unknown is taken. A subclass names its `version`, another one when its fields change."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")

    version: int


class StageSnapshot(State):
    """The state of one stage, as JSON: whose it is can be told before its class is known.

    Attributes:
        kind: Of the stage.
        settings: Those that it counted with.
        state: Of the class that the stage names.
    """

    version: Literal[1] = 1
    kind: str
    settings: dict[str, JsonValue]
    state: dict[str, JsonValue]


class StreamSnapshot(State):
    """Everything that the analytics of one stream remember between two frames.

    Attributes:
        stream_id: Name of the stream.
        settings: What holds for the stream as a whole.
        stream: State of time, light and counts of frames.
        stages: By name, in their order.
    """

    version: Literal[1] = 1
    stream_id: str
    settings: dict[str, JsonValue]
    stream: dict[str, JsonValue]
    stages: dict[str, StageSnapshot]

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read one back.

        Raises:
            SnapshotError: The text is none, or of another version.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise SnapshotError(f"a saved state cannot be read: {_first_problem(error)}; {_CURE}") from None


AnyState = TypeVar("AnyState", bound=State)


def as_json(state: BaseModel) -> dict[str, JsonValue]:
    """A state or settings as what JSON has."""
    return state.model_dump(mode="json")


def state_from(state_type: type[AnyState], saved: Mapping[str, JsonValue], *, of: str) -> AnyState:
    """A state back from JSON.

    Args:
        state_type: What it should be.
        saved: What was saved.
        of: Whose it is, for the message.

    Raises:
        SnapshotError: It is of another version, or damaged.
    """
    wanted, found = state_type.model_fields["version"].default, saved.get("version")
    if found != wanted:
        raise SnapshotError(
            f"the saved state of {of} has version {found}, this Footfall reads {wanted}; {_CURE}"
        )
    try:
        return state_type.model_validate(saved)
    except ValidationError as error:
        raise SnapshotError(
            f"the saved state of {of} cannot be read: {_first_problem(error)}; {_CURE}"
        ) from None


def must_be_same(saved: Any, now: Any, *, of: str, path: str = "") -> None:
    """Compare what a state was saved under with what holds now.

    Args:
        saved: Of the state.
        now: What holds now.
        of: Whose it is, for the message.
        path: What they are, where they are no mapping with names of its own.

    Raises:
        SnapshotError: Something differs; the message names it.
    """
    difference = next(_differences(saved, now, path), None)
    if difference is not None:
        where, before, after = difference
        raise SnapshotError(f"the state of {of} was saved with {where} {before}, now it is {after}; {_CURE}")


def _differences(saved: Any, now: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(saved, dict) and isinstance(now, dict):
        for name in sorted(saved.keys() | now.keys()):
            yield from _differences(saved.get(name), now.get(name), f"{path} {name}" if path else name)
    elif saved != now:
        yield path, saved, now


def _first_problem(error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(step) for step in problem["loc"])
    return f"{where}: {problem['msg']}" if where else problem["msg"]
