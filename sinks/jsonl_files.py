"""Files of events that are closed: numbered, packed in the background, read back in order."""

import gzip
import logging
import os
import re
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue
from typing import BinaryIO, cast

from domain.names import shown_name
from sinks.base import CLOSED, EVENTS
from sinks.staging import Staging, remove

_log = logging.getLogger(__name__)

_NAME = re.compile(r"(?P<number>[0-9]{6,9})-[0-9]{8}T[0-9]{6}Z\.jsonl(?P<packed>\.gz)?")
_CHUNK = 1 << 20
_NICER = 10


@dataclass(frozen=True, slots=True, order=True)
class ClosedFile:
    """One of the files that `events.jsonl` was before.

    Attributes:
        number: The first of them is 1.
        path: Where it is.
        packed: Whether it is compressed, with gzip.
    """

    number: int
    path: Path
    packed: bool

    def open(self) -> BinaryIO:
        """For its lines."""
        return cast("BinaryIO", gzip.open(self.path)) if self.packed else self.path.open("rb")


def closed_name(number: int, closed_at: datetime) -> str:
    """How a closed file is called: names are in the order in which the files were written, and tell when each was closed, UTC."""
    return f"{number:06}-{closed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}.jsonl"


def closed_files(folder: Path) -> list[ClosedFile]:
    """The closed files there, in the order in which they were written; of one that was just packed, the packed one."""
    found: dict[int, ClosedFile] = {}
    with suppress(FileNotFoundError):
        for path in sorted(folder.iterdir()):
            name = _NAME.fullmatch(path.name)
            if name is not None:
                # "1.jsonl.gz" comes after "1.jsonl", and is whole as soon as it is there.
                found[int(name["number"])] = ClosedFile(int(name["number"]), path, name["packed"] is not None)
    return [found[number] for number in sorted(found)]


def event_lines(results: Path) -> Iterator[bytes]:
    """Every line of the events in a folder of results, closed files first: `zcat -f DIR/events/* DIR/events.jsonl`."""
    for file in closed_files(results / CLOSED):
        with file.open() as lines:
            yield from lines
    with (results / EVENTS).open("rb") as lines:
        yield from lines


class Packer:
    """Compresses closed files, one after the other, in a thread of its own.

    A file is packed as a whole or not at all, and the plain one goes after that. What `close` cuts short, the next packer does.

    Args:
        staging: Where packed files are written before they get their names.
    """

    def __init__(self, staging: Staging) -> None:
        self._staging = staging
        self._waiting: SimpleQueue[Path | None] = SimpleQueue()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self, folder: Path) -> None:
        """Pack all that is there, and what is handed over later."""
        with suppress(FileNotFoundError):
            for path in sorted(folder.glob("*.jsonl")):
                if _NAME.fullmatch(path.name):
                    self._waiting.put(path)
        self._thread = threading.Thread(target=self._run, name="pack-events", daemon=True)
        self._thread.start()

    def pack(self, path: Path) -> None:
        """Pack that one, when its turn has come."""
        self._waiting.put(path)

    def close(self) -> None:
        """Stop soon; may be called twice."""
        self._stop.set()
        self._waiting.put(None)
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        # Counting goes first. On Linux that is of this thread alone.
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICER)
        while (path := self._waiting.get()) is not None and not self._stop.is_set():
            try:
                self._pack(path)
            except OSError as error:
                _log.warning("%s stays as it is: %s", shown_name(path), error.strerror or error)

    def _pack(self, path: Path) -> None:
        packed = path.with_name(f"{path.name}.gz")
        if not packed.exists():
            staged = self._staging.stage(packed)
            try:
                if not self._write(path, staged):
                    remove(staged)
                    return
            except OSError:
                remove(staged)
                raise
            self._staging.publish(staged, packed)
        path.unlink(missing_ok=True)

    def _write(self, path: Path, staged: Path) -> bool:
        """Whether it was written to its end: it is there, and nobody has stopped it."""
        if not path.exists():
            return False
        with path.open("rb") as lines, staged.open("wb") as file:
            with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
                while chunk := lines.read(_CHUNK):
                    if self._stop.is_set():
                        return False
                    packed.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        return True
