"""Servers that go away and come back while runs go on."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Protocol

from tests.chaos.nursery import Run
from tests.chaos.trial import Difference, Trials


class Server(Protocol):
    """What can go away."""

    def kill(self) -> None:
        """End it as a power cut does."""
        ...

    def start(self) -> None:
        """Start it over the same data."""
        ...


@dataclass(frozen=True, slots=True)
class Outage:
    """Servers that go away some time after a run was started, and come back.

    Attributes:
        what: For the table.
        away, back: What happens.
        after_s: When, seconds.
        for_s: For how long.
    """

    what: str
    away: Sequence[Callable[[], None]]
    back: Sequence[Callable[[], None]]
    after_s: float
    for_s: float

    def __str__(self) -> str:
        """For the table."""
        return f"{self.what} for {self.for_s:.0f} s"

    @classmethod
    def of(cls, what: str, servers: Sequence[Server], after_s: float, for_s: float) -> "Outage":
        """Servers that are killed and started again."""
        away, back = [server.kill for server in servers], [server.start for server in servers]
        return cls(f"{what} away", away, back, after_s, for_s)

    @contextmanager
    def during(self) -> Iterator[None]:
        """Let it happen while the block runs, and last as long as it should; at its end all is as before.

        Raises:
            AssertionError: A server does not come back.
        """
        with ThreadPoolExecutor(1) as pool:
            happening = pool.submit(self._happen)
            yield
            happening.result()

    def _happen(self) -> None:
        time.sleep(self.after_s)
        for change in self.away:
            change()
        time.sleep(self.for_s)
        for change in self.back:
            change()


@dataclass(frozen=True, slots=True)
class Rounds:
    """One long recording, shown at its own pace, during which servers go away again and again.

    Attributes:
        what: Which servers.
        servers: These.
        times: How often they go away. Each second time the run is killed in the midst of it and started again at once.
        away_s, between_s: How long they are away, and there.
    """

    what: str
    servers: Sequence[Server]
    times: int
    away_s: float
    between_s: float

    def __str__(self) -> str:
        """For the table."""
        return f"{self.what} away for {self.away_s:.0f} s, {self.times} times, killed in each second one"

    @property
    def lasts_s(self) -> float:
        """How long a recording has to be, seconds: servers take their time to start, twice as long as planned on a busy machine."""
        return 2.5 * self.times * (self.away_s + self.between_s)

    def carry_out(self, trials: Trials, name: str, say: Callable[[str], None]) -> tuple[int, Difference]:
        """Do it, and compare with the trial `whole` of another pace.

        Returns:
            How often it was killed, at the end included, and what is different.
        """
        paced = replace(trials, pace=True)
        dice = random.Random(name)  # noqa: S311 - a test that can be repeated
        run, died = paced.begun(name), 0
        try:
            for number in range(1, self.times + 1):
                _pass(run, self.between_s)
                for server in self.servers:
                    server.kill()
                before_s = dice.uniform(0.1, 0.9) * self.away_s if number % 2 == 0 else self.away_s
                _pass(run, before_s)
                if number % 2 == 0:
                    run.kill()
                    run, died = paced.begun(name), died + 1
                    _pass(run, self.away_s - before_s)
                for server in self.servers:
                    server.start()
                say(f"{self.what}: outage {number} of {self.times} is over")
        finally:
            run.kill()
        # What is left of the recording comes without its pace.
        assert trials.run(name) in {0, 4}, trials.log(name)
        trials.deliver(name)
        return died + 1, trials.difference(name, "whole")


def _pass(run: Run, seconds: float) -> None:
    """Let time pass. Who would begin again a run that has ended would count the recording twice, and tell Kafka so."""
    code = run.wait(seconds)
    assert code is None, f"the recording was over before the outages were, with {code}"
