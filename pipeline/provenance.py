"""What the numbers of a run come from: its id, and the analysis that each of its streams belongs to."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib.metadata import version
from itertools import count
from math import lcm
from threading import Lock
from uuid import uuid4

from pydantic import BaseModel, JsonValue

from analytics.stages.windows import WindowsSettings
from config import bearing_on_numbers, without_secrets
from config.cameras import CameraSettings
from config.component import Component
from config.registry import OWN, package_of
from config.settings import Settings
from domain.events import StreamIdentity
from domain.parsing import ParserInfo
from domain.provenance import Analysis, RunRecord, RunState, RunStream
from domain.summary import ParserSummary
from pipeline.finders.auto import as_meant
from pipeline.sources.base import FrameSource
from sinks.journal import RunJournal


@dataclass(frozen=True, slots=True)
class KnownStream:
    """A stream of which it is known what its numbers come from.

    Attributes:
        identity: What the ids of its events rest on.
        ended: To be told what became of it, once.
    """

    identity: StreamIdentity
    ended: Callable[[RunState, str | None], None]


class Provenance:
    """What the numbers of a run come from. Any thread.

    Args:
        settings: All of them.
        started_at: Now, UTC.
    """

    def __init__(self, settings: Settings, started_at: datetime) -> None:
        self._settings = settings
        self._lock = Lock()
        self._taken: dict[str, set[int]] = defaultdict(set)
        # Of sources that have been read already, by the name of their stream, for their first part.
        self._contents: dict[str, str | None] = {}
        self.journal = RunJournal(
            RunRecord(
                run_id=uuid4().hex,
                footfall_version=version(OWN),
                started_at=started_at,
                settings=without_secrets(settings),
                streams=(),
            )
        )

    def fingerprint(self, sources: Sequence[FrameSource], parser: ParserInfo) -> str:
        """What decides all numbers of a run over the cameras of the settings: another run that has the same may go on with it.

        Args:
            sources: Those of the cameras, in their order, open.
            parser: What labels them.

        Raises:
            SourceError: A recording cannot be read.
        """
        told: list[JsonValue] = []
        copies: Counter[str | None] = Counter()
        for camera, source in zip(self._settings.cameras, sources, strict=True):
            content = self._contents[camera.id] = source.content()
            copies[content] += 1
            copy = copies[content] if content is not None else 1
            told.append([camera.id, _analysis(self._settings, camera, parser, content, copy).analysis_id])
        return _digest({"streams": told})

    def begin(self, camera: CameraSettings, source: FrameSource, parser: ParserInfo) -> KnownStream:
        """A stream, or another part of one, begins.

        A recording that another stream looks at already is a source of its own, else the second would store nothing.

        Args:
            camera: Its settings.
            source: Its source, open.
            parser: What labels it.

        Raises:
            SourceError: The recording cannot be read.
        """
        content = self._contents.pop(camera.id) if camera.id in self._contents else source.content()
        copy = self._take(content)
        analysis = _analysis(self._settings, camera, parser, content, copy)
        self.journal.begin_stream(RunStream(stream_id=camera.id, source=source.location, analysis=analysis))
        identity = StreamIdentity(camera.id, analysis.analysis_id, source.started_at)
        return KnownStream(identity, partial(self._ended, identity, content, copy))

    def end(self, *, interrupted: bool, at: datetime) -> None:
        """Nothing more is counted.

        Args:
            interrupted: Whether it was told to end before its streams had.
            at: Now, UTC.
        """
        states = {stream.state for stream in self.journal.run.streams}
        state: RunState = "interrupted" if interrupted or "interrupted" in states else "complete"
        self.journal.end("failed" if "failed" in states else state, at)

    def _take(self, content: str | None) -> int:
        """The lowest number that no other stream of the same recording has."""
        if content is None:
            return 1
        with self._lock:
            taken = self._taken[content]
            copy = next(number for number in count(1) if number not in taken)
            taken.add(copy)
        return copy

    def _ended(
        self, identity: StreamIdentity, content: str | None, copy: int, state: RunState, problem: str | None
    ) -> None:
        if content is not None:
            with self._lock:
                self._taken[content].discard(copy)
        self.journal.end_stream(identity, state, problem)


def grid_s(camera: CameraSettings) -> int:
    """The least span that is a whole number of all windows of a camera, seconds."""
    return lcm(
        *(
            length
            for stage in camera.analytics.values()
            if isinstance(stage, WindowsSettings)
            for length in stage.lengths_s
        )
    )


def _analysis(
    settings: Settings, camera: CameraSettings, parser: ParserInfo, content: str | None, copy: int
) -> Analysis:
    source: dict[str, JsonValue] = (
        {"camera": camera.id} if content is None else {"content": content, "copy": copy}
    )
    rest = Analysis(
        analysis_id="",
        source_id=_digest(source),
        live=content is None,
        content=content,
        footfall_version=version(OWN),
        packages=dict(_packages([settings.parser, settings.finder, settings.best_views_parser, camera])),
        parser=ParserSummary(
            name=parser.name, version=parser.version, precision=parser.precision, checksum=parser.checksum
        ),
        settings=bearing_on_numbers(as_meant(settings), camera),
    )
    return rest.model_copy(update={"analysis_id": _digest(rest.model_dump(mode="json"))})


def _packages(values: Sequence[object]) -> Iterator[tuple[str, str]]:
    """Packages from outside that bring one of these components, with their versions."""
    for value in values:
        if isinstance(value, Component) and (package := package_of(value)) is not None and package[0] != OWN:
            yield package
        if isinstance(value, BaseModel):
            yield from _packages([getattr(value, name) for name in type(value).model_fields])
        elif isinstance(value, Mapping):
            yield from _packages(list(value.values()))


def _digest(value: Mapping[str, JsonValue]) -> str:
    """32 hexadecimal digits that are the same for the same value, on every machine."""
    text = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
