"""A grid over a picture, to read places from."""

import cv2

from domain.frame import BgrImage

_STEPS = 10
_INK, _SHADE = (255, 255, 255), (0, 0, 0)


def with_ruler(picture: BgrImage) -> BgrImage:
    """The picture with a line at each tenth, its numbers as fractions and as pixels."""
    drawn = picture.copy()
    height, width = picture.shape[:2]
    scale = max(0.35, width / 2400)
    for step in range(1, _STEPS):
        x, y = round(width * step / _STEPS), round(height * step / _STEPS)
        for color, thick in ((_SHADE, 3), (_INK, 1)):
            cv2.line(drawn, (x, 0), (x, height), color, thick)
            cv2.line(drawn, (0, y), (width, y), color, thick)
    for step in range(1, _STEPS):
        x, y = round(width * step / _STEPS), round(height * step / _STEPS)
        _write(drawn, f"{step / _STEPS:g} ({x})", (x + 4, round(34 * scale)), scale)
        _write(drawn, f"{step / _STEPS:g} ({y})", (4, y - 5), scale)
    return drawn


def _write(picture: BgrImage, text: str, place: tuple[int, int], scale: float) -> None:
    for color, thick in ((_SHADE, 3), (_INK, 1)):
        cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, scale, color, thick, cv2.LINE_AA)
