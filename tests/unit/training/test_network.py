"""The network has no code of its own worth testing without its weights: here it meets the seed's and its makers'."""

from pathlib import Path

import numpy as np
import pytest

from domain.errors import ModelError
from tests.support.extras import extra
from tests.support.shared_data import shared_file

pytestmark = pytest.mark.training
torch = extra("torch")
onnx = extra("onnx")

from pipeline.parsers.runtime import RuntimeOptions, load_network  # noqa: E402 - after the skip
from training.export import export  # noqa: E402
from training.network import (  # noqa: E402
    Backbone,
    LiteNetwork,
    NetworkOptions,
    load_imagenet_weights,
    load_weights,
)


def picture(height: int, width: int):  # type: ignore[no-untyped-def]  # noqa: ANN201 - torch may be absent
    values = np.random.default_rng(5).uniform(0, 255, (1, 3, height, width)).astype(np.float32)
    return torch.from_numpy(values)


@pytest.mark.shared_data
def test_the_seed_exported_again_answers_like_the_seed(tmp_path: Path) -> None:
    exported = tmp_path / "network.onnx"
    export(load_weights(shared_file("models/lite_seed.pt")), exported)
    engine = RuntimeOptions(executor="onnxruntime", threads=1)
    ours, theirs = load_network(exported, engine), load_network(shared_file("models/lite.onnx"), engine)
    for size in ((96, 160), (64, 128)):
        image = picture(*size).numpy()
        for name, wanted in theirs(image).items():
            np.testing.assert_allclose(ours(image)[name], wanted, atol=1e-3, err_msg=name)
    assert exported.stat().st_size < 16e6


@pytest.mark.shared_data
def test_weights_of_another_network_are_refused() -> None:
    with pytest.raises(ModelError, match=r"lite_seed\.pt does not hold the weights of this network"):
        load_weights(shared_file("models/lite_seed.pt"), NetworkOptions(variant="lite0"))


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.pt: no such file"):
        load_weights(tmp_path / "none.pt")


def test_the_backbone_takes_the_weights_of_its_makers() -> None:
    backbone = Backbone("lite2")
    before = backbone.state_dict()["_conv_stem.weight"].clone()
    load_imagenet_weights(backbone, "lite2")
    assert not torch.equal(before, backbone.state_dict()["_conv_stem.weight"])
    strides = [96 // features.shape[-1] for features in backbone.eval()(picture(96, 96))]
    assert strides == [4, 8, 16, 32]


def test_centres_are_rare_at_the_beginning() -> None:
    outputs = LiteNetwork(NetworkOptions(variant="lite0")).eval()(picture(64, 96))
    assert outputs.part_logits.shape == (1, 14, 16, 24)
    assert outputs.offset.shape == (1, 2, 16, 24)
    assert float(torch.sigmoid(outputs.centre_logits.detach()).mean()) < 0.1


@pytest.mark.parametrize("depthwise", [False, True])
def test_early_blocks_and_if_so_wished_depthwise_filters_are_not_among_the_late_parameters(
    depthwise: bool,
) -> None:
    network = LiteNetwork(NetworkOptions(variant="lite0"))
    late = {id(parameter) for parameter in network.late_parameters(depthwise)}
    names = [name for name, parameter in network.named_parameters() if id(parameter) in late]
    assert names
    assert any("_depthwise" in name for name in names) == depthwise
    assert min(int(name.split(".")[2]) for name in names) == network.bb.taps[1] + 1


def test_normalisations_computed_with_their_convolutions_change_nothing() -> None:
    torch.manual_seed(1)
    backbone = Backbone("lite0")
    for _ in range(3):
        # Moves the statistics away from those of the beginning.
        backbone(torch.rand(2, 3, 64, 64))
    backbone.eval()
    answers, gradients = [], []
    for folds in (False, True):
        backbone.folds = folds
        backbone.zero_grad()
        answers.append(backbone(torch.rand(1, 3, 64, 96, generator=torch.Generator().manual_seed(2))))
        answers[-1][-1].square().mean().backward()
        gradients.append([one.grad.clone() for one in backbone.parameters() if one.grad is not None])
    for plain, folded in zip(*answers, strict=True):
        torch.testing.assert_close(plain, folded, rtol=1e-3, atol=1e-4)
    assert len(gradients[0]) == len(gradients[1]) > 100
    for plain, folded in zip(*gradients, strict=True):
        torch.testing.assert_close(plain, folded, rtol=2e-2, atol=1e-3 * float(plain.abs().max()))


def test_the_exported_network_takes_bgr_as_it_comes_and_says_the_same(tmp_path: Path) -> None:
    torch.manual_seed(2)
    network = LiteNetwork(NetworkOptions(variant="lite0"))
    for _ in range(3):
        # Moves the statistics away from those of the beginning, so that the answer depends on the picture.
        network(torch.rand(2, 3, 64, 64) * 255)
    export(network.eval(), tmp_path / "lite.onnx")
    reads = [node.op_type for node in onnx.load(tmp_path / "lite.onnx").graph.node if "image" in node.input]
    assert "Slice" not in reads
    image = picture(64, 96)
    image[:, 0] /= 4
    exported = load_network(tmp_path / "lite.onnx", RuntimeOptions(executor="onnxruntime", threads=1))
    with torch.inference_mode():
        wanted, turned = (network(each).part_logits.numpy() for each in (image, image.flip(1)))
    off = np.abs(exported(image.numpy())["part_logits"] - wanted).max()
    assert off < 0.1 * np.abs(turned - wanted).max()
