"""Parses pictures that requests bring."""

from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from starlette.requests import Request

from pipeline.drawing import options_of
from pipeline.encoding import jpeg
from pipeline.executor import Priority
from pipeline.sources.uploads import decode_upload
from pipeline.stills import Still
from service.errors import ErrorCode, ServiceError
from service.gateway import Caller
from service.handlers import as_service_error
from service.models import Choice
from service.parsed import ParsedPicture, ParseOptions, ParserUsed, described
from service.results import Made
from service.state import Service

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Order:
    """A picture that is to be parsed.

    Attributes:
        picture: An image file.
        parser: Which of the loaded parsers; None for the one in use, or that of a trial.
        caller: Who asks.
    """

    picture: bytes
    parser: str | None
    caller: Caller


async def parse_picture(
    service: Service, request: Request, picture: bytes, options: ParseOptions, caller: Caller
) -> ParsedPicture:
    """What the API says of a picture; arguments and errors as in `with_still`.

    Args:
        service: Does it.
        request: Who waits for it.
        picture: An image file.
        options: What is wanted.
        caller: Who asks.
    """
    order = Order(picture, options.parser, caller)
    return await with_still(service, request, order, partial(_described, service, options))


async def with_still(
    service: Service, request: Request, order: Order, then: Callable[[Still, Choice], _Result]
) -> _Result:
    """Parse one picture: it waits for its turn beside the cameras. It must have been admitted.

    Args:
        service: Does it.
        request: Who waits for it.
        order: What is to be parsed.
        then: Makes something of the picture and of the parser that was used; called in a thread.

    Raises:
        ServiceError: It cannot be done; metrics know the outcome in either case.
    """
    choice = service.models.chosen(order.parser, order.caller.models)
    order.caller.require_model(choice.name)

    def work(wanted: Callable[[], bool]) -> _Result:
        return then(_still(service, order, choice, wanted), choice)

    try:
        made = await service.admission.run(work, request)
    except Exception as error:
        service.metrics.pictures.labels(_outcome(error)).inc()
        raise
    service.metrics.pictures.labels("parsed").inc()
    return made


def _still(service: Service, order: Order, choice: Choice, wanted: Callable[[], bool]) -> Still:
    """Decode and parse it. Blocks until its turn has come and it is done.

    Args:
        service: Does it.
        order: What is to be parsed.
        choice: Which parser.
        wanted: Whether anybody still waits for it.

    Raises:
        NoPicture: It is none.
        TooManyPixels: It is too large.
        ServiceError: Nobody waits for it any more.
        Busy: Too many wait.
    """
    image = decode_upload(order.picture, service.limits.max_pixels)
    priority = order.caller.priority
    try:
        parsed = service.runtime.parse(image, priority=priority, parser=choice.parser, wanted=wanted)
        rival = service.models.rival(choice.name)
        if rival is not None:
            other = service.runtime.parse(image, priority=Priority.BATCH, parser=rival, wanted=wanted)
            service.models.compare(parsed, other)
    except CancelledError:
        raise ServiceError(ErrorCode.CLIENT_GONE, "nobody waits for it any more") from None
    return Still.of(image, parsed, service.settings.privacy.of_requests)


def _described(service: Service, options: ParseOptions, still: Still, choice: Choice) -> ParsedPicture:
    url = None
    if options.overlay != "none":
        look = options_of(service.settings.overlay, options.overlay)
        drawn = jpeg(still.overlay("picture", choice.name, look))
        url = f"/api/results/{service.results.add(Made(drawn, 'image/jpeg'))}"
    return described(still, options, choice.name, ParserUsed.of(choice.info), url)


def _outcome(error: Exception) -> str:
    try:
        code = as_service_error(error).code
    except Exception:  # noqa: BLE001 - a bug, which goes on its way
        return "failed"
    return {ErrorCode.BUSY: "refused", ErrorCode.CLIENT_GONE: "abandoned"}.get(code, "unusable")
