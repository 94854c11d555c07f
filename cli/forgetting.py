"""What `footfall forget` does."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.claiming import claimed
from config import load_settings
from config.address_files import from_file
from config.component import settings_of
from config.settings import Settings
from domain.errors import UsageError
from domain.names import shown_name
from domain.stores import StoreAddress
from pipeline.forgetting import Before, Gone, forget_in, forget_in_store
from pipeline.results import ResultFolder, ResultPlan
from service.forgetting import forget_of_service
from sinks.base import DATABASE, EVENTS, SinkSettings
from sinks.kafka_settings import KafkaSettings
from sinks.sql.address import parse
from sinks.sql.settings import SqlSettings


def moment_of(text: str) -> datetime:
    """The moment that a day or a time stands for; a day begins at midnight, UTC.

    Raises:
        UsageError: It is none, or lies ahead.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"--before {text!r}: must be a day, as in 2026-11-22, or a time with its zone, as in 2026-11-22T09:00:00+01:00"
        ) from None
    if moment.tzinfo is None and "T" in text.upper():
        raise UsageError(f"--before {text!r}: must name its time zone, as in {text}+01:00")
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment > datetime.now(UTC):
        raise UsageError(f"--before {text!r}: lies ahead, and what is not there yet cannot be forgotten")
    return moment


def forget(
    console: Console,
    before: datetime,
    *,
    out: Path | None,
    store: str | None,
    config: Path | None,
    dry_run: bool,
) -> None:
    """Delete what is older, and print what went.

    Raises:
        UsageError: Nothing is named, or something cannot be reached; what was deleted until then is gone.
    """
    found = list(_forgotten(Before.everything(before), out, store, config, dry_run=dry_run))
    if found:
        console.print(_table(found, dry_run=dry_run))
    else:
        console.out(f"nothing is older than {before.isoformat()}", highlight=False)
    for one in found:
        if one.stays:
            console.out(f"{one.place}: {one.what}: {one.stays}", style="yellow", highlight=False)


def _forgotten(
    before: Before, out: Path | None, store: str | None, config: Path | None, *, dry_run: bool
) -> Iterator[Gone]:
    if sum(given is not None for given in (out, store, config)) != 1:
        raise UsageError("name one place to forget in: --out DIR, --store URL or --config FILE")
    if store is not None:
        yield from forget_in_store(_address(store), before, dry_run=dry_run)
        return
    settings = load_settings(config) if config else None
    folder = settings.output.dir if settings else out
    if folder is None or not folder.is_dir():
        if settings is None or not _elsewhere(settings):
            raise UsageError(
                f"{shown_name(folder or Path())} is not there: name the folder of a run with --out"
            )
    else:
        yield from _in_folder(folder, before, dry_run=dry_run)
    if settings is not None:
        for address in _elsewhere(settings):
            yield from forget_in_store(address, before, dry_run=dry_run)
        yield from _kafka(settings)


def _in_folder(folder: Path, before: Before, *, dry_run: bool) -> Iterator[Gone]:
    plan = ResultPlan(
        streams=(),
        adds=True,
        grows=tuple(name for name in (EVENTS, DATABASE) if (folder / name).exists()),
        report=False,
    )
    if not (folder / ".footfall").is_dir():
        raise UsageError(f"{shown_name(folder)} holds no results of a run: name the folder of one with --out")
    if dry_run:
        results = ResultFolder(folder, plan)
        results.look()
        yield from forget_in(results, before, dry_run=True)
        yield from forget_of_service(folder / "service", before, dry_run=True)
        return
    with claimed(folder, plan) as results:
        yield from forget_in(results, before)
        yield from forget_of_service(folder / "service", before)


def _elsewhere(settings: Settings) -> list[StoreAddress]:
    sinks = [settings_of(SinkSettings, component) for component in settings.sinks.values()]
    return [
        parse(sink.url.get_secret_value()) for sink in sinks if isinstance(sink, SqlSettings) and sink.url
    ]


def _kafka(settings: Settings) -> Iterator[Gone]:
    for component in settings.sinks.values():
        if isinstance(component, KafkaSettings):
            why = "records of Kafka cannot be deleted one by one: retention.ms of each topic says how long they stay"
            yield Gone("records", ", ".join(component.bootstrap_servers), 0, stays=why)


def _address(text: str) -> StoreAddress:
    try:
        return parse(from_file(text))
    except ValueError as error:
        raise UsageError(f"--store {error}") from None


def _table(found: list[Gone], *, dry_run: bool) -> Table:
    table = Table(title="Would be forgotten" if dry_run else "Forgotten", title_justify="left")
    table.add_column("what", overflow="fold")
    table.add_column("where", overflow="fold")
    table.add_column("rows or files", justify="right")
    table.add_column("bytes", justify="right")
    for one in found:
        count = (
            f"{one.count:,} stay" if one.stays and one.count else "stay" if one.stays else f"{one.count:,}"
        )
        freed = f"{one.freed:,}" if one.freed else ""
        table.add_row(Text(one.what), Text(one.place), count, freed)
    return table
