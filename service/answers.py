"""What every JSON answer looks like."""

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Data = TypeVar("Data")


class Part(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True)


class Answer(Part, Generic[Data]):
    """What a request that was done answers."""

    code: Literal[0] = Field(default=0, description="0: it was done")
    message: str = Field(default="ok", description="One line for people")
    data: Data = Field(description="What was asked for")


class ErrorAnswer(Part):
    """What a request that was not done answers."""

    code: Annotated[int, Field(ge=1)] = Field(
        description="Which error it is, see docs/service.md; it never changes its meaning"
    )
    message: str = Field(description="What happened, and what to do, in one line")
    data: None = None
