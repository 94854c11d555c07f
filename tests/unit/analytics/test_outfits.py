"""The vote over a visit's frames."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from analytics.clothing import Clothing
from analytics.lengths import SkinEvidence
from analytics.outfits import OutfitVote
from domain.events import ColorName, GarmentName, GarmentSeen, OutfitItem
from tests.support.wardrobe import garment


def outfit(*frames: tuple[GarmentSeen, ...], min_presence: float = 0.3) -> dict[str, OutfitItem]:
    vote = OutfitVote()
    for garments in frames:
        vote.add(Clothing(1000, garments, SkinEvidence()))
    return {item.part: item for item in vote.result(min_presence)}


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
    seen = outfit(*[(upper, pants)] * 6, *[(dress, pants)] * 4)
    assert list(seen) == ["upper-clothes", "pants"]
    assert seen["upper-clothes"].share == 1


def test_a_dress_swallows_what_is_taken_for_upper_clothes_and_skirt() -> None:
    dress, top, skirt = garment("dress", "red", 0.6), garment("upper-clothes", "red"), garment("skirt", "red")
    assert list(outfit(*[(dress,)] * 6, *[(top, skirt)] * 4)) == ["dress"]


def test_leggings_under_a_dress_stay() -> None:
    assert list(outfit(*[(garment("dress", "red", 0.6), garment("pants", "black"))] * 3)) == [
        "dress",
        "pants",
    ]


def test_a_coat_over_a_shirt_stays_and_one_that_takes_turns_with_it_does_not() -> None:
    coat, shirt = garment("coat", "blue", 0.4), garment("upper-clothes", "white", 0.2)
    assert list(outfit(*[(coat, shirt)] * 5)) == ["upper-clothes", "coat"]
    assert list(outfit(*[(coat,)] * 5, *[(shirt,)] * 5)) == ["coat"]


def test_a_coat_and_a_shirt_of_the_same_colour_are_one_garment_under_two_names() -> None:
    coat, shirt = garment("coat", "blue", 0.2), garment("upper-clothes", "blue", 0.4)
    seen = outfit(*[(coat, shirt)] * 5)
    assert list(seen) == ["upper-clothes"]
    assert seen["upper-clothes"].color == "blue"


def test_pants_and_skirt_exclude_each_other() -> None:
    pants, skirt = garment("pants", "black"), garment("skirt", "black", 0.1)
    seen = outfit((pants, skirt), (pants,), (skirt,))
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
    assert bool(seen.keys() - {"hat"}) == bool(parts - {"hat"})


@given(frames=FRAMES, order=st.randoms(use_true_random=False))
def test_the_order_of_frames_does_not_matter(frames: list[tuple[GarmentSeen, ...]], order: Random) -> None:
    shuffled = list(frames)
    order.shuffle(shuffled)
    first, second = outfit(*frames), outfit(*shuffled)
    assert {part: (item.color, round(item.share, 9)) for part, item in first.items()} == {
        part: (item.color, round(item.share, 9)) for part, item in second.items()
    }
