"""A network that rounds as bf16 does: nearly, but not exactly, the network itself."""

from pathlib import Path

import numpy as np
import pytest

from tests.support.extras import extra

pytestmark = pytest.mark.training
onnx = extra("onnx")

from pipeline.parsers import lite  # noqa: E402 - after the skip
from pipeline.parsers.runtime import RuntimeOptions, load_network  # noqa: E402
from training.emulation import rounded  # noqa: E402

_OWN = Path(lite.__file__).parent / "lite.onnx"


def test_every_convolution_sees_eight_bits_of_mantissa_and_no_more(tmp_path: Path) -> None:
    onnx.save(rounded(onnx.load(_OWN)), tmp_path / "rounded.onnx")
    options = RuntimeOptions(executor="onnxruntime", precision="fp32", threads=1)
    picture = np.random.default_rng(1).uniform(0, 255, (1, 3, 64, 96)).astype(np.float32)
    exact, coarse = (load_network(path, options)(picture) for path in (_OWN, tmp_path / "rounded.onnx"))
    for name, values in exact.items():
        assert coarse[name].shape == values.shape
        off = np.abs(coarse[name] - values).max() / np.abs(values).max()
        assert 1e-4 < off < 0.2, name


def test_the_network_itself_is_left_as_it_was() -> None:
    model = onnx.load(_OWN)
    before = model.SerializeToString(deterministic=True)
    convolutions = [node for node in rounded(model).graph.node if node.op_type == "Conv"]
    assert convolutions
    assert all(node.input[1].endswith("_weights_bf16") for node in convolutions)
    assert model.SerializeToString(deterministic=True) == before
