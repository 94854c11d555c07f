from pathlib import Path

import numpy as np
import pytest

from domain.errors import ModelError
from tests.support.training_data import small_sources

torch = pytest.importorskip("torch", reason="training is not installed: make setup-train")
pytest.importorskip("nncf", reason="training is not installed: make setup-train")

from pipeline.parsers.quantization import quantize  # noqa: E402 - after the skip
from pipeline.parsers.runtime import RuntimeOptions, load_network  # noqa: E402 - after the skip
from training.export import export  # noqa: E402
from training.network import LiteNetwork, NetworkOptions  # noqa: E402
from training.quantize import OPTIONS, calibration  # noqa: E402


def test_the_int8_twin_answers_much_as_the_network_does(tmp_path: Path) -> None:
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


def test_what_is_no_network_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.onnx").write_bytes(b"no network")
    with pytest.raises(ModelError, match=r"bad\.onnx is not a network"):
        quantize(tmp_path / "bad.onnx", (), tmp_path / "int8.xml", OPTIONS)


def test_scales_come_from_pictures_as_training_sees_them() -> None:
    pictures = calibration(small_sources())
    shapes = {next(pictures).shape for _ in range(8)}
    assert shapes == {(1, 3, 288, 512), (1, 3, 480, 320)}
