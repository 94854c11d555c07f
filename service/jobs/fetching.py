"""Fetches a recording from an address that is allowed: no redirect is followed, and so much and so long is read and no more."""

import http.client
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

from domain.errors import UsageError

_PIECE = 1 << 18
_SILENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Fetching:
    """What is to be fetched.

    Attributes:
        address: `http://` or `https://`, looked at before.
        target: A file that is not there yet.
        most_bytes: More is refused.
        timeout_s: For all of it.
    """

    address: str
    target: Path
    most_bytes: int
    timeout_s: float


def fetch(wanted: Fetching, check: Callable[[], None]) -> None:
    """Fetch it, whole or not at all. Blocks.

    Args:
        wanted: What.
        check: Called between pieces; raises to end it.

    Raises:
        UsageError: It cannot be had.
    """
    staged = wanted.target.with_name(f"{wanted.target.name}.part")
    try:
        _fetch(wanted, staged, check)
    except (OSError, http.client.HTTPException, ValueError) as error:
        said = getattr(error, "strerror", None) or type(error).__name__
        raise UsageError(f"the recording cannot be fetched ({said}): check its address") from None
    staged.replace(wanted.target)


def _fetch(wanted: Fetching, staged: Path, check: Callable[[], None]) -> None:
    parts = urlsplit(wanted.address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    until = monotonic() + wanted.timeout_s
    connection = kind(parts.hostname or "", parts.port, timeout=_SILENCE_S)
    try:
        query = f"?{parts.query}" if parts.query else ""
        connection.request("GET", f"{parts.path or '/'}{query}", headers={"Accept-Encoding": "identity"})
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            raise UsageError(
                f"the recording cannot be fetched: the answer was {answer.status}, and redirects are not followed"
            )
        with staged.open("wb") as file:
            got = 0
            for piece in _pieces(answer, wanted, until):
                check()
                got += file.write(piece)
        # A connection that breaks off looks like the end where the length was not checked.
        if answer.length:
            raise UsageError(f"the recording broke off after {got} bytes: send the job again")
    finally:
        connection.close()


def _pieces(answer: http.client.HTTPResponse, wanted: Fetching, until: float) -> Iterator[bytes]:
    """What comes, as long as it is neither too much nor too late."""
    got = 0
    while piece := answer.read1(_PIECE):
        got += len(piece)
        if got > wanted.most_bytes:
            raise UsageError(
                f"the recording has more than {wanted.most_bytes} bytes: name a smaller one, or raise "
                "service.jobs.max_recording_bytes"
            )
        if monotonic() > until:
            raise UsageError(
                f"the recording did not come within {wanted.timeout_s:g} s: name a smaller one, or raise "
                "service.jobs.download_timeout_s"
            )
        yield piece
