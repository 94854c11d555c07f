from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from domain.frame import BoolMask
from domain.labels import BodyPart
from domain.parsing import ParsedFrame
from pipeline.captions import Plate, Rect
from pipeline.compositor import Compositor, CompositorOptions, clean, media_time
from pipeline.palette import Bgr, name_color, part_color, track_color
from tests.support.figures import BAG, COAT, PANTS, SHIRT, Figure, Scene, renumbered, scene, seen

COMPOSITOR = Compositor()
SIZES = [(320, 240), (240, 320), (768, 432), (1080, 1920), (3840, 2160)]


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Up to six people anywhere in a small frame, partly outside of it, with tracks of their own."""
    width, height = draw(st.integers(1, 400)), draw(st.integers(1, 300))
    tracks = draw(st.lists(st.integers(0, 99_999), max_size=6, unique=True))
    figures = []
    for track in tracks:
        left, top = draw(st.integers(-20, width - 1)), draw(st.integers(-20, height - 1))
        right = draw(st.integers(max(left, 0) + 1, width + 20))
        bottom = draw(st.integers(max(top, 0) + 1, height + 20))
        garments = tuple(draw(st.lists(st.sampled_from([COAT, SHIRT, PANTS, BAG]), max_size=4)))
        figures.append(Figure((left, top, right, bottom), track, garments))
    return scene(width, height, figures, draw(_names()), draw(st.floats(0, 1e6)))


def _names() -> SearchStrategy[str]:
    return st.one_of(st.just("door"), st.text(max_size=30), st.just("a very long name of a camera " * 4))


@given(drawn=scenes())
@settings(max_examples=60, deadline=None)
def test_input_is_untouched_and_everything_drawn_stays_in_boxes_and_plates(drawn: Scene) -> None:
    image, labels = drawn.frame.image.copy(), drawn.parsed.labels.copy()
    overlay = _draw(drawn)
    assert overlay.shape == image.shape
    assert overlay.dtype == np.uint8
    assert overlay.flags.writeable
    assert np.array_equal(drawn.frame.image, image)
    assert np.array_equal(drawn.parsed.labels, labels)
    outside = ~_covered(drawn)
    assert np.array_equal(overlay[outside], image[outside])


@given(drawn=scenes(), data=st.data())
@settings(max_examples=40, deadline=None)
def test_the_numbering_of_persons_does_not_matter(drawn: Scene, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(drawn.parsed))))
    assert np.array_equal(_draw(renumbered(drawn, order)), _draw(drawn))


@given(drawn=scenes())
@settings(max_examples=60, deadline=None)
def test_no_plate_leaves_the_frame_and_no_text_its_plate(drawn: Scene) -> None:
    for plate in _plates(drawn):
        area = plate.area
        assert area.left >= 0
        assert area.top >= 0
        assert area.right <= drawn.frame.width
        assert area.bottom <= drawn.frame.height
        assert plate.texts
        assert all(text.left >= 0 for text in plate.texts)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_every_ink_lies_inside_its_plate(width: int, height: int) -> None:
    """Written on a larger canvas, no text reaches beyond its plate, so that none is cut off."""
    drawn = scene(width, height, [Figure(_part(width, height), 12, (COAT, PANTS, BAG))])
    font = cv2.FontFace("sans")
    size = max(10, 6 + min(width, height) // 72)
    for plate in _plates(drawn):
        for text in plate.texts:
            canvas = np.zeros((plate.area.height + 80, plate.area.width + 80, 3), np.uint8)
            at = (text.left + 40, text.baseline + 40)
            cv2.putText(canvas, text.words, at, (255, 255, 255), font, size, text.weight)
            rows, columns = np.nonzero(canvas[..., 0] > 40)
            assert rows.min() >= 40
            assert rows.max() < 40 + plate.area.height
            assert columns.min() >= 40
            assert columns.max() < 40 + plate.area.width


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_labels_of_people_apart_cover_neither_each_other_nor_header_and_legend(
    width: int, height: int
) -> None:
    boxes = [
        (width * at // 6, height * (1 + at % 2) // 4, width * (at + 1) // 6, height * 3 // 4)
        for at in (0, 2, 4)
    ]
    drawn = scene(width, height, [Figure(box, n, (COAT,)) for n, box in enumerate(boxes)])
    areas = [plate.area for plate in _plates(drawn)]
    assert len(areas) == 5
    assert not [(a, b) for i, a in enumerate(areas) for b in areas[:i] if _overlap(a, b)]


def test_label_names_track_and_confident_garments_the_largest_first() -> None:
    faint = seen(BodyPart.HAT, "red", share=0.01)
    unsure = seen(BodyPart.PANTS, "black", share=0.2, confidence=0.1)
    drawn = scene(640, 480, [Figure((200, 100, 300, 400), 12, (faint, unsure, COAT, BAG))])
    assert _words(_plates(drawn)[0]) == ["#12", "grey coat", "pants ?", "bag ?"]


def test_no_more_garments_than_asked_for() -> None:
    figure = Figure((200, 100, 300, 400), 12, (COAT, PANTS, BAG))
    drawn = scene(640, 480, [figure])
    options = CompositorOptions(garments_max=1)
    plates = Compositor(options).plates(drawn.frame, drawn.parsed, drawn.observed)
    assert _words(plates[0]) == ["#12", "grey coat"]


def test_a_person_without_a_track_is_marked_as_such() -> None:
    drawn = scene(640, 480, [Figure((200, 100, 300, 400), None, ())])
    plate = _plates(drawn)[0]
    assert _words(plate) == ["#?"]
    assert plate.swatches[0].color == track_color(None)


def test_header_names_stream_time_and_count() -> None:
    drawn = scene(640, 480, [Figure((200, 100, 300, 400), 1, ())], "entrance north", 187.4)
    words = "".join(text.words for text in _plates(drawn)[-1].texts)
    assert words == "entrance north  ·  03:07.4  ·  1 person"


def test_header_says_of_how_many_the_box_is_all() -> None:
    """So it is where best views alone are parsed."""
    people = [Figure((100 * at, 100, 100 * at + 80, 400), at, ()) for at in range(1, 4)]
    drawn = scene(640, 480, people)
    looked_at = replace(drawn.parsed, parsed=np.array([True, False, False]))
    words = "".join(text.words for text in _plates(Scene(drawn.frame, looked_at, drawn.observed))[-1].texts)
    assert words == "door  ·  00:12.4  ·  3 persons  ·  2 as boxes alone"


def _moved_along() -> Scene:
    """Three people, of whom one was parsed and another has the outline of an earlier parse."""
    people = [Figure((100 * at, 100, 100 * at + 80, 400), at, ()) for at in range(1, 4)]
    drawn = scene(640, 480, people)
    outline = np.array([(220, 110), (260, 110), (275, 390), (205, 390)], np.float32)
    parsed = replace(
        drawn.parsed,
        labels=np.zeros_like(drawn.parsed.labels),
        person_ids=np.where(drawn.parsed.person_ids == 1, 1, 0).astype(np.uint8),
        parsed=np.array([True, False, False]),
        outlines=(None, outline, None),
    )
    return Scene(drawn.frame, parsed, drawn.observed)


def test_header_says_of_how_many_the_outline_is_of_before() -> None:
    words = "".join(text.words for text in _plates(_moved_along())[-1].texts)
    assert words == "door  ·  00:12.4  ·  3 persons  ·  1 with an outline of before  ·  1 as boxes alone"


def test_an_outline_of_before_is_drawn_in_dashes_within_the_box() -> None:
    drawn = _moved_along()
    without = replace(drawn.parsed, outlines=(None, None, None), parsed=np.array([True, False, False]))
    compositor = Compositor(CompositorOptions(legend=False))
    overlay = compositor.draw(drawn.frame, drawn.parsed, drawn.observed)
    # The corners of its box are gone, and between them runs a line.
    corners = compositor.draw(drawn.frame, without, drawn.observed)
    changed = (overlay != corners).any(axis=2)
    assert changed[100:400, 200:280].any()
    changed[:40], changed[100:400, 200:280] = False, False
    assert not changed.any()
    whole = cv2.polylines(corners.copy(), [np.array([(219, 110), (204, 390)], np.int32)], False, (0, 0, 0), 5)
    along = (whole != corners).any(axis=2)[130:370, 200:225]
    drawn_there = (overlay != corners).any(axis=2)[130:370, 200:225] & along
    # A line all along would change most of these pixels.
    assert 0.2 < drawn_there.sum() / along.sum() < 0.7


def test_header_of_a_picture_from_a_folder_names_the_picture() -> None:
    drawn = scene(640, 480, [])
    named = Scene(replace(drawn.frame, name="IMG_0042"), drawn.parsed, drawn.observed)
    words = "".join(text.words for text in _plates(named)[-1].texts)
    assert words == "door  ·  IMG_0042  ·  0 persons"


def test_a_name_too_long_for_the_frame_is_shortened() -> None:
    drawn = scene(320, 240, [], "warehouse-gate-number-seventeen-looking-south-east-by-day")
    words = "".join(text.words for text in _plates(drawn)[-1].texts)
    assert words.startswith("warehouse-gate")
    assert words.endswith("…")


def test_legend_explains_the_parts_in_view_and_no_others() -> None:
    drawn = scene(640, 480, [Figure((200, 60, 300, 400), 1, ())])
    legend = _plates(drawn)[-2]
    assert [text.words for text in legend.texts] == ["hair", "coat", "pants", "face", "arm", "shoe"]
    assert legend.swatches[1].color == part_color(BodyPart.COAT)


def test_legend_can_be_left_out() -> None:
    drawn = scene(640, 480, [Figure((200, 60, 300, 400), 1, ())])
    plates = Compositor(CompositorOptions(legend=False)).plates(drawn.frame, drawn.parsed, drawn.observed)
    assert [_words(plate)[0] for plate in plates] == ["#1", "door"]


def test_nothing_is_said_of_single_people_where_tags_are_left_out() -> None:
    drawn = scene(640, 480, [Figure((200, 60, 300, 400), 12, (COAT,))])
    plates = Compositor(CompositorOptions(tags=False)).plates(drawn.frame, drawn.parsed, drawn.observed)
    assert [_words(plate)[0] for plate in plates] == ["hair", "door"]
    assert not any("person" in word or "#" in word for plate in plates for word in _words(plate))


def test_a_persons_pixels_take_the_colours_of_their_parts() -> None:
    drawn = scene(640, 480, [Figure((200, 60, 400, 460), 1, ())])
    overlay = Compositor(CompositorOptions("solid")).draw(drawn.frame, drawn.parsed, drawn.observed)
    assert _distance(overlay[220, 300], part_color(BodyPart.COAT)) < 40
    assert _distance(overlay[350, 260], part_color(BodyPart.PANTS)) < 40


def test_a_tint_changes_a_persons_pixels_by_little() -> None:
    drawn = scene(640, 480, [Figure((200, 60, 400, 460), 1, ())])
    changed = cv2.absdiff(_draw(drawn), drawn.frame.image)[150:350, 250:350]
    assert 0 < changed.mean() < 26


def test_an_outline_leaves_the_inside_of_a_part_as_it_is() -> None:
    drawn = scene(640, 480, [Figure((200, 60, 400, 460), 1, ())])
    overlay = Compositor(CompositorOptions("outline")).draw(drawn.frame, drawn.parsed, drawn.observed)
    assert np.array_equal(overlay[160:260, 260:340], drawn.frame.image[160:260, 260:340])
    assert list(part_color(BodyPart.COAT)) in overlay[265:290, 270].tolist()


def test_colors_fill_garments_with_what_they_are_called_and_leave_the_rest() -> None:
    drawn = scene(640, 480, [Figure((200, 60, 400, 460), 1, (seen(BodyPart.COAT, "red"),))])
    colors = Compositor(CompositorOptions("colors"))
    overlay = colors.draw(drawn.frame, drawn.parsed, drawn.observed)
    assert _distance(overlay[220, 300], name_color("red")) < 40
    assert np.array_equal(overlay[350, 258:272], drawn.frame.image[350, 258:272])
    legend = colors.plates(drawn.frame, drawn.parsed, drawn.observed)[-2]
    assert _words(legend) == ["red"]


def test_a_garment_of_unknown_colour_is_hatched() -> None:
    drawn = scene(640, 480, [Figure((200, 60, 400, 460), 1, (seen(BodyPart.COAT, "unknown", confidence=0),))])
    overlay = Compositor(CompositorOptions("colors")).draw(drawn.frame, drawn.parsed, drawn.observed)
    assert len(np.unique(overlay[180:220, 280:320].reshape(-1, 3), axis=0)) == 2


def test_a_tag_shows_the_colour_that_the_pixels_have() -> None:
    drawn = scene(640, 480, [Figure((200, 60, 400, 460), 1, (seen(BodyPart.COAT, "red"),))])
    swatch = _plates(drawn)[0].swatches[1]
    assert swatch.color == tuple(drawn.frame.image[220, 300])


def test_a_garment_that_the_picture_does_not_show_has_the_colour_that_is_named() -> None:
    drawn = scene(640, 480, [Figure((200, 60, 400, 460), 1, (seen(BodyPart.SKIRT, "red"),))])
    assert _plates(drawn)[0].swatches[1].color == name_color("red")


def test_who_is_small_gets_colours_alone_and_who_is_smaller_the_number_alone() -> None:
    heights = (300, 90, 40)
    boxes = [(120 * at + 60, 100, 120 * at + 100, 100 + height) for at, height in enumerate(heights)]
    drawn = scene(640, 480, [Figure(box, at, (COAT, PANTS)) for at, box in enumerate(boxes)])
    tags = {_words(plate)[0]: plate for plate in _plates(drawn)[:3]}
    assert [len(tags[f"#{at}"].texts) for at in range(3)] == [3, 1, 1]
    assert [len(tags[f"#{at}"].swatches) for at in range(3)] == [3, 3, 1]


def test_a_tag_makes_way_for_people_by_saying_less() -> None:
    alone = Figure((300, 150, 380, 420), 1, (COAT, PANTS, BAG))
    around = [
        Figure((x, 40, x + 70, 440), number, ())
        for number, x in enumerate((20, 95, 170, 245, 385, 460, 535), start=2)
    ]
    free = scene(640, 480, [alone])
    packed = scene(640, 480, [*around, alone])
    boxes = [Rect(*figure.box) for figure in around]
    assert len(_plates(free)[0].texts) == 4
    tag = next(plate for plate in _plates(packed) if _words(plate)[0] == "#1")
    assert len(tag.texts) < 4
    assert not any(_overlap(tag.area, box) for box in boxes)


def test_a_person_without_pixels_is_drawn_as_the_corners_of_a_box() -> None:
    drawn = scene(640, 480, [Figure((200, 60, 400, 460), 1, ())])
    bare = ParsedFrame(
        np.zeros_like(drawn.parsed.labels),
        np.zeros_like(drawn.parsed.labels),
        drawn.parsed.scores.copy(),
        drawn.parsed.boxes.copy(),
    )
    overlay = COMPOSITOR.draw(drawn.frame, bare, drawn.observed)
    assert tuple(overlay[60, 205]) == track_color(1)
    assert np.array_equal(overlay[100:400, 220:380], drawn.frame.image[100:400, 220:380])


def test_a_part_that_belongs_to_nobody_is_not_drawn() -> None:
    drawn = scene(640, 480, [Figure((200, 60, 400, 460), 1, ())])
    labels = drawn.parsed.labels.copy()
    labels[10:50, 500:600] = BodyPart.HAT
    loose = ParsedFrame(
        labels, drawn.parsed.person_ids.copy(), drawn.parsed.scores.copy(), drawn.parsed.boxes.copy()
    )
    overlay = COMPOSITOR.draw(drawn.frame, loose, drawn.observed)
    assert np.array_equal(overlay, _draw(drawn))


def test_what_does_not_belong_together_is_refused() -> None:
    drawn, other = scene(640, 480, [Figure((200, 60, 400, 460), 1, ())]), scene(320, 240, [])
    with pytest.raises(
        ValueError, match=r"^label maps must have the frame's size \(240, 320\), got \(480, 640\)$"
    ):
        COMPOSITOR.draw(other.frame, drawn.parsed, drawn.observed)
    with pytest.raises(ValueError, match=r"^observed must have 1 persons, got 0$"):
        COMPOSITOR.draw(drawn.frame, drawn.parsed, other.observed)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "00:00.0"),
        (59.96, "01:00.0"),
        (187.44, "03:07.4"),
        (3599.99, "1:00:00.0"),
        (90061.0, "25:01:01.0"),
    ],
)
def test_media_time(seconds: float, text: str) -> None:
    assert media_time(seconds) == text


def test_names_are_drawn_on_one_line() -> None:
    assert clean("gate\n1\t\x00") == "gate 1  "


def _draw(drawn: Scene) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return COMPOSITOR.draw(drawn.frame, drawn.parsed, drawn.observed)


def _plates(drawn: Scene) -> list[Plate]:
    return COMPOSITOR.plates(drawn.frame, drawn.parsed, drawn.observed)


def _covered(drawn: Scene) -> BoolMask:
    """Pixels of boxes and plates."""
    covered = np.zeros(drawn.parsed.labels.shape, np.bool_)
    for view in drawn.parsed.persons():
        covered[view.window] = True
    for plate in _plates(drawn):
        area = plate.area
        covered[area.top : area.bottom, area.left : area.right] = True
    return covered


def _words(plate: Plate) -> list[str]:
    return [text.words for text in plate.texts]


def _distance(one: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], other: Bgr) -> float:
    return float(np.abs(one.astype(int) - np.array(other)).max())


def _part(width: int, height: int) -> tuple[int, int, int, int]:
    return width // 3, height // 4, width // 2, height * 9 // 10


def _overlap(one: Rect, other: Rect) -> bool:
    return (
        one.left < other.right
        and other.left < one.right
        and one.top < other.bottom
        and other.top < one.bottom
    )
