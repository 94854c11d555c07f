"""JSON that tells what is to be changed: read when it is known who asks, and in time."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel
from starlette.requests import Request

from service.bodies import read_json
from service.gateway import Admin
from service.state import ServiceDep

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class JsonOf(Generic[_Model]):
    """A dependency of a route: its body, of an admin. FastAPI reads it before anything else, of anybody, for as long as it takes.

    Attributes:
        model: What it must be.
    """

    model: type[_Model]

    async def __call__(self, request: Request, service: ServiceDep, _: Admin) -> _Model:
        """Read it.

        Raises:
            ServiceError: It is not as it should be, or comes too slowly.
        """
        return await read_json(request, self.model, service.limits.body_timeout_s)

    @property
    def told(self) -> dict[str, Any]:
        """What OpenAPI says of it."""
        content = {"application/json": {"schema": self.model.model_json_schema()}}
        return {"requestBody": {"required": True, "content": content}}
