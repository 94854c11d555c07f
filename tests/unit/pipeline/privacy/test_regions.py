"""What covers one person: what was seen where that is sure, and more where it is not."""

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from domain.frame import Frame
from domain.labels import BodyPart
from domain.parsing import ParsedFrame
from domain.rendering import Cover, CoveredFrame
from pipeline.privacy import covered_alone
from pipeline.privacy.coverer import COLOR
from tests.support.streams import START

HEIGHT, WIDTH = 300, 400
BOX = (150, 60, 220, 260)
"""Somebody of 200 pixels, the head from 60 to 90."""


def figure(*, hair: bool = True, face: bool = True, score: float = 0.9, belief: float = 1.0) -> ParsedFrame:
    labels, ids = np.zeros((HEIGHT, WIDTH), np.uint8), np.zeros((HEIGHT, WIDTH), np.uint8)
    labels[88:180, 150:220] = BodyPart.UPPER_CLOTHES
    labels[180:260, 160:210] = BodyPart.PANTS
    head = np.zeros_like(labels)
    cv2.ellipse(head, (185, 75), (11, 15), 0, 0, 360, 1, -1)
    rows = np.arange(HEIGHT)[:, None] < 72
    if hair:
        labels[(head > 0) & rows] = BodyPart.HAIR
    if face:
        labels[(head > 0) & ~rows] = BodyPart.FACE
    ids[labels > 0] = 1
    ys, xs = np.nonzero(ids)
    box = np.array([[xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]], np.float32)
    shares = np.bincount(labels[ids > 0], minlength=len(BodyPart)) / len(ys)
    beliefs = np.asarray(belief * shares[None], np.float32)
    return ParsedFrame(labels, ids, np.array([score], np.float32), box, beliefs=beliefs)


def covered(parsed: ParsedFrame, cover: Cover = "heads") -> CoveredFrame:
    image = np.random.default_rng(3).integers(140, 255, (HEIGHT, WIDTH, 3), np.uint8)
    return covered_alone(Frame("door", 0, 0, image, 0.0, START, "file"), parsed, cover)


def hidden(parsed: ParsedFrame, cover: Cover = "heads") -> npt.NDArray[np.bool_]:
    frame = covered(parsed, cover)
    assert frame.hidden is not None
    flat = np.asarray((frame.image == np.array(COLOR, np.uint8)).all(axis=2), np.bool_)
    assert not (flat & ~frame.hidden).any()
    return flat


HEAD = np.isin(figure().labels, (BodyPart.HAIR, BodyPart.FACE))


def test_a_head_is_covered_with_a_margin_and_the_body_is_not() -> None:
    flat = hidden(figure())
    assert flat[HEAD].all()
    assert not flat[120:].any()
    assert not flat[:, :140].any()
    assert flat.sum() < 4 * np.pi * 11 * 15


@pytest.mark.parametrize(
    "doubt",
    [
        figure(score=0.2),
        figure(belief=0.4),
        figure(hair=False, face=False),
        replace(figure(), parsed=np.array([False])),
    ],
    ids=["unsure person", "little belief", "no head", "box alone"],
)
def test_in_doubt_more_is_covered(doubt: ParsedFrame) -> None:
    flat, sure = hidden(doubt), hidden(figure())
    assert (flat | ~sure).all()
    assert flat.sum() > 2 * sure.sum()
    assert flat[HEAD].all()


def test_half_a_head_is_covered_as_a_whole_one() -> None:
    for half in (figure(hair=False), figure(face=False)):
        assert hidden(half)[HEAD].all()


def test_faces_are_covered_alone_where_hair_is_seen_beside_them() -> None:
    faces, heads = hidden(figure(), "faces"), hidden(figure())
    assert faces.sum() < heads.sum()
    face = figure().labels == BodyPart.FACE
    assert faces[face].all()
    assert np.array_equal(hidden(figure(face=False), "faces"), hidden(figure(face=False)))


def test_people_are_covered_whole() -> None:
    assert hidden(figure(), "people")[figure().person_ids > 0].all()


def test_nothing_is_copied_where_nothing_is_covered() -> None:
    frame = covered(figure(), "none")
    assert frame.hidden is None
    assert frame.cover == "none"


def test_heads_of_nobody_and_doubtful_boxes_are_covered() -> None:
    labels = np.zeros((HEIGHT, WIDTH), np.uint8)
    labels[100:110, 50:60] = BodyPart.FACE
    doubtful = np.array([[300, 100, 350, 240]], np.float32)
    empty = ParsedFrame.empty(HEIGHT, WIDTH)
    flat = hidden(replace(empty, labels=labels, doubtful=doubtful))
    assert flat[97:113, 47:63].all()
    assert flat[100:140, 305:345].all()
    assert not flat[200:, :].any()


def test_what_does_not_belong_together_is_refused() -> None:
    frame = Frame("door", 0, 0, np.zeros((48, 64, 3), np.uint8), 0.0, START, "file")
    with pytest.raises(ValueError, match="label maps must have the frame's size"):
        covered_alone(frame, figure(), "heads")
