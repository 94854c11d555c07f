"""Both engines on the tiny network of `tests/golden/m2fp`."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from domain.errors import ModelError
from pipeline.parsers import runtime
from pipeline.parsers.base import Executor, Precision
from pipeline.parsers.compiled import CompiledStore
from pipeline.parsers.runtime import RuntimeOptions, Tensor, load_network, precision_for, sparing

NETWORK = Path(__file__).parents[3] / "golden" / "m2fp" / "network.xml"
TENSOR = np.random.default_rng(0).uniform(0, 255, (1, 3, 64, 96)).astype(np.float32)


def same(one: Mapping[str, Tensor], other: Mapping[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)


def test_many_threads_share_one_queue_and_each_gets_its_own_answer() -> None:
    tensors = [np.roll(TENSOR, shift, axis=3) for shift in range(8)]
    alone = load_network(NETWORK, RuntimeOptions(precision="fp32", threads=2))
    expected = [alone(tensor) for tensor in tensors]

    shared = load_network(NETWORK, RuntimeOptions(precision="fp32", threads=2, parallel=2))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(shared, tensors * 4))

    for answer, wanted in zip(answers, expected * 4, strict=True):
        assert all(np.allclose(answer[name], wanted[name], rtol=1e-4, atol=1e-4) for name in wanted)


def test_an_answer_is_not_written_over_by_the_next() -> None:
    network = load_network(NETWORK, RuntimeOptions(precision="fp32"))
    first = network(TENSOR)
    kept = {name: values.copy() for name, values in first.items()}
    network(np.zeros_like(TENSOR))
    assert same(first, kept)


def test_a_tensor_that_does_not_fit_is_an_error_and_not_a_wait_for_ever() -> None:
    network = load_network(NETWORK, RuntimeOptions(precision="fp32"))
    with pytest.raises(RuntimeError):
        network(np.zeros((1, 2, 64, 96), np.float32))
    assert network(TENSOR)["class_logits"].shape == (100, 22)


def test_a_compiled_network_is_kept_and_answers_the_same(tmp_path: Path) -> None:
    options = RuntimeOptions(precision="fp32", threads=1, compiled=CompiledStore(tmp_path))
    first = load_network(NETWORK, options)(TENSOR)
    (kept,) = tmp_path.iterdir()
    written = kept.stat().st_mtime_ns

    assert same(load_network(NETWORK, options)(TENSOR), first)
    assert [path.stat().st_mtime_ns for path in tmp_path.iterdir()] == [written]


def test_outputs_keep_the_names_that_the_file_gives_them(tmp_path: Path) -> None:
    import openvino as ov  # noqa: PLC0415 - 0.3 s, and only here
    from openvino import opset13 as ops  # noqa: PLC0415

    image = ops.parameter([1, 4, 8, 8], np.float32, name="image")
    # Compiled, the shuffle changes places with the sigmoid behind it, and the output has both names.
    shuffled = ops.depth_to_space(image, "blocks_first", 2)
    shuffled.output(0).set_names({"between"})
    centre = ops.sigmoid(shuffled)
    centre.output(0).set_names({"centre"})
    ov.save_model(ov.Model([ops.result(centre)], [image]), tmp_path / "network.xml")

    answer = load_network(tmp_path / "network.xml", RuntimeOptions(precision="fp32"))(
        np.zeros((1, 4, 8, 8), np.float32)
    )

    assert {name: values.shape for name, values in answer.items()} == {"centre": (1, 1, 16, 16)}


class Foreign(CompiledStore):
    def read(self, description: str) -> bytes | None:  # noqa: ARG002 - whatever is asked for
        return b"of another version of OpenVINO"


def test_what_openvino_refuses_is_compiled_anew(tmp_path: Path) -> None:
    options = RuntimeOptions(precision="fp32", compiled=Foreign(tmp_path))
    assert load_network(NETWORK, options)(TENSOR)["class_logits"].shape == (100, 22)


@pytest.mark.parametrize("executor", ["openvino", "onnxruntime"])
def test_a_file_that_is_no_network_is_named(executor: Executor, tmp_path: Path) -> None:
    path = tmp_path / "network.xml"
    path.write_text("nothing")
    with pytest.raises(ModelError, match=r"network\.xml is not a network that .* can read"):
        load_network(path, RuntimeOptions(executor=executor))


@pytest.mark.parametrize(
    ("wanted", "capabilities", "quantized", "chosen"),
    [
        ("auto", {"FP32", "INT8", "BF16"}, True, "bf16"),
        ("auto", {"FP32", "INT8"}, True, "int8"),
        ("auto", {"FP32", "INT8"}, False, "fp32"),
        ("auto", {"FP32"}, True, "fp32"),
        ("fp32", {"FP32", "INT8", "BF16"}, True, "fp32"),
        ("int8", {"FP32", "INT8", "BF16"}, True, "int8"),
    ],
)
def test_the_precision_is_the_best_that_cpu_and_network_have(
    monkeypatch: pytest.MonkeyPatch, wanted: Precision, capabilities: set[str], quantized: bool, chosen: str
) -> None:
    monkeypatch.setattr(runtime, "_core", lambda: SimpleNamespace(get_property=lambda *_: capabilities))
    assert precision_for(RuntimeOptions(precision=wanted), quantized=quantized) == chosen


@pytest.mark.parametrize(
    ("wanted", "capabilities", "precision", "half"),
    [
        (RuntimeOptions(), {"FP32", "INT8", "BF16"}, "int8", True),
        (RuntimeOptions(), {"FP32", "INT8"}, "int8", False),
        (RuntimeOptions(), {"FP32"}, "auto", False),
        (RuntimeOptions(precision="bf16"), {"FP32", "INT8", "BF16"}, "bf16", False),
        (RuntimeOptions(precision="int8"), {"FP32", "INT8", "BF16"}, "int8", False),
        (RuntimeOptions(executor="onnxruntime"), {"FP32", "INT8", "BF16"}, "auto", False),
    ],
)
def test_a_network_that_loses_nothing_in_int8_is_computed_so_where_nothing_else_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
    wanted: RuntimeOptions,
    capabilities: set[str],
    precision: Precision,
    half: bool,
) -> None:
    monkeypatch.setattr(runtime, "_core", lambda: SimpleNamespace(get_property=lambda *_: capabilities))
    chosen = sparing(wanted)
    assert (chosen.precision, chosen.half) == (precision, half)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (RuntimeOptions(precision="bf16"), "this CPU does not compute bf16"),
        (RuntimeOptions(precision="int8"), "no int8 twin"),
        (RuntimeOptions(executor="onnxruntime", precision="bf16"), "ONNX Runtime computes in fp32"),
    ],
)
def test_a_precision_that_cannot_be_had_is_refused(
    monkeypatch: pytest.MonkeyPatch, options: RuntimeOptions, complaint: str
) -> None:
    monkeypatch.setattr(runtime, "_core", lambda: SimpleNamespace(get_property=lambda *_: {"FP32"}))
    with pytest.raises(ModelError, match=complaint):
        precision_for(options, quantized=False)
