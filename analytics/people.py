"""Who counts as a person in a frame."""

import numpy as np

from domain.parsing import ParsedFrame, PersonView


def persons_of(parsed: ParsedFrame, min_pixels: int = 1) -> list[PersonView]:
    """The persons of a frame that count.

    Whatever the parser reports counts, for the parser has its own limit on scores and a second one here would only
    hide it. Left out are persons of fewer than `min_pixels` visible pixels: an id of which no pixel is left counts
    nowhere. Of whoever was not parsed in this frame the pixels of the box count.

    Returns:
        Views in the order of their ids.
    """
    return [person for person in parsed.persons() if _pixels(person) >= max(1, min_pixels)]


def _pixels(person: PersonView) -> int:
    return int(np.count_nonzero(person.mask)) if person.parsed else person.mask.size
