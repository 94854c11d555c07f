"""Where each person is and how fast, estimated from boxes at irregular times.

A Kalman filter (Kalman, 1960) of constant velocity with white noise as acceleration, in continuous time, so that any distance
of two frames is right: Bar-Shalom, Li and Kirubarajan, "Estimation with Applications to Tracking and Navigation", 2001,
section 6.2.2. Noise is a share of the person's height, as in DeepSORT (Wojke et al., 2017), so all variances are in squares of
that height and the same filter serves near and far.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
"""Any shape, dtype float64."""

# Of the box's centre, and of its size.
# Variance of a measurement.
_MEASURED = np.array([0.05, 0.1]) ** 2
# Spectral density of the noise, squares of heights a second cubed.
_ACCELERATION = np.array([0.6, 0.15]) ** 2
# Variance before anything is known, squares of heights a second.
_FIRST_SPEED = np.array([0.6, 0.15]) ** 2


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """Estimates for T persons.

    Attributes:
        boxes: Shape (T, 4): column and row of the centre, width, height, pixels.
        speeds: Shape (T, 4): of the same, pixels a second.
        variances: Shape (T, 2, 3): for centre and size the variance of the place, the covariance of place and speed, and
            the variance of the speed.
    """

    boxes: Floats
    speeds: Floats
    variances: Floats

    @classmethod
    def beginning(cls, boxes: Floats) -> "Motion":
        """Seen once, shape (T, 4)."""
        variances = np.zeros((len(boxes), 2, 3))
        variances[:, :, 0], variances[:, :, 2] = _MEASURED, _FIRST_SPEED
        return cls(boxes, np.zeros(boxes.shape), variances)

    def after(self, seconds: float) -> "Motion":
        """Moved on by so much time, 0 or more."""
        place, both, speed = (self.variances[..., term] for term in range(3))
        variances = np.empty_like(self.variances)
        variances[..., 0] = place + 2 * seconds * both + seconds**2 * speed + _ACCELERATION * seconds**3 / 3
        variances[..., 1] = both + seconds * speed + _ACCELERATION * seconds**2 / 2
        variances[..., 2] = speed + _ACCELERATION * seconds
        return Motion(self.boxes + seconds * self.speeds, self.speeds, variances)

    def seen(self, boxes: Floats) -> "Motion":
        """Corrected by where each person is seen, shape (T, 4)."""
        place, both, speed = (self.variances[..., term] for term in range(3))
        expected = place + _MEASURED
        place_gain, speed_gain = place / expected, both / expected
        off = boxes - self.boxes
        variances = np.empty_like(self.variances)
        variances[..., 0], variances[..., 1] = place * (1 - place_gain), both * (1 - place_gain)
        variances[..., 2] = speed - speed_gain * both
        return Motion(
            self.boxes + np.repeat(place_gain, 2, axis=1) * off,
            self.speeds + np.repeat(speed_gain, 2, axis=1) * off,
            variances,
        )
