"""A network that went out as ONNX comes back saying the same, and learns as before."""

from pathlib import Path
from typing import Any

import pytest

from domain.errors import ModelError
from tests.support.extras import extra

pytestmark = pytest.mark.training
torch = extra("torch")

import onnx  # noqa: E402 - after the skip

from training.crops.export import export as export_crops  # noqa: E402
from training.crops.network import CropNetwork  # noqa: E402
from training.export import export  # noqa: E402
from training.finder.export import export as export_finder  # noqa: E402
from training.finder.network import FinderNetwork, FinderShape, Stride  # noqa: E402
from training.network import LiteNetwork  # noqa: E402
from training.recover import recovered  # noqa: E402


@pytest.fixture
def network() -> Any:
    torch.manual_seed(4)
    network = LiteNetwork()
    for picture in pictures():
        network(picture)  # moves the statistics away from those of the beginning
    return network.eval()


def pictures() -> list[Any]:
    generator = torch.Generator().manual_seed(1)
    return [torch.rand((2, 3, 64, 64), generator=generator) * 255 for _ in range(3)]


def test_it_says_what_the_exported_one_says(network: Any, tmp_path: Path) -> None:
    export(network, tmp_path / "lite.onnx")
    again = recovered(onnx.load(tmp_path / "lite.onnx"), pictures(), LiteNetwork())
    with torch.inference_mode():
        for before, after in zip(network(pictures()[0]), again(pictures()[0]), strict=True):
            assert float((before - after).abs().max()) < 2e-2 * float(before.abs().max())
            assert float(before.std()) > 0
        # in training, with the statistics of the batch, it does not fall apart
        said = again.eval()(pictures()[0]).part_logits
        learning = again.train()(pictures()[0]).part_logits
        assert float((learning - said).abs().mean()) < float(said.std())


def test_the_crop_parser_comes_back_too(tmp_path: Path) -> None:
    torch.manual_seed(4)
    network = CropNetwork()
    for picture in pictures():
        network(picture)
    export_crops(network.eval(), tmp_path / "crop.onnx")
    again = recovered(onnx.load(tmp_path / "crop.onnx"), pictures(), CropNetwork())
    with torch.inference_mode():
        before, after = network(pictures()[0]), again(pictures()[0])
    assert float((before - after).abs().max()) < 2e-2 * float(before.abs().max())
    with pytest.raises(ModelError, match="not such a network"):
        recovered(onnx.load(tmp_path / "crop.onnx"), pictures(), LiteNetwork())


@pytest.mark.parametrize("stride", [4, 8])
def test_the_finder_comes_back_too(stride: Stride, tmp_path: Path) -> None:
    torch.manual_seed(4)
    shape = FinderShape("lite0", "dense", "short", stride=stride)
    network = FinderNetwork(shape)
    for picture in pictures():
        network(picture)
    export_finder(network.eval(), tmp_path / "finder.onnx")
    again = recovered(onnx.load(tmp_path / "finder.onnx"), pictures(), FinderNetwork(shape))
    with torch.inference_mode():
        before, after = network(pictures()[0]), again(pictures()[0])
    for one, other in zip(before, after, strict=True):
        assert float((one - other).abs().max()) < 2e-2 * float(one.abs().max())


def test_another_network_is_refused(tmp_path: Path) -> None:
    export_finder(FinderNetwork(), tmp_path / "finder.onnx")
    with pytest.raises(ModelError, match=r"not such a network: \d+ convolutions instead of \d+"):
        recovered(onnx.load(tmp_path / "finder.onnx"), pictures(), LiteNetwork())
