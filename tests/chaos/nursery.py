"""Processes of `footfall` that begin where another one has imported everything, and pictures that are parsed but once.

A trial is hundreds of runs, and most of what a short run takes is the importing of libraries and the parsing of pictures that many
runs before it have parsed. Each run is a process of its own all the same, forked from one that has done nothing but import.
"""

import hashlib
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from domain.frame import BgrImage
from domain.parsing import ParsedFrame

_IMPORTED = (
    "cli.main",
    "pipeline.assembly",
    "pipeline.parsers.lite.parser",
    "pipeline.sources.synthetic.source",
    "sinks.kafka.transactional",
    "sinks.sql.sink",
    "psycopg",
    "tests.chaos.killed",
)
_FIELDS = tuple(field.name for field in fields(ParsedFrame))
_PARSE_S = 0.04
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(list(_IMPORTED))


class Run:
    """`footfall` in a process of its own, killed at the latest when the block ends.

    Args:
        arguments: Of `python -m tests.chaos.killed`.
        environment: More variables.
        log: Where it writes what it says.
    """

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self._process = _CONTEXT.Process(target=_run, args=(arguments, environment, log), daemon=True)
        self._process.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def kill(self) -> None:
        """At once, as a power cut does."""
        self._process.kill()
        self._process.join()

    def wait(self, timeout_s: float) -> int | None:
        """How it ended, a signal as a negative number; None where it goes on after so many seconds."""
        self._process.join(timeout_s)
        return self._process.exitcode


def _run(arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
    from tests.chaos.killed import run  # noqa: PLC0415 - in the child alone

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.update(environment)
    with log.open("ab") as output:
        for number in (1, 2):
            os.dup2(output.fileno(), number)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # it is a file
    run(arguments)


def remember_parses(folder: Path) -> None:
    """Let the parser `lite` look at each picture once in all processes that share this folder. It takes a moment all the same.

    Otherwise a run would be over before it comes to most places a second time.
    """
    from pipeline.parsers.lite.parser import LiteParser  # noqa: PLC0415 - takes long

    really = LiteParser.parse

    def parse(parser: LiteParser, image: BgrImage) -> ParsedFrame:
        path = folder / f"{hashlib.sha256(image.tobytes()).hexdigest()}.npz"
        if not path.exists():
            _save(path, really(parser, image))
        time.sleep(_PARSE_S)
        with np.load(path) as saved:
            return ParsedFrame(**{name: saved[name] for name in saved.files})

    LiteParser.parse = parse  # type: ignore[method-assign,assignment]  # on purpose


def _save(path: Path, parsed: ParsedFrame) -> None:
    """So that nobody ever sees a part of it, whoever is killed."""
    path.parent.mkdir(exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.npz")
    np.savez(part, **{name: value for name in _FIELDS if (value := getattr(parsed, name)) is not None})
    part.rename(path)
