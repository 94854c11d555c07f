"""Held-out frames of crowds: what `rendered` measures, each part, colours, and who is served worse than others."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from analytics.clothing import GarmentMinima, clothes_of
from analytics.illuminant import LightMeter
from benchmarks.accuracy import finding
from benchmarks.accuracy.measures import Counts, Figure, figure, iou, match, mean_iou, overlap, ratio
from benchmarks.accuracy.photographs import JUDGED, judged_of_parts
from benchmarks.accuracy.rendered import LEAST_HEIGHT, TALL, heights_of, judge
from domain.errors import SourceError
from domain.parsing import ParsedFrame
from pipeline.finders.base import Found
from pipeline.parsers.base import HumanParser
from training.frames import LabelledFrame, about_folder, read_frames, read_truth

Person = Mapping[str, Any]
"""What `truth/NAME.json` tells about somebody."""

_SKIN = {
    "pale": "light skin",
    "light": "light skin",
    "olive": "medium skin",
    "tan": "medium skin",
    "brown": "dark skin",
    "dark": "dark skin",
}
_THIN, _HEAVY = -0.3, 0.3
_LIGHTS = {
    "day": "by day",
    "sun": "by day",
    "dusk": "at dusk",
    "night": "at night",
    "backlight": "against the light",
    "infrared": "in infrared",
}
_SMALL = f"{LEAST_HEIGHT}-{TALL} px from head to foot and hardly hidden"
_HARDLY_HIDDEN = 0.65  # of its box is seen: Zhang et al., CityPersons (2017)
_GROUPS = (
    *dict.fromkeys(_SKIN.values()),
    "thin build",
    "medium build",
    "heavy build",
    *dict.fromkeys(_LIGHTS.values()),
    _SMALL,
)
_COLORS_OF = ("", ", at night", f", lower than {TALL} px")
_NAMED = frozenset({"upper-clothes", "coat", "dress", "pants", "skirt"})


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """A frame, the truth about its people and its light, and what the parser says."""

    frame: LabelledFrame
    people: Sequence[Person]
    light: str
    gray: float
    parsed: ParsedFrame


def measure_crowds(parser: HumanParser, folder: Path) -> dict[str, Figure]:
    """All figures on the held-out crowds of that folder; their names begin with `crowds`.

    Raises:
        SourceError: The folder holds no frames, or frames that may have been trained on.
    """
    about = about_folder(folder)
    if about is None or about.split != "held_out":
        raise SourceError(f"{folder}: not held-out frames of crowds; make evaluation-frames renders them")
    return judge_crowds(list(_answers(parser, folder)))


def _answers(parser: HumanParser, folder: Path) -> Iterator[Answer]:
    for frame in read_frames(folder):
        known = read_truth(folder, frame.name)
        yield Answer(frame, known["people"], known["light"], float(known["gray"]), parser.parse(frame.image))


def judge_crowds(answers: Sequence[Answer]) -> dict[str, Figure]:
    """The same from frames that have been parsed."""
    figures = judge(((one.frame, one.parsed.labels, one.parsed.person_ids) for one in answers), "crowds")
    return figures | _boxes(answers) | _each_part(answers) | _colors(answers) | _groups(answers)


def _boxes(answers: Sequence[Answer]) -> dict[str, Figure]:
    """Who is found going by boxes alone, as a count does and a tracker sees it, however well the pixels are told."""
    crowds = [finding.Crowd(one.frame.image, finding.boxes_of(one.frame.person_ids)) for one in answers]
    found = [Found(one.parsed.boxes, one.parsed.scores) for one in answers]
    return {f"crowds, by box: {name}": each for name, each in finding.judge(crowds, found).items()}


def _each_part(answers: Sequence[Answer]) -> dict[str, Figure]:
    table = judged_of_parts()
    everywhere = [np.ones(one.frame.labels.shape, np.bool_) for one in answers]
    rows = np.stack(
        [
            overlap(table[one.frame.labels], table[one.parsed.labels], valid, len(JUDGED))
            for one, valid in zip(answers, everywhere, strict=True)
        ]
    )
    return {
        f"crowds: IoU {name}": figure(rows, lambda sums, number=number: iou(sums, number))  # type: ignore[misc]  # bound at once
        for number, name in enumerate(JUDGED)
        if number
    }


def _colors(answers: Sequence[Answer]) -> dict[str, Figure]:
    """Plain garments whose name was right, of those named, and how many were named. Masks are true, so only names can err."""
    figures: dict[str, Figure] = {}
    counted = [_named(one) for one in answers]
    for number, of_whom in enumerate(_COLORS_OF):
        rows = np.array([one[number] for one in counted], np.float64)
        about = f"({rows[:, 1].sum():.0f} named)", f"({rows[:, 2].sum():.0f} there)"
        figures[f"crowds: colour named rightly{of_whom} {about[0]}"] = _share(rows[:, :2])
        figures[f"crowds: colour named at all{of_whom} {about[1]}"] = _share(rows[:, 1:])
    return figures


def _named(answer: Answer) -> Counts:
    """Named rightly, named, there, shape (3, 3), a row for each of `_COLORS_OF`; nothing is there in a picture without colours."""
    counts = np.zeros((len(_COLORS_OF), 3))
    if answer.gray > 0.5:
        return counts
    true = as_parsed(answer.frame)
    light = LightMeter().read(answer.frame.image, answer.frame.labels)
    seen = clothes_of(true.persons(), answer.frame.image, light, GarmentMinima())
    colors = {person["id"]: plain_colors(person) for person in answer.people}
    for person_id, view, clothing in zip(persons_in(answer.frame), true.persons(), seen, strict=True):
        member = np.array([1, answer.light == "night", view.bottom - view.top < TALL])[:, None]
        for garment in clothing.garments:
            color = colors[person_id].get(garment.part)
            if color is not None:
                counts += member * np.array([garment.color == color, garment.color != "unknown", 1])
    return counts


def plain_colors(person: Person) -> dict[str, str]:
    """Colour of each garment in one colour; two of one kind cannot be told apart."""
    often = Counter(item["part"] for item in person["worn"])
    return {
        item["part"]: item["color"]
        for item in person["worn"]
        if item["plain"] and item["part"] in _NAMED and often[item["part"]] == 1
    }


def as_parsed(frame: LabelledFrame) -> ParsedFrame:
    """The truth as if a parser had found it; persons are numbered anew from 1."""
    ids = np.zeros_like(frame.person_ids)
    boxes = []
    for number, person in enumerate(persons_in(frame), start=1):
        mask = frame.person_ids == person
        ids[mask] = number
        rows, columns = np.nonzero(mask)
        boxes.append((columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))
    return ParsedFrame(
        frame.labels.copy(), ids, np.ones(len(boxes), np.float32), np.array(boxes, np.float32).reshape(-1, 4)
    )


def persons_in(frame: LabelledFrame) -> list[int]:
    """Ids of everybody seen, ascending."""
    return [int(person) for person in np.unique(frame.person_ids) if person]


def _groups(answers: Sequence[Answer]) -> dict[str, Figure]:
    figures: dict[str, Figure] = {}
    persons = [_judged_and_found(one) for one in answers]
    for group in _GROUPS:
        rows, parts = zip(
            *(_of_group(one, group, *known) for one, known in zip(answers, persons, strict=True)), strict=True
        )
        found = np.array(rows, np.float64)
        figures[f"crowds: found, {group} ({found[:, 1].sum():.0f} there)"] = _share(found)
        figures[f"crowds: mIoU, {group}"] = figure(
            np.stack(parts), lambda sums: mean_iou(sums, range(1, len(JUDGED)))
        )
    return figures


def _judged_and_found(answer: Answer) -> tuple[frozenset[int], frozenset[int]]:
    """Ids of those tall enough to be judged, and of those among them who were found; the same for every group."""
    heights = heights_of(answer.frame.person_ids)
    judged = frozenset(person for person, height in heights.items() if height >= LEAST_HEIGHT)
    return judged, frozenset(match(answer.frame.person_ids, answer.parsed.person_ids, judged).found)


def _of_group(
    answer: Answer, group: str, judged: frozenset[int], found: frozenset[int]
) -> tuple[tuple[int, int], Counts]:
    """Found and there of one group, and the overlaps of parts on its own pixels."""
    frame, table = answer.frame, judged_of_parts()
    members = {person["id"] for person in answer.people if group in groups_of(person, answer.light)} & judged
    pixels = np.isin(frame.person_ids, list(members))
    parts = overlap(table[frame.labels], table[answer.parsed.labels], pixels, len(JUDGED))
    return (len(members & found), len(members)), parts


def groups_of(person: Person, light: str) -> frozenset[str]:
    """Names of skin tone, build and light, and one for small persons who are hardly hidden by others or by things."""
    weight = float(person["weight"])
    build = "thin" if weight < _THIN else "heavy" if weight > _HEAVY else "medium"
    names = {_SKIN[person["skin"]], f"{build} build", _LIGHTS[light]}
    small = LEAST_HEIGHT <= person["height_px"] < TALL
    seen = _area(person["visible"]) / _area(person["full"])
    return frozenset(names | ({_SMALL} if small and seen >= _HARDLY_HIDDEN else set()))


def _area(box: Sequence[int]) -> int:
    left, top, right, bottom = box
    return (right - left) * (bottom - top)


def _share(rows: Counts) -> Figure:
    return figure(rows, lambda sums: ratio(sums[..., 0], sums[..., 1]))
