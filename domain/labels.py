"""The common vocabulary of both parsers: what a pixel of a person can be."""

from enum import IntEnum


class BodyPart(IntEnum):
    """Part of a person, or what is worn there.

    0 to 19 are the classes of CIHP in their order (Gong et al., "Instance-level Human Parsing via Part Grouping Network", 2018).
    20 to 23 are this project's: a bag, and limbs and shoes from a parser that cannot tell left from right and does not guess.
    """

    BACKGROUND = 0
    HAT = 1
    HAIR = 2
    GLOVES = 3
    SUNGLASSES = 4
    UPPER_CLOTHES = 5
    DRESS = 6
    COAT = 7
    SOCKS = 8
    PANTS = 9
    TORSO_SKIN = 10
    SCARF = 11
    SKIRT = 12
    FACE = 13
    LEFT_ARM = 14
    RIGHT_ARM = 15
    LEFT_LEG = 16
    RIGHT_LEG = 17
    LEFT_SHOE = 18
    RIGHT_SHOE = 19
    BAG = 20
    ARM = 21
    LEG = 22
    SHOE = 23

    @property
    def label(self) -> str:
        """Name in events, tables and legends: lower case with hyphens, as in `upper-clothes`."""
        return self.name.lower().replace("_", "-")


UPPER_GARMENTS = (BodyPart.UPPER_CLOTHES, BodyPart.DRESS, BodyPart.COAT)
LOWER_GARMENTS = (BodyPart.PANTS, BodyPart.SKIRT)
SHOES = (BodyPart.LEFT_SHOE, BodyPart.RIGHT_SHOE, BodyPart.SHOE)
ARMS = (BodyPart.LEFT_ARM, BodyPart.RIGHT_ARM, BodyPart.ARM)
LEGS = (BodyPart.LEFT_LEG, BodyPart.RIGHT_LEG, BodyPart.LEG)
UNSIDED = {
    BodyPart.LEFT_ARM: BodyPart.ARM,
    BodyPart.RIGHT_ARM: BodyPart.ARM,
    BodyPart.LEFT_LEG: BodyPart.LEG,
    BodyPart.RIGHT_LEG: BodyPart.LEG,
    BodyPart.LEFT_SHOE: BodyPart.SHOE,
    BodyPart.RIGHT_SHOE: BodyPart.SHOE,
}
"""What left and right are reported as."""

SKIN = (BodyPart.FACE, BodyPart.TORSO_SKIN, *ARMS, *LEGS)

GARMENTS = (
    BodyPart.HAT,
    *UPPER_GARMENTS,
    *LOWER_GARMENTS,
    BodyPart.SHOE,
    BodyPart.SCARF,
    BodyPart.GLOVES,
    BodyPart.SOCKS,
    BodyPart.SUNGLASSES,
    BodyPart.BAG,
)
"""What is reported as worn or carried; left and right shoes are reported as SHOE."""

LITE_CLASSES = (
    BodyPart.BACKGROUND,
    BodyPart.HAT,
    BodyPart.HAIR,
    BodyPart.FACE,
    BodyPart.UPPER_CLOTHES,
    BodyPart.DRESS,
    BodyPart.COAT,
    BodyPart.PANTS,
    BodyPart.SKIRT,
    BodyPart.ARM,
    BodyPart.LEG,
    BodyPart.SHOE,
    BodyPart.TORSO_SKIN,
    BodyPart.BAG,
)
"""The channels of the network of `lite`, in order; training and decoding agree on them here. It does not tell left from right."""
