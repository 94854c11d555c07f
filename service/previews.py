"""The newest pictures of cameras as JPEG files: each is drawn once, however many look, and kept."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from pipeline.encoding import jpeg, narrowed
from pipeline.latest import LatestPicture
from service.drawn import Drawn

_KEPT = 64


@dataclass(frozen=True, slots=True)
class Look:
    """How the picture of a camera is wanted.

    Attributes:
        width: Wider ones are made as narrow as that, pixels.
        overlay: How it is drawn; None for as the camera's settings say.
    """

    width: int
    overlay: Drawn | None = None


class Previews:
    """Any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._made: OrderedDict[tuple[str, datetime, Look], bytes] = OrderedDict()

    def of(self, picture: LatestPicture, look: Look) -> bytes:
        """The picture as a JPEG file.

        Args:
            picture: The newest of a stream.
            look: How it is wanted.
        """
        key = picture.rendered.frame.stream_id, picture.finished_at, look
        with self._lock:
            if key in self._made:
                return self._made[key]
        image = picture.rendered.frame.image if look.overlay == "none" else picture.overlay(look.overlay)
        made = jpeg(narrowed(image, look.width), 80)
        with self._lock:
            self._made[key] = made
            while len(self._made) > _KEPT:
                self._made.popitem(last=False)
        return made
