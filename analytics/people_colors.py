"""How a camera shows the clothes of those who pass before it on average, so that two cameras can be compared.

What is left of the light in a picture, after the scene's own estimate (`analytics.illuminant`), is the same for all who pass.
Over many people clothes are grey on average, as pictures are (Buchsbaum, "A spatial processor model for object colour
perception", 1980); so cameras before which the same public passes are brought into line by their means. With few people the mean
tells more of them than of the camera, and is believed that much less: the weight is that of a normal prior.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from analytics.cielab import LUMINANCE
from analytics.snapshots import State

# How many people a camera's own spread is worth: the variance of clothes over that of what light is left, in colour and in
# lightness.
_WORTH_COLOR, _WORTH_LIGHT = 6.0, 9.0
# Luminance of clothes on average.
_LUMINANCE = 0.12
_MOST_LOG_GAIN = float(np.log(1.6))
# Below that many people a mean is too much of one of them to be stored.
_STORED_FROM = 10


class PeopleColorsState(State):
    """Sums over many people, as `PeopleColors`; nothing of before there are many."""

    version: Literal[1] = 1
    people: int = 0
    log_light: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass(slots=True, eq=False)
class PeopleColors:
    """What a camera shows.

    Attributes:
        people: Visits that were looked at.
        log_light: Sum over them of the logarithm of linear B, G and R of their clothes.
    """

    people: int = 0
    log_light: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def take(self, log_light: tuple[float, float, float]) -> None:
        """One more visit: the mean logarithm of linear B, G and R of its clothes, before these gains."""
        self.people += 1
        blue, green, red = (have + more for have, more in zip(self.log_light, log_light, strict=True))
        self.log_light = blue, green, red

    @property
    def gains(self) -> npt.NDArray[np.float32]:
        """Shape (3,): what linear B, G and R are multiplied with to be as before other cameras."""
        if not self.people:
            return np.ones(3, np.float32)
        mean = np.array(self.log_light) / self.people
        light = float(np.log(np.exp(mean) @ LUMINANCE))
        color = mean - mean.mean()
        wanted = -color * self.people / (self.people + _WORTH_COLOR)
        wanted += (np.log(_LUMINANCE) - light) * self.people / (self.people + _WORTH_LIGHT)
        gains: npt.NDArray[np.float32] = np.exp(np.clip(wanted, -_MOST_LOG_GAIN, _MOST_LOG_GAIN)).astype(
            np.float32
        )
        return gains

    def snapshot(self) -> PeopleColorsState:
        """What may be stored."""
        if self.people < _STORED_FROM:
            return PeopleColorsState()
        return PeopleColorsState(people=self.people, log_light=self.log_light)

    @classmethod
    def restored(cls, saved: PeopleColorsState) -> "PeopleColors":
        """As it was."""
        return cls(saved.people, saved.log_light)
