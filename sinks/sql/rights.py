"""What keeps a store from taking rows for good, found out before a run begins."""

import stat
from collections.abc import Collection

from sqlalchemy import Connection, text

from domain.errors import OutputError
from domain.stores import StoreAddress
from sinks.sql.run_tables import RUN_TABLES
from sinks.sql.tables import metadata


def refuse_no_file(store: StoreAddress) -> None:
    """Make sure that SQLite is not handed something that it would wait for: a pipe, a device.

    Raises:
        OutputError: It is one, or a folder.
    """
    if store.kind != "sqlite":
        return
    try:
        mode = store.file.stat().st_mode
    except (OSError, ValueError):  # not there yet, or out of reach, which SQLite will say
        return
    if not stat.S_ISREG(mode):
        raise OutputError(f"{store.shown()} is no regular file; name a file for the SQLite database")


def refuse_read_only(connection: Connection, store: StoreAddress) -> None:
    """Make sure that a PostgreSQL takes writes; a standby, or a role that is set to read only, would refuse each batch.

    Raises:
        OutputError: It does not.
    """
    if store.kind == "postgresql" and connection.scalar(text("SHOW transaction_read_only")) == "on":
        raise OutputError(
            f"{store.shown()} can be read only (a standby, or default_transaction_read_only); name a server that can be written"
        )


def refuse_no_rights(connection: Connection, store: StoreAddress, deletes_from: Collection[str]) -> None:
    """Make sure that this role may write to every table that is there, and delete from those.

    Raises:
        OutputError: It may not.
    """
    if store.kind != "postgresql":
        return
    may = text("SELECT has_table_privilege(:name, 'SELECT') AND has_table_privilege(:name, :right)")
    wanted = [(name, "INSERT") for name in metadata().tables]
    wanted += [(name, "UPDATE") for name in RUN_TABLES] + [(name, "DELETE") for name in deletes_from]
    lacking = [name for name, right in wanted if not connection.scalar(may, {"name": name, "right": right})]
    if lacking:
        deleting = f", and DELETE on {', '.join(deletes_from)}" if deletes_from else ""
        raise OutputError(
            f"{store.shown()} lets this role not write to {', '.join(dict.fromkeys(lacking))}; "
            f"grant it SELECT and INSERT on Footfall's tables, and UPDATE on {', '.join(RUN_TABLES)}{deleting}"
        )
