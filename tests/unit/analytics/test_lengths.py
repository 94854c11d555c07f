"""Lengths derived from skin."""

from dataclasses import replace

import pytest

from analytics.lengths import LengthVote, SkinEvidence, sleeves_of, trousers_of

STANDING = SkinEvidence(arms=60, upper=1000, legs=0, trousers=800, feet=80, other_skin=100)


@pytest.mark.parametrize(
    ("arms", "sleeves"), [(0, "long"), (60, "long"), (100, "short"), (250, "short"), (500, "none")]
)
def test_sleeves_by_bare_arms(arms: int, sleeves: str) -> None:
    assert sleeves_of(replace(STANDING, arms=arms)) == sleeves


@pytest.mark.parametrize(("legs", "trousers"), [(0, "long"), (60, "long"), (500, "knee"), (1200, "short")])
def test_trousers_by_bare_legs(legs: int, trousers: str) -> None:
    assert trousers_of(replace(STANDING, legs=legs)) == trousers


def test_without_any_skin_in_view_nobody_knows_about_sleeves() -> None:
    assert sleeves_of(replace(STANDING, arms=0, other_skin=0)) == "unknown"


def test_a_small_garment_tells_nothing() -> None:
    assert sleeves_of(replace(STANDING, upper=100)) == "unknown"
    assert trousers_of(replace(STANDING, trousers=100)) == "unknown"


def test_a_person_cut_off_by_the_frame() -> None:
    at_the_knee = replace(STANDING, cut_below=True, feet=0)
    at_the_waist = replace(at_the_knee, trousers=0)
    assert trousers_of(at_the_knee) == "unknown"
    assert sleeves_of(at_the_knee) == "long"
    assert sleeves_of(at_the_waist) == "unknown"


def test_legs_behind_a_table_are_unknown() -> None:
    assert trousers_of(replace(STANDING, feet=0, legs=0)) == "unknown"


def test_frames_that_cannot_tell_abstain() -> None:
    vote = LengthVote()
    for _ in range(9):
        vote.add(replace(STANDING, cut_below=True, feet=0))
    vote.add(STANDING)
    assert vote.result().model_dump() == {"sleeves": "long", "trousers": "long"}


def test_arms_hidden_in_most_frames_are_still_bare() -> None:
    vote = LengthVote()
    for _ in range(8):
        vote.add(STANDING)
    vote.add(replace(STANDING, arms=250))
    assert vote.result().sleeves == "short"


def test_a_single_frame_out_of_many_is_a_mistake_of_the_parser() -> None:
    vote = LengthVote()
    for _ in range(30):
        vote.add(STANDING)
    vote.add(replace(STANDING, arms=600))
    assert vote.result().sleeves == "long"


def test_a_split_vote_on_trousers_is_unknown_and_so_is_none() -> None:
    vote = LengthVote()
    assert vote.result().model_dump() == {"sleeves": "unknown", "trousers": "unknown"}
    vote.add(replace(STANDING, legs=0, trousers=1300))
    vote.add(replace(STANDING, legs=500, trousers=800))
    assert vote.result().trousers == "unknown"
