"""A tiny pupil and its teacher: what is learnt from whom, and what of another finder a shorter one begins with."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from domain.errors import ModelError
from tests.support.extras import extra
from training.finder.scenes import NONE, Scene, as_boxes

pytestmark = pytest.mark.training
torch = extra("torch")

from training.finder.losses import FinderBatch, FinderLossWeights, collate  # noqa: E402 - after the skip
from training.finder.network import FinderNetwork, FinderShape, begin_as, load_finder  # noqa: E402
from training.finder.targets import sample_of  # noqa: E402
from training.finder.teaching import Teaching, answer_loss, hint_loss  # noqa: E402
from training.finder.train import FinderOptions, training_of  # noqa: E402

TEACHER = FinderShape("lite0", "mobile", fine=16, coarse=16)
PUPIL = replace(TEACHER, front="dense", depth="short")


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(2)


def batch_of(*boxes: tuple[float, ...], doubtful: tuple[tuple[float, ...], ...] = ()) -> FinderBatch:
    image = np.random.default_rng(3).integers(0, 255, (64, 96, 3), np.uint8)
    return collate([sample_of(Scene(image, as_boxes(boxes), as_boxes(doubtful) if doubtful else NONE), 8)])


def test_a_pupil_that_answers_as_its_teacher_learns_nothing_from_it() -> None:
    teacher = FinderNetwork(TEACHER).eval()
    batch = batch_of((20, 10, 44, 58))
    with torch.inference_mode():
        said = teacher(batch.image)
    assert float(hint_loss(said.merged, said.merged, batch.heat)) == 0
    assert float(answer_loss(said.heat_logits, said.heat_logits, batch)) == pytest.approx(0, abs=1e-6)
    off = [float(hint_loss(said.merged + step, said.merged, batch.heat)) for step in (0.1, 0.2, 0.4)]
    assert 0 < off[0] < off[1] < off[2]


def test_in_a_picture_without_people_only_the_truth_counts() -> None:
    pupil = FinderNetwork(PUPIL).eval().requires_grad_(False)
    teaching = Teaching(FinderNetwork(TEACHER), FinderLossWeights())
    nobody = batch_of()
    losses = teaching(pupil(nobody.image), nobody)
    assert float(losses.hint) == float(losses.taught) == 0
    assert float(losses.total) == float(losses.heat)
    somebody = batch_of((20, 10, 44, 58))
    losses = teaching(pupil(somebody.image), somebody)
    assert float(losses.hint) > 0
    assert float(losses.total) > float(losses.heat) + 2 * float(losses.box)


def test_the_teacher_is_asked_near_people_and_where_nobody_knows() -> None:
    known, doubted = batch_of((20, 10, 44, 58)), batch_of((20, 10, 44, 58), doubtful=((72, 8, 95, 40),))
    said = torch.zeros((1, 1, 8, 12))
    elsewhere, doubtful, middle = said.clone(), said.clone(), said.clone()
    elsewhere[..., 7, 0] = doubtful[..., 2, 10] = middle[..., 4, 4] = 9.0
    assert float(answer_loss(said, elsewhere, known)) == pytest.approx(0, abs=1e-6)
    assert float(answer_loss(said, doubtful, known)) == pytest.approx(0, abs=1e-6)
    assert float(answer_loss(said, doubtful, doubted)) > 0
    assert float(answer_loss(said, middle, known)) > 0


def test_a_teacher_that_answers_at_another_stride_is_refused(tmp_path: Path) -> None:
    torch.save(FinderNetwork(TEACHER).state_dict(), tmp_path / "teacher.pt")
    options = FinderOptions(
        pretrained=False,
        shape=replace(PUPIL, stride=4),
        teacher=tmp_path / "teacher.pt",
        teacher_shape=TEACHER,
    )
    with pytest.raises(
        ModelError, match=r"teacher.pt answers at another stride: --stride 8 can learn from it"
    ):
        training_of(options, "cpu")


def test_hints_are_as_fine_as_features_where_the_truth_is_finer() -> None:
    coarse, fine = torch.zeros((1, 8, 12)), torch.zeros((1, 16, 24))
    coarse[0, 4, 5] = fine[0, 9, 10] = 1
    said, wanted = torch.zeros((1, 2, 8, 12)), torch.rand((1, 2, 8, 12))
    assert float(hint_loss(said, wanted, fine)) == float(hint_loss(said, wanted, coarse))


def test_a_shorter_pupil_begins_with_what_it_shares_and_learns(tmp_path: Path) -> None:
    teacher, path = FinderNetwork(TEACHER), tmp_path / "teacher.pt"
    torch.save(teacher.state_dict(), path)
    pupil = FinderNetwork(PUPIL)
    begin_as(pupil, path)
    own, given = pupil.state_dict(), teacher.state_dict()
    assert torch.equal(own["bb._conv_stem.weight"], given["bb._conv_stem.weight"])
    assert all(torch.equal(own[name], given[name]) for name in own if name in given)
    # Lite0 has three blocks where two remain, and four.
    assert not any(name.startswith(("bb._blocks.7.", "bb._blocks.10.", "bb._blocks.14.")) for name in own)
    assert any(name.startswith("bb._blocks.6.") for name in own)
    options = FinderOptions(
        steps=60, batch=1, rate=1e-2, warm_up=1, thaw=0.0, pretrained=False, shape=PUPIL, init=path,
        teacher=path, teacher_shape=TEACHER,
    )  # fmt: skip
    training = training_of(options, "cpu")
    batch = batch_of((20, 10, 44, 58))
    losses = [training.learn(batch) for _ in range(15)]
    assert float(losses[-1].total) < 0.7 * float(losses[0].total)
    assert float(losses[-1].hint) < float(losses[0].hint)
    torch.save(training.averaged(), tmp_path / "pupil.pt")
    assert load_finder(tmp_path / "pupil.pt", PUPIL).shape == PUPIL
