"""What the embedded parser's network can say of a pixel, and how other vocabularies translate into it."""

import numpy as np
import numpy.typing as npt

from domain.labels import LITE_CLASSES, UNSIDED, BodyPart

CLASSES = LITE_CLASSES
"""The channels of `part_logits`, in order; the same 14 classes as `labels14` of the data folder."""

SKIN_CLASSES = tuple(
    CLASSES.index(part) for part in (BodyPart.FACE, BodyPart.ARM, BodyPart.LEG, BodyPart.TORSO_SKIN)
)
"""Channels that a source without the parts of the body calls skin, all alike."""

ANY_SKIN = len(CLASSES)
"""Target of a pixel that is skin of an unknown part: the loss sums the probabilities of `SKIN_CLASSES`."""

IGNORED = 255
"""Target of a pixel that nothing is known about."""

_STANDS_FOR = {
    BodyPart.GLOVES: BodyPart.ARM,
    BodyPart.SUNGLASSES: BodyPart.FACE,
    BodyPart.SOCKS: BodyPart.LEG,
    BodyPart.SCARF: BodyPart.UPPER_CLOTHES,
    **UNSIDED,
}


def _class_of_part() -> npt.NDArray[np.uint8]:
    table = np.full(256, IGNORED, np.uint8)
    for part in BodyPart:
        table[part] = CLASSES.index(_STANDS_FOR.get(part, part))
    return table


def _merged_skin() -> npt.NDArray[np.uint8]:
    table = np.arange(256, dtype=np.uint8)
    table[list(SKIN_CLASSES)] = ANY_SKIN
    return table


CLASS_OF_PART = _class_of_part()
"""Shape (256,) uint8: the class of each `BodyPart`; IGNORED for numbers that are none."""

MERGED_SKIN = _merged_skin()
"""Shape (256,) uint8: each class itself, but ANY_SKIN for every skin class."""
