"""From trained weights to the ONNX file that the parser runs: `python -m training.export WEIGHTS.pt NETWORK.onnx`."""

import argparse
import sys
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch import Tensor, nn

from domain.errors import UsageError
from training.network import LiteNetwork, load_weights

_OPSET = 17
_EXAMPLE = (1, 3, 288, 512)
_SMALL = 256  # tensors of fewer numbers stay float32: biases and scales cost nothing and matter


class _Exported(nn.Module):
    """The network as its readers want it: the centres as probabilities."""

    def __init__(self, network: LiteNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        parts, centre, offset = self.network(image)
        return parts, torch.sigmoid(centre), offset


def export(network: LiteNetwork, path: Path) -> None:
    """Write the network as ONNX, its weights as float16, computed as float32.

    Input `image`: float32 (N, 3, H, W), B, G, R, 0 to 255, H and W multiples of 32. Outputs at stride 4: `part_logits`
    (N, 14, H/4, W/4), `centre` (N, 1, H/4, W/4) in 0..1, `offset` (N, 2, H/4, W/4) in stride-4 pixels.
    """
    write_onnx(_Exported(network), _EXAMPLE, ("part_logits", "centre", "offset"), path)


def write_onnx(network: nn.Module, example: tuple[int, ...], outputs: tuple[str, ...], path: Path) -> None:
    """Write a network as ONNX with its large tensors as float16; the sizes of pictures and batches stay open.

    Args:
        network: With one input, `image`, shape (N, 3, H, W).
        example: A shape that it takes.
        outputs: Names of its outputs, each of shape (N, C, H/s, W/s).
        path: Written when all is done.
    """
    part = path.with_name(path.name + ".part")
    with warnings.catch_warnings():
        # The exporter that torch prefers needs another package and, with sizes left open, gives the same operations.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", UserWarning)
        torch.onnx.export(
            network.eval(),
            (torch.zeros(example),),
            str(part),
            input_names=["image"],
            output_names=list(outputs),
            opset_version=_OPSET,
            dynamo=False,
            dynamic_axes={
                "image": {0: "n", 2: "h", 3: "w"},
                **{name: {0: "n", 2: "rows", 3: "columns"} for name in outputs},
            },
        )
    model = onnx.load(part)
    take_bgr(model.graph)
    _halve(model.graph)
    onnx.checker.check_model(model)
    onnx.save(model, part)
    part.replace(path)


def take_bgr(graph: onnx.GraphProto) -> bool:
    """Turn the filters of the first convolution around instead of the channels of the picture, which costs a CPU a tenth of all.

    Args:
        graph: Of a network that turns the channels of `image` around first; anything else is left as it is.

    Returns:
        Whether that was done.
    """
    turns = [node for node in graph.node if node.op_type == "Slice" and node.input[0] == "image"]
    if len(turns) != 1:
        return False
    turned = turns[0].output[0]
    graph.node.remove(turns[0])
    for node in graph.node:
        node.input[:] = ["image" if name == turned else name for name in node.input]
    filters = next(node for node in graph.node if node.op_type == "Conv").input[1]
    stored = next((node.input[0] for node in graph.node if node.output[0] == filters), filters)
    tensor = next(tensor for tensor in graph.initializer if tensor.name == stored)
    values = np.ascontiguousarray(numpy_helper.to_array(tensor)[:, ::-1])
    tensor.CopyFrom(numpy_helper.from_array(values, stored))
    return True


def _halve(graph: onnx.GraphProto) -> None:
    """Store large tensors as float16 and widen them where the network is loaded."""
    stored, casts = [], []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < _SMALL:
            stored.append(tensor)
            continue
        halved = f"{tensor.name}_half"
        stored.append(numpy_helper.from_array(values.astype(np.float16), halved))
        casts.append(helper.make_node("Cast", [halved], [tensor.name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(stored)
    graph.node.extend(nodes)


def main() -> None:
    """Export."""
    parser = argparse.ArgumentParser(description="Write trained weights as an ONNX file for the parser")
    parser.add_argument("weights", type=Path)
    parser.add_argument("network", type=Path)
    chosen = parser.parse_args()
    try:
        export(load_weights(chosen.weights), chosen.network)
    except UsageError as error:
        sys.exit(f"error: {error}")
    print(f"{chosen.network}: {chosen.network.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
