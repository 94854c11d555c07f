"""How the colour names of garments look on a page."""

from dataclasses import dataclass

from domain.events import ColorName


@dataclass(frozen=True, slots=True)
class Swatch:
    """A colour name as it is painted.

    Attributes:
        fill: Six hexadecimal digits with `#`.
        ink: Colour of text on it, at least 4.5 times lighter or darker (WCAG 2 contrast).
    """

    fill: str
    ink: str


_DARK, _LIGHT = "#14171c", "#ffffff"

SWATCHES: dict[ColorName, Swatch] = {
    "black": Swatch("#191b20", _LIGHT),
    "white": Swatch("#ffffff", _DARK),
    "grey": Swatch("#8e949c", _DARK),
    "red": Swatch("#cf2e2e", _LIGHT),
    "orange": Swatch("#f28c28", _DARK),
    "yellow": Swatch("#f4d03f", _DARK),
    "green": Swatch("#2c7d43", _LIGHT),
    "blue": Swatch("#2b5fc7", _LIGHT),
    "purple": Swatch("#7a45b3", _LIGHT),
    "pink": Swatch("#f29cbe", _DARK),
    "brown": Swatch("#7b4b2a", _LIGHT),
    "beige": Swatch("#dfcaa5", _DARK),
    "unknown": Swatch("#c3c8cf", _DARK),
}
"""In the order of charts and tables. `unknown` is hatched besides, so that it is not taken for a colour."""
