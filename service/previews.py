"""The newest pictures of cameras as JPEG files: each is drawn and encoded once, however many look."""

from collections import OrderedDict
from datetime import datetime
from threading import Lock

from pipeline.encoding import jpeg, narrowed
from pipeline.latest import LatestPicture

_KEPT = 64


class Previews:
    """Any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._made: OrderedDict[tuple[str, datetime, int, bool], bytes] = OrderedDict()

    def of(self, picture: LatestPicture, width: int, *, overlay: bool) -> bytes:
        """The picture as a JPEG file.

        Args:
            picture: The newest of a stream.
            width: Wider ones are made as narrow as that, pixels.
            overlay: Whether it is drawn upon.
        """
        key = picture.rendered.frame.stream_id, picture.finished_at, width, overlay
        with self._lock:
            if key in self._made:
                return self._made[key]
        image = picture.overlay() if overlay else picture.rendered.frame.image
        made = jpeg(narrowed(image, width), 80)
        with self._lock:
            self._made[key] = made
            while len(self._made) > _KEPT:
                self._made.popitem(last=False)
        return made
