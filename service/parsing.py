"""Parses pictures that requests bring."""

from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from starlette.requests import Request

from domain.rendering import OverlayStyle
from pipeline.compact import CompactFrame
from pipeline.drawing import options_of
from pipeline.encoding import jpeg
from pipeline.executor import Priority
from pipeline.sources.uploads import Upload
from pipeline.stills import Still
from service.errors import ErrorCode, ServiceError
from service.gateway import Caller
from service.handlers import as_service_error
from service.models import Choice
from service.parsed import ParsedPicture, ParseOptions, ParserUsed, described
from service.results import Made, ToMake
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
    return await with_still(service, request, order, partial(_described, service, order, options))


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
        upload = Upload.of(order.picture, service.limits.max_pixels)
        with service.rooms[order.caller.priority].taken(upload.pixels):
            return then(_still(service, order, choice, upload, wanted), choice)

    try:
        made = await service.admission.run(work, request)
    except Exception as error:
        service.metrics.pictures.labels(_outcome(error)).inc()
        raise
    service.metrics.pictures.labels("parsed").inc()
    return made


def _still(
    service: Service, order: Order, choice: Choice, upload: Upload, wanted: Callable[[], bool]
) -> Still:
    """Decode and parse it. Blocks until its turn has come and it is done.

    Args:
        service: Does it.
        order: What is to be parsed.
        choice: Which parser.
        upload: The picture.
        wanted: Whether anybody still waits for it.

    Raises:
        NoPicture: It is damaged.
        ServiceError: Nobody waits for it any more.
        Busy: Too many wait.
    """
    if not wanted():
        raise _gone()
    image = upload.image()
    priority = order.caller.priority
    try:
        parsed = service.runtime.parse(image, priority=priority, parser=choice.parser, wanted=wanted)
        rival = service.models.rival(choice.name)
        if rival is not None:
            other = service.runtime.parse(image, priority=Priority.BATCH, parser=rival, wanted=wanted)
            service.models.compare(parsed, other)
    except CancelledError:
        raise _gone() from None
    return Still.of(image, parsed, service.settings.privacy.of_requests)


def _described(
    service: Service, order: Order, options: ParseOptions, still: Still, choice: Choice
) -> ParsedPicture:
    url = None
    if options.overlay != "none":
        drawing = _Drawing(
            service, order.picture, CompactFrame.of(still.parsed), options.overlay, choice.name
        )
        url = f"/api/results/{service.results.add(ToMake(drawing, drawing.held_bytes))}"
    return described(still, options, choice.name, ParserUsed.of(choice.info), url)


@dataclass(frozen=True, slots=True)
class _Drawing:
    """Draws a picture that was parsed, from the file that it came as and what was seen in it.

    Attributes:
        service: Its settings say how.
        picture: The file; it could be decoded before.
        parsed: What was seen.
        style: As it was asked for.
        model: Name of the parser, for the header.
    """

    service: Service
    picture: bytes
    parsed: CompactFrame
    style: OverlayStyle | None
    model: str

    @property
    def held_bytes(self) -> int:
        """How much memory it takes."""
        return len(self.picture) + self.parsed.held_bytes

    def __call__(self) -> Made:
        """The drawn picture."""
        settings = self.service.settings
        look = options_of(settings.overlay, self.style)
        upload = Upload.of(self.picture, settings.service.max_pixels)
        with self.service.rooms[Priority.INTERACTIVE].taken(upload.pixels):
            still = Still.of(upload.image(), self.parsed.frame(), settings.privacy.of_requests)
            return Made(jpeg(still.overlay("picture", self.model, look)), "image/jpeg")


def _gone() -> ServiceError:
    return ServiceError(ErrorCode.CLIENT_GONE, "nobody waits for it any more")


def _outcome(error: Exception) -> str:
    try:
        code = as_service_error(error).code
    except Exception:  # noqa: BLE001 - a bug, which goes on its way
        return "failed"
    return {ErrorCode.BUSY: "refused", ErrorCode.CLIENT_GONE: "abandoned"}.get(code, "unusable")
