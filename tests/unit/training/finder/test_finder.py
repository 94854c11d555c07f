"""A tiny finder on drawn people: what it is asked, that it learns, and that a break changes nothing."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from domain.errors import ModelError, SourceError
from tests.support.extras import extra
from tests.support.training_data import SMALL, small_sources
from training.finder.passersby import photographed_scenes
from training.finder.scenes import NONE, Scene, as_boxes

pytestmark = pytest.mark.training
torch = extra("torch")

from training.finder.backbone import DenseBackbone  # noqa: E402 - after the skip
from training.finder.front import learn  # noqa: E402
from training.finder.losses import box_loss, collate  # noqa: E402
from training.finder.mining import empty_places, mined, write  # noqa: E402
from training.finder.mixing import FinderMix, FinderMixer  # noqa: E402
from training.finder.network import FinderNetwork, FinderShape, Stride, begin_as, load_finder  # noqa: E402
from training.finder.targets import sample_of  # noqa: E402
from training.finder.train import FinderOptions, hard_pictures, train, training_of  # noqa: E402
from training.losses import heat_loss  # noqa: E402
from training.network import Backbone, normalised  # noqa: E402
from training.samples import batches  # noqa: E402

TINY = FinderShape(variant="lite0", fine=16, coarse=16)
FINE = replace(TINY, stride=4)
MIX = FinderMix(photographs=0.3, empty=0.1, hard=0.1, rest=replace(SMALL, photographs=0.0))


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture
def options() -> FinderOptions:
    return FinderOptions(
        steps=4, batch=2, rate=1e-2, warm_up=1, thaw=0.0, workers=0, checkpoint_every=2, pretrained=False,
        shape=TINY, mix=MIX,
    )  # fmt: skip


def mixer(seed: int = 0, stride: Stride = 8) -> FinderMixer:
    sources = small_sources()
    hard = [np.full((40, 70, 3), 9, np.uint8)]
    return FinderMixer(sources, list(photographed_scenes(sources.photographs, {})), hard, MIX, seed, stride)


def scene(*boxes: tuple[float, ...]) -> Scene:
    return Scene(np.zeros((64, 96, 3), np.uint8), as_boxes(boxes), NONE)


def test_the_middle_of_a_box_is_a_pixel_and_tells_the_sides() -> None:
    sample = sample_of(scene((20, 10, 44, 58)), 8)
    assert sample.heat.shape == (8, 12)
    assert np.argwhere(sample.heat == 1).tolist() == [[4, 4]]
    # the pixel's middle is at (36, 36)
    assert sample.sides[:, 4, 4].tolist() == [16, 26, 8, 22]
    assert sample.near[4, 4] == sample.near.max()
    assert sample.near.sum() == pytest.approx(1)
    assert sample.near[0, 11] == 0


def test_who_stand_close_have_a_peak_each_at_stride_4() -> None:
    close = scene((40, 20, 48, 44), (48, 20, 56, 44))
    peaks = [np.argwhere(sample_of(close, stride).heat == 1).tolist() for stride in (8, 4)]
    assert peaks == [[[4, 5], [4, 6]], [[8, 11], [8, 13]]]
    assert sample_of(close, 4).sides[:, 8, 11].tolist() == [6, 14, 2, 10]


def test_the_middle_of_somebody_large_is_several_pixels_that_count_as_one() -> None:
    sample = sample_of(scene((8, 0, 88, 64), (0, 0, 8, 16)), 4)
    middles = np.argwhere(sample.heat == 1)
    assert middles.tolist() == [[2, 1], [8, 11], [8, 12], [8, 13]]
    assert sample.peaks[2, 1] == 1
    assert sample.peaks[8, 11:14].tolist() == pytest.approx([1 / 3] * 3)


def test_the_heat_loss_is_less_the_surer_the_middle_and_the_quieter_the_rest() -> None:
    batch = collate([sample_of(scene((20, 10, 44, 58)), 4)])
    sure = torch.where(batch.heat == 1, 6.0, -6.0)
    unsure, loud = sure / 3, torch.full_like(sure, 6.0)
    losses = [
        float(heat_loss(logits, batch.heat, batch.peaks, batch.unknown)) for logits in (sure, unsure, loud)
    ]
    assert losses == sorted(losses)
    assert losses[0] < 0.01
    assert float(heat_loss(loud, batch.heat, batch.peaks, torch.ones_like(batch.unknown))) == 0


def test_every_person_has_a_peak_at_the_border_too() -> None:
    sample = sample_of(scene((88, 50, 96, 64), (0, 0, 5, 12)), 8)
    assert sorted(np.argwhere(sample.heat == 1).tolist()) == [[0, 0], [7, 11]]


def test_of_two_at_one_place_the_smaller_is_asked_for() -> None:
    sample = sample_of(scene((32, 24, 40, 40), (8, 0, 64, 64)), 8)
    assert sample.sides[:, 4, 4].tolist() == [4, 12, 4, 4]


def test_nothing_is_learnt_where_somebody_is_doubtful_but_for_those_known() -> None:
    doubtful = Scene(
        np.zeros((64, 96, 3), np.uint8), as_boxes([(32, 24, 40, 40)]), as_boxes([(24, 16, 56, 63)])
    )
    sample = sample_of(doubtful, 8)
    assert not sample.unknown[4, 4]
    assert sample.unknown[2, 3]
    assert not sample.unknown[0, 0]


def test_the_box_loss_is_nothing_for_the_right_box_and_more_the_further_off() -> None:
    wanted, near = torch.full((1, 4, 1, 1), 10.0), torch.ones((1, 1, 1))
    losses = [float(box_loss(wanted * factor, wanted, near)) for factor in (1.0, 1.2, 2.0, 4.0)]
    assert losses[0] == pytest.approx(0, abs=1e-6)
    assert losses == sorted(losses)
    assert float(box_loss(wanted * 4, wanted, near * 0)) == 0


def test_a_sample_depends_on_seed_and_number_only() -> None:
    one, again, other = mixer(1), mixer(1), mixer(2)
    _ = again[0]
    assert all(np.array_equal(one[index].image, again[index].image) for index in (3, 9))
    assert all(np.array_equal(one[index].sides, again[index].sides) for index in (3, 9))
    assert not np.array_equal(one[3].image, other[3].image)


def test_samples_show_people_and_places_without() -> None:
    peaks = [int((mixer()[index].heat == 1).sum()) for index in range(24)]
    assert min(peaks) == 0
    assert max(peaks) >= 2
    assert {mixer()[index].image.shape for index in range(8)} == {(64, 96, 3)}


def test_parts_of_the_mix_sum_up_to_one_at_most() -> None:
    with pytest.raises(ValueError, match="must sum up to 1 at most"):
        FinderMix(photographs=0.9, empty=0.2)


@pytest.mark.parametrize("shape", [TINY, FINE])
def test_the_finder_learns(shape: FinderShape, options: FinderOptions) -> None:
    options = replace(options, steps=60, shape=shape)
    training = training_of(options, "cpu")
    (batch,) = batches(mixer(stride=shape.stride), collate, (0, 1), 4, 0)
    totals = [float(training.learn(batch).total) for _ in range(15)]
    assert totals[-1] < 0.7 * totals[0], totals


def test_going_on_gives_what_training_without_a_break_gives(options: FinderOptions, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    train(options, mixer(), whole, "cpu")
    train(options, mixer(), broken, "cpu", until=3)
    assert not (broken / "finder.pt").exists()
    train(options, mixer(), broken, "cpu")
    one, other = (torch.load(folder / "finder.pt", weights_only=True) for folder in (whole, broken))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_a_finder_begins_with_what_fits_of_another(tmp_path: Path) -> None:
    torch.manual_seed(5)
    same, wider = FinderNetwork(TINY), FinderNetwork(replace(TINY, variant="lite2"))
    torch.save(same.half().state_dict(), tmp_path / "same.pt")
    torch.save(wider.state_dict(), tmp_path / "wider.pt")
    first, second = FinderNetwork(TINY), FinderNetwork(TINY)
    own = second.bb._conv_stem.weight.clone()
    begin_as(first, tmp_path / "same.pt")
    begin_as(second, tmp_path / "wider.pt")
    assert torch.equal(first.bb._conv_stem.weight, same.float().bb._conv_stem.weight)
    assert torch.equal(second.bb._conv_stem.weight, own)
    assert torch.equal(second.heat.weight, wider.heat.weight)
    torch.save({"other": torch.zeros(1)}, tmp_path / "other.pt")
    with pytest.raises(ModelError, match="holds no weights that this finder could begin with"):
        begin_as(first, tmp_path / "other.pt")


def test_a_finder_with_finer_answers_begins_with_those_of_a_coarser_one(tmp_path: Path) -> None:
    torch.manual_seed(6)
    coarse, fine = FinderNetwork(TINY).eval(), FinderNetwork(FINE).eval()
    torch.save(coarse.state_dict(), tmp_path / "coarse.pt")
    begin_as(fine, tmp_path / "coarse.pt")
    image = torch.rand(1, 3, 64, 96, generator=torch.Generator().manual_seed(1)) * 255
    with torch.inference_mode():
        before, now = coarse(image), fine(image)
    assert now.heat_logits.shape == (1, 1, 16, 24)
    torch.testing.assert_close(now.heat_logits[..., 1::2, ::2], before.heat_logits)
    torch.testing.assert_close(now.merged, before.merged)
    # The right quarters of a pixel are 4 further from the left side of the box and nearer to the right one.
    left, top, right, bottom = (now.sides[0, side] for side in range(4))
    assert bool((left[:, 1::2] > left[:, ::2]).all())
    assert bool((right[:, 1::2] < right[:, ::2]).all())
    assert bool((top[1::2] > top[::2]).all())
    assert bool((bottom[1::2] < bottom[::2]).all())
    again = FinderNetwork(FINE)
    torch.save(fine.state_dict(), tmp_path / "fine.pt")
    begin_as(again, tmp_path / "fine.pt")
    assert all(torch.equal(value, fine.state_dict()[name]) for name, value in again.state_dict().items())


def test_weights_of_something_else_are_no_finder(tmp_path: Path) -> None:
    torch.save({"other": torch.zeros(1)}, tmp_path / "other.pt")
    with pytest.raises(ModelError, match=r"other.pt does not hold the weights of this network"):
        load_finder(tmp_path / "other.pt", TINY)
    with pytest.raises(ModelError, match=r"gone.pt: no such file"):
        load_finder(tmp_path / "gone.pt", TINY)


def test_mined_places_are_those_in_which_somebody_is_seen(tmp_path: Path) -> None:
    network = FinderNetwork(TINY).eval()
    places = list(empty_places(small_sources(), 3))
    assert write(mined(network, iter(places), 1.0), tmp_path) == []
    with pytest.raises(SourceError, match=r"no pictures; python -m training.finder.mining writes some"):
        hard_pictures(tmp_path)
    heats = write(mined(network, iter(places), 0.0), tmp_path)
    assert len(heats) == len(hard_pictures(tmp_path)) == 3
    assert all(np.array_equal(*pair) for pair in zip(places, hard_pictures(tmp_path), strict=True))


def test_a_dense_front_learns_to_answer_as_the_blocks_that_it_replaces() -> None:
    torch.manual_seed(3)
    teacher, backbone = Backbone("lite0").eval(), DenseBackbone("lite0")
    shown = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(1)) * 255
    missed = list(learn(backbone, teacher, [shown] * 30, 30))
    assert missed[-1] < 0.6 * missed[0]
    with torch.inference_mode():
        said, wanted = (each(normalised(shown)) for each in (backbone, teacher))
    assert [each.shape for each in said] == [each.shape for each in wanted]
    # Brought back from a mean of 0 and a spread of 1 to those of the blocks.
    assert float((said[0] - wanted[0]).std()) < float(wanted[0].std())
    named = backbone.state_dict()
    rest = {name for name in teacher.state_dict() if name.startswith("_blocks.3.")}
    assert rest <= named.keys()
    assert not any(name.startswith("_blocks.0.") for name in named)
