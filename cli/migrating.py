"""What `footfall migrate` does."""

from pathlib import Path

from config import load_settings
from config.address_files import from_file
from config.component import settings_of
from domain.errors import UsageError
from sinks.base import SinkSettings
from sinks.sql.schema import migrate
from sinks.sql.settings import SqlSettings


def migrate_stores(url: str | None, config: Path | None) -> list[str]:
    """Bring tables to this version: those of an address, or else of every store that the settings name.

    Args:
        url: An address or `@FILE`; None for the settings.
        config: YAML file with settings; None for the environment alone.

    Returns:
        The version that the tables of each store have now.

    Raises:
        UsageError: There is no address, or a store refuses.
    """
    return [migrate(address) for address in _addresses(url, config)]


def _addresses(url: str | None, config: Path | None) -> list[str]:
    if url is not None:
        try:
            return [from_file(url)]
        except ValueError as error:
            raise UsageError(f"URL {error}") from None
    sinks = [settings_of(SinkSettings, component) for component in load_settings(config).sinks.values()]
    found = [sink.url.get_secret_value() for sink in sinks if isinstance(sink, SqlSettings) and sink.url]
    if not found:
        raise UsageError(
            "there is no store to migrate: name its URL, @FILE with the URL in it or --config FILE, or set "
            "FOOTFALL_SINKS__SQL__URL"
        )
    return found
