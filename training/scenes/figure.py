"""A pose in the making: joints are turned, and hands put where they shall be."""

import numpy as np

from training.scenes.arrays import Matrix, Vector, rotation_x, rotation_y, rotation_z
from training.scenes.body import Side
from training.scenes.people import Person
from training.scenes.rig import Pose, carry

OUTWARDS: dict[Side, float] = {"L": 1.0, "R": -1.0}
"""Direction of x on that side."""

_REACH = 0.985  # share of an arm's length that it is stretched to at most
_SPINE = ("spine05", "spine03", "spine01")
_FINGERS = ("finger2", "finger3", "finger4", "finger5")


class Figure:
    """Starts from a pose and changes it. Places are in the person's axes, metres, with the floor under the feet as they are now.

    Args:
        person: Whose body it is.
        start: The pose to begin with.
    """

    def __init__(self, person: Person, start: Pose) -> None:
        self._person = person
        self._aims = dict(start.aims)
        self._turns = dict(start.turns)

    @property
    def pose(self) -> Pose:
        """As it is now."""
        return Pose(dict(self._aims), dict(self._turns))

    @property
    def floor(self) -> float:
        """Height of the soles in the axes of the rest pose."""
        return self._person.sole(self.pose)

    def joint(self, bone: str) -> Vector:
        """Where that bone begins; y is measured from the floor."""
        skeleton = self._person.skeleton
        head = self._person.rig.heads[skeleton.index(bone)]
        place = carry(head, self._person.rig.transform(self.pose, bone))
        return np.asarray(place - np.array([0, self.floor, 0]), np.float64)

    def turn(self, bone: str, rotation: Matrix) -> None:
        """Turn a bone further; the axes are those of the rest pose."""
        self._turns[bone] = self._turns.get(bone, np.eye(3)) @ rotation

    def lean(self, forwards: float, sideways: float = 0.0, twist: float = 0.0, hips: float = 0.4) -> None:
        """Bend the trunk by these angles in all, radians; `hips` is the share that the pelvis takes. Legs keep their directions."""
        self.turn("root", rotation_x(forwards * hips))
        share = (1 - hips) / len(_SPINE)
        for bone in _SPINE:
            self.turn(bone, rotation_x(forwards * share) @ rotation_z(-sideways / 3) @ rotation_y(twist / 3))

    def look(self, down: float, left: float) -> None:
        """Turn the head by these angles, radians."""
        for bone in ("neck01", "neck03", "head"):
            self.turn(bone, rotation_y(left / 3) @ rotation_x(down / 3))

    def leg(self, side: Side, hip: float, knee: float, spread: float = 0.03) -> None:
        """Thigh forwards by `hip` from hanging, knee bent by `knee`, radians; the sole stays level."""
        outwards = OUTWARDS[side]
        self._aims[f"upperleg01.{side}"] = hanging(outwards * spread, hip)
        self._aims[f"lowerleg01.{side}"] = hanging(outwards * spread / 3, hip - knee)
        self._turns[f"foot.{side}"] = rotation_x(hip - knee) @ rotation_y(outwards * spread)

    def arm(self, side: Side, upper: Vector, lower: Vector) -> None:
        """Point the two halves of an arm along these unit vectors."""
        self._aims[f"upperarm01.{side}"] = upper
        self._aims[f"lowerarm01.{side}"] = lower

    def raise_shoulder(self, side: Side, amount: float = 0.3) -> None:
        """Lift a shoulder from where it hangs in a standing pose, radians."""
        self.turn(f"clavicle.{side}", rotation_z(OUTWARDS[side] * amount))

    def hand_to(self, side: Side, wrist: Vector, elbow: Vector) -> None:
        """Put a wrist at a place, or as near as the arm reaches, with the elbow towards that direction."""
        shoulder = self.joint(f"upperarm01.{side}")
        upper = self._person.rig.length(f"upperarm01.{side}")
        lower = self._person.rig.length(f"lowerarm01.{side}")
        way = wrist - shoulder
        far = float(np.linalg.norm(way))
        along = way / max(far, 1e-6)
        far = float(np.clip(far, abs(upper - lower) + 0.04, _REACH * (upper + lower)))
        cosine = (upper**2 + far**2 - lower**2) / (2 * upper * far)
        across = elbow - along * float(elbow @ along)
        across = across / max(float(np.linalg.norm(across)), 1e-6)
        bent = along * cosine + across * float(np.sqrt(max(0.0, 1 - cosine**2)))
        self.arm(side, bent, (along * far - bent * upper) / lower)

    def grip(self, side: Side, bend: float) -> None:
        """Bend the fingers, radians a joint."""
        curl = rotation_z(-OUTWARDS[side] * bend)
        for finger in _FINGERS:
            for joint in (1, 2, 3):
                self.turn(f"{finger}-{joint}.{side}", curl)

    def front(self, height: float) -> float:
        """How far the standing body reaches ahead at that height above the floor, metres."""
        points = self._person.body
        sole = float(points[:, 1].min())
        near = (np.abs(points[:, 1] - sole - height) < 0.05) & (np.abs(points[:, 0]) < 0.13)
        return float(points[near, 2].max(initial=0.0))


def hanging(sideways: float, forwards: float) -> Vector:
    """Unit vector that hangs down, turned sideways (to +x) and forwards by these angles, radians."""
    return np.array(
        [np.sin(sideways), -np.cos(sideways) * np.cos(forwards), np.cos(sideways) * np.sin(forwards)]
    )
