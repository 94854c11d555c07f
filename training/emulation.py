"""A network that rounds as a CPU with bf16 would: `python -m training.emulation NETWORK.onnx ROUNDED.onnx`.

For machines without bf16: what it costs in accuracy can be measured on any CPU, what it gains in speed only on one that has it.
Products are summed in float32, as AMX and AVX512-BF16 do; the weights of convolutions and the results of all layers are rounded.
Run it in fp32.
"""

import argparse
import sys
from pathlib import Path

import onnx
from onnx import helper

from domain.errors import ModelError, UsageError

_LAYERS = frozenset({"Conv", "Add", "Clip", "Relu", "Resize", "GlobalAveragePool"})


def rounded(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same network with the weights of its convolutions and the results of its layers rounded to bf16."""
    result = onnx.ModelProto()
    result.CopyFrom(model)
    final = {output.name for output in result.graph.output}
    nodes: list[onnx.NodeProto] = []
    for node in result.graph.node:
        if node.op_type == "Conv":
            nodes += _rounding(node.input[1], f"{node.output[0]}_weights_bf16")
            node.input[1] = f"{node.output[0]}_weights_bf16"
        nodes.append(node)
        if node.op_type in _LAYERS and node.output[0] not in final:
            exact, name = f"{node.output[0]}_exact", node.output[0]
            node.output[0] = exact
            nodes += _rounding(exact, name)
    del result.graph.node[:]
    result.graph.node.extend(nodes)
    onnx.checker.check_model(result)
    return result


def _rounding(exact: str, name: str) -> list[onnx.NodeProto]:
    return [
        helper.make_node("Cast", [exact], [f"{name}_short"], to=onnx.TensorProto.BFLOAT16),
        helper.make_node("Cast", [f"{name}_short"], [name], to=onnx.TensorProto.FLOAT),
    ]


def main() -> None:
    """Round."""
    parser = argparse.ArgumentParser(description="Write a network that rounds as a CPU with bf16 does")
    parser.add_argument("network", type=Path)
    parser.add_argument("rounded", type=Path)
    chosen = parser.parse_args()
    try:
        if not chosen.network.is_file():
            raise ModelError(f"{chosen.network}: no such file")
        onnx.save(rounded(onnx.load(chosen.network)), chosen.rounded)
    except UsageError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
