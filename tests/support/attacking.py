"""Somebody who collects every number that left a stream, and works out what those that did not leave can be.

It is how cell suppression is audited (Hundepool et al., "Handbook on Statistical Disclosure Control", 2nd edition 2024): unknown
cells are variables of 0 or more, each published number is an equation, and linear programming tells the least and the most that
a cell may be.
"""

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import linprog

Form = Mapping[Hashable, float]
"""A sum of unknown numbers, each with its factor."""

_UNBOUNDED, _ANY = 3, 1 << 30


@dataclass(slots=True, eq=False)
class Attacker:
    """What somebody knows.

    Attributes:
        equal: Sums and what they are.
        at_most: Sums and what they do not exceed.
    """

    equal: list[tuple[Form, float]] = field(default_factory=list)
    at_most: list[tuple[Form, float]] = field(default_factory=list)

    def learn(self, cells: Iterable[Hashable], value: float) -> None:
        """These unknown numbers together are so many."""
        self.equal.append((dict.fromkeys(cells, 1.0), value))

    def learn_form(self, form: Form, value: float) -> None:
        """This sum is so much."""
        self.equal.append((form, value))

    def possible(self, form: Form) -> int:
        """How many whole numbers a sum may be, as far as this attacker can tell.

        Raises:
            ValueError: What this attacker has learnt cannot be.
        """
        equal, at_most = self._about(form)
        names = list(dict.fromkeys(name for known, _ in [*equal, *at_most, (form, 0.0)] for name in known))
        place = {name: number for number, name in enumerate(names)}

        def rows(known: Sequence[tuple[Form, float]]) -> dict[str, Any]:
            made = np.zeros((len(known), len(names)))
            for number, (sums, _) in enumerate(known):
                for name, factor in sums.items():
                    made[number, place[name]] += factor
            return {"rows": made, "values": [value for _, value in known]} if known else {}

        same, most = rows(equal), rows(at_most)
        ends = []
        for sign in (1.0, -1.0):
            found = linprog(
                sign * rows([(form, 0.0)])["rows"][0],
                A_eq=same.get("rows"),
                b_eq=same.get("values"),
                A_ub=most.get("rows"),
                b_ub=most.get("values"),
                method="highs",
            )
            if found.status == _UNBOUNDED:
                return _ANY
            if found.status:
                raise ValueError(found.message)
            ends.append(sign * float(found.fun or 0.0))
        return math.floor(ends[1] + 1e-6) - math.ceil(ends[0] - 1e-6) + 1

    def _about(self, form: Form) -> tuple[list[tuple[Form, float]], list[tuple[Form, float]]]:
        """What bears on a sum: whatever shares an unknown number with it, with that, and so on."""
        near, left = set(form), [*self.equal, *self.at_most]
        while True:
            found = [known for known in left if near & known[0].keys()]
            if not found:
                break
            near |= {name for sums, _ in found for name in sums}
            left = [known for known in left if not near & known[0].keys()]
        return [one for one in self.equal if near & one[0].keys()], [
            one for one in self.at_most if near & one[0].keys()
        ]
