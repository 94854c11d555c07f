"""What was counted in a scene, beside the truth."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.places.scenes import START, Scene
from benchmarks.places.seeing import Counted
from benchmarks.places.ways import TrueStay
from domain.events import ZoneVisitEnded

DWELL_S = 0.5
"""A stay that is told to within this is right."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One scene.

    Attributes:
        seed, kind: Which scene.
        true_crossings: How many there are.
        off: By how much the counts are off: wrong ones in and wrong ones out, added.
        uncertain: Crossings that are told beside the counts.
        dwell_errors_s: Of each true stay for which one was told; those that are missing, and those that are none.
        missing, surplus: Stays.
        true_present_s, present_s: Seconds that persons were in the zone.
    """

    seed: int
    kind: str
    true_crossings: int
    off: int
    uncertain: int
    dwell_errors_s: tuple[float, ...]
    missing: int
    surplus: int
    true_present_s: float
    present_s: float


def verdict(scene: Scene, counted: Counted) -> Verdict:
    """Compare."""
    true = Counter(crossing.direction for crossing in scene.crossings())
    told = Counter(crossing.direction for crossing in counted.crossings if crossing.counts)
    stays = scene.stays()
    errors, missing, surplus = _dwells([stay for stay in stays if stay.sure], stays, counted.stays)
    return Verdict(
        seed=scene.seed,
        kind=scene.kind,
        true_crossings=true.total(),
        off=sum(abs(true[direction] - told[direction]) for direction in ("in", "out")),
        uncertain=sum(not crossing.counts for crossing in counted.crossings),
        dwell_errors_s=tuple(errors),
        missing=missing,
        surplus=surplus,
        true_present_s=sum(stay.end_s - stay.begin_s for stay in stays if stay.sure),
        present_s=counted.present_s,
    )


def _dwells(
    sure: Sequence[TrueStay], all_stays: Sequence[TrueStay], told: Sequence[ZoneVisitEnded]
) -> tuple[list[float], int, int]:
    """Errors of dwell, stays that are missing, and stays that are none: each true one has the told one that overlaps it most."""
    left = [(_seconds(one), one.dwell_s) for one in told]
    errors = []
    for stay in sorted(sure, key=lambda one: one.begin_s - one.end_s):
        overlaps = [_overlap((stay.begin_s, stay.end_s), span) for span, _ in left]
        best = max(range(len(left)), key=lambda i: overlaps[i], default=None)
        if best is not None and overlaps[best] > 0:
            _, dwell_s = left.pop(best)
            errors.append(dwell_s - (stay.end_s - stay.begin_s))
    touches = [(stay.begin_s - 0.5, stay.end_s + 0.5) for stay in all_stays if not stay.sure]
    surplus = sum(not any(_overlap(span, touch) > 0 for touch in touches) for span, _ in left)
    return errors, len(sure) - len(errors), surplus


def _seconds(stay: ZoneVisitEnded) -> tuple[float, float]:
    begin_s = (stay.entered_at - START).total_seconds()
    return begin_s, begin_s + stay.dwell_s


def _overlap(one: tuple[float, float], other: tuple[float, float]) -> float:
    return min(one[1], other[1]) - max(one[0], other[0])


@dataclass(frozen=True, slots=True)
class Summary:
    """Many scenes.

    Attributes:
        scenes: How many.
        crossings: True ones.
        exact: Share of scenes in which every count is right.
        most_off: By how much the worst is off.
        uncertain: Crossings that are told beside the counts.
        stays: True ones.
        dwell_right: Share of the true stays that are told to within `DWELL_S`.
        dwell_median_s: Of the absolute errors.
        missing, surplus: Stays.
        occupancy_off: Relative error of the persons in the zone on average, over all scenes.
    """

    scenes: int
    crossings: int
    exact: float
    most_off: int
    uncertain: int
    stays: int
    dwell_right: float
    dwell_median_s: float
    missing: int
    surplus: int
    occupancy_off: float


def summary(verdicts: Sequence[Verdict]) -> Summary:
    """Add them up.

    Raises:
        ValueError: There are none.
    """
    if not verdicts:
        raise ValueError("there must be at least one scene")
    errors = sorted(abs(error) for one in verdicts for error in one.dwell_errors_s)
    stays = len(errors) + sum(one.missing for one in verdicts)
    present_s = sum(one.true_present_s for one in verdicts)
    return Summary(
        scenes=len(verdicts),
        crossings=sum(one.true_crossings for one in verdicts),
        exact=sum(one.off == 0 for one in verdicts) / len(verdicts),
        most_off=max(one.off for one in verdicts),
        uncertain=sum(one.uncertain for one in verdicts),
        stays=stays,
        dwell_right=sum(error <= DWELL_S for error in errors) / max(stays, 1),
        dwell_median_s=errors[len(errors) // 2] if errors else 0.0,
        missing=sum(one.missing for one in verdicts),
        surplus=sum(one.surplus for one in verdicts),
        occupancy_off=sum(one.present_s for one in verdicts) / present_s - 1 if present_s else 0.0,
    )
