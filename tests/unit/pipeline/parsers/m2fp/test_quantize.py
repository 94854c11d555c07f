from collections.abc import Iterable
from pathlib import Path
from shutil import copyfile

import cv2
import numpy as np
import openvino as ov
import pytest

from domain.errors import ModelError, SourceError
from domain.frame import BgrImage
from domain.labels import BodyPart
from pipeline.parsers.m2fp.parser import M2fpParser
from pipeline.parsers.m2fp.quantize import QUANTIZATION, AgreementCount, frames_of, quantize
from pipeline.parsers.m2fp.settings import M2fpSettings
from pipeline.parsers.m2fp.store import ModelStore
from pipeline.parsers.quantization import quantize as quantize_network
from pipeline.parsers.runtime import Tensor
from pipeline.parsers.weights import LEAST_AGREEMENT, Quantizing
from tests.support.clips import write_clip
from tests.support.extras import extra

GOLDEN = Path(__file__).parents[4] / "golden" / "m2fp"
CHECKPOINT = "3f2a9c0d51b7" + "0" * 52


def wish(clip: Path, least_agreement: float = LEAST_AGREEMENT) -> Quantizing:
    return Quantizing(clip, frames=8, short_edge=320, least_agreement=least_agreement)


def tiny(folder: Path) -> None:
    for name in ("network.xml", "network.bin", "network.onnx"):
        copyfile(GOLDEN / name, folder / name)


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    store = ModelStore(tmp_path / "models")
    store.add(CHECKPOINT, "x", tiny)
    return store


def blobs(number: int, size: tuple[int, int]) -> BgrImage:
    coarse = np.random.default_rng(number).integers(0, 256, (6, 9, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC), np.uint8)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip.mp4", [100 * number for number in range(24)], paint=blobs)


def exact(model: Path, inputs: Iterable[Tensor], target: Path) -> None:
    """Quantizes to what it was."""
    assert len(list(inputs)) == 6
    copyfile(model, target)
    copyfile(model.with_suffix(".bin"), target.with_suffix(".bin"))


def blind(model: Path, inputs: Iterable[Tensor], target: Path) -> None:
    """Quantizes to a network whose class head knows nothing."""
    list(inputs)
    network = ov.Core().read_model(model)
    for operation in network.get_ordered_ops():
        if operation.get_type_name() == "Constant" and list(operation.output(0).get_shape()) == [22, 32]:
            operation.output(0).replace(ov.opset13.constant(np.zeros((22, 32), np.float32)).output(0))
    ov.save_model(network, target)


def test_agreement_is_the_one_computed_by_hand() -> None:
    count = AgreementCount()
    count.add(np.array([[0, 0, 0, 5, 5]], np.uint8), np.array([[0, 0, 9, 5, 9]], np.uint8))
    count.add(np.array([[0, 7, 7, 0, 0]], np.uint8), np.array([[0, 7, 0, 0, 0]], np.uint8))

    agreement = count.result("clip.mp4", 640)

    assert (agreement.frames, agreement.clip, agreement.short_edge) == (2, "clip.mp4", 640)
    assert agreement.of_pixels == pytest.approx(7 / 10)
    assert agreement.of_person_pixels == pytest.approx(2 / 5)


def test_a_clip_without_people_tells_nothing() -> None:
    count = AgreementCount()
    count.add(np.zeros((2, 2), np.uint8), np.full((2, 2), BodyPart.BACKGROUND, np.uint8))
    with pytest.raises(ModelError, match=r"nobody was seen in clip\.mp4"):
        count.result("clip.mp4", 640)


def test_a_network_that_agrees_is_kept_and_used_only_when_asked_for(store: ModelStore, clip: Path) -> None:
    lines: list[str] = []

    agreement, kept = quantize(store, wish(clip), lines.append, exact)

    assert kept
    assert agreement.of_person_pixels == 1
    assert agreement.frames == 2
    assert lines == [f"calibrating on 6 frames of {clip}", "comparing with fp32 on 2 other frames"]
    model = store.installed()
    model.verify()
    assert model.int8 is not None
    assert model.int8.agreement == agreement
    assert M2fpParser(M2fpSettings(short_edge=320), folder=store.folder).info.precision != "int8"
    assert (
        M2fpParser(M2fpSettings(short_edge=320, precision="int8"), folder=store.folder).info.precision
        == "int8"
    )
    with pytest.raises(
        ModelError, match="measured at a short edge of 320, not 640; run: footfall models quantize"
    ):
        M2fpParser(M2fpSettings(precision="int8"), folder=store.folder)


def test_what_is_compiled_of_one_network_is_never_taken_for_the_other(store: ModelStore, clip: Path) -> None:
    picture = frames_of(clip, 8)[0]
    exactly = M2fpSettings(short_edge=320, precision="fp32")
    roughly = M2fpSettings(short_edge=320, precision="int8")
    seen = M2fpParser(exactly, folder=store.folder).parse(picture)  # keeps what is compiled
    quantize(store, wish(clip, 0), lambda _line: None, blind)

    assert M2fpParser(roughly, folder=store.folder).parse(picture).labels.any() != seen.labels.any()

    quantize(store, wish(clip), lambda _line: None, exact)
    again = M2fpParser(roughly, folder=store.folder).parse(picture)
    assert seen.labels.any()
    assert np.array_equal(again.labels, seen.labels)


def test_a_network_that_does_not_agree_is_not_kept_and_leaves_the_older_one(
    store: ModelStore, clip: Path
) -> None:
    agreement, kept = quantize(store, wish(clip), lambda _line: None, blind)
    assert not kept
    assert agreement.of_person_pixels < 0.95
    with pytest.raises(
        ModelError, match="m2fp has no int8 network; run: footfall models quantize m2fp --on CLIP"
    ):
        M2fpParser(M2fpSettings(precision="int8", short_edge=320), folder=store.folder)

    quantize(store, wish(clip), lambda _line: None, exact)
    assert not quantize(store, wish(clip), lambda _line: None, blind)[1]
    store.installed().verify()
    assert store.installed().int8 is not None
    assert not list(store.folder.rglob("*.building"))


def test_a_damaged_int8_network_is_found(store: ModelStore, clip: Path) -> None:
    quantize(store, wish(clip), lambda _line: None, exact)
    (store.installed().folder / "int8" / "network.bin").write_bytes(b"rot")
    with pytest.raises(
        ModelError, match=r"int8/network\.bin is missing or damaged; run: footfall models quantize"
    ):
        store.installed().verify()


def test_frames_are_taken_evenly_over_the_whole_clip(clip: Path) -> None:
    frames = frames_of(clip, 8)
    assert len(frames) == 8
    assert len({frame.tobytes() for frame in frames}) == 8


def test_a_clip_with_too_few_frames_is_refused(tmp_path: Path) -> None:
    short = write_clip(tmp_path / "short.mp4", [0, 100, 200])
    with pytest.raises(SourceError, match="has 3 frames to calibrate on; name a longer clip"):
        frames_of(short, 8)


@pytest.mark.training
def test_nncf_gives_a_network_of_any_size_that_runs(store: ModelStore, tmp_path: Path) -> None:
    extra("nncf")
    from pipeline.parsers.runtime import RuntimeOptions, load_network  # noqa: PLC0415 - beside what it is for

    random = np.random.default_rng(0)
    inputs = [random.uniform(0, 255, (1, 3, 64, 96)).astype(np.float32) for _ in range(2)]
    quantize_network(store.installed().network("openvino"), inputs, tmp_path / "network.xml", QUANTIZATION)

    network = load_network(tmp_path / "network.xml", RuntimeOptions(precision="fp32"))
    assert network(inputs[0])["mask_logits"].shape == (100, 16, 24)
    assert network(np.zeros((1, 3, 96, 64), np.float32))["mask_logits"].shape == (100, 24, 16)
    assert (tmp_path / "network.xml").read_text().count("FakeQuantize") > 20
