"""A recording that is run beside other things, with a parser that is not its own, and that can stop and go on."""

from collections.abc import Callable
from contextlib import ExitStack, closing
from typing import Literal, TypeAlias

from config.settings import Settings
from domain.summary import RunSummary
from pipeline.assembly import assemble
from pipeline.parsers.base import HumanParser
from pipeline.stream import StreamProgress
from pipeline.writing import write_results

Command: TypeAlias = Literal["go-on", "suspend", "give-up"]
"""`suspend` leaves everything so that the same call goes on with it; `give-up` ends it, and what it has written is of no use."""

Ask: TypeAlias = Callable[[StreamProgress], Command]
"""Is told how far the recording is, twice a second or so, and says what is to become of it."""

_LOOK_S = 0.4


def run_recording(settings: Settings, parser: HumanParser, ask: Ask) -> RunSummary | None:
    """Run what `footfall run` runs, over one recording, to its end. Blocks.

    In the folder of one that was suspended or killed, it goes on where that was: nothing is counted twice, and ids stay the same.

    Args:
        settings: With one camera, which is a recording, and the delivery `spool`.
        parser: That of the settings.
        ask: Tells it to go on, or not to.

    Returns:
        What came of it; the results are in the folder. None where it was told not to go on.

    Raises:
        UsageError: It cannot begin, or it cannot go on with what lies in the folder.
    """
    with ExitStack() as undo:
        assembled = assemble(settings, undo, parser=parser)
        undo.pop_all()
    runtime = assembled.runtime
    with ExitStack() as end:
        end.callback(assembled.folder.leave)
        end.callback(runtime.close)
        runtime.start()
        while not runtime.wait(_LOOK_S):
            command = ask(runtime.progress()[0])
            if command == "suspend" and not runtime.suspend():
                break
            if command != "go-on":
                return None
        runtime.close()
        ask(runtime.progress()[0])
        with closing(assembled.folder):
            return write_results(assembled, runtime.result())
