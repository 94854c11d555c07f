"""Cameras and recordings from Python: a runtime whose streams come and go."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from config import Settings, load_settings
from config.adding import settings_from
from domain.events import Event
from pipeline.opening import open_assembled
from pipeline.runtime import Runtime
from sinks.calling import CallingSink

_CALLERS = 2


def open_runtime(
    settings: Settings | Mapping[str, Any] | str | os.PathLike[str] | None = None,
    *,
    on_events: Callable[[Sequence[Event]], object] | None = None,
    callers: int | None = None,
) -> Runtime:
    """Open what `footfall run` opens, to be driven from here; `with` starts and closes it.

    When it has closed, `report.html` and `summary.json` are in the folder of its results, about the streams that it has then; what
    cannot be written is logged. `Runtime.result` says the same.

    Args:
        settings: What a settings file says, as a mapping; or the path of one, over which the environment wins; or `Settings`.
        on_events: Called with every batch of events, from one thread, beside the sinks of the settings. What it raises is logged,
            and it is not called any more.
        callers: How many streams and requests are parsed at the same time; 2 at least where nothing is said, else the cameras of
            the settings.

    Raises:
        UsageError: Something that the caller can mend; nothing has been written then.
    """
    given = _settings(settings)
    extra = [CallingSink(on_events)] if on_events else []
    return open_assembled(given, callers=callers or max(_CALLERS, len(given.cameras)), extra=extra).runtime


def _settings(given: Settings | Mapping[str, Any] | str | os.PathLike[str] | None) -> Settings:
    if isinstance(given, Settings):
        return given
    if isinstance(given, str | os.PathLike):
        return load_settings(Path(given))
    return settings_from(given or {})
