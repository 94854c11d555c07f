"""Who counts as a person in a frame."""

import numpy as np

from domain.parsing import ParsedFrame, PersonView


def persons_of(parsed: ParsedFrame, min_pixels: int = 1) -> list[PersonView]:
    """The persons of a frame that count.

    Whatever the parser reports counts, for the parser has its own limit on scores and a second one here would only
    hide it. Left out are persons of fewer than `min_pixels` visible pixels: an id of which no pixel is left counts
    nowhere.

    Returns:
        Views in the order of their ids.
    """
    return [person for person in parsed.persons() if np.count_nonzero(person.mask) >= max(1, min_pixels)]
