"""What `footfall spool` and `footfall deliver` do."""

from collections.abc import Collection
from contextlib import ExitStack, closing
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.claiming import claimed
from cli.exit_codes import ExitCode
from config.component import settings_of
from config.settings import Settings
from domain.errors import UsageError
from domain.names import shown_name
from domain.summary import SinkSummary
from pipeline.results import ResultFolder, ResultPlan
from sinks.base import SinkContext, SinkSettings
from sinks.spool.options import SpoolRun
from sinks.spool.outlet import SpoolOutlet
from sinks.spool.status import SpoolStatus, status_of
from sinks.spool.store import SpoolStore

_LONGEST_S = 7 * 86_400.0
"""A store that is away ends the delivery to it at once; one that takes events is given them all."""


def print_status(console: Console, folder: Path) -> None:
    """Print a table of the sinks, and what there is beside it.

    Raises:
        OutputError: There is no spool, or it cannot be read.
    """
    status = status_of(_spool(folder))
    console.print(_table(status))
    console.out(
        f"{status.events} events kept, up to number {status.last_seq}; {status.size / 1e6:.1f} MB on disk",
        highlight=False,
    )
    for sink in status.sinks:
        for reason, count in sink.refused.items():
            console.out(
                f"{sink.name} does not take {count} events: {reason}", style="yellow", highlight=False
            )
    for run in status.unfinished:
        console.out(f"run {run} has not ended: it is going on, or was killed", highlight=False)


def forget_sink(folder: Path, sink: str) -> str:
    """Give a sink up, and say what that costs.

    Raises:
        UsageError: There is none of that name, a run is going on, or the spool cannot be written.
    """
    known = {one.name: one for one in status_of(_spool(folder)).sinks}
    if sink not in known:
        raise UsageError(f"{shown_name(folder)} has no store {sink}; it has {', '.join(known) or 'none'}")
    with claimed(folder, _plan()) as results, closing(SpoolStore(results.spool)) as store:
        store.forget(sink)
    return f"{sink} is given up: {known[sink].waiting} events are not kept for it any longer"


def deliver_waiting(console: Console, settings: Settings) -> ExitCode:
    """Send what waits to those stores that the settings name, and print what became of it.

    Raises:
        UsageError: There is no spool, a run is going on, or a store cannot be used.
    """
    folder = settings.output.dir
    waiting = {sink.name: sink.waiting for sink in status_of(_spool(folder)).sinks if sink.waiting}
    if not waiting:
        console.out("nothing waits", highlight=False)
        return ExitCode.OK
    summaries = _deliver(settings, folder, waiting.keys())
    for summary in summaries:
        console.out(_words(summary), highlight=False)
    missing = sorted(waiting.keys() - {summary.name for summary in summaries})
    for name in missing:
        console.out(f"{name}: {waiting[name]} events wait, but the settings do not name it", highlight=False)
    whole = not missing and not any(one.events_waiting or one.events_undelivered for one in summaries)
    return ExitCode.OK if whole else ExitCode.UNDELIVERED


def _deliver(settings: Settings, folder: Path, wanted: Collection[str]) -> tuple[SinkSummary, ...]:
    chosen = {name: settings_of(SinkSettings, component) for name, component in settings.sinks.items()}
    # A file in the results is gone on with, but none is made.
    chosen = {
        name: sink for name, sink in chosen.items() if all((folder / file).exists() for file in sink.grows)
    }
    grows = tuple(dict.fromkeys(file for sink in chosen.values() for file in sink.grows))
    with (
        claimed(folder, _plan(grows)) as results,
        ExitStack() as stack,
    ):
        store = SpoolStore(results.spool)
        stack.callback(store.close)
        contexts = {name: SinkContext(name, results, run_id=store.newest_run()) for name in chosen}
        sinks = [sink.build(contexts[name]) for name, sink in chosen.items()]
        for sink in sinks:
            stack.callback(sink.close)
        run = SpoolRun(None, "", [sink for sink in sinks if sink.name in wanted])
        outlet = SpoolOutlet(store, run)
        outlet.close(_LONGEST_S)
        return outlet.report()


def _plan(grows: tuple[str, ...] = ()) -> ResultPlan:
    return ResultPlan(streams=(), adds=True, grows=grows, report=False)


def _words(summary: SinkSummary) -> str:
    words = [f"{summary.events_stored} events sent"]
    if summary.events_undelivered:
        words.append(f"{summary.events_undelivered} refused")
    if summary.events_waiting:
        words.append(f"{summary.events_waiting} still wait")
    reason = f": {summary.problem}" if summary.problem else ""
    return f"{summary.name}: {', '.join(words)}{reason}"


def _table(status: SpoolStatus) -> Table:
    table = Table(title="Spool", title_justify="left")
    table.add_column("store", overflow="fold")
    for name in ("has up to", "waiting", "refused"):
        table.add_column(name, justify="right", no_wrap=True)
    for sink in status.sinks:
        table.add_row(Text(sink.name), str(sink.seq), str(sink.waiting), str(sum(sink.refused.values())))
    return table


def _spool(folder: Path) -> Path:
    return ResultFolder(folder, ResultPlan(streams=())).spool
