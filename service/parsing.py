"""Parses pictures that requests bring."""

from collections.abc import Callable
from concurrent.futures import CancelledError

from starlette.requests import Request

from pipeline.encoding import jpeg
from pipeline.executor import Priority
from pipeline.sources.uploads import decode_upload
from pipeline.stills import Still
from service.errors import ErrorCode, ServiceError
from service.gateway import Caller
from service.handlers import as_service_error
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
    model, _ = service.models.chosen(options.parser)
    caller.require_model(model)

    def work(wanted: Callable[[], bool]) -> ParsedPicture:
        return _parsed(service, picture, options, caller.priority, wanted)

    try:
        parsed = await service.admission.run(work, request)
    except Exception as error:
        service.metrics.pictures.labels(_outcome(error)).inc()
        raise
    service.metrics.pictures.labels("parsed").inc()
    return parsed


def still_of(
    service: Service, picture: bytes, model: str | None, priority: Priority, wanted: Callable[[], bool]
) -> tuple[Still, str, ParserUsed]:
    """Decode and parse it. Blocks until its turn has come and it is done.

    Args:
        service: Does it.
        picture: An image file.
        model: Which parser; None for the active one.
        priority: How its turns come.
        wanted: Whether anybody still waits for it.

    Returns:
        The picture, the name of the parser, and what that says of itself.

    Raises:
        ServiceError: It is no picture, there is no such parser, or nobody waits for it any more.
        Busy: Too many wait.
    """
    name, parser = service.models.chosen(model)
    image = decode_upload(picture, service.limits.max_pixels)
    info = parser.info if parser else service.runtime.parser.info
    try:
        parsed = service.runtime.parse(image, priority=priority, parser=parser, wanted=wanted)
    except CancelledError:
        raise ServiceError(ErrorCode.CLIENT_GONE, "nobody waits for it any more") from None
    return Still.of(image, parsed), name, ParserUsed.of(info)


def _parsed(
    service: Service, picture: bytes, options: ParseOptions, priority: Priority, wanted: Callable[[], bool]
) -> ParsedPicture:
    still, name, used = still_of(service, picture, options.parser, priority, wanted)
    url = None
    if options.overlay != "none":
        drawn = jpeg(still.overlay("picture", name))
        url = f"/api/results/{service.results.add(Made(drawn, 'image/jpeg'))}"
    height, width = still.image.shape[:2]
    return ParsedPicture(
        width=width,
        height=height,
        model=name,
        parser=used,
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
