"""Where the queries looked: the decisions inside the network that rounding can turn over.

In each layer of the transformer decoder a query looks at the places where its mask logit is not below zero. For a logit that is
zero but for rounding, two right implementations decide differently, and that query's answer then differs by thousandths, however
exact both are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from domain.frame import BoolMask
from pipeline.parsers.base import Executor
from pipeline.parsers.runtime import Tensor


@dataclass(frozen=True, slots=True)
class Looked:
    """How two implementations decided.

    Attributes:
        share: Of decisions that differ.
        same: Shape (Q,): queries that looked at the same places in every layer.
        doubt: The largest logit of a query's first decision that differs, in parts of the largest of its layer. What differs
            later follows from the first. Where it is large, it was not rounding that decided.
    """

    share: float
    same: BoolMask
    doubt: float


def compared(ours: Sequence[Tensor], theirs: Sequence[BoolMask]) -> Looked:
    """Compare decisions, a layer at a time.

    Args:
        ours: Logits of each layer, shape (Q, K).
        theirs: For each layer, true where a logit is below zero.
    """
    same = np.ones(len(ours[0]), np.bool_)
    different, doubt = 0, 0.0
    for logits, hidden in zip(ours, theirs, strict=True):
        turned = (logits < 0) != hidden
        first = np.abs(logits[same][turned[same]])
        doubt = max(doubt, float(first.max(initial=0.0) / np.abs(logits).max()))
        different += int(turned.sum())
        same &= ~turned.any(axis=1)
    return Looked(different / sum(layer.size for layer in ours), same, doubt)


def places(model: Path, engine: Executor, tensor: Tensor) -> list[Tensor]:
    """The logits by which a converted network decides, one array of shape (Q, K) a layer: below zero is not looked at."""
    logits = _with_onnxruntime(model, tensor) if engine == "onnxruntime" else _with_openvino(model, tensor)
    # The same comparison is made of each query's greatest logit, to see whether its mask is empty: those are single columns.
    return [values.reshape(values.shape[-2:]) for values in logits if values.shape[-1] > 1]


def record_places(network: Any) -> list[Tensor]:
    """A list that fills with the same as PyTorch runs our network."""
    decoder = next(module for module in network.modules() if hasattr(module, "_hidden"))
    hide = decoder._hidden
    found: list[Tensor] = []

    def recording(embedding: Any, weight: Any, bias: Any, features: Any) -> Any:
        logits = embedding @ weight @ features + (embedding @ bias)[:, None]
        found.append(logits.numpy())
        return hide(embedding, weight, bias, features)

    decoder._hidden = recording
    return found


def unpacked_places(theirs: Mapping[str, npt.NDArray[np.generic]]) -> list[BoolMask]:
    """What `tests/parity/reference.py` recorded."""
    lengths = theirs["places_lengths"].astype(np.int64).tolist()
    packed = (theirs[f"places_{layer}"].astype(np.uint8) for layer in range(len(lengths)))
    return [np.unpackbits(rows, axis=1)[:, :length] > 0 for rows, length in zip(packed, lengths, strict=True)]


def _with_onnxruntime(model: Path, tensor: Tensor) -> list[Tensor]:
    import onnx  # noqa: PLC0415 - an extra
    import onnxruntime as ort  # noqa: PLC0415 - to ask for more than the network's own outputs

    graph = onnx.load(model)
    compared = [
        node.input[0] for node in graph.graph.node if node.op_type == "Less" and "predictor" in node.name
    ]
    for name in compared:
        graph.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    session = ort.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    found: list[Tensor] = session.run(compared, {"image": tensor})
    return found


def _with_openvino(model: Path, tensor: Tensor) -> list[Tensor]:
    import openvino as ov  # noqa: PLC0415 - to ask for more than the network's own outputs

    core = ov.Core()
    network = core.read_model(model)
    compared = [
        operation.input_value(0)
        for operation in network.get_ordered_ops()
        if operation.get_type_name() == "Less" and "predictor" in operation.get_friendly_name()
    ]
    added = network.add_outputs(compared)
    network.reshape(list(tensor.shape))
    answers = core.compile_model(network, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})([tensor])
    first = len(answers) - len(added)
    return [np.array(answers[index]) for index in range(first, len(answers))]
