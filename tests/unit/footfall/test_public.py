"""`import footfall`: what is in it, when it is imported, and what it gives."""

import subprocess
import sys
from ast import literal_eval
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from supervision import Detections

import footfall
from domain.labels import GARMENTS
from domain.parsing import ParsedFrame, ParserInfo
from footfall.parsing import Parser
from tests.support.walkers import BLUE, RED, Walker, scene


class Drawn:
    """A parser that knows who is in the picture, since the test has drawn it."""

    info = ParserInfo("drawn", "1", "exact")

    def __init__(self, *people: Walker) -> None:
        frame, self.parsed = scene(0.0, list(people))
        self.image = frame.image

    def parse(self, image: np.ndarray) -> ParsedFrame:
        assert np.array_equal(image, self.image)
        return self.parsed


@pytest.fixture
def two() -> footfall.ParsedImage:
    drawn = Drawn(Walker(10, color=RED, size=(30, 60)), Walker(70, color=BLUE, size=(30, 60), score=0.5))
    return Parser(drawn).parse(drawn.image)


def python(code: str, *, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", code],
        cwd=cwd,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_every_public_name_is_there_and_documented() -> None:
    for name in footfall.__all__:
        assert getattr(footfall, name).__doc__, name
    assert set(footfall.__all__) <= set(dir(footfall))
    assert sorted(footfall.__all__, key=str) == sorted(footfall._WHERE)


def test_a_name_that_is_none_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"^module 'footfall' has no attribute 'lod_parser'$"):
        _ = footfall.lod_parser


def test_importing_it_imports_nothing_else(tmp_path: Path) -> None:
    code = "import sys; before = set(sys.modules); import footfall; print(sorted(set(sys.modules) - before))"
    imported = set(literal_eval(python(code, cwd=tmp_path).stdout))
    assert {name.partition(".")[0] for name in imported} - sys.stdlib_module_names == {"footfall"}


def test_the_version_is_that_of_the_package() -> None:
    assert footfall.__version__.count(".") == 2


def test_persons_have_masks_boxes_and_clothes(two: footfall.ParsedImage) -> None:
    first, second = two.persons
    assert (first.id, second.id, second.score) == (1, 2, 0.5)
    assert [(garment.color, garment.part) for garment in first.clothes] == [("red", "upper-clothes")]
    assert [(garment.color, garment.part) for garment in second.clothes] == [("blue", "upper-clothes")]
    left, top, right, bottom = first.box
    assert first.mask[top:bottom, left:right].all()
    assert first.mask.sum() == (right - left) * (bottom - top) == 30 * 60
    assert np.array_equal(two.masks, [first.mask, second.mask])
    assert np.array_equal(two.person_ids > 0, first.mask | second.mask)


def test_what_was_parsed_cannot_be_changed(two: footfall.ParsedImage) -> None:
    with pytest.raises(AttributeError):
        two.persons[0].score = 1.0  # type: ignore[misc]
    for array in (two.parts, two.person_ids, two.boxes, two.scores, two.persons[0].mask):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_records_have_the_same_columns_whoever_wears_what(two: footfall.ParsedImage) -> None:
    first, second = two.to_records()
    assert list(first) == list(second)
    assert list(first)[-len(GARMENTS) :] == [part.label for part in GARMENTS]
    assert (first["upper-clothes"], first["hat"], first["pixels"]) == ("red", None, 1800)


@pytest.mark.parametrize("people", [(), (Walker(10),), (Walker(10), Walker(70))])
def test_detections_are_those_of_supervision(people: tuple[Walker, ...]) -> None:
    drawn = Drawn(*people)
    parsed = Parser(drawn).parse(drawn.image)
    detections = parsed.to_detections()
    assert len(detections) == len(parsed) == len(people)
    assert np.array_equal(detections.xyxy, parsed.boxes)
    assert np.array_equal(np.asarray(detections.mask), parsed.masks)
    nobody = detections[np.zeros(len(people), np.bool_)]
    assert isinstance(nobody, Detections)
    assert len(nobody) == len(nobody.data["clothes"]) == 0


def test_without_supervision_the_cure_is_named(
    two: footfall.ParsedImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "supervision", None)
    with pytest.raises(
        footfall.MissingExtra, match=r"^to_detections needs the package supervision: pip install supervision$"
    ):
        two.to_detections()


@pytest.mark.parametrize(
    "image",
    [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3), np.float32), np.zeros((0, 4, 3), np.uint8)],
    ids=["grey", "floating", "empty"],
)
def test_an_array_that_is_no_picture_is_refused(image: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"^image must be \(H, W, 3\) uint8 BGR, got "):
        Parser(Drawn()).parse(image)


def test_an_array_that_is_turned_in_memory_is_read_as_it_looks() -> None:
    drawn = Drawn(Walker(10))
    turned = np.asfortranarray(drawn.image)
    assert len(Parser(drawn).parse(turned)) == 1


def test_a_file_that_is_no_picture_is_refused_in_one_line(tmp_path: Path) -> None:
    missing = tmp_path / "none.png"
    with pytest.raises(footfall.SourceError) as refused:
        Parser(Drawn()).parse(missing)
    assert str(refused.value) == f"{missing} is missing, or is no picture that can be read"


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("nope", {}, "parser.kind = 'nope' (load_parser): must be lite, lite-cc0, m2fp or onnx"),
        ("lite", {"prec": 1}, "parser.prec = 1 (load_parser): no such key; did you mean precision?"),
        (
            "lite",
            {"finder": "nope"},
            "finder.kind = 'nope' (load_parser): must be auto, lite, none or onnx; did you mean none?",
        ),
        (
            "lite",
            {"finder": {"kind": "lite", "least": 1}},
            "finder.least = 1 (load_parser): no such key; did you mean least_score?",
        ),
        ("lite", {"threads": 0}, "parser.threads = 0 (load_parser): must be greater than or equal to 1"),
    ],
)
def test_a_setting_that_is_none_is_refused_in_one_line(
    kind: str, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(footfall.SettingsError) as refused:
        footfall.load_parser(kind, **options)
    assert str(refused.value) == message
