"""The card of a network: what goes in, what comes out, and under which terms it may be used."""

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from config.origins import Origins, dotted
from config.yaml_file import read_yaml
from domain.errors import ModelError, SettingsError
from domain.labels import BodyPart

PERSON = "person"
"""What a class is called that means whole persons and no part of them."""

WORDS = tuple(part.label for part in BodyPart)

OutputKind = Literal["logits", "probabilities", "labels", "queries"]


def _check_word(word: str) -> str:
    if word not in WORDS and word != PERSON:
        raise ValueError(f"is no word of the common vocabulary; there are {', '.join(WORDS)} and {PERSON}")
    return word


Word: TypeAlias = Annotated[str, AfterValidator(_check_word)]
Triple: TypeAlias = tuple[float, float, float]
Spread: TypeAlias = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Side: TypeAlias = Annotated[int, Field(ge=16, le=4096)]
Words: TypeAlias = Annotated[str, Field(min_length=1, max_length=300)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CardInput(_Section):
    """What the network sees: `(pixel * scale - mean) / std`, channel by channel.

    Attributes:
        height, width: Pixels.
        shows: `picture`, or each of the `persons` by itself, as networks want it that were trained on single persons.
        fit: `stretch` to that size, or `pad` what is scaled alike in both directions, upper left.
        color: Order of the channels, also of `mean` and `std`.
        scale: What a pixel of 0 to 255 is multiplied with.
        mean, std: Of each channel, after scaling.
    """

    height: Side
    width: Side
    shows: Literal["picture", "persons"] = "picture"
    fit: Literal["stretch", "pad"] = "stretch"
    color: Literal["rgb", "bgr"] = "rgb"
    scale: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1 / 255
    mean: Triple = (0.0, 0.0, 0.0)
    std: tuple[Spread, Spread, Spread] = (1.0, 1.0, 1.0)


class CardOutput(_Section):
    """What the network gives.

    Attributes:
        kind: `logits` or `probabilities` of shape (1, classes, h, w), `labels` of shape (1, h, w) or (1, 1, h, w), or `queries`:
            class logits of shape (1, Q, classes + 1), the last for nothing, and mask logits of shape (1, Q, h, w).
        name: Of the output; the first one where it is left out. Of `queries`, that of the classes.
        masks: With `queries`: name of the other output.
    """

    kind: OutputKind
    name: str | None = None
    masks: str | None = None


class Card(_Section):
    """All of it.

    Attributes:
        name: Of the parser, in results.
        version: Of its weights, in results.
        licence: Under which terms the weights may be used.
        about: What it is, in a line.
        network: The file, beside the card.
        sha256: Of that file; where it is given, another file is refused.
        input, output: See there.
        classes: The network's own names in their order, each with its word of the common vocabulary (`domain.labels`).
    """

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    version: Words
    licence: Words
    about: Words = "A network of your own"
    network: Words
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    input: CardInput
    output: CardOutput
    classes: Annotated[dict[str, Word], Field(min_length=2, max_length=254)]

    @property
    def parts(self) -> list[int]:
        """For each class its `BodyPart`; that of whole persons is background."""
        return [
            0 if word == PERSON else BodyPart[word.upper().replace("-", "_")]
            for word in self.classes.values()
        ]

    @property
    def person_class(self) -> int | None:
        """Number of the class of whole persons, if there is one."""
        words = list(self.classes.values())
        return words.index(PERSON) if PERSON in words else None


def read_card(path: Path) -> Card:
    """Read one.

    Raises:
        ModelError: It cannot be read, or something in it is wrong: one line for each problem, with its place.
    """
    try:
        layer = read_yaml(path)
    except SettingsError as error:
        raise ModelError(str(error)) from None
    try:
        return Card.model_validate(layer.values)
    except ValidationError as error:
        origins = Origins(layer.origins)
        told = []
        for problem in error.errors(include_url=False, include_input=False):
            place = tuple(problem["loc"])
            words = _WORDS.get(problem["type"], problem["msg"].removeprefix("Value error, "))
            told.append(f"{origins.nearest(place) or path.name}: {dotted(place)}: {words}")
        raise ModelError("\n".join(told)) from None


_WORDS = {"missing": "is needed", "extra_forbidden": "is no key of a card"}
