"""Parsers that are loaded, by name, and a trial of one against another."""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np

from config.registry import group
from domain.parsing import ParsedFrame, ParserInfo
from pipeline.parsers.base import HumanParser
from pipeline.runtime import Runtime
from service.errors import ErrorCode, ServiceError

_COMPARED_EVERY = 10


@dataclass(slots=True)
class Trial:
    """A share of the requests that name no parser goes to a second one.

    Attributes:
        model: The second one.
        share: Of requests, 0 to 1.
        asked, requests: How many there were, and how many of them went to it.
        compared: Pictures that both have parsed.
        same_count: Of these, how many have the same number of persons.
        same_pixels: Sum over these of the share of pixels, among those where either sees a person, that are the same part.
    """

    model: str
    share: float
    asked: int = 0
    requests: int = 0
    compared: int = 0
    same_count: int = 0
    same_pixels: float = 0.0

    def next_is_mine(self) -> bool:
        """Whether the next request goes to it: as evenly as the share allows, without chance."""
        self.asked += 1
        mine = int(self.asked * self.share) > self.requests
        self.requests += mine
        return mine

    def note(self, one: ParsedFrame, other: ParsedFrame) -> None:
        """Two results of the same picture."""
        either = (one.person_ids > 0) | (other.person_ids > 0)
        self.compared += 1
        self.same_count += len(one) == len(other)
        self.same_pixels += (
            float(np.mean(one.labels[either] == other.labels[either])) if either.any() else 1.0
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """The parser of a request.

    Attributes:
        name: Its name.
        parser: What to hand to `Runtime.parse`; None is the active one.
        info: What it says of itself.
    """

    name: str
    parser: HumanParser | None
    info: ParserInfo


class Models:
    """The parser of the cameras, and others beside it that requests may ask for. Any thread.

    Args:
        runtime: Loads and switches them.
        active: Name of the one that it has begun with.
    """

    def __init__(self, runtime: Runtime, active: str) -> None:
        self._runtime = runtime
        self._loading = Lock()
        self._lock = Lock()
        self._active = active
        self._loaded: dict[str, HumanParser] = {active: runtime.loaded_parser}
        self._trial: Trial | None = None

    @property
    def active(self) -> str:
        """Name of the one that cameras, and requests that name none, get."""
        return self._active

    @property
    def kinds(self) -> list[str]:
        """All that could be loaded."""
        return list(group("footfall.parsers").models)

    def info(self, name: str) -> ParserInfo | None:
        """What a loaded one says of itself; None of one that is not loaded."""
        with self._lock:
            parser = self._loaded.get(name)
        return parser.info if parser else None

    def trial(self) -> Trial | None:
        """How the trial stands, if there is one."""
        return self._trial

    def chosen(self, name: str | None, allowed: Sequence[str] = ()) -> Choice:
        """Which parser a request gets. Asked once for each, since a trial counts.

        Args:
            name: What it has named.
            allowed: What the caller may use; empty for all.

        Raises:
            ServiceError: None of that name is loaded.
        """
        with self._lock:
            if name is None:
                trial = self._trial if self._trial and (not allowed or self._trial.model in allowed) else None
                name = trial.model if trial and trial.next_is_mine() else self._active
            if name in self._loaded:
                return Choice(
                    name, None if name == self._active else self._loaded[name], self._loaded[name].info
                )
            there = ", ".join(self._loaded)
        raise ServiceError(ErrorCode.NOT_FOUND, f"no parser {name[:64]} is loaded; there is {there}")

    def rival(self, name: str) -> HumanParser | None:
        """The active parser, where a picture of that one is to be parsed by both, so that they can be compared."""
        with self._lock:
            trial = self._trial
            if trial is None or trial.model != name or trial.requests % _COMPARED_EVERY != 1:
                return None
            return self._loaded[self._active]

    def compare(self, one: ParsedFrame, other: ParsedFrame) -> None:
        """Note two results of one picture."""
        with self._lock:
            if self._trial is not None:
                self._trial.note(one, other)

    def load(self, name: str) -> None:
        """Load one. Blocks until it is there.

        Raises:
            ServiceError: There is none of that name.
            UsageError: It cannot be loaded.
        """
        if name not in self.kinds:
            raise ServiceError(
                ErrorCode.NOT_FOUND, f"there is no parser {name[:64]}; there are {', '.join(self.kinds)}"
            )
        with self._loading:
            if self.info(name) is None:
                parser = self._runtime.load_parser(name)
                with self._lock:
                    self._loaded[name] = parser

    def unload(self, name: str) -> None:
        """Let one go. Requests that are under way with it end with it.

        Raises:
            ServiceError: It is not loaded, or in use.
        """
        # A switch to it may be under way, which would leave the cameras with a parser that nobody can ask for.
        with self._loading, self._lock:
            self._require(name)
            if name == self._active:
                raise ServiceError(ErrorCode.REFUSED, f"{name} is in use: switch to another one first")
            if self._trial and self._trial.model == name:
                self._trial = None
            del self._loaded[name]

    def switch(self, name: str) -> None:
        """Use another one from here on; no request is dropped. The one of before stays loaded.

        Raises:
            ServiceError: It is not loaded.
        """
        with self._loading:
            with self._lock:
                self._require(name)
                parser = self._loaded[name]
            self._runtime.switch_parser(parser)
            with self._lock:
                self._active, self._trial = name, None

    def try_out(self, name: str, share: float) -> None:
        """Send a share of the requests that name no parser to a second one; 0 ends the trial.

        Raises:
            ServiceError: It is not loaded, or is the one in use.
        """
        with self._lock:
            self._require(name)
            if name == self._active:
                raise ServiceError(ErrorCode.REFUSED, f"{name} is in use: a trial needs another one")
            self._trial = Trial(name, share) if share else None

    def _require(self, name: str) -> None:
        if name not in self._loaded:
            raise ServiceError(ErrorCode.NOT_FOUND, f"no parser {name[:64]} is loaded: load it first")
