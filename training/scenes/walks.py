"""Walking along a way on the floor, with stops, so that the feet do not slide."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicHermiteSpline

_STEP_S = 0.01
_ACCELERATION = 1.8  # metres a second, each second, when somebody stops or starts
_STANDING = 0.02  # metres a second below which somebody stands


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop on the way.

    Attributes:
        at_m: Metres from the beginning of the way.
        seconds: How long.
    """

    at_m: float
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """Somebody on the way.

    Attributes:
        x, z: On the floor, metres.
        heading: Radians; 0 faces +z, a quarter turn faces +x.
        walked: Metres since the beginning.
        effort: 1 walks at full speed, 0 stands.
    """

    x: float
    z: float
    heading: float
    walked: float
    effort: float


class Walk:
    """A smooth way through given places, walked at a steady speed but for its stops.

    Args:
        places: x and z of at least two places, metres; the way turns softly at those between.
        start_s: When it begins.
        speed: Metres a second.
        stops: In the order of the way.
    """

    def __init__(
        self,
        places: tuple[tuple[float, float], ...],
        *,
        start_s: float,
        speed: float,
        stops: tuple[Stop, ...] = (),
    ) -> None:
        self._points, self._metres = _curve(places)
        self._start_s = start_s
        self._speed = speed
        self._times, self._walked, self._speeds = _pace(float(self._metres[-1]), speed, stops)

    @property
    def start_s(self) -> float:
        """When it begins."""
        return self._start_s

    @property
    def end_s(self) -> float:
        """When the last place is reached."""
        return float(self._start_s + self._times[-1])

    def at(self, time_s: float) -> Moment | None:
        """Where somebody is at that time; None before the beginning and after the end."""
        if not self._start_s <= time_s <= self.end_s:
            return None
        walked = float(np.interp(time_s - self._start_s, self._times, self._walked))
        speed = float(np.interp(time_s - self._start_s, self._times, self._speeds))
        x, z = self._place(walked)
        ahead, behind = self._place(walked + 0.15), self._place(walked - 0.15)
        heading = float(np.arctan2(ahead[0] - behind[0], ahead[1] - behind[1]))
        return Moment(x, z, heading, walked, min(1.0, speed / self._speed))

    def _place(self, walked: float) -> tuple[float, float]:
        return (
            float(np.interp(walked, self._metres, self._points[:, 0])),
            float(np.interp(walked, self._metres, self._points[:, 1])),
        )


def _curve(
    places: tuple[tuple[float, float], ...],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Points every few centimetres of a Catmull-Rom curve through the places, and the metres up to each."""
    corners = np.array(places, np.float64)
    knots = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(corners, axis=0), axis=1))])
    slopes = np.gradient(corners, knots, axis=0)
    points = CubicHermiteSpline(knots, corners, slopes)(np.linspace(0, knots[-1], int(knots[-1] / 0.03) + 2))
    metres = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    return points, metres


def _pace(
    length: float, speed: float, stops: tuple[Stop, ...]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Seconds since the beginning, metres walked and metres a second, in small steps until the end."""
    rows = [(0.0, 0.0, speed)]
    waiting = list(stops)
    time_s = walked = 0.0
    now = speed
    while walked < length:
        wanted = speed
        if waiting:
            left = max(0.0, waiting[0].at_m - walked)
            wanted = min(speed, float(np.sqrt(2 * _ACCELERATION * left)))
        now = min(wanted, now + _ACCELERATION * _STEP_S)
        if waiting and now < _STANDING:
            time_s += waiting.pop(0).seconds
            rows += [(rows[-1][0] + _STEP_S, walked, 0.0), (time_s, walked, 0.0)]
            now = _STANDING
        time_s += _STEP_S
        walked += now * _STEP_S
        rows.append((time_s, walked, now))
    times, metres, speeds = np.array(rows).T
    return times, metres, speeds
