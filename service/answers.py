"""What every JSON answer looks like."""

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

Data = TypeVar("Data")


class Part(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True)


class Answer(Part, Generic[Data]):
    """What a request that was done answers."""

    code: Literal[0] = Field(default=0, description="0: it was done")
    message: str = Field(default="ok", description="One line for people")
    data: Data = Field(description="What was asked for")


def long(answer: Answer[Data]) -> Response:
    """An answer of many parts, as JSON. FastAPI would make objects of all of it again before it writes them.

    Args:
        answer: Of the kind that the route declares.
    """
    return Response(answer.model_dump_json(), media_type="application/json")


class ErrorAnswer(Part):
    """What a request that was not done answers."""

    code: Annotated[int, Field(ge=1)] = Field(
        description="Which error it is, see docs/service.md; it never changes its meaning"
    )
    message: str = Field(description="What happened, and what to do, in one line")
    data: None = None
