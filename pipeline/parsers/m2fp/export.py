"""From a checkpoint to the files that the executors load. The only use of torch; needs the extra `m2fp`."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import openvino as ov
import torch

from pipeline.parsers.m2fp.network.checkpoint import load_weights, read_checkpoint
from pipeline.parsers.m2fp.network.deformable import Sampling
from pipeline.parsers.m2fp.network.model import M2FPNetwork
from pipeline.parsers.m2fp.network.shape import M2FP_RESNET101, NetworkShape
from pipeline.parsers.saving import save_openvino

OUTPUTS = ("class_logits", "mask_logits")
# Two different numbers, so that height and width cannot be mixed up.
_TRACED_SIZE = (128, 192)
_OPSET = 17
_PRECISE = "precise_0"


def export(checkpoint: Path, folder: Path, shape: NetworkShape = M2FP_RESNET101) -> None:
    """Write `network.xml` with `network.bin`, and `network.onnx`; any input size that is a multiple of 32.

    Raises:
        ModelError: The checkpoint is damaged, foreign, or does not fit.
        OSError: The disk is full.
    """
    weights = read_checkpoint(checkpoint)
    for sampling in ("bag", "grid"):
        network = M2FPNetwork(shape, sampling)
        load_weights(network, weights, checkpoint)
        network.eval()
        with _quiet():
            _write(network, folder, sampling)


def _write(network: M2FPNetwork, folder: Path, sampling: Sampling) -> None:
    if sampling == "bag":
        write_openvino(network, folder / "network.xml")
    else:
        write_onnx(network, folder / "network.onnx")


def write_openvino(network: M2FPNetwork, path: Path) -> None:
    """Write an OpenVINO model; the file with the weights lies beside it."""
    model = ov.convert_model(network, example_input=_example(), input=[1, 3, -1, -1])
    model.inputs[0].get_tensor().set_names({"image"})
    for output, name in zip(model.outputs, OUTPUTS, strict=True):
        output.get_tensor().set_names({name})
    _keep_places_precise(model)
    save_openvino(model, path)


def write_onnx(network: M2FPNetwork, path: Path) -> None:
    """Write an ONNX file."""
    torch.onnx.export(
        network,
        (_example(),),
        str(path),
        opset_version=_OPSET,
        # The newer exporter unrolls nothing here, but needs onnxscript.
        dynamo=False,
        input_names=["image"],
        output_names=list(OUTPUTS),
        dynamic_axes={"image": {2: "height", 3: "width"}},
    )


def _keep_places_precise(model: ov.Model) -> None:
    """Keep the places where deformable attention looks in float32 when all else becomes bfloat16.

    They are row numbers of up to 120,000, and bfloat16 holds whole numbers up to 256. Without this the rows are wrong.
    """
    for operation in model.get_ordered_ops():
        name = operation.get_friendly_name()
        if "encoder.layers." in name and ".self_attn/" in name and operation.get_type_name() != "MatMul":
            operation.get_rt_info()[_PRECISE] = ""


def _example() -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.rand(1, 3, *_TRACED_SIZE, generator=generator) * 255


@contextmanager
def _quiet() -> Iterator[None]:
    """Hide what the tracers say about sizes that they follow all the same; the parity tests check that they do."""
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        yield
