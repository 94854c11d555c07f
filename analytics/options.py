"""What an operator may turn about the numbers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AnalyticsOptions:
    """Limits and lengths; the defaults suit a camera that looks at a room or a shop entrance.

    Attributes:
        window_lengths_s: Lengths of the tumbling windows in whole seconds.
        allowed_lateness_s: How far behind the newest event time a frame may come and still be counted in its own
            window. A window is kept open for this and `lost_after_s` together, because a visit is known to be over
            only that much later.
        lost_after_s: A visit ends when its track has not been seen for longer than this.
        min_visit_frames: Tracks seen in fewer frames are not visits.
        min_visit_s: Tracks seen for a shorter time are not visits.
        min_person_pixels: Smaller persons are not counted; 1 counts whatever the parser reports.
        min_garment_pixels: Smaller patches are speckles, not garments.
        min_garment_share: Patches that cover less of the person's pixels are speckles, not garments.
        min_presence: Garments seen in a smaller part of a visit's frames (weighted by visible pixels) are left out of
            its outfit; hats in less than half always are.

    Raises:
        ValueError: A value that makes no sense; the message names it.
    """

    window_lengths_s: tuple[int, ...] = (10, 60)
    allowed_lateness_s: float = 2.0
    lost_after_s: float = 3.0
    min_visit_frames: int = 2
    min_visit_s: float = 0.5
    min_person_pixels: int = 1
    min_garment_pixels: int = 30
    min_garment_share: float = 0.01
    min_presence: float = 0.3

    def __post_init__(self) -> None:
        lengths = self.window_lengths_s
        if any(length <= 0 for length in lengths) or len(set(lengths)) != len(lengths):
            raise ValueError(f"window_lengths_s must be different positive numbers, got {lengths}")
        for name in ("allowed_lateness_s", "lost_after_s", "min_visit_frames", "min_visit_s"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative, got {getattr(self, name)}")
        for name in ("min_person_pixels", "min_garment_pixels"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")
        for name in ("min_garment_share", "min_presence"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must be between 0 and 1, got {getattr(self, name)}")
