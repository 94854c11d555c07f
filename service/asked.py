"""What stands in the address of a request."""

import math
from collections.abc import Iterator
from time import monotonic
from typing import Annotated, Any, TypeAlias

from fastapi import Query
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import AwareDatetime, BeforeValidator
from starlette.requests import Request

from service.errors import ErrorCode, ServiceError
from service.words import unknown


def known_options(request: Request) -> None:
    """Refuse an option that the address does not have: a filter with a mistyped name would count what nobody asked for.

    Raises:
        ServiceError: There is one.
    """
    route = request.scope["route"]
    if not isinstance(route, APIRoute):
        return
    known = list(_options(route.dependant))
    for name in request.query_params:
        if name not in known:
            raise ServiceError(ErrorCode.BAD_REQUEST, unknown(name, known))


def _options(taken: Dependant) -> Iterator[str]:
    yield from (field.alias for field in taken.query_params)
    for other in taken.dependencies:
        yield from _options(other)


def _with_plus(given: Any) -> Any:
    # In an address a plus sign is a blank, so 09:00+01:00 arrives as 09:00 01:00.
    return given.replace(" ", "+") if isinstance(given, str) and "T" in given else given


Moment: TypeAlias = Annotated[AwareDatetime, BeforeValidator(_with_plus)]
"""A moment with its time zone, also where its plus sign was not escaped."""

Lasting: TypeAlias = Annotated[
    float | None,
    Query(gt=0, le=86_400, description="End after so many seconds; only when you go, where it is left out"),
]
"""For how long an answer goes on that has no end of its own."""


def until(for_s: float | None) -> float:
    """When such an answer ends, on the monotonic clock."""
    return monotonic() + for_s if for_s is not None else math.inf
