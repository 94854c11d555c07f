"""Whoever shows or keeps pictures gets covered ones, and cannot get others."""

import ast
import gc
import inspect
import pkgutil
import re
import typing
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import footfall
import service
import sinks
from config.adding import camera_from, settings_from
from domain.frame import BgrImage, Frame, SourceItem
from domain.parsing import ParsedFrame
from domain.rendering import CoveredFrame, RenderedFrame
from pipeline.building import Shared, build_stream
from pipeline.latest import LatestPictures
from pipeline.results import ResultFolder
from sinks.memory import MemorySink
from sinks.outlet import FanOut
from sinks.report.stills import StillCollector
from tests.support.events import frame_event
from tests.support.marked import GREEN, ErringParser, MarkedPeople
from tests.support.results import result_plan
from tests.support.streams import plain_frame

ROOT = Path(sinks.__file__).parents[1]
PACKAGES = ("analytics", "cli", "config", "domain", "footfall", "pipeline", "service", "sinks")

MAKERS = {
    "CoveredFrame": {"pipeline/privacy/coverer.py"},
    # What covers nothing is for a program that holds the picture anyway, and for what a request brings, by its own setting.
    "covered_alone": {"pipeline/stills.py"},
    "RenderedFrame": {"pipeline/pictures.py"},
}
"""Who may call what, of all that is shipped."""

PICTURES = {
    "pipeline/stream.py",
    "pipeline/post_processing.py",
    "pipeline/building.py",
    "pipeline/assembly.py",
    "pipeline/provenance.py",
    "pipeline/supervision.py",
    "pipeline/signal_watch.py",
    "pipeline/resuming.py",
    # Decides whether a picture is looked at, in front of the parser.
    "pipeline/views/resting.py",
    # Makes a picture without people.
    "pipeline/empty_picture.py",
    "pipeline/stores.py",
    "domain/frame.py",
    # Says whether a camera can be had, and shows nothing of it.
    "cli/doctor.py",
}
"""Beside sources, who has to do with the items of a source before they are covered."""


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield name, node


def files() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


@pytest.mark.parametrize("made", MAKERS)
def test_only_the_coverer_makes_pictures_that_may_be_shown(made: str) -> None:
    callers = {str(path.relative_to(ROOT)) for path in files() for name, _ in calls(path) if name == made}
    assert callers == MAKERS[made]


def test_nobody_gives_a_covered_frame_another_picture() -> None:
    for path in files():
        for name, call in calls(path):
            if name in {"replace", "__replace__"}:
                given = {keyword.arg for keyword in call.keywords}
                assert not given & {"image", "hidden"}, f"{path}:{call.lineno}"


def test_only_the_pipeline_reads_sources() -> None:
    """A command or a route that shows a still must ask the pipeline for a covered one."""
    for path in files():
        place = str(path.relative_to(ROOT))
        if place.startswith("pipeline/sources/") or place in PICTURES:
            continue
        names = {
            alias.name
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        assert not names & {"FrameSource", "SourceItem", "build_source", "open_source"}, place


def modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if found.name.rpartition(".")[2] not in {"__main__", "env"} and ".versions." not in found.name:
            yield import_module(found.name)


def hints_of(thing: object) -> dict[str, object]:
    try:
        return typing.get_type_hints(thing)
    except (NameError, TypeError):
        # What is known to the type checker alone.
        return dict(getattr(thing, "__annotations__", {}))


def names_an_uncovered_frame(hint: object) -> bool:
    if isinstance(hint, str):
        return bool(re.search(r"\b(Frame|SourceItem)\b", hint))
    return hint is Frame or hint == SourceItem or any(map(names_an_uncovered_frame, typing.get_args(hint)))


@pytest.mark.parametrize("package", [sinks, service, footfall], ids=lambda package: package.__name__)
def test_no_sink_and_no_route_takes_a_frame_that_is_not_covered(package: ModuleType) -> None:
    looked = 0
    for module in modules(package):
        for _, thing in inspect.getmembers(module):
            if getattr(thing, "__module__", None) != module.__name__:
                continue
            members = [thing, *(vars(thing).values() if inspect.isclass(thing) else ())]
            for member in members:
                function = getattr(member, "fget", None) or getattr(member, "__func__", member)
                if not (inspect.isclass(function) or inspect.isfunction(function)):
                    continue
                hints = hints_of(function)
                looked += 1
                for hint in hints.values():
                    assert not names_an_uncovered_frame(hint), f"{module.__name__}.{thing}: {hint}"
    assert looked > 20 or package is footfall


def test_a_frame_that_is_not_covered_is_no_frame_for_sinks() -> None:
    frame = plain_frame(0)
    parsed = ParsedFrame.empty(48, 64)
    with pytest.raises(TypeError, match="covered before anybody gets it"):
        RenderedFrame(frame, parsed, frame_event(0), None)  # type: ignore[arg-type]


def test_what_is_hidden_has_the_size_of_the_picture() -> None:
    frame = plain_frame(0)
    plain = {name: getattr(frame, name) for name in Frame.__dataclass_fields__}
    with pytest.raises(ValueError, match=r"^hidden must be \(48, 64\) bool, got \(2, 2\) bool$"):
        CoveredFrame(**plain, cover="heads", hidden=np.zeros((2, 2), np.bool_))


@dataclass
class Keeper:
    """A sink that keeps all that it gets, as a careless one from outside would."""

    kept: list[RenderedFrame] = field(default_factory=list)
    wants_overlay: bool = True

    def write(self, rendered: RenderedFrame) -> None:
        self.kept.append(rendered)

    def close(self) -> None:
        pass


def held_arrays(roots: list[object]) -> Iterator[BgrImage]:
    """Every array of pictures that can be reached from there, however deep."""
    seen, waiting = set[int](), list(roots)
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen or isinstance(thing, type | ModuleType) or inspect.isroutine(thing):
            continue
        seen.add(id(thing))
        if isinstance(thing, np.ndarray):
            waiting.append(thing.base)
            if thing.ndim == 3 and thing.dtype == np.uint8:
                yield thing
        else:
            waiting += gc.get_referents(thing)


def test_no_sink_can_reach_the_picture_as_the_camera_took_it(tmp_path: Path) -> None:
    people = MarkedPeople(40, GREEN)
    parser = ErringParser(people)
    taken: list[BgrImage] = []

    class Watching:
        info = parser.info

        def parse(self, image: BgrImage) -> ParsedFrame:
            taken.append(image)
            return parser.parse(image)

    settings = settings_from({"pictures": {"overlay": None, "masks": None}, "sampling": {"fps": 5}})
    folder = ResultFolder(tmp_path, result_plan(masks=True))
    folder.claim()
    folder.prepare()
    folder.begin()
    camera = camera_from(settings, {"id": "door", "source": "synthetic:"})
    keeper, stills, outlet = Keeper(), StillCollector(), FanOut([MemorySink()])
    latest = LatestPictures(lambda _: pytest.fail("nobody looks"))
    shared = Shared(folder, Watching(), outlet, stills, (keeper, latest.sink()))
    stream = build_stream(settings, camera, shared, people)
    sinks_of_it = list(stream._parts.post_processor._pictures._open)
    stream.start()
    assert stream.join(280)
    outlet.close(10.0)

    assert len(keeper.kept) == len(taken) == 40
    reached = list(held_arrays([*sinks_of_it, *keeper.kept, stills, latest.get()]))
    assert len(reached) >= 80
    for image in taken:
        assert not any(np.shares_memory(image, other) for other in reached)


def test_a_covered_frame_is_told_apart_by_what_it_covers() -> None:
    frame = plain_frame(0)
    plain = {name: getattr(frame, name) for name in Frame.__dataclass_fields__}
    covered = CoveredFrame(**plain, cover="heads", hidden=np.zeros((48, 64), np.bool_))
    assert replace(covered, stream_id="yard").cover == "heads"
    assert covered.hidden is not None
    assert not covered.hidden.flags.writeable
