"""Parsers that are loaded, by name."""

from threading import Lock

from pipeline.parsers.base import HumanParser
from pipeline.runtime import Runtime
from service.errors import ErrorCode, ServiceError


class Models:
    """The parser of the cameras, and others beside it that requests may ask for. Any thread.

    Args:
        runtime: Loads and switches them.
        active: Name of the one that it has begun with.
    """

    def __init__(self, runtime: Runtime, active: str) -> None:
        self._runtime = runtime
        self._lock = Lock()
        self._active = active
        self._others: dict[str, HumanParser] = {}

    @property
    def active(self) -> str:
        """Name of the one that cameras, and requests that name none, get."""
        return self._active

    @property
    def names(self) -> list[str]:
        """All that are loaded, the active one first."""
        with self._lock:
            return [self._active, *(name for name in self._others if name != self._active)]

    def chosen(self, name: str | None) -> tuple[str, HumanParser | None]:
        """The name of a parser, and what to hand to `Runtime.parse` to use it.

        Raises:
            ServiceError: None of that name is loaded.
        """
        with self._lock:
            if name is None or name == self._active:
                return self._active, None
            if name in self._others:
                return name, self._others[name]
        raise ServiceError(
            ErrorCode.NOT_FOUND, f"no parser {name[:64]} is loaded; there is {', '.join(self.names)}"
        )
