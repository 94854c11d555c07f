from pathlib import Path

import cv2
import numpy as np
import pytest

from domain.errors import ModelError, SourceError
from pipeline.parsers.lite.quantize import OPTIONS, inputs_of
from pipeline.parsers.quantization import quantize
from pipeline.parsers.runtime import RuntimeOptions, load_network
from tests.support.extras import extra


def test_inputs_are_what_the_network_sees_of_the_pictures(tmp_path: Path) -> None:
    picture = np.random.default_rng(0).integers(0, 255, (288, 512, 3), np.uint8)
    cv2.imwrite(str(tmp_path / "a.png"), picture)
    (tensor,) = inputs_of(tmp_path, 512 * 288)
    assert np.array_equal(tensor[0], picture.transpose(2, 0, 1))


def test_so_many_pictures_at_most_are_chosen_evenly(tmp_path: Path) -> None:
    for number in range(10):
        cv2.imwrite(str(tmp_path / f"{number}.jpg"), np.full((64, 64, 3), 20 * number, np.uint8))
    tones = [int(tensor.mean().round()) for tensor in inputs_of(tmp_path, 64 * 64, most=3)]
    assert tones == [0, 60, 120]
    assert len(list(inputs_of(tmp_path, 64 * 64, most=20))) == len(list(inputs_of(tmp_path, 64 * 64))) == 10


def test_a_folder_without_pictures_and_a_broken_picture_are_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no pictures; python -m training\.calibration"):
        list(inputs_of(tmp_path, 512 * 288))
    (tmp_path / "b.png").write_bytes(b"no picture")
    with pytest.raises(SourceError, match=r"b\.png: not a picture"):
        list(inputs_of(tmp_path, 512 * 288))


@pytest.mark.training
def test_the_int8_twin_answers_much_as_the_network_does(tmp_path: Path) -> None:
    torch = extra("torch")
    extra("nncf")
    from training.export import export  # noqa: PLC0415 - after the skip
    from training.network import LiteNetwork, NetworkOptions  # noqa: PLC0415

    torch.manual_seed(3)
    network = LiteNetwork(NetworkOptions(variant="lite0", fine=16, coarse=32)).eval()
    rng = np.random.default_rng(4)
    pictures = [rng.uniform(0, 255, (1, 3, 64, 96)).astype(np.float32) for _ in range(8)]
    export(network, tmp_path / "network.onnx")

    quantize(tmp_path / "network.onnx", pictures, tmp_path / "int8.xml", OPTIONS)

    exact = load_network(tmp_path / "network.onnx", RuntimeOptions(precision="fp32", threads=1))
    rough = load_network(tmp_path / "int8.xml", RuntimeOptions(precision="int8", threads=1))
    assert rough.precision == "int8"
    wanted, found = exact(pictures[0])["part_logits"], rough(pictures[0])["part_logits"]
    assert not np.array_equal(found, wanted)
    assert np.abs(found - wanted).mean() < 0.2 * wanted.std()
    assert (tmp_path / "int8.bin").stat().st_size < 0.7 * (tmp_path / "network.onnx").stat().st_size
    other = np.zeros((1, 3, 96, 64), np.float32)
    assert rough(other)["centre"].shape == (1, 1, 24, 16)  # its size stays open


@pytest.mark.training
def test_what_is_no_network_is_named(tmp_path: Path) -> None:
    extra("nncf")
    (tmp_path / "bad.onnx").write_bytes(b"no network")
    with pytest.raises(ModelError, match=r"bad\.onnx is not a network"):
        quantize(tmp_path / "bad.onnx", (), tmp_path / "int8.xml", OPTIONS)
