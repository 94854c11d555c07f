"""What numbers come from: runs, and the analyses that they belong to."""

from datetime import datetime
from typing import Literal, Self, TypeAlias

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue

from domain.summary import ParserSummary

RunState: TypeAlias = Literal["running", "complete", "interrupted", "failed"]
"""`running` is also what a run that was killed has left, until the next one in its folder.

`failed` lacks something that it should have counted or stored."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class Analysis(_Record):
    """A source seen by one parser, with one set of the settings that bear on numbers, by one version of Footfall.

    Attributes:
        analysis_id: Made from all the rest: the same on every machine.
        source_id: Of what was seen: made from the content of a recording, or from the name of a camera.
        live: Whether the source is a camera.
        content: Fingerprint of a recording; None for a camera.
        footfall_version: That counted.
        packages: Versions of packages from outside that took part, by name.
        parser: With the precision that it computed in, which may depend on the CPU.
        settings: Those that bear on numbers.
    """

    analysis_id: str
    source_id: str
    live: bool
    content: str | None
    footfall_version: str
    packages: dict[str, str]
    parser: ParserSummary
    settings: dict[str, JsonValue]


class RunStream(_Record):
    """One stream of a run.

    Attributes:
        stream_id: Its name.
        source: Where it came from, without any password.
        state: How it ended.
        problem: Why it failed, in one line.
        analysis: What its numbers belong to.
    """

    stream_id: str
    source: str
    state: RunState = "running"
    problem: str | None = None
    analysis: Analysis


class RunRecord(_Record):
    """A run: what `run.json` and the tables `runs` and `analyses` say.

    Attributes:
        run_id: Another one for each run.
        footfall_version: That ran.
        state: How far it has come.
        started_at, ended_at: By this machine's clock, UTC.
        settings: All that hold, without what is secret in them.
        streams: In the order in which they began; one stands there for each analysis that it had.
        resumed: How often it was cut off and gone on with.
    """

    run_id: str
    footfall_version: str
    state: RunState = "running"
    started_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    settings: dict[str, JsonValue]
    streams: tuple[RunStream, ...]
    resumed: int = 0

    def cut_off(self, at: datetime | None) -> Self:
        """The same run as its successor knows it: it was killed, and nobody goes on with it.

        Args:
            at: When it was last seen alive, UTC.
        """
        streams = tuple(
            one.model_copy(update={"state": "interrupted", "problem": "Footfall was cut off"})
            if one.state == "running"
            else one
            for one in self.streams
        )
        return self.model_copy(
            update={"state": "interrupted", "ended_at": at or self.ended_at, "streams": streams}
        )

    def without_numbers(self, why: str) -> Self:
        """The same run as a store tells it that has not got all events: nothing in it is complete there.

        Args:
            why: What is missing, in one line.
        """
        update = {"state": "failed", "problem": why}
        told = tuple(one.model_copy(update=update) for one in self.streams)
        return self.model_copy(update={"state": "failed", "streams": told})

    def with_stream(self, stream: RunStream) -> Self:
        """The same run with that stream, in the place of the one of the same name and analysis if there is one."""
        name = stream.stream_id, stream.analysis.analysis_id
        known = [(one.stream_id, one.analysis.analysis_id) for one in self.streams]
        streams = [stream if one == name else old for one, old in zip(known, self.streams, strict=True)]
        return self.model_copy(update={"streams": (*streams, *([] if name in known else [stream]))})
