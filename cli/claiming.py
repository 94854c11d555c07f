"""A folder of results that a command beside a run writes to."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.results import ResultFolder, ResultPlan


@contextmanager
def claimed(folder: Path, plan: ResultPlan) -> Iterator[ResultFolder]:
    """The folder, for this command alone; what it writes there is recorded as by a run that adds."""
    results = ResultFolder(folder, plan)
    cut_off = results.unfinished.is_dir()
    try:
        # A run that was cut off can still be gone on with.
        results.claim(lambda: True)
        results.prepare()
        results.begin()
    except BaseException:
        results.discard()
        raise
    try:
        yield results
    finally:
        results.give_back_reserve()
        # What a run that was cut off has left there stays for whoever goes on with it.
        (results.leave if cut_off else results.close)()
