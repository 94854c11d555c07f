"""What is done to trials with a real Kafka and a real PostgreSQL: kills, outages, and what becomes of spools."""

import random
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.killed import PLACES
from tests.chaos.outages import Outage, Server
from tests.chaos.tampering import copy, cut_power, delete, keep, restore
from tests.chaos.trial import NO_KILL, Difference, Kill, Trials
from tests.support.kafka import KafkaServer
from tests.support.links import Link

_ONCE = (
    "between lock",
    "before the results",
    "when the streams",
    "when the video",
    "before the report",
    "before the summary",
    "before the run",
)
_OF_SQLITE = "before a checkpoint of SQL"
_ENDS = {0, 4, -signal.SIGKILL}
_OPEN_S = 30.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done to one trial.

    Attributes:
        kills: Where it dies, one after the other.
        outage: What goes away meanwhile.
        what: What else is done, for the table.
        keep: Called with the folder of the results behind the first kill.
        tamper: Called with it before the last run.
        all_die: Whether each of the kills has to come before the end.
        is_told: Whether the summary may tell of it: a disk that has lost what it had called safe is behind Kafka, which waits then
            until the spool has caught up.
        again: Names of stores that know no ids and may be sent what they had when the folder was tampered with, once more.
    """

    kills: Sequence[Kill] = ()
    outage: Outage | None = None
    what: str = ""
    keep: Callable[[Path], None] = lambda _: None
    tamper: Callable[[Path], None] = lambda _: None
    all_die: bool = False
    is_told: bool = False
    again: Sequence[str] = ()

    def __str__(self) -> str:
        """For the table."""
        return "; ".join(filter(None, [str(self.outage or ""), *map(str, self.kills), self.what]))

    def carry_out(self, trials: Trials, name: str) -> tuple[int, Difference]:
        """Do it, go on until everything is delivered, and compare with the trial `whole`.

        Returns:
            How many kills came before the end, and what is different. After an outage the summary may say that events waited.
        """
        for store in trials.stores:
            # What a trial needs of a server is made while that is there.
            store.flags(trials.folder / name)
        with self.outage.during() if self.outage else nullcontext():
            died = _killed(trials, name, self.kills, self.keep)
            had = trials.contents(name) if self.again else {}
            self.tamper(trials.folder / name / "out")
            code = trials.run(name, NO_KILL)
            assert code in {0, 4}, trials.log(name)
        trials.deliver(name)
        again = {store: had[store] for store in self.again}
        # What the dead process had open under an id that went with its spool hides what came after, until Kafka ends it.
        deadline = time.monotonic() + (_OPEN_S if again else 0.0)
        found = trials.difference(name, "whole", again)
        while any(found.missing.values()) and time.monotonic() < deadline:
            time.sleep(1.0)
            found = trials.difference(name, "whole", again)
        return died, found

    def is_right(self, died: int, found: Difference) -> bool:
        """Whether it left what an uninterrupted run leaves."""
        if self.all_die and died < len(self.kills):
            return False
        return found.rows_equal if self.outage or self.is_told else found.none


def _killed(trials: Trials, name: str, kills: Sequence[Kill], keep: Callable[[Path], None]) -> int:
    died = 0
    for kill in kills:
        if died == 1:
            keep(trials.folder / name / "out")
        code = trials.run(name, kill)
        assert code in _ENDS, trials.log(name)
        if code != -signal.SIGKILL:
            break
        died += 1
    return died


def named() -> Iterator[Plan]:
    """Each place three times in one trial, where it comes more than once at another time of the run."""
    for place in PLACES:
        if place != _OF_SQLITE:
            times = (1, 1, 1) if place.startswith(_ONCE) else (1, 2, 1)
            yield Plan([Kill(place, nth) for nth in times], all_die=True)


def at_random(seed: int, count: int) -> Iterator[Plan]:
    """So many kills, one to three in a run."""
    dice = random.Random(seed)  # noqa: S311 - a test that can be repeated
    while count > 0:
        kills = min(count, dice.choice((1, 1, 2, 3)))
        count -= kills
        yield Plan(
            [Kill("after a picture", dice.randint(1, 12), dice.uniform(0, 300)) for _ in range(kills)],
            all_die=True,
        )


def tampered(cuts: int) -> Iterator[Plan]:
    """Spools that are not what the run has left: copied, deleted, put back from an older copy, cut by a power cut."""
    kill = [Kill("after a picture", 20)]
    yield Plan(kill, what="the folder copied to another machine", tamper=copy)
    yield Plan(
        kill,
        what="the spool deleted; Kafka may get again what it had",
        tamper=delete,
        is_told=True,
        again=["Kafka"],
    )
    for first, second in ((4, 25), (20, 20)):
        yield Plan(
            [Kill("after a picture", first), Kill("after a picture", second)],
            what="the spool put back as it was at the first kill",
            keep=keep,
            tamper=restore,
            is_told=True,
        )
    for seed in range(cuts):
        yield Plan(
            kill, what=f"power cut: the log cut at random, {seed}", tamper=cut_power(seed), is_told=True
        )


def deleted() -> Iterator[Plan]:
    """A spool that is gone: nobody knows what was sent to whom, so only stores that know ids have nothing twice."""
    yield Plan([Kill("after a picture", 20)], what="the spool deleted", tamper=delete)


def outages(kafka: KafkaServer, link: Link, postgres: Server, seed: int, count: int) -> Iterator[Plan]:
    """Servers away for some seconds, and a Kafka that refuses, is slow or hangs; each second time with a kill in its midst."""
    dice = random.Random(seed)  # noqa: S311 - a test that can be repeated
    for number in range(count):
        kills = [Kill("after a picture", dice.randint(5, 25))] if number % 2 else ()
        for what, servers in (
            ("Kafka", [kafka]),
            ("PostgreSQL", [postgres]),
            ("both", [kafka, postgres]),
        ):
            yield Plan(kills, Outage.of(what, servers, dice.uniform(0, 4), dice.uniform(2, 15)))
        for_s = dice.uniform(5, 15)
        yield Plan(kills, Outage("Kafka hangs", [kafka.pause], [kafka.resume], dice.uniform(0, 3), for_s))
        refuse = ([lambda: link.refuse(on=True)], [lambda: link.refuse(on=False)])
        yield Plan(kills, Outage("Kafka refuses", *refuse, dice.uniform(0, 3), for_s))
        late = ([lambda: setattr(link, "late_s", 0.4)], [lambda: setattr(link, "late_s", 0.0)])
        yield Plan(kills, Outage("Kafka answers 0.8 s later", *late, 0.0, 15.0))
