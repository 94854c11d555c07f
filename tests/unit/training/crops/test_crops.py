"""The crop parser on drawn people: who counts, that it learns, and that a break changes nothing."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from domain.errors import ModelError
from tests.support.extras import extra
from tests.support.training_data import SMALL, photograph, small_sources
from training.canvas import Canvas
from training.labels import ANY_SKIN, IGNORED
from training.shared import Photograph

pytestmark = pytest.mark.training
torch = extra("torch")

from training.crops.mixing import CropMix, CropMixer, alone, window_around  # noqa: E402 - after the skip
from training.crops.network import CropNetwork, load_crop_network  # noqa: E402
from training.crops.train import CropOptions, collate, train, training_of  # noqa: E402
from training.network import LiteNetwork, NetworkOptions  # noqa: E402
from training.samples import batches  # noqa: E402

TINY = NetworkOptions(variant="lite0", fine=16, coarse=16)
MIX = CropMix(crowd=replace(SMALL, photographs=0.0), run=2)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture
def options() -> CropOptions:
    return CropOptions(
        steps=4, batch=2, rate=1e-2, warm_up=1, thaw=0.0, workers=0, checkpoint_every=2, pretrained=False,
        network=TINY, mix=MIX,
    )  # fmt: skip


def two_people(*, by_people: bool) -> Photograph:
    """The usual one, and a piece of somebody else on the left."""
    one = photograph()
    labels = one.labels.copy()
    labels[60:90, 10:30] = 4
    labels[0:5] = IGNORED
    return Photograph("0001", one.image, labels, by_people)


def test_of_a_photograph_labelled_by_people_everything_counts() -> None:
    canvas = alone(two_people(by_people=True))
    assert canvas.person_ids[70, 20] == canvas.person_ids[70, 100] == 1
    assert canvas.targets[2, 50] == IGNORED
    assert canvas.targets[30, 50] == 0
    assert canvas.targets[30, 100] == ANY_SKIN


def test_of_a_photograph_labelled_by_a_network_the_largest_person_counts() -> None:
    canvas = alone(two_people(by_people=False))
    assert canvas.person_ids[70, 20] == 0
    assert canvas.targets[70, 20] == IGNORED
    assert canvas.person_ids[70, 100] == 1


def test_a_sample_depends_on_seed_and_number_only() -> None:
    one, again = CropMixer(small_sources(), MIX, 1), CropMixer(small_sources(), MIX, 1)
    _ = again[0]
    for index in (3, 8):
        assert np.array_equal(one[index].image, again[index].image)
        assert np.array_equal(one[index].parts, again[index].parts)
    assert not np.array_equal(one[3].image, CropMixer(small_sources(), MIX, 2)[3].image)


def test_samples_of_a_batch_share_their_size_and_sizes_vary() -> None:
    mixer = CropMixer(small_sources(), MIX, 0)
    shapes = [mixer[index].image.shape for index in range(40)]
    assert all(one == other for one, other in zip(shapes[::2], shapes[1::2], strict=True))
    assert set(shapes) == {(256, 128, 3), (320, 160, 3), (384, 192, 3)}


def test_the_person_is_in_the_middle_and_others_are_background() -> None:
    plain = CropMix(photographs=1.0, nobody=0.0, beside=1.0, things=0.0, cut=0.0, small=0.0)
    mixer = CropMixer(small_sources(), plain, 4)
    for index in range(12):
        parts = mixer[index].parts
        rows, columns = np.nonzero((parts > 0) & (parts != IGNORED))
        assert abs((rows.min() + rows.max()) / 2 - parts.shape[0] / 2) < 0.2 * parts.shape[0]
        assert abs((columns.min() + columns.max()) / 2 - parts.shape[1] / 2) < 0.2 * parts.shape[1]


def test_whoever_is_moved_stands_whole_before_another_place() -> None:
    plain = CropMix(photographs=1.0, nobody=0.0, beside=0.0, things=0.0, cut=0.0, small=0.0)
    still, moved = (CropMixer(small_sources(), replace(plain, moved=part), 4) for part in (0.0, 1.0))
    for index in range(8):
        before, after = (
            np.isin(each[index].parts, (0, IGNORED), invert=True).mean() for each in (still, moved)
        )
        assert after > 0.3 * before > 0
        assert not np.array_equal(still[index].image, moved[index].image)


def test_where_nobody_is_everything_is_background() -> None:
    mixer = CropMixer(small_sources(), CropMix(photographs=0.0, nobody=1.0), 0)
    assert all(mixer[index].parts.max() == 0 for index in range(6))


def test_the_crop_parser_learns(options: CropOptions) -> None:
    training = training_of(replace(options, steps=60), "cpu")
    (batch,) = batches(CropMixer(small_sources(), MIX), collate, (0, 1), 2, 0)
    totals = [float(training.learn(batch).total) for _ in range(12)]
    assert totals[-1] < 0.8 * totals[0], totals


def test_going_on_gives_what_training_without_a_break_gives(options: CropOptions, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    mixer = CropMixer(small_sources(), MIX)
    train(options, mixer, whole, "cpu")
    train(options, mixer, broken, "cpu", until=3)
    assert not (broken / "crop.pt").exists()
    average = torch.load(broken / "checkpoint.pt", weights_only=True)["average"]
    stopped = load_crop_network(broken / "checkpoint.pt", TINY).state_dict()
    assert all(torch.equal(stopped[name], average[name]) for name in average)
    train(options, mixer, broken, "cpu")
    one, other = (torch.load(folder / "crop.pt", weights_only=True) for folder in (whole, broken))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_it_begins_with_a_whole_parser_less_its_centres(tmp_path: Path) -> None:
    torch.manual_seed(2)
    whole = LiteNetwork(TINY).eval()
    torch.save(whole.state_dict(), tmp_path / "lite.pt")
    crops = load_crop_network(tmp_path / "lite.pt", TINY)
    picture = torch.rand(1, 3, 64, 32) * 255
    assert torch.equal(crops(picture), whole(picture).part_logits)
    torch.save(crops.state_dict(), tmp_path / "crop.pt")
    assert torch.equal(load_crop_network(tmp_path / "crop.pt", TINY)(picture), crops(picture))
    assert not any(name.startswith("inst") for name, _ in CropNetwork(TINY).named_parameters())


def test_weights_of_something_else_are_no_crop_parser(tmp_path: Path) -> None:
    torch.save({"other": torch.zeros(1)}, tmp_path / "other.pt")
    with pytest.raises(ModelError, match=r"other.pt does not hold the weights of this network"):
        load_crop_network(tmp_path / "other.pt", TINY)
    with pytest.raises(ModelError, match=r"gone.pt: no such file"):
        load_crop_network(tmp_path / "gone.pt", TINY)


@pytest.mark.parametrize("size", [(300, 40), (40, 300), (64, 64)])
def test_where_nobody_is_a_window_fits_into_a_picture_of_any_shape(size: tuple[int, int]) -> None:
    canvas = Canvas.empty(np.zeros((*size, 3), np.uint8))
    for seed in range(20):
        window = window_around(canvas, None, np.random.default_rng(seed))
        assert window.left >= 0
        assert window.top >= 0
        assert window.left + window.width <= size[1] + 1e-6
        assert window.top + window.height <= size[0] + 1e-6
