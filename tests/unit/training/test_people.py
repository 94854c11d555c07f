from pathlib import Path

import numpy as np
import pytest

from domain.errors import SourceError
from domain.labels import BodyPart
from tests.support.training_data import photograph
from training.frames import LabelledFrame, write_frame
from training.labels import CLASSES
from training.people import people_of_frames, people_of_photographs

PANTS, UPPER = CLASSES.index(BodyPart.PANTS), CLASSES.index(BodyPart.UPPER_CLOTHES)


def frame_of_three(folder: Path, *, truth: bool = True) -> tuple[Path, str]:
    """Somebody whole, somebody half behind them, and somebody small."""
    image = np.full((160, 200, 3), 90, np.uint8)
    labels, ids = np.zeros((160, 200), np.uint8), np.zeros((160, 200), np.uint8)
    people: list[dict[str, object]] = []
    for person, (left, top, right, bottom), hidden in (
        (2, (50, 70, 90, 140), 60),
        (1, (20, 20, 60, 140), 0),
        (3, (150, 100, 160, 130), 0),
    ):
        labels[top:bottom, left:right] = BodyPart.PANTS
        labels[top : top + 20, left:right] = BodyPart.UPPER_CLOTHES
        ids[top:bottom, left:right] = person
        seen, full = [left, top, right, bottom], [left, top - hidden, right, bottom]
        people.append(
            {"id": person, "full": full, "visible": seen, "pixels": (right - left) * (bottom - top)}
        )
    write_frame(folder, LabelledFrame("a", image, labels, ids), {"people": people} if truth else None)
    return folder, "a"


def test_who_is_whole_and_large_is_cut_out_of_a_frame(tmp_path: Path) -> None:
    (person,) = people_of_frames([frame_of_three(tmp_path)])
    assert person.size == (120, 40)
    assert set(np.unique(person.targets)) == {UPPER, PANTS}
    assert (person.targets == PANTS).sum() == 100 * 40


def test_frames_that_do_not_tell_who_is_whole_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="it should tell what is known about the frame"):
        list(people_of_frames([frame_of_three(tmp_path, truth=False)]))


def test_people_of_photographs_are_stored_no_taller_than_they_are_shown() -> None:
    one = photograph()
    tall = type(one)(
        one.name, one.image.repeat(4, axis=0).repeat(4, axis=1), one.labels.repeat(4, 0).repeat(4, 1)
    )
    (person,) = people_of_photographs([tall])
    assert person.size[0] == 380


def test_somebody_without_skin_is_not_cut_out_of_a_photograph() -> None:
    one = photograph()
    labels = np.where(one.labels == 3, 0, one.labels).astype(np.uint8)
    assert not list(people_of_photographs([type(one)(one.name, one.image, labels)]))
