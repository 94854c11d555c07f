"""What counts, and where."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from benchmarks.accuracy.__main__ import as_json, table
from benchmarks.accuracy.clip import NOTED, measure_clip
from benchmarks.accuracy.measures import Figure
from benchmarks.accuracy.photographs import JUDGED, around_person, judged_of_parts, measure_network
from benchmarks.accuracy.rendered import judge
from benchmarks.accuracy.subject import checksums, parser_of, thresholds_of
from domain.errors import ModelError
from domain.frame import BgrImage, Frame, LabelMap
from domain.labels import BodyPart
from domain.parsing import ParsedFrame, ParserInfo
from pipeline.parsers.lite.decode import DecodeOptions
from pipeline.parsers.lite.parser import FOLDERS
from pipeline.parsers.lite.settings import LiteSettings
from pipeline.parsers.lite.weights import read_weights
from pipeline.parsers.runtime import Tensor
from tests.support.training_data import photograph
from training.frames import LabelledFrame
from training.shared import Photograph


def blank() -> LabelMap:
    return np.zeros((300, 200), np.uint8)


def with_persons(*boxes: tuple[int, int, int, int]) -> LabelledFrame:
    """Persons in trousers; a box is left, top, right, bottom."""
    labels, ids = blank(), blank()
    for number, (left, top, right, bottom) in enumerate(boxes, start=1):
        labels[top:bottom, left:right] = BodyPart.PANTS
        ids[top:bottom, left:right] = number
    return LabelledFrame("frame", np.zeros((300, 200, 3), np.uint8), labels, ids)


def test_parts_that_lite_has_no_name_for_count_as_what_it_is_taught() -> None:
    judged = judged_of_parts()
    skin = {judged[part] for part in (BodyPart.FACE, BodyPart.TORSO_SKIN, BodyPart.ARM, BodyPart.LEFT_LEG)}
    assert skin == {JUDGED.index("skin")}
    assert judged[BodyPart.SCARF] == JUDGED.index("upper-clothes")
    assert judged[BodyPart.SHOE] == judged[BodyPart.LEFT_SHOE] == JUDGED.index("shoe")
    assert judged[255] == judged[BodyPart.BACKGROUND] == 0


def test_the_box_is_grown_by_a_twentieth_and_ignored_pixels_do_not_stretch_it() -> None:
    labels = blank()
    labels[100:200, 60:100], labels[0, 0] = 7, 255
    inside = around_person(labels)
    assert inside[95:205, 58:102].all()
    assert inside.sum() == 110 * 44


def test_a_photograph_without_a_person_judges_nothing() -> None:
    assert not around_person(blank()).any()


class Echo:
    """Says exactly what the labels say, at stride 4; the photograph is not scaled."""

    precision = "fp32"

    def __init__(self, photograph: Photograph) -> None:
        self._labels = photograph.labels

    def __call__(self, tensor: Tensor) -> dict[str, Tensor]:
        height, width = tensor.shape[2] // 4, tensor.shape[3] // 4
        rows = np.minimum(np.arange(height) * 4 + 2, self._labels.shape[0] - 1)
        columns = np.minimum(np.arange(width) * 4 + 2, self._labels.shape[1] - 1)
        smaller = self._labels[rows][:, columns]
        logits = (smaller[None] == np.arange(14)[:, None, None]) * np.float32(9)
        return {"part_logits": logits[None]}


def test_the_network_alone_is_judged_at_the_size_of_the_photograph(monkeypatch: pytest.MonkeyPatch) -> None:
    one = photograph("0003")
    monkeypatch.setattr("benchmarks.accuracy.photographs.labelled_photographs", lambda _split: [one])
    (right,) = measure_network(Echo(one), one.image.shape[0] * one.image.shape[1]).values()
    assert right.value > 0.85  # skin, upper clothes and pants, but for their edges at stride 4
    other = replace(one, labels=np.where(one.labels == 4, 6, one.labels).astype(np.uint8))
    (swapped,) = measure_network(Echo(other), one.image.shape[0] * one.image.shape[1]).values()
    assert swapped.value == pytest.approx(right.value / 2, abs=0.06)  # two of four classes are wrong


def test_perfect_answers() -> None:
    frame = with_persons((10, 10, 60, 200), (80, 10, 100, 60))
    figures = judge([(frame, frame.labels, frame.person_ids)])
    assert figures["rendered: panoptic quality, 60 px and taller"].value == 1
    assert figures["rendered: mIoU"].value == 1
    assert figures["rendered: count error a frame"].value == 0
    assert figures["rendered: found, 40-60 px (1 there)"].value == 1
    assert np.isnan(figures["rendered: found, 60-100 px (0 there)"].value)


def test_missed_and_invented_persons_by_height() -> None:
    truth = with_persons((10, 10, 60, 200), (80, 10, 100, 60), (120, 10, 140, 40))
    found = with_persons((10, 10, 60, 200), (150, 100, 190, 290))
    figures = judge([(truth, found.labels, found.person_ids)])
    assert figures["rendered: panoptic quality, 60 px and taller"].value == pytest.approx(1 / 1.5)
    assert figures["rendered: found, 25-60 px (2 there)"].value == 0
    assert figures["rendered: found, 100-200 px (1 there)"].value == 1
    assert figures["rendered: count error a frame"].value == 1  # three are there, two were found
    assert figures["rendered: count error, relative"].value == pytest.approx(1 / 3)


def test_parts_that_no_frame_shows_do_not_lower_the_mean() -> None:
    frame = with_persons((10, 10, 60, 200))
    found = frame.labels.copy()
    found[250:, 150:] = BodyPart.DRESS
    assert judge([(frame, found, frame.person_ids)])["rendered: mIoU"].value == 1


def test_persons_below_25_pixels_count_neither_way() -> None:
    truth, nobody = with_persons((10, 10, 30, 30)), with_persons()
    for answer in (truth, nobody):
        figures = judge([(truth, answer.labels, answer.person_ids)])
        assert figures["rendered: count error a frame"].value == 0


def test_another_network_than_the_one_named_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.onnx: no such file"):
        parser_of(tmp_path / "none.onnx", LiteSettings())


def test_a_network_that_ships_is_judged_with_its_own_thresholds(tmp_path: Path) -> None:
    weights = {"name": "lite", "version": "1", "networks": {"float": {"a.onnx": "0"}}}
    about = weights | {"decode": {"least_foreground": 0.7}}
    (tmp_path / "weights.json").write_text(json.dumps(about), encoding="utf-8")
    assert thresholds_of(tmp_path / "a.onnx") == DecodeOptions(least_foreground=0.7)
    assert thresholds_of(tmp_path / "another.onnx") == DecodeOptions()
    assert thresholds_of(tmp_path / "elsewhere" / "a.onnx") == DecodeOptions()


def test_unknown_figures_are_null_in_json_and_the_table_aligns() -> None:
    figures = {"a": Figure(0.5, 0.4, 0.6, 10), "longer": Figure(float("nan"), float("nan"), float("nan"), 10)}
    read = json.loads(as_json({"network": "x"}, figures))
    assert read["figures"]["a"] == {"value": 0.5, "low": 0.4, "high": 0.6, "pictures": 10}
    assert read["figures"]["longer"]["value"] is None
    first, second = table(figures).splitlines()
    assert first.index("0.500") + 5 == second.index("nan") + 3


STEP = 5  # every so manieth frame of the clip


class Scripted:
    """Sees exactly what was noted: grey pullovers without hats, whoever it is."""

    def __init__(self) -> None:
        self._index = -STEP

    @property
    def info(self) -> ParserInfo:
        return ParserInfo("scripted", "1", "fp32")

    def parse(self, image: BgrImage) -> ParsedFrame:
        self._index += STEP
        if not any(noted.first <= self._index < noted.last for noted in NOTED):
            return ParsedFrame.empty(*image.shape[:2])
        labels, ids = np.zeros(image.shape[:2], np.uint8), np.zeros(image.shape[:2], np.uint8)
        labels[10:90, 20:60], labels[90:170, 20:60] = BodyPart.UPPER_CLOTHES, BodyPart.PANTS
        ids[10:170, 20:60] = 1
        return ParsedFrame(labels, ids, np.ones(1, np.float32), np.array([[20, 10, 60, 170]], np.float32))


def grey_frames(_clip: str, _fps: float) -> list[Frame]:
    shades = np.random.default_rng(1).uniform(0.9, 1.1, (200, 160, 1))
    image = np.clip(np.array([170, 195, 210]) * shades, 0, 255).astype(
        np.uint8
    )  # a room, which tells the light
    image[10:170, 20:60] = 90 * shades[10:170, 20:60]
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        Frame("clip", index, index // STEP, image, index / 10, start + timedelta(seconds=index / 10), "file")
        for index in range(0, 1400, STEP)
    ]


def test_the_clip_is_judged_against_what_was_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.accuracy.clip.frames_of", grey_frames)
    figures = {name.split(": ")[1]: one.value for name, one in measure_clip(Scripted()).items()}
    assert figures["visits counted (6 are right)"] == 6
    assert figures["visits found"] == figures["trousers"] == 1
    assert figures["upper colour"] == pytest.approx(3 / 6)
    assert figures["upper garment"] == pytest.approx(4 / 6)
    assert figures["hat or none"] == pytest.approx(5 / 6)
    assert figures["cap of visit 2"] == 0


def test_a_network_is_known_by_all_of_its_files(tmp_path: Path) -> None:
    network = tmp_path / "lite-int8.xml"
    with pytest.raises(ModelError, match=r"lite-int8\.xml: no such file"):
        checksums(network)
    network.write_bytes(b"topology")
    alone = checksums(network)
    network.with_suffix(".bin").write_bytes(b"weights")
    assert alone.keys() == {"lite-int8.xml"}
    assert checksums(network) == alone | {"lite-int8.bin": hashlib.sha256(b"weights").hexdigest()}


def test_whoever_evaluates_a_network_with_a_finder_gets_crops_by_the_one_that_ships() -> None:
    parser = parser_of(FOLDERS["lite"] / "lite.onnx", LiteSettings(precision="fp32"))
    (parsed,) = parser.parse_crops([np.full((120, 60, 3), 128, np.uint8)])
    assert parsed.labels.shape == (120, 60)
    names_crops = read_weights(FOLDERS["lite"]).crops is not None
    assert (parser.crops_checksum != parser.info.checksum) == names_crops
