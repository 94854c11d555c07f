"""The whole run on a real recording whose truth is known, and on the clip that comes with Footfall."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.demo import CLIP
from domain.events import FrameObserved, VisitEnded
from domain.labels import LOWER_GARMENTS, UPPER_GARMENTS
from domain.summary import RunSummary
from tests.support.command import Footfall
from tests.support.run_events import events_of
from tests.support.shared_data import shared_file

pytestmark = pytest.mark.integration

# Frames of the clip (10 a second) and what is worn above the waist, as written down by whoever watched it.
ONE_BY_ONE = (
    (61, 197, "grey"),
    (228, 449, "black"),
    (502, 699, "black"),
    (745, 869, "black"),
    (921, 1200, "grey"),
    (1235, 1360, "grey"),
)
_UPPER = {part.label for part in UPPER_GARMENTS}
_LOWER = {part.label for part in LOWER_GARMENTS}


def run(
    footfall: Footfall, source: Path, out: Path
) -> tuple[RunSummary, list[VisitEnded], list[FrameObserved]]:
    outcome = footfall("run", source, "--out", out)
    assert outcome.code == 0, outcome.err
    events = events_of(out)
    visits = [event for event in events if isinstance(event, VisitEnded)]
    frames = [event for event in events if isinstance(event, FrameObserved)]
    return RunSummary.model_validate_json((out / "summary.json").read_bytes()), visits, frames


def upper_color(visit: VisitEnded) -> str:
    """Of what covers the upper body, whatever it is called."""
    return next((worn.color for worn in visit.body if worn.part == "upper-body"), "unknown")


@pytest.mark.shared_data
def test_one_by_one_six_visitors_one_at_a_time_in_the_right_colours(
    tmp_path: Path, footfall: Footfall
) -> None:
    clip = shared_file("data/video/one-by-one-person-detection.mp4")

    summary, visits, frames = run(footfall, clip, tmp_path / "out")

    [stream] = summary.streams
    assert (stream.visits, stream.persons_max) == (6, 1)
    start = frames[0].event_time
    for visit, (first, last, _) in zip(visits, ONE_BY_ONE, strict=True):
        middle = start + timedelta(seconds=(first + last) / 20)
        assert visit.started_at < middle < visit.event_time
    right = sum(upper_color(visit) == color for visit, (_, _, color) in zip(visits, ONE_BY_ONE, strict=True))
    assert right == 6


def test_the_demo_clip_is_counted_exactly(tmp_path: Path, footfall: Footfall) -> None:
    truth = json.loads(CLIP.with_suffix(".json").read_text())["visits"]

    summary, visits, frames = run(footfall, CLIP, tmp_path / "out")

    [stream] = summary.streams
    assert stream.visits == len(visits) == len(truth)
    start = frames[0].event_time
    unclaimed = list(truth)
    for visit in visits:
        began, ended = ((moment - start).total_seconds() for moment in (visit.started_at, visit.event_time))
        worn = upper_color(visit), lower_color(visit)
        [person] = [each for each in unclaimed if colors_of(each) == worn]
        unclaimed.remove(person)
        assert person["enter_s"] - 0.5 <= began < ended <= person["leave_s"] + 0.5
    assert not unclaimed


def lower_color(visit: VisitEnded) -> str:
    """Of what covers the lower body, whatever it is called."""
    return next((worn.color for worn in visit.body if worn.part == "lower-body"), "unknown")


def colors_of(person: dict[str, Any]) -> tuple[str, str]:
    """What the truth says: above and below the waist."""
    worn = {garment["part"]: garment["color"] for garment in person["garments"]}
    upper, lower = ([color for part, color in worn.items() if part in parts] for parts in (_UPPER, _LOWER))
    return upper[0], lower[0]
