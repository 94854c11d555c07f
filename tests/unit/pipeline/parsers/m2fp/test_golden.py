"""A tiny network of ModelScope's own class, with its outputs as `make parity` wrote them: no torch and no ModelScope needed."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.parsers.base import Executor
from pipeline.parsers.m2fp.candidates import find_candidates
from pipeline.parsers.m2fp.decode import DecodeOptions, RawOutputs, decode
from pipeline.parsers.m2fp.preprocess import preprocess
from pipeline.parsers.runtime import RuntimeOptions, load_network

GOLDEN = Path(__file__).parents[4] / "golden" / "m2fp"
NETWORKS: dict[Executor, str] = {"openvino": "network.xml", "onnxruntime": "network.onnx"}


@pytest.fixture(scope="module")
def network_case() -> Mapping[str, npt.NDArray[np.float32]]:
    return dict(np.load(GOLDEN / "network.npz"))


@pytest.mark.parametrize("executor", ["openvino", "onnxruntime"])
def test_the_network_answers_as_modelscopes_class_does(
    executor: Executor, network_case: Mapping[str, npt.NDArray[np.float32]]
) -> None:
    image = network_case["image"]
    tensor = np.ascontiguousarray(image[:, :, ::-1].transpose(2, 0, 1)[None], dtype=np.float32)

    outputs = load_network(GOLDEN / NETWORKS[executor], RuntimeOptions(executor=executor, precision="fp32"))(
        tensor
    )

    for name in ("class_logits", "mask_logits"):
        expected = network_case[name]
        error = np.linalg.norm(outputs[name] - expected) / np.linalg.norm(expected)
        assert error < 1e-4, name


def test_parts_and_scores_are_those_of_modelscopes_pipeline() -> None:
    theirs = dict(np.load(GOLDEN / "pipeline.npz"))
    tensor, geometry = preprocess(theirs["image"])
    outputs = load_network(GOLDEN / "network.onnx", RuntimeOptions(executor="onnxruntime", precision="fp32"))(
        tensor
    )
    raw = RawOutputs.of(outputs)

    found = find_candidates(raw.class_logits, raw.without_padding(geometry), 0.1)
    found = found.of(found.classes != 0)

    for part in range(1, 21):
        expected = np.sort(theirs["scores"][theirs["labels"] == part])
        scores = np.sort(found.scores[found.classes == part])
        assert len(scores) == len(expected)
        assert scores == pytest.approx(expected, abs=0.02)
    parsed = decode(raw, geometry, DecodeOptions())
    assert parsed.labels.shape == theirs["image"].shape[:2]
