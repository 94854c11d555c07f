"""Parses pictures that requests bring."""

from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass

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
from service.parsed import ParsedPicture, ParseOptions, ParserUsed, persons_of, segments_of
from service.results import Made
from service.state import Service


async def parse_picture(
    service: Service, request: Request, picture: bytes, options: ParseOptions, caller: Caller
) -> ParsedPicture:
    """Parse one picture: it waits for its turn beside the cameras. It must have been admitted.

    Args:
        service: Does it.
        request: Who waits for it.
        picture: An image file.
        options: What is wanted.
        caller: Who asks.

    Raises:
        ServiceError: It cannot be done; metrics know the outcome in either case.
    """
    choice = service.models.chosen(options.parser, caller.models)
    caller.require_model(choice.name)

    def work(wanted: Callable[[], bool]) -> ParsedPicture:
        return _parsed(service, _Order(picture, options, choice), caller.priority, wanted)

    try:
        parsed = await service.admission.run(work, request)
    except Exception as error:
        service.metrics.pictures.labels(_outcome(error)).inc()
        raise
    service.metrics.pictures.labels("parsed").inc()
    return parsed


def still_of(
    service: Service, picture: bytes, choice: Choice, priority: Priority, wanted: Callable[[], bool]
) -> Still:
    """Decode and parse it. Blocks until its turn has come and it is done.

    Args:
        service: Does it.
        picture: An image file.
        choice: Which parser.
        priority: How its turns come.
        wanted: Whether anybody still waits for it.

    Raises:
        NoPicture: It is none.
        TooManyPixels: It is too large.
        ServiceError: Nobody waits for it any more.
        Busy: Too many wait.
    """
    image = decode_upload(picture, service.limits.max_pixels)
    try:
        parsed = service.runtime.parse(image, priority=priority, parser=choice.parser, wanted=wanted)
        rival = service.models.rival(choice.name)
        if rival is not None:
            other = service.runtime.parse(image, priority=Priority.BATCH, parser=rival, wanted=wanted)
            service.models.compare(parsed, other)
    except CancelledError:
        raise ServiceError(ErrorCode.CLIENT_GONE, "nobody waits for it any more") from None
    return Still.of(image, parsed)


@dataclass(frozen=True, slots=True)
class _Order:
    picture: bytes
    options: ParseOptions
    choice: Choice


def _parsed(service: Service, order: _Order, priority: Priority, wanted: Callable[[], bool]) -> ParsedPicture:
    options, name = order.options, order.choice.name
    still = still_of(service, order.picture, order.choice, priority, wanted)
    url = None
    if options.overlay != "none":
        look = options_of(service.settings.overlay, options.overlay)
        drawn = jpeg(still.overlay("picture", name, look))
        url = f"/api/results/{service.results.add(Made(drawn, 'image/jpeg'))}"
    height, width = still.image.shape[:2]
    return ParsedPicture(
        width=width,
        height=height,
        model=name,
        parser=ParserUsed.of(order.choice.info),
        colored_mask_url=url,
        person_count=len(still.seen),
        persons=persons_of(still) if options.persons else (),
        segments=segments_of(still, options),
    )


def _outcome(error: Exception) -> str:
    try:
        code = as_service_error(error).code
    except Exception:  # noqa: BLE001 - a bug, which goes on its way
        return "failed"
    return {ErrorCode.BUSY: "refused", ErrorCode.CLIENT_GONE: "abandoned"}.get(code, "unusable")
