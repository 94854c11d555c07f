"""Small parsing networks as ONNX files: they tell parts by brightness, from dark to bright."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from pipeline.parsers.onnx.card import Card

HEIGHT, WIDTH = 96, 128
KINDS = ("logits", "probabilities", "labels", "queries")


def card_of(folder: Path, kind: str = "logits", **changed: Any) -> Path:
    """A card, and the network beside it; keys of the card may be changed, None leaves one out."""
    network(folder / "own.onnx", kind)
    names = {"Nothing": "background", "Trousers": "pants", "Shirt": "upper-clothes"}
    card: dict[str, Any] = {
        "name": "own",
        "version": "1",
        "licence": "Apache 2.0",
        "network": "own.onnx",
        "input": {"height": HEIGHT, "width": WIDTH, "color": "bgr"},
        "output": {"kind": kind},
        "classes": names,
    }
    card = {key: value for key, value in {**card, **changed}.items() if value is not None}
    path = folder / "own.yaml"
    path.write_text(as_yaml(card), encoding="utf-8")
    return path


def as_yaml(card: dict[str, Any]) -> str:
    """As somebody would write it."""
    import yaml  # noqa: PLC0415

    return str(yaml.safe_dump(card, sort_keys=False))


def network(path: Path, kind: str = "logits", *, classes: int = 3, spoilt: bool = False) -> Path:
    """Takes (1, 3, 96, 128), the means of a patch of four pixels tell the class: dark, middle, bright.

    Args:
        path: Where it is written.
        kind: Of the output, see `KINDS`; `flat` is a wrong one of two dimensions.
        classes: How many it tells apart; those above two are never seen.
        spoilt: Whether it divides by the brightness of the picture, which may be nothing.
    """
    logits, initial = _logits(classes)
    nodes = [*logits]
    outputs: dict[str, Sequence[int]] = {"logits": [1, classes, HEIGHT // 2, WIDTH // 2]}
    last = {"logits": "logits", "probabilities": "probabilities", "labels": "labels", "flat": "flat"}.get(
        kind
    )
    if spoilt:
        nodes += [
            helper.make_node("ReduceMax", ["image"], ["brightest"], keepdims=0),
            helper.make_node("Div", ["logits", "brightest"], ["logits_of_it"]),
        ]
        last = "logits_of_it"
        outputs = {last: outputs["logits"]}
    elif kind == "probabilities":
        nodes.append(helper.make_node("Softmax", ["logits"], [kind], axis=1))
        outputs = {kind: outputs["logits"]}
    elif kind == "labels":
        nodes.append(helper.make_node("ArgMax", ["logits"], [kind], axis=1, keepdims=0))
        outputs = {kind: [1, HEIGHT // 2, WIDTH // 2]}
    elif kind == "flat":
        nodes.append(helper.make_node("Flatten", ["logits"], [kind], axis=1))
        outputs = {kind: [1, classes * HEIGHT * WIDTH // 4]}
    elif kind == "queries":
        more, constants, outputs = _queries(classes)
        nodes, initial = [*nodes, *more], [*initial, *constants]
    types = {"labels": TensorProto.INT64}
    graph = helper.make_graph(
        nodes,
        "own",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, HEIGHT, WIDTH])],
        [
            helper.make_tensor_value_info(name, types.get(name, TensorProto.FLOAT), shape)
            for name, shape in outputs.items()
        ],
        initial,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())
    return path


def _logits(classes: int) -> tuple[list[Any], list[Any]]:
    """Brightness b of 0 to 1 gives 1 - 4 b, 0.2 and 4 b - 3 to the first three: below 0.2, between, above 0.8."""
    mean = np.full((1, 3, 2, 2), 1 / 12, np.float32)
    weights, bias = np.zeros((classes, 1, 1, 1), np.float32), np.full(classes, -100, np.float32)
    weights[:3, 0, 0, 0], bias[:3] = (-4, 0, 4), (1, 0.2, -3)
    scaled = numpy_helper.from_array(np.array([20], np.float32), "sharper")
    initial = [
        numpy_helper.from_array(mean, "mean"),
        numpy_helper.from_array(weights, "weights"),
        numpy_helper.from_array(bias, "bias"),
        scaled,
    ]
    nodes = [
        helper.make_node("Conv", ["image", "mean"], ["brightness"], strides=[2, 2]),
        helper.make_node("Conv", ["brightness", "weights", "bias"], ["soft"]),
        helper.make_node("Mul", ["soft", "sharper"], ["logits"]),
    ]
    return nodes, initial


def _queries(classes: int) -> tuple[list[Any], list[Any], dict[str, Sequence[int]]]:
    """One query a class with the logits as its mask, and two more of a whole person: whatever is not the first class."""
    said = np.full((1, classes + 1, classes + 2), -20, np.float32)
    for number in range(classes):
        said[0, number, number] = 20
    said[0, classes, classes] = 20
    constants = [
        numpy_helper.from_array(said, "class_logits_as_they_are"),
        numpy_helper.from_array(np.array([0], np.int64), "first"),
        numpy_helper.from_array(np.array([1], np.int64), "second"),
        numpy_helper.from_array(np.array([1], np.int64), "axis"),
    ]
    nodes = [
        helper.make_node("Identity", ["class_logits_as_they_are"], ["class_logits"]),
        helper.make_node("Slice", ["logits", "first", "second", "axis"], ["nothing"]),
        helper.make_node("Neg", ["nothing"], ["somebody"]),
        helper.make_node("Concat", ["logits", "somebody"], ["mask_logits"], axis=1),
    ]
    shapes: dict[str, Sequence[int]] = {
        "class_logits": [1, classes + 1, classes + 2],
        "mask_logits": [1, classes + 1, HEIGHT // 2, WIDTH // 2],
    }
    return nodes, constants, shapes


def sized(path: Path, card: Card) -> Path:
    """A network of the size, the names and the number of classes that a card says, which sees nothing."""
    size, classes = [1, 3, card.input.height, card.input.width], len(card.classes)
    name = card.output.name or "logits"
    weights = numpy_helper.from_array(np.zeros((classes, 3, 4, 4), np.float32), "weights")
    graph = helper.make_graph(
        [helper.make_node("Conv", ["image", "weights"], [name], strides=[4, 4])],
        "sized",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, size)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, classes, size[2] // 4, size[3] // 4])],
        [weights],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    path.write_bytes(model.SerializeToString())
    return path
