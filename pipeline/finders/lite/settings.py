"""The settings of the finder `lite`."""

from typing import Literal

from pydantic import Field

from config.quantities import Fraction, NetworkPixels
from pipeline.finders.base import FinderContext, FinderSettings, PersonFinder


class LiteFinderSettings(FinderSettings):
    """The finder that comes with Footfall: small people far away, and everybody who is large."""

    kind: Literal["lite"] = "lite"
    input_pixels: NetworkPixels | None = Field(
        default=None,
        description="Size of the picture that the network sees, width times height; without it 230400 (640x360); "
        "409600 finds more of small people in a wide view, for 1.8 times the time",
    )
    least_score: Fraction | None = Field(
        default=None, description="Whoever scores less is nobody; without it, what goes with the weights"
    )

    def build(self, context: FinderContext) -> PersonFinder:
        """See `FinderSettings.build`."""
        from pipeline.finders.lite.finder import LiteFinder  # noqa: PLC0415 - brings OpenCV along

        return LiteFinder(self, context)
