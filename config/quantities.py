"""Kinds of values that settings are made of, each with its own limits."""

from typing import Annotated, Any, ClassVar, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Section(BaseModel):
    """A group of settings: frozen, and unknown keys are refused.

    Attributes:
        of_cameras: Of a section at the top: the part of it that a camera may say otherwise; None for all of it.
    """

    of_cameras: ClassVar["type[Section] | None"] = None

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)


def _no_truth(value: Any) -> Any:
    # YAML reads yes, on and true as truth, and pydantic would read truth as the number 1.
    if isinstance(value, bool):
        raise ValueError("must be a number, not true or false")
    return value


Number = BeforeValidator(_no_truth)
"""A number, not true or false."""


def _whole(value: Any) -> Any:
    return (
        int(value)
        if isinstance(value, str) and value.strip().isascii() and value.strip().isdecimal()
        else value
    )


as_number = BeforeValidator(_whole)
"""For a choice between whole numbers, which in the environment are text."""

PositiveSeconds: TypeAlias = Annotated[float, Field(gt=0, le=31_536_000, allow_inf_nan=False), Number]
"""More than 0, at most a year."""

Seconds: TypeAlias = Annotated[float, Field(ge=0, le=31_536_000, allow_inf_nan=False), Number]
"""0 or more, at most a year."""

FewSeconds: TypeAlias = Annotated[float, Field(ge=0, le=5, allow_inf_nan=False), Number]
"""0 to 5."""

Days: TypeAlias = Annotated[float, Field(gt=0, le=36_525, allow_inf_nan=False), Number]
"""More than 0, at most a century."""

FramesPerSecond: TypeAlias = Annotated[float, Field(gt=0, le=240, allow_inf_nan=False), Number]
"""More than 0, at most 240."""

Fraction: TypeAlias = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), Number]
"""0 to 1."""

WindowSeconds: TypeAlias = Annotated[int, Field(ge=1, le=86_400), Number]
"""Whole seconds, at most a day."""

Growth: TypeAlias = Annotated[float, Field(ge=0, le=2, allow_inf_nan=False), Number]
"""0 to 2."""

NetworkPixels: TypeAlias = Annotated[int, Field(ge=64 * 64, le=4096 * 4096), Number]
"""Area of a network's input."""

Pixels: TypeAlias = Annotated[int, Field(ge=1, le=134_217_728), Number]
"""At least 1."""

Threads: TypeAlias = Annotated[int, Field(ge=1, le=1024), Number]
"""At least 1."""


Frames: TypeAlias = Annotated[int, Field(ge=1, le=1000), Number]
"""At least 1, at most 1000."""

Partitions: TypeAlias = Annotated[int, Field(ge=1, le=1000), Number]
"""At least 1, at most 1000."""

Replicas: TypeAlias = Annotated[int, Field(ge=1, le=20), Number]
"""At least 1, at most 20."""

People: TypeAlias = Annotated[int, Field(ge=1, le=1000), Number]
"""At least 1, at most 1000."""

Count: TypeAlias = Annotated[int, Field(ge=0, le=1_000_000), Number]
"""0 or more."""
