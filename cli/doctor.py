"""What `footfall doctor` looks at: machine, processor, codecs, parser, stores and cameras, before anything is counted."""

import os
import platform
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Literal

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from config.cameras import CameraSettings
from config.component import how_to_install, settings_of
from config.settings import Settings
from domain.errors import SinkBusy, UsageError
from domain.names import shown_name
from pipeline.building import build_source
from pipeline.parsers.base import ParserContext, ParserSettings
from sinks.base import SinkSettings

Verdict = Literal["good", "note", "wrong"]
"""`note` is no hindrance; with `wrong` a run would not begin, or not count that camera."""

_EXTRAS = {"kafka": "kafka", "postgres": "psycopg", "onnxruntime": "onnxruntime", "service": "fastapi"}
_LEAST_FREE = 1e9
_FRAME = (432, 768, 3)
_TIMED = 3
_STYLES: dict[Verdict, str] = {"good": "green", "note": "yellow", "wrong": "red"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One row.

    Attributes:
        about: What was looked at.
        verdict: How it stands.
        found: In one line, with the cure where there is one.
    """

    about: str
    verdict: Verdict
    found: str


def findings(settings: Settings) -> Iterator[Finding]:
    """Look at one thing after the other; each takes as long as its own time limits.

    Args:
        settings: Their parser, sinks, output folder and cameras are looked at. Cameras are opened and closed again.
    """
    yield Finding("footfall", "good", f"{version('footfall')} on Python {platform.python_version()}")
    yield _machine()
    yield _looked_at("processor", _precision)
    yield _codecs()
    yield from (_extra(name, module) for name, module in _EXTRAS.items())
    yield _looked_at(
        f"parser {settings.parser.kind}", lambda: _parser(settings_of(ParserSettings, settings.parser))
    )
    yield _folder(settings.output.dir)
    for name, component in settings.sinks.items():
        yield _looked_at(f"store {name}", settings_of(SinkSettings, component).look)
    for camera in settings.cameras:
        yield _looked_at(f"camera {camera.id}", lambda camera=camera: _camera(camera))  # type: ignore[misc]  # mypy infers no defaults


def print_findings(console: Console, found: list[Finding]) -> None:
    """One table."""
    table = Table()
    for column in ("looked at", "", "found"):
        table.add_column(column, overflow="fold")
    for finding in found:
        verdict = Text(finding.verdict, style=_STYLES[finding.verdict])
        table.add_row(Text(finding.about), verdict, Text(finding.found))
    console.print(table)


def as_rows(found: list[Finding]) -> list[dict[str, str]]:
    """The same for programs."""
    return [asdict(finding) for finding in found]


def _looked_at(about: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(about, "good", look())
    except UsageError as error:
        return Finding(about, "wrong", " ".join(str(error).split()))
    except SinkBusy as error:
        return Finding(about, "note", " ".join(str(error).split()))


def _machine() -> Finding:
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    words = f"{platform.system()} {platform.machine()}, {cores} cores, {memory:.1f} GB of memory"
    return Finding("machine", "good" if memory > 1 else "note", words)


def _precision() -> str:
    from pipeline.parsers.runtime import RuntimeOptions, precision_for, processor_name  # noqa: PLC0415 - brings OpenVINO

    best = precision_for(RuntimeOptions(), quantized=True)
    return f"{processor_name()}; computes in {best}"


def _codecs() -> Finding:
    from pipeline.sources.codecs import missing_codecs  # noqa: PLC0415 - brings FFmpeg

    missing = missing_codecs()
    return Finding(
        "codecs", "note" if missing else "good", ", ".join(missing) or "video, HEIC and AVIF are read"
    )


def _extra(name: str, module: str) -> Finding:
    if find_spec(module) is not None:
        return Finding(f"extra {name}", "good", "installed")
    return Finding(
        f"extra {name}",
        "note",
        f"not installed, and needed by none but who asks for it: {how_to_install(name)}",
    )


def _parser(parser: ParserSettings) -> str:
    loaded = parser.build(ParserContext())
    frame = np.full(_FRAME, 127, np.uint8)
    loaded.parse(frame)
    began = perf_counter()
    for _ in range(_TIMED):
        loaded.parse(frame)
    each_ms = (perf_counter() - began) / _TIMED * 1000
    info = loaded.info
    return f"{info.name} {info.version} in {info.precision}, {each_ms:.0f} ms a frame"


def _folder(folder: Path) -> Finding:
    above = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.is_dir())
    about = f"results {shown_name(folder)}"
    if not os.access(above, os.W_OK | os.X_OK):
        return Finding(
            about, "wrong", f"{shown_name(above)} cannot be written; name another folder with --out"
        )
    free = shutil.disk_usage(above).free
    return Finding(about, "good" if free > _LEAST_FREE else "note", f"{free / 1e9:.1f} GB are free")


def _camera(camera: CameraSettings) -> str:
    with closing(build_source(_at_once(camera))) as source:
        source.open()
        seconds = source.duration_s
        length = "live" if source.live else f"{seconds:.0f} s long" if seconds else "of unknown length"
        return f"{source.location} is there, {length}"


def _at_once(camera: CameraSettings) -> CameraSettings:
    """The same where a run would wait for the camera: here it is asked now."""
    source = camera.source
    if "must_start" not in type(source).model_fields:
        return camera
    return camera.model_copy(update={"source": source.model_copy(update={"must_start": True})})
