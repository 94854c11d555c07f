"""A tiny network on drawn people: it learns, and a break changes nothing."""

import csv
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from domain.errors import ModelError
from tests.support.extras import extra
from tests.support.training_data import SMALL, small_sources

pytestmark = pytest.mark.training
torch = extra("torch")

from training.labels import ANY_SKIN, IGNORED, SKIN_CLASSES  # noqa: E402 - after the skip
from training.losses import centre_loss, log_chances, offset_loss, overlap_loss, part_loss  # noqa: E402
from training.mixing import Mixer  # noqa: E402
from training.network import LiteNetwork, NetworkOptions  # noqa: E402
from training.options import TrainOptions  # noqa: E402
from training.samples import batches, collate  # noqa: E402
from training.train import train, training_of  # noqa: E402

TINY = NetworkOptions(variant="lite0", fine=16, coarse=16)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture
def options(tmp_path: Path) -> TrainOptions:
    torch.manual_seed(3)
    torch.save(LiteNetwork(TINY).state_dict(), tmp_path / "init.pt")
    return TrainOptions(
        steps=6, batch=2, rate=1e-2, warm_up=1, thaw=0.0, workers=0, checkpoint_every=2,
        init=tmp_path / "init.pt", network=TINY, mix=SMALL,
    )  # fmt: skip


def flat(value: float, classes: int = 14):  # type: ignore[no-untyped-def]  # noqa: ANN201 - torch may be absent
    return torch.full((1, classes, 1, 1), value)


def mean_loss(logits: Any, targets: Any) -> Any:
    """Without small persons."""
    return part_loss(log_chances(logits, targets), targets, torch.zeros(targets.shape))


def overlap(logits: Any, targets: Any) -> float:
    return float(overlap_loss(log_chances(logits, targets), targets))


def said(*classes: int):  # type: ignore[no-untyped-def]  # noqa: ANN201 - torch may be absent
    """Logits of somebody who is sure of these classes, side by side."""
    logits = torch.zeros((1, 14, 1, len(classes)))
    for column, number in enumerate(classes):
        logits[0, number, 0, column] = 40
    return logits


def test_skin_of_an_unknown_part_sums_the_probabilities() -> None:
    logits = flat(0.0)
    some_skin = mean_loss(logits, torch.full((1, 1, 1), ANY_SKIN))
    assert float(some_skin) == pytest.approx(-math.log(len(SKIN_CLASSES) / 14), abs=1e-5)
    one_class = mean_loss(logits, torch.full((1, 1, 1), SKIN_CLASSES[0]))
    assert float(one_class) == pytest.approx(-math.log(1 / 14), abs=1e-5)


def test_any_of_the_skin_classes_will_do() -> None:
    for number in SKIN_CLASSES:
        logits = flat(0.0)
        logits[:, number] = 20
        assert float(mean_loss(logits, torch.full((1, 1, 1), ANY_SKIN))) == pytest.approx(0, abs=1e-5)


def test_the_loss_is_a_weighted_mean_over_known_pixels() -> None:
    logits, targets = torch.zeros((1, 14, 1, 3)), torch.tensor([[[0, 1, IGNORED]]])
    assert float(mean_loss(logits, targets)) == pytest.approx(math.log(14), abs=1e-5)
    assert float(mean_loss(logits, torch.full((1, 1, 3), IGNORED))) == 0


def test_pixels_of_small_persons_count_more() -> None:
    logits, targets = torch.zeros((1, 14, 1, 2)), torch.tensor([[[0, 0]]])
    logits[0, 0, 0, 0] = 20  # right there, wrong nowhere, unsure beside it
    beside, here = torch.tensor([[[0.0, 1.0]]]), torch.tensor([[[1.0, 0.0]]])
    alike, chances = float(mean_loss(logits, targets)), log_chances(logits, targets)
    assert float(part_loss(chances, targets, here)) < alike < float(part_loss(chances, targets, beside))


def test_the_overlap_loss_is_one_less_the_mean_intersection_over_union() -> None:
    targets = torch.tensor([[[0, 0, 4, 4]]])
    assert overlap(said(0, 0, 4, 4), targets) == pytest.approx(0, abs=1e-5)
    assert overlap(said(0, 4, 4, 4), targets) == pytest.approx(1 - (1 / 2 + 2 / 3) / 2, abs=1e-5)
    assert overlap(said(0, 9, 4, 4), targets) == pytest.approx(1 - (1 / 2 + 1) / 2, abs=1e-5)


def test_a_rare_class_overlaps_as_much_as_a_common_one() -> None:
    targets = torch.tensor([[[0] * 9 + [1]]])
    missed, invented = said(*[0] * 10), said(*[0] * 8, 1, 1)
    assert overlap(missed, targets) > 0.5 > overlap(invented, targets) > 0.25


def test_the_overlap_loss_overlooks_the_unknown() -> None:
    assert overlap(said(0, 4), torch.tensor([[[0, IGNORED]]])) == pytest.approx(0, abs=1e-5)
    assert overlap(said(0, 4), torch.full((1, 1, 2), IGNORED)) == 0


def test_skin_of_an_unknown_part_overlaps_with_all_skin_and_no_part_of_it() -> None:
    for number in SKIN_CLASSES:
        assert overlap(said(number), torch.full((1, 1, 1), ANY_SKIN)) == pytest.approx(0, abs=1e-5)
    arm, leg = SKIN_CLASSES[1:3]
    both = torch.tensor([[[arm, ANY_SKIN]]])
    assert overlap(said(arm, leg), both) == pytest.approx(0, abs=1e-5)
    assert overlap(said(leg, leg), both) == pytest.approx(1 / 2, abs=1e-5)  # right as skin, wrong as an arm


def test_the_centre_loss_rewards_peaks_and_overlooks_the_unknown() -> None:
    heat = torch.zeros((1, 4, 4))
    heat[0, 1, 1] = 1
    right, wrong, known = torch.full((1, 4, 4), -9.0), torch.full((1, 4, 4), -9.0), torch.zeros((1, 4, 4))
    right[0, 1, 1], wrong[0, 3, 3] = 9, 9
    assert float(centre_loss(right, heat, known)) < 1e-3
    assert float(centre_loss(wrong, heat, known)) > 5
    assert float(centre_loss(wrong, heat, torch.ones((1, 4, 4)))) == 0


def test_offsets_count_on_persons_only() -> None:
    offset, persons = torch.full((1, 2, 2, 2), 3.0), torch.zeros((1, 2, 2))
    assert float(offset_loss(offset, torch.zeros_like(offset), persons)) == 0
    persons[0, 0, 0] = 1
    assert float(offset_loss(offset, torch.zeros_like(offset), persons)) == 6


def test_batches_are_the_same_whoever_makes_them() -> None:
    mixer = Mixer(small_sources(), SMALL, 1)
    alone, helped = list(batches(mixer, collate, (0, 3), 2, 0)), list(batches(mixer, collate, (0, 3), 2, 2))
    for one, other in zip(alone, helped, strict=True):
        assert all(torch.equal(left, right) for left, right in zip(one, other, strict=True))
    (later,) = batches(mixer, collate, (2, 1), 2, 0)
    assert torch.equal(later.image, alone[2].image)


def test_the_network_learns(options: TrainOptions) -> None:
    training = training_of(replace(options, steps=60), "cpu")
    mixer = Mixer(small_sources(), SMALL)
    (batch,) = batches(mixer, collate, (0, 1), 4, 0)
    totals = [float(training.learn(batch).total) for _ in range(15)]
    assert totals[-1] < 0.7 * totals[0], totals


def test_late_learning_leaves_the_early_backbone_and_its_statistics_alone(options: TrainOptions) -> None:
    training = training_of(options, "cpu")
    before = {name: value.clone() for name, value in training.network.state_dict().items()}
    training.learn(next(batches(Mixer(small_sources(), SMALL), collate, (0, 1), 2, 0)))
    after = training.network.state_dict()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert not any("running" in name for name in changed if name.startswith("bb."))
    assert "bb._blocks.0._project_conv.weight" not in changed
    assert "bb._blocks.12._project_conv.weight" in changed
    assert "sem.1.weight" in changed


def test_going_on_gives_what_training_without_a_break_gives(options: TrainOptions, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    train(options, small_sources(), whole, "cpu")
    train(options, small_sources(), broken, "cpu", until=3)
    assert not (broken / "lite.pt").exists()
    train(options, small_sources(), broken, "cpu")
    one, other = (torch.load(folder / "lite.pt", weights_only=True) for folder in (whole, broken))
    assert all(torch.equal(one[name], other[name]) for name in one)
    with (broken / "losses.csv").open(encoding="utf-8") as file:
        steps = [int(row["step"]) for row in csv.DictReader(file)]
    assert steps == sorted(set(steps))
    assert steps[-1] == 6


def test_a_training_with_other_options_is_not_gone_on_with(options: TrainOptions, tmp_path: Path) -> None:
    train(options, small_sources(), tmp_path / "run", "cpu", until=1)
    with pytest.raises(ModelError, match="was trained with another rate"):
        train(replace(options, rate=0.5), small_sources(), tmp_path / "run", "cpu")


def test_the_rate_rises_and_falls(options: TrainOptions) -> None:
    training = training_of(replace(options, steps=100, warm_up=10), "cpu")
    rates = []
    for step in range(100):
        training.step = step
        rates.append(training.rate)
    assert rates[0] < rates[9]
    assert max(rates) <= 1e-2 + 1e-5
    assert rates[-1] < 1e-4
