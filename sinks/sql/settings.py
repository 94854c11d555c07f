"""The settings of the sink `sql`."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from config.component import Flag
from config.keeping import KeepDaysOfEvents
from config.outputs import SqlUrl
from domain.stores import StoreAddress, file_store
from sinks.base import DATABASE, EventSink, SinkContext, SinkSettings


class SqlSettings(SinkSettings):
    """Tables in SQLite or PostgreSQL."""

    kind: Literal["sql"] = "sql"
    url: Annotated[
        SqlUrl | None,
        Flag("--sql", metavar="URL", help="Store events there instead of in DIR/footfall.db"),
    ] = Field(
        default=None,
        description="`sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/DATABASE`; else `footfall.db` in the output folder",
    )

    keep_days: KeepDaysOfEvents = Field(
        default=KeepDaysOfEvents(), description="What differs for this store from `privacy.keep_days`"
    )

    @property
    def grows(self) -> tuple[str, ...]:
        """See `SinkSettings.grows`."""
        return () if self.url else (DATABASE,)

    @property
    def file(self) -> Path | None:
        """See `SinkSettings.file`."""
        store = StoreAddress.parse(self.url.get_secret_value()) if self.url else None
        return store.file if store and store.kind == "sqlite" else None

    def store(self, database: Path) -> StoreAddress:
        """Where it stores.

        Args:
            database: The file in the folder of the results, for where no address is given.
        """
        return StoreAddress.parse(self.url.get_secret_value()) if self.url else file_store(database)

    def look(self) -> str:
        """See `SinkSettings.look`."""
        from sinks.sql.looking import look  # noqa: PLC0415 - brings SQLAlchemy along

        return look(StoreAddress.parse(self.url.get_secret_value())) if self.url else super().look()

    def build(self, context: SinkContext) -> EventSink:
        """See `SinkSettings.build`."""
        from sinks.sql.retention import RowRetention  # noqa: PLC0415 - brings SQLAlchemy along
        from sinks.sql.sink import SqlSink  # noqa: PLC0415

        return SqlSink(
            self.store(context.results.database),
            name=None if context.name == self.kind else context.name,
            journal=context.journal,
            retention=RowRetention({**context.keep_days, **self.keep_days.days()}),
        )
