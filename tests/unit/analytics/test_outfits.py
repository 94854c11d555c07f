"""The vote over a visit's frames."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.clothing import Clothing
from analytics.outfits import OutfitVote
from domain.events import BodyWorn, ColorName, GarmentName, GarmentSeen, OutfitItem
from tests.support.wardrobe import garment, worn


def outfit(*frames: tuple[GarmentSeen, ...], min_presence: float = 0.3) -> dict[str, OutfitItem]:
    vote = OutfitVote()
    for garments in frames:
        vote.add(worn(garments))
    return {item.part: item for item in vote.result(min_presence).items}


def test_a_garment_seen_in_too_few_frames_is_left_out() -> None:
    frames = [(garment("upper-clothes", "red"),)] * 7 + [
        (garment("upper-clothes", "red"), garment("bag", "blue"))
    ] * 3
    assert list(outfit(*frames, min_presence=0.31)) == ["upper-clothes"]
    assert list(outfit(*frames, min_presence=0.3)) == ["upper-clothes", "bag"]
    assert outfit(*frames)["bag"].share == 0.3


def test_a_hat_that_less_than_half_of_the_frames_show_is_none() -> None:
    bare, capped = (garment("coat", "grey"),), (garment("hat", "black"), garment("coat", "grey"))
    assert list(outfit(bare, bare, bare, capped, capped)) == ["coat"]
    assert list(outfit(bare, bare, capped, capped)) == ["hat", "coat"]
    assert list(outfit(bare, bare, capped, capped, capped, min_presence=0.7)) == ["coat"]


def test_colours_are_weighted_by_visible_pixels() -> None:
    far, near = garment("coat", "grey", share=0.05), garment("coat", "blue", share=0.5)
    assert outfit((far,), (far,), (far,), (near,))["coat"].color == "blue"


def test_frames_that_cannot_tell_the_colour_abstain_until_there_are_too_many() -> None:
    told, untold = (garment("pants", "black"),), (garment("pants", "unknown", confidence=0),)
    item = outfit(told, untold, untold)["pants"]
    assert item.color == "black"
    assert 0.3 < item.color_share < 0.35
    assert item.confidence < told[0].confidence
    dark = outfit(told, *[untold] * 4)["pants"]
    assert (dark.color, dark.color_share, dark.confidence) == ("unknown", 0, 0)


def test_too_many_different_colours_are_unknown() -> None:
    frames = [(garment("dress", color),) for color in ("red", "green", "blue")]
    assert outfit(*frames)["dress"].color == "unknown"


def test_a_pullover_that_flickers_to_dress_stays_one_garment_with_all_its_votes() -> None:
    upper, dress, pants = (
        garment("upper-clothes", "grey"),
        garment("dress", "grey"),
        garment("pants", "black"),
    )
    seen = outfit(*[(upper, pants)] * 8, *[(dress, pants)] * 2)
    assert list(seen) == ["upper-clothes", "pants"]
    assert seen["upper-clothes"].share == 1


def test_a_dress_swallows_what_is_taken_for_upper_clothes_and_skirt() -> None:
    dress, top, skirt = garment("dress", "red", 0.6), garment("upper-clothes", "red"), garment("skirt", "red")
    assert list(outfit(*[(dress,)] * 8, *[(top, skirt)] * 2)) == ["dress"]


def test_leggings_under_a_dress_stay() -> None:
    assert list(outfit(*[(garment("dress", "red", 0.6), garment("pants", "black"))] * 3)) == [
        "dress",
        "pants",
    ]


def test_a_coat_over_a_shirt_stays_and_one_that_takes_turns_with_it_does_not() -> None:
    coat, shirt = garment("coat", "blue", 0.4), garment("upper-clothes", "white", 0.2)
    assert list(outfit(*[(coat, shirt)] * 5)) == ["upper-clothes", "coat"]
    assert outfit(*[(coat,)] * 5, *[(shirt,)] * 5) == {}
    assert list(outfit(*[(coat,)] * 9, *[(shirt,)] * 1)) == ["coat"]


def test_a_coat_and_a_shirt_of_the_same_colour_are_one_garment_under_two_names() -> None:
    coat, shirt = garment("coat", "blue", 0.1), garment("upper-clothes", "blue", 0.4)
    seen = outfit(*[(coat, shirt)] * 5)
    assert list(seen) == ["upper-clothes"]
    assert seen["upper-clothes"].color == "blue"


def test_pants_and_skirt_exclude_each_other() -> None:
    pants, skirt = garment("pants", "black"), garment("skirt", "black", 0.1)
    seen = outfit((pants, skirt), (pants,), (pants,), (skirt,))
    assert list(seen) == ["pants"]
    assert seen["pants"].share == 1


PARTS: st.SearchStrategy[GarmentName] = st.sampled_from(
    ("hat", "upper-clothes", "dress", "coat", "pants", "skirt", "shoe", "bag")
)
COLORS: st.SearchStrategy[ColorName] = st.sampled_from(("red", "black", "grey", "unknown"))
FRAMES = st.lists(
    st.dictionaries(PARTS, st.tuples(COLORS, st.floats(0.01, 0.1)), max_size=5).map(
        lambda seen: tuple(garment(part, color, share) for part, (color, share) in seen.items())
    ),
    max_size=8,
)


@given(frames=FRAMES)
def test_every_garment_once_and_all_shares_in_bounds(frames: list[tuple[GarmentSeen, ...]]) -> None:
    seen = outfit(*frames, min_presence=0)
    parts = {item.part for garments in frames for item in garments}
    assert set(seen) <= parts
    assert not {"dress", "upper-clothes"} <= set(seen)
    assert not {"pants", "skirt"} <= set(seen)
    assert not {"dress", "skirt"} <= set(seen)
    main = {"upper-clothes", "dress", "coat", "pants", "skirt"}
    assert seen.keys() - main - {"hat"} == parts - main - {"hat"}


@given(frames=FRAMES)
def test_who_wears_anything_there_has_the_group_whatever_it_is_called(
    frames: list[tuple[GarmentSeen, ...]],
) -> None:
    vote = OutfitVote()
    for garments in frames:
        vote.add(worn(garments))
    seen = vote.result(0)
    parts = {item.part for garments in frames for item in garments}
    body = {group.part: group for group in seen.body}
    assert ("upper-body" in body) == bool(parts & {"upper-clothes", "dress", "coat"})
    assert ("lower-body" in body) <= bool(parts & {"pants", "skirt"})
    assert all(0 <= group.garment_confidence <= 1 for group in seen.body)
    told = {item.part for item in seen.items}
    assert {group.garment for group in seen.body} - {"unknown"} <= told


@given(frames=FRAMES, order=st.randoms(use_true_random=False))
def test_the_order_of_frames_does_not_matter(frames: list[tuple[GarmentSeen, ...]], order: Random) -> None:
    shuffled = list(frames)
    order.shuffle(shuffled)
    first, second = outfit(*frames), outfit(*shuffled)
    assert {part: (item.color, round(item.share, 9)) for part, item in first.items()} == {
        part: (item.color, round(item.share, 9)) for part, item in second.items()
    }


def body(*views: Clothing) -> dict[str, BodyWorn]:
    vote = OutfitVote()
    for view in views:
        vote.add(view)
    return {group.part: group for group in vote.result(0.3).body}


COAT, PANTS = garment("coat", "grey", 0.5), garment("pants", "black", 0.3)


def test_a_garment_that_is_a_coat_by_a_hair_is_unknown_and_its_group_is_told() -> None:
    view = worn((COAT, PANTS), beliefs={"coat": 0.26, "upper-clothes": 0.24, "pants": 0.3})
    vote = OutfitVote()
    for _ in range(5):
        vote.add(view)
    seen = vote.result(0.3)
    assert [item.part for item in seen.items] == ["pants"]
    upper, lower = seen.body
    assert (upper.part, upper.garment, upper.color) == ("upper-body", "unknown", "grey")
    assert upper.garment_confidence == pytest.approx(0.52)
    assert (lower.part, lower.garment, lower.color) == ("lower-body", "pants", "black")


def test_what_is_believed_names_a_garment_against_what_most_of_its_pixels_show() -> None:
    dress, upper = garment("dress", "red", 0.5), garment("upper-clothes", "red", 0.1)
    view = worn((upper, dress), beliefs={"upper-clothes": 0.5, "dress": 0.1})
    assert body(view)["upper-body"].garment == "upper-clothes"


def test_a_coat_over_a_shirt_is_told_as_both_however_the_group_is_split_between_them() -> None:
    shirt = garment("upper-clothes", "white", 0.2)
    view = worn((shirt, COAT), beliefs={"coat": 0.35, "upper-clothes": 0.3, "dress": 0.03})
    vote = OutfitVote()
    vote.add(view)
    seen = vote.result(0.3)
    assert [item.part for item in seen.items] == ["upper-clothes", "coat"]
    [upper] = seen.body
    assert (upper.garment, upper.color) == ("coat", "grey")


def test_a_group_is_there_whatever_its_garments_are_taken_for() -> None:
    views = [worn((garment(part, "blue"),)) for part in ("upper-clothes", "coat", "dress")]
    upper = body(*views)["upper-body"]
    assert (upper.garment, upper.color, upper.share) == ("unknown", "blue", 1)


def test_nobody_without_clothes_has_a_group() -> None:
    assert body(worn((garment("hat", "red"),))) == {}


def test_many_views_that_agree_need_to_be_less_sure_each_than_a_single_one() -> None:
    doubtful = worn((garment("pants", "grey", confidence=0.45),))
    assert body(doubtful)["lower-body"].color == "unknown"
    assert body(*[doubtful] * 10)["lower-body"].color == "grey"
    wrong = worn((garment("pants", "grey", confidence=0.25),))
    assert body(*[wrong] * 100)["lower-body"].color == "unknown"


def test_the_more_probable_colour_wins_against_the_more_frequent_one() -> None:
    frequent, probable = garment("pants", "grey", confidence=0.2), garment("pants", "blue", confidence=0.9)
    assert body(*[worn((frequent,))] * 11, *[worn((probable,))] * 9)["lower-body"].color == "blue"


def test_a_skirt_goes_with_a_dress_that_is_seen_less_than_it_is_believed() -> None:
    seen_as_top = worn(
        (garment("upper-clothes", "red", 0.5), garment("skirt", "red", 0.3)), beliefs={"dress": 0.8}
    )
    seen_as_dress = worn((garment("dress", "red", 0.1),), beliefs={"dress": 0.9})
    vote = OutfitVote()
    for view in (seen_as_top, seen_as_top, seen_as_dress):
        vote.add(view)
    assert [item.part for item in vote.result(0.3).items] == ["dress"]
