"""Networks of somebody else, made here, as ONNX files with cards."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import pytest

from domain.errors import ModelError
from domain.frame import BgrImage
from domain.labels import BodyPart
from domain.parsing import ParsedFrame
from pipeline.parsers.base import HumanParser
from pipeline.parsers.onnx.card import read_card
from pipeline.parsers.onnx.checking import check_card
from pipeline.parsers.onnx.parser import OnnxParser
from pipeline.parsers.onnx.settings import OnnxParserSettings
from tests.contracts.human_parser import ParserContract
from tests.support.clips import demo_picture
from tests.support.networks import KINDS, card_of, network, sized
from tests.support.streams import ScriptedParser

QUERIES = {"name": "class_logits", "masks": "mask_logits", "kind": "queries"}
WITH_PERSONS = {"Nothing": "background", "Trousers": "pants", "Shirt": "upper-clothes", "Human": "person"}


def loaded(card: Path, **more: Any) -> OnnxParser:
    return OnnxParser(OnnxParserSettings(card=card, precision="fp32", **more))


def scene() -> BgrImage:
    """Somebody with a bright shirt over grey trousers before black."""
    image = np.zeros((192, 256, 3), np.uint8)
    image[40:90, 100:140] = 250
    image[90:160, 100:140] = 127
    return image


def whole(image: BgrImage) -> ParsedFrame:
    """Roughly where the person is, as something else than the network may see it."""
    person_ids = np.zeros(image.shape[:2], np.uint8)
    person_ids[42:158, 102:138] = 1
    boxes = np.array([[102, 42, 138, 158]], np.float32)
    return ParsedFrame(person_ids * np.uint8(5), person_ids, np.array([0.9], np.float32), boxes)


@pytest.mark.parametrize("executor", ["openvino", "onnxruntime"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_output_gives_the_same_parts(tmp_path: Path, kind: str, executor: str) -> None:
    output = QUERIES if kind == "queries" else {"kind": kind}
    classes = WITH_PERSONS if kind == "queries" else None
    card = card_of(tmp_path, kind, output=output, **({"classes": classes} if classes else {}))
    settings = OnnxParserSettings(card=card, precision="fp32", executor=executor)
    parsed = OnnxParser(settings, persons=ScriptedParser(whole)).parse(scene())
    assert len(parsed) == 1
    assert parsed.labels[60, 120] == BodyPart.UPPER_CLOTHES
    assert parsed.labels[120, 120] == BodyPart.PANTS
    assert parsed.labels[20, 20] == BodyPart.BACKGROUND
    truth = np.where(scene()[:, :, 0] > 0, 1, 0)
    assert (parsed.person_ids == truth).mean() > 0.98
    assert parsed.boxes[0] == pytest.approx([100, 40, 140, 160], abs=4)


def test_each_person_is_looked_at_alone_where_the_card_says_so(tmp_path: Path) -> None:
    inputs = {"height": 96, "width": 128, "color": "bgr", "shows": "persons", "fit": "pad"}
    parsed = OnnxParser(
        OnnxParserSettings(card=card_of(tmp_path, input=inputs)), persons=ScriptedParser(whole)
    ).parse(scene())
    assert parsed.labels[60, 120] == BodyPart.UPPER_CLOTHES
    assert parsed.labels[120, 120] == BodyPart.PANTS
    assert parsed.boxes[0] == pytest.approx([100, 40, 140, 160], abs=3)


def test_the_input_is_made_as_the_card_says(tmp_path: Path) -> None:
    # Blue alone is bright enough for a shirt once the other channels are shifted up.
    inputs = {"height": 96, "width": 128, "color": "rgb", "mean": [-1.0, -1.0, 0.0], "std": [1.0, 1.0, 1.0]}
    image = np.zeros((192, 256, 3), np.uint8)
    image[40:160, 100:140, 0] = 250
    parsed = OnnxParser(
        OnnxParserSettings(card=card_of(tmp_path, input=inputs)), persons=ScriptedParser(whole)
    ).parse(image)
    assert parsed.labels[60, 120] == BodyPart.UPPER_CLOTHES
    assert parsed.labels[60, 98] == BodyPart.PANTS


WRONG: Sequence[tuple[dict[str, Any], str]] = [
    ({"licence": None}, r"own\.yaml(:\d+)?: licence: is needed"),
    ({"network": "none.onnx"}, r"own\.yaml: network: .*none\.onnx: no such file"),
    ({"sha256": "0" * 64}, r"own\.yaml: sha256: .*own\.onnx has [0-9a-f]{64}, and the card wants 0{64}"),
    (
        {"classes": {"a": "background", "b": "trousers", "c": "pants"}},
        r"own\.yaml:\d+: classes\.b: is no word of the common vocabulary; there are background, hat",
    ),
    ({"classes": {"a": "background", "b": "pants"}}, r"classes: 2 are wanted, and the network tells 3 apart"),
    (
        {"input": {"height": 64, "width": 128}},
        r"input: the network takes \(1, 3, 96, 128\), and the card says",
    ),
    (
        {"output": {"kind": "logits", "name": "heat"}},
        r"output\.name: the network has no output heat; there is logits",
    ),
    ({"output": {"kind": "labels"}}, r"output\.kind: labels must have the shape \(1, height, width\)"),
    ({"output": {"kind": "probabilities"}}, r"output\.kind: probabilities lie between 0 and 1"),
    ({"output": {"kind": "queries"}}, r"output\.masks: the network has one output only; there is logits"),
    ({"colour": "bgr"}, r"own\.yaml:\d+: colour: is no key of a card"),
]


@pytest.mark.parametrize(("changed", "words"), WRONG)
def test_what_is_wrong_is_one_line_with_its_place(
    tmp_path: Path, changed: dict[str, Any], words: str
) -> None:
    card = card_of(tmp_path, **changed)
    with pytest.raises(ModelError, match=words) as told:
        check_card(card)
    assert "\n" not in str(told.value)
    with pytest.raises(ModelError, match=words):
        loaded(card)


def test_several_problems_are_several_lines(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as told:
        check_card(card_of(tmp_path, licence=None, version=None))
    assert [line.split(": ")[1] for line in str(told.value).splitlines()] == ["version", "licence"]


def test_no_number_wrong_rank_and_no_network(tmp_path: Path) -> None:
    card = card_of(tmp_path)
    network(tmp_path / "own.onnx", spoilt=True)
    with pytest.raises(ModelError, match=r"output: the network gives numbers that are none"):
        check_card(card)
    network(tmp_path / "own.onnx", "flat")
    with pytest.raises(
        ModelError, match=r"logits must have the shape \(1, classes, height, width\), got \(1, 9216\)"
    ):
        check_card(card)
    (tmp_path / "own.onnx").write_bytes(b"no network")
    with pytest.raises(ModelError, match=r"network: .*own\.onnx is not a network that openvino can read"):
        check_card(card)


def test_a_card_that_is_right_is_said_to_be(tmp_path: Path) -> None:
    assert check_card(card_of(tmp_path)).name == "own"


def test_another_card_is_another_parser(tmp_path: Path) -> None:
    one = loaded(card_of(tmp_path)).info
    other = loaded(card_of(tmp_path, input={"height": 96, "width": 128, "color": "rgb"})).info
    assert (one.name, one.version) == (other.name, other.version) == ("own", "1")
    assert one.checksum != other.checksum


def test_int8_is_not_promised(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="as it was exported"):
        OnnxParser(OnnxParserSettings(card=card_of(tmp_path), precision="int8"))


@cache
def with_own_persons() -> HumanParser:
    return loaded(card_of(Path(mkdtemp()), "queries", output=QUERIES, classes=WITH_PERSONS))


@cache
def with_persons_of_lite() -> HumanParser:
    return loaded(card_of(Path(mkdtemp())))


class TestQueriesContract(ParserContract):
    @pytest.fixture
    def parser(self) -> HumanParser:
        return with_own_persons()

    @pytest.fixture
    def crowd(self) -> BgrImage:
        return scene()

    @pytest.mark.parametrize("size", [(1, 1), (3, 200), (200, 3), (65, 97)])
    def test_a_picture_of_any_size_without_anybody(self, parser: HumanParser, size: tuple[int, int]) -> None:
        parsed = parser.parse(np.zeros((*size, 3), np.uint8))
        assert (parsed.labels.shape, len(parsed)) == (size, 0)


class TestPersonsOfLiteContract(ParserContract):
    @pytest.fixture
    def parser(self) -> HumanParser:
        return with_persons_of_lite()

    @pytest.fixture
    def crowd(self) -> BgrImage:
        return demo_picture()


CARDS = Path(__file__).parents[5] / "docs" / "models" / "cards"


@pytest.mark.parametrize("card", sorted(CARDS.glob("*.yaml")), ids=lambda card: card.stem)
def test_the_example_cards_lack_nothing_but_the_network(card: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=rf"\A{card}: network: {card.parent}/\S+\.onnx: no such file\Z"):
        check_card(card)
    told = read_card(card)
    beside = tmp_path / card.name
    beside.write_text(card.read_text())
    sized(tmp_path / told.network, told)
    assert check_card(beside) == told


@pytest.mark.parametrize("somebody", [True, False])
def test_boxes_in_which_somebody_may_be_stay_to_be_covered(tmp_path: Path, somebody: bool) -> None:
    doubtful = np.array([[10, 20, 40, 120]], np.float32)

    def seen(image: BgrImage) -> ParsedFrame:
        persons = whole(image) if somebody else ParsedFrame.empty(*image.shape[:2])
        return replace(persons, doubtful=doubtful)

    card = card_of(tmp_path, "logits", output={"kind": "logits"})
    parsed = OnnxParser(OnnxParserSettings(card=card, precision="fp32"), persons=ScriptedParser(seen)).parse(
        scene()
    )
    assert parsed.doubtful is not None
    assert np.array_equal(parsed.doubtful, doubtful)
