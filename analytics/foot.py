"""A foot point, and how far it is to be trusted."""

from dataclasses import dataclass

from domain.events import FootSeen


@dataclass(frozen=True, slots=True)
class Foot:
    """Where somebody stands.

    Attributes:
        state: Whether the feet are seen, or the point is estimated, or not known.
        x, y: Pixels of the picture, possibly below its lower edge; 0 where it is not known.
        confidence: How far to trust it, 0 to 1.
        height: Of the whole person at that place, pixels; of the box where nothing better is known.
    """

    state: FootSeen
    x: float
    y: float
    confidence: float
    height: float

    @property
    def known(self) -> bool:
        """Whether there is a point."""
        return self.state != "unknown"


NO_FOOT = Foot("unknown", 0.0, 0.0, 0.0, 0.0)
"""Where nothing is known."""
