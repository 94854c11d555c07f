"""Everything that the API says when it cannot do what was asked. A code never changes its meaning."""

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class _Meaning:
    number: int
    status: int
    words: str


class ErrorCode(Enum):
    """Number in `code`, HTTP status, and what it means. New ones are added; none is changed."""

    BAD_REQUEST = _Meaning(
        1001, 400, "The request is not as the documentation says: a field, an option, or its form"
    )
    BODY_TOO_LARGE = _Meaning(
        1002,
        413,
        "The request has more bytes than `service.max_body_bytes`, or `service.jobs.max_recording_bytes`",
    )
    NO_PICTURE = _Meaning(
        1003, 415, "What was sent is no picture or recording that is read here, or is damaged"
    )
    TOO_MANY_PIXELS = _Meaning(1004, 413, "A picture has more pixels than `service.max_pixels`")
    TOO_MANY_PICTURES = _Meaning(
        1005,
        413,
        "The request has more pictures than `service.max_pictures`, or a job than `service.jobs.max_pictures`",
    )
    TOO_SLOW = _Meaning(
        1006,
        408,
        "The request did not arrive within `service.head_timeout_s` and `service.body_timeout_s`, or a job within "
        "`service.jobs.upload_timeout_s`",
    )
    TOO_LONG = _Meaning(
        1007,
        413,
        "A recording is longer than `service.jobs.max_recording_s`, or has more pictures than `max_recording_frames`",
    )
    NO_KEY = _Meaning(1101, 401, "No key was sent, or one that is not known")
    FORBIDDEN = _Meaning(1102, 403, "The role of the key, or its list of models, does not allow this")
    FOREIGN_ORIGIN = _Meaning(
        1103, 403, "A web page of elsewhere asked, which `service.origins` does not name"
    )
    TOO_OFTEN = _Meaning(
        1104, 429, "The key has asked too often in this minute; `Retry-After` says when to ask again"
    )
    QUOTA_USED = _Meaning(
        1105, 429, "The key has used its requests of this day; `Retry-After` says when to ask again"
    )
    NOT_FOUND = _Meaning(1201, 404, "There is nothing of that name or address, or not any more")
    NOT_KEPT = _Meaning(
        1204,
        404,
        "Events of this kind are not kept: `privacy.events`, or `privacy.min_group`, of the settings",
    )
    WRONG_METHOD = _Meaning(1202, 405, "The address does not take this method")
    EXISTS = _Meaning(1203, 409, "There is something of that name already")
    BUSY = _Meaning(1301, 429, "Too much waits already; `Retry-After` says when to ask again")
    CLOSING = _Meaning(1302, 503, "The service is about to end; what it had accepted is still done")
    NOT_READY = _Meaning(1303, 503, "No parser is loaded, or events cannot be kept")
    CLIENT_GONE = _Meaning(
        1304, 499, "Whoever asked has gone, so it was not done; only the log and metrics see this"
    )
    STORE_AWAY = _Meaning(
        1305, 503, "The store of events cannot be read now; `Retry-After` says when to ask again"
    )
    NO_ROOM = _Meaning(1306, 507, "There is no room for it: on the disk, or within `service.jobs.max_bytes`")
    REFUSED = _Meaning(1401, 422, "A camera, parser or setting cannot be used; the message says why")
    HOST_NOT_ALLOWED = _Meaning(
        1402, 403, "The address of a camera or recording is not in `service.allowed_hosts`"
    )
    FAULT = _Meaning(1500, 500, "A fault of Footfall's own; the log has its traceback")

    @property
    def number(self) -> int:
        """As it stands in `code`."""
        return self.value.number

    @property
    def status(self) -> int:
        """HTTP status."""
        return self.value.status

    @property
    def words(self) -> str:
        """What it means."""
        return self.value.words


class ServiceError(Exception):
    """Becomes an answer.

    Args:
        code: Which.
        message: One line: what happened, and what to do.
        retry_after_s: When to ask again, seconds.
    """

    def __init__(self, code: ErrorCode, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.retry_after_s = retry_after_s
