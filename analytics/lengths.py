"""Sleeve and trouser length, derived from how much skin is seen.

No parser of this project tells the length of sleeves, so it is derived, and marked as derived. The rule compares
areas, which hold from any side and at any size, with the share that each part has of a body's surface (the "rule of
nines": Wallace, "The exposure treatment of burns", 1951). Seen from one side: an arm is 4.5, of which the hand 0.6
and the part below a short sleeve 2.7; the trunk is 18; a leg is 9, of which 4 below the knee.

==============  ==================================  ====================================================
What is worn    Skin of both arms : upper garment   Borders, half way between as a ratio
==============  ==================================  ====================================================
long sleeves    1.2 : 25.8 = 0.05
short sleeves   5.4 : 21.6 = 0.25, one arm 0.125    short from 0.08 = sqrt(0.05 * 0.125)
no sleeves      9.0 : 18.0 = 0.50                   none from 0.36 = sqrt(0.25 * 0.5)
==============  ==================================  ====================================================

Trousers by the bare part of the legs, skin : (skin + trousers): long 0 to 0.1, to the knee 0.4, short 0.6; borders at
0.2 and 0.5.

Over a visit, arms hide behind the body or in front of it more often than not, and what is hidden only ever lowers the
ratio. So for sleeves the tenth of the votes with the most skin decides; for trousers, more than half have to agree.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from analytics.snapshots import State
from domain.events import DerivedLengths, SleeveLength, TrouserLength

_LONG_SLEEVES = 0.08
_SHORT_SLEEVES = 0.36
_LONG_TROUSERS = 0.2
_KNEE_TROUSERS = 0.5
# Of the garment; on smaller ones a hand is a pixel or two.
_MIN_PIXELS = 150
_MIN_AGREEMENT = 0.5
_BAREST = 0.1


@dataclass(frozen=True, slots=True)
class SkinEvidence:
    """What one frame shows of one person's limbs; counts are pixels.

    Attributes:
        arms: Skin of arms and hands.
        upper: Upper garments: upper-clothes, coat and dress.
        legs: Skin of legs.
        trousers: Trousers; 0 where a skirt or a dress is worn.
        feet: Shoes and socks.
        other_skin: Face and torso skin; says that the parser sees skin on this person at all.
        cut_below: The person reaches the lower border of the frame, so what follows below is not in view.
    """

    arms: int = 0
    upper: int = 0
    legs: int = 0
    trousers: int = 0
    feet: int = 0
    other_skin: int = 0
    cut_below: bool = False


def sleeves_of(seen: SkinEvidence) -> SleeveLength:
    """What one frame says.

    `unknown` where the upper garment is small, where no skin is seen at all (a person from behind without hands in
    view), and where the frame ends above the trousers and legs, because arms may then go on outside it.
    """
    cut = seen.cut_below and seen.trousers + seen.legs + seen.feet == 0
    if seen.upper < _MIN_PIXELS or cut or seen.arms + seen.other_skin == 0:
        return "unknown"
    ratio = seen.arms / seen.upper
    if ratio < _LONG_SLEEVES:
        return "long"
    return "short" if ratio < _SHORT_SLEEVES else "none"


def trousers_of(seen: SkinEvidence) -> TrouserLength:
    """What one frame says.

    `unknown` without trousers, and where the legs are not seen to their end: the frame cuts the person off, or
    neither shoes nor skin of legs are seen (they stand behind something).
    """
    if seen.trousers < _MIN_PIXELS or seen.cut_below or seen.feet + seen.legs == 0:
        return "unknown"
    bare = seen.legs / (seen.legs + seen.trousers)
    if bare < _LONG_TROUSERS:
        return "long"
    return "knee" if bare < _KNEE_TROUSERS else "short"


class LengthVoteState(State):
    """Pixels behind each length."""

    version: Literal[1] = 1
    sleeves: dict[SleeveLength, int] = Field(default_factory=dict)
    trousers: dict[TrouserLength, int] = Field(default_factory=dict)


class LengthVote:
    """Votes of a visit's frames, weighted by the visible pixels they rest on; frames that say `unknown` abstain."""

    def __init__(self, state: LengthVoteState | None = None) -> None:
        state = state or LengthVoteState()
        self._sleeves = dict(state.sleeves)
        self._trousers = dict(state.trousers)

    def add(self, seen: SkinEvidence) -> None:
        """Count one frame."""
        sleeves, trousers = sleeves_of(seen), trousers_of(seen)
        self._sleeves[sleeves] = self._sleeves.get(sleeves, 0) + seen.upper + seen.arms
        self._trousers[trousers] = self._trousers.get(trousers, 0) + seen.trousers + seen.legs

    def snapshot(self) -> LengthVoteState:
        """The votes so far."""
        return LengthVoteState(sleeves=dict(self._sleeves), trousers=dict(self._trousers))

    def result(self) -> DerivedLengths:
        """The lengths, `unknown` where no frame tells or, for trousers, where no length has more than half of the votes."""
        return DerivedLengths(sleeves=_barest(self._sleeves), trousers=_winner(self._trousers))


def _barest(votes: Mapping[SleeveLength, int]) -> SleeveLength:
    bare, short, long = votes.get("none", 0), votes.get("short", 0), votes.get("long", 0)
    known = bare + short + long
    if known == 0:
        return "unknown"
    if bare >= _BAREST * known:
        return "none"
    return "short" if bare + short >= _BAREST * known else "long"


def _winner(votes: Mapping[TrouserLength, int]) -> TrouserLength:
    known = {length: weight for length, weight in votes.items() if length != "unknown"}
    best = max(known, key=lambda length: (known[length], length), default=None)
    if best is None or known[best] <= _MIN_AGREEMENT * sum(known.values()):
        return "unknown"
    return best
