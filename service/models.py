"""Parsers that are loaded, by name, and a trial of one against another."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Lock
from time import monotonic

import numpy as np

from config.component import Component, settings_of
from config.registry import group
from domain.errors import UsageError
from domain.frame import BgrImage
from domain.parsing import ParsedFrame, ParserInfo
from pipeline.parsers.base import HumanParser, ParserSettings
from pipeline.runtime import Runtime
from service.errors import ErrorCode, ServiceError

_COMPARED_EVERY = 10
_SMOOTHING = 0.1


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


def _known(active: Component, named: Mapping[str, Component]) -> dict[str, ParserSettings]:
    """Every kind that can be had without more being said, then those of the settings."""
    found: dict[str, ParserSettings] = {}
    for kind, model in group("footfall.parsers").models.items():
        if all(not told.is_required() for told in model.model_fields.values()):
            found[kind] = settings_of(ParserSettings, model.model_validate({"kind": kind}))
    given = {active.kind: active, **named}
    return found | {name: settings_of(ParserSettings, component) for name, component in given.items()}


class _Timed:
    """A parser whose calls are timed when their turn has come."""

    def __init__(self, parser: HumanParser, note: Callable[[float], None]) -> None:
        self._parser, self._note = parser, note

    @property
    def info(self) -> ParserInfo:
        return self._parser.info

    def parse(self, image: BgrImage) -> ParsedFrame:
        began = monotonic()
        parsed = self._parser.parse(image)
        self._note(monotonic() - began)
        return parsed


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What is known of a parser before it is loaded.

    Attributes:
        about: What it is, in a sentence.
        licence: Of its weights; None where it is not known.
    """

    about: str
    licence: str | None


class Models:
    """The parser of the cameras, and others beside it that requests may ask for. Any thread.

    Args:
        runtime: Loads and switches them.
        active: Settings of the one that it has begun with; its kind is its name.
        named: Settings of more of them, by name.
    """

    def __init__(
        self, runtime: Runtime, active: Component, named: Mapping[str, Component] | None = None
    ) -> None:
        self._runtime = runtime
        self._settings = _known(active, named or {})
        self._named = set(named or {})
        self._loading = Lock()
        self._lock = Lock()
        self._active = active.kind
        self._loaded: dict[str, HumanParser] = {active.kind: runtime.loaded_parser}
        self._trial: Trial | None = None
        self._took_s: dict[str, float] = {}

    @property
    def active(self) -> str:
        """Name of the one that cameras, and requests that name none, get."""
        return self._active

    @property
    def kinds(self) -> list[str]:
        """All that could be loaded."""
        return list(self._settings)

    def info(self, name: str) -> ParserInfo | None:
        """What a loaded one says of itself; None of one that is not loaded."""
        with self._lock:
            parser = self._loaded.get(name)
        return parser.info if parser else None

    def settings_of(self, name: str) -> Component:
        """The settings of one that could be loaded."""
        return self._settings[name]

    def facts(self, name: str) -> ModelFacts:
        """What is known of one without loading it."""
        settings = self._settings[name]
        try:
            return ModelFacts(settings.about, settings.licence)
        except UsageError as error:
            # A card that is damaged; loading it says so, too.
            return ModelFacts(" ".join(str(error).split()), None)

    def mean_s(self, name: str) -> float | None:
        """Time of a picture lately, seconds; None before the first."""
        if name == self._active:
            return self._runtime.state().parser.mean_s or None
        return self._took_s.get(name)

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
                parser = self._loaded[name]
                other = None if name == self._active else _Timed(parser, partial(self._note, name))
                return Choice(name, other, parser.info)
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
                given = self._settings[name].model_dump() if name in self._named else name
                parser = self._runtime.load_parser(given)
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

    def _note(self, name: str, took_s: float) -> None:
        with self._lock:
            before = self._took_s.get(name, took_s)
            self._took_s[name] = before + _SMOOTHING * (took_s - before)

    def _require(self, name: str) -> None:
        if name not in self._loaded:
            raise ServiceError(ErrorCode.NOT_FOUND, f"no parser {name[:64]} is loaded: load it first")
