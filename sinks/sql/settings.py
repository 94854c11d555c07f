"""The settings of the sink `sql`."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from config.component import Flag
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

    @property
    def grows(self) -> tuple[str, ...]:
        """See `SinkSettings.grows`."""
        return () if self.url else (DATABASE,)

    @property
    def file(self) -> Path | None:
        """See `SinkSettings.file`."""
        store = StoreAddress.parse(self.url.get_secret_value()) if self.url else None
        return store.file if store and store.kind == "sqlite" else None

    def look(self) -> str:
        """See `SinkSettings.look`."""
        from sinks.sql.looking import look  # noqa: PLC0415 - brings SQLAlchemy along

        return look(StoreAddress.parse(self.url.get_secret_value())) if self.url else super().look()

    def build(self, context: SinkContext) -> EventSink:
        """See `SinkSettings.build`."""
        from sinks.sql.sink import SqlSink  # noqa: PLC0415 - brings SQLAlchemy along

        store = (
            StoreAddress.parse(self.url.get_secret_value())
            if self.url
            else file_store(context.results.database)
        )
        return SqlSink(
            store, name=None if context.name == self.kind else context.name, journal=context.journal
        )
