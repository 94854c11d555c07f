"""Whether it lives, whether it is ready, and what Prometheus asks for."""

from typing import Literal

from fastapi import APIRouter
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from pydantic import Field
from starlette.responses import Response

from service.answers import Answer, Part
from service.errors import ErrorCode, ServiceError
from service.gateway import Reader
from service.state import ServiceDep

router = APIRouter()


class Health(Part):
    """How it fares."""

    status: Literal["ok"] = "ok"
    model_loaded: bool = True


class HealthAnswer(Answer[Health]):
    """The same once more at the top, where probes look."""

    status: Literal["ok"] = "ok"
    model_loaded: bool = True


class Readiness(Part):
    """What it is ready with."""

    model: str = Field(description="The active parser")
    streams: int = Field(description="Cameras and recordings that it has")


@router.get("/healthz", summary="Whether it lives")
def healthz() -> HealthAnswer:
    """Answered as long as the process can answer."""
    return HealthAnswer(data=Health())


@router.get("/readyz", summary="Whether it can do its work")
def readyz(service: ServiceDep) -> Answer[Readiness]:
    """Only when a parser is loaded, events can be kept, and it is not about to end."""
    if service.closing.is_set():
        raise ServiceError(ErrorCode.CLOSING, "the service is about to end")
    state = service.runtime.state()
    if state.delivery_problem:
        raise ServiceError(ErrorCode.NOT_READY, f"events cannot be kept: {state.delivery_problem}")
    return Answer(data=Readiness(model=service.models.active, streams=len(state.streams)))


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}},
    summary="Metrics for Prometheus",
)
def metrics(service: ServiceDep, _: Reader) -> Response:
    """In Prometheus' text format."""
    return Response(service.metrics.text(), media_type=CONTENT_TYPE_PLAIN_0_0_4)
