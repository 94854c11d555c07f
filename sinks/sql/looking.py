"""How a store is found before a run; nothing in it is changed."""

import os

from sqlalchemy.exc import SQLAlchemyError

from domain.errors import OutputError, SinkBusy
from domain.stores import StoreAddress
from sinks.sql.engine import is_away, open_engine, time_limit
from sinks.sql.rights import refuse_no_file, refuse_read_only
from sinks.sql.schema import head, unusable, version

_LIMIT_S = 5.0


def look(store: StoreAddress) -> str:
    """See `sinks.base.SinkSettings.look`."""
    refuse_no_file(store)
    return _look_at_file(store) if store.kind == "sqlite" else _look_at_server(store)


def _look_at_file(store: StoreAddress) -> str:
    """SQLite is not asked: to open a file is to change it."""
    there = store.file.exists()
    if not os.access(store.file if there else store.file.absolute().parent, os.W_OK):
        raise OutputError(
            f"{store.shown()} cannot be written; give this user the right, or name another file"
        )
    return "the file is there" if there else "the file will be made"


def _look_at_server(store: StoreAddress) -> str:
    engine = open_engine(store, connect_timeout_s=_LIMIT_S, lock_timeout_s=_LIMIT_S)
    try:
        with engine.connect() as connection, time_limit(connection, _LIMIT_S):
            refuse_read_only(connection, store)
            found = version(connection)
    except SQLAlchemyError as error:
        if not is_away(error, store, _LIMIT_S):
            raise unusable(error, store) from None
        raise SinkBusy(f"{store.shown()} does not answer; a run would wait for it", retry_after_s=0) from None
    finally:
        engine.dispose()
    if found is not None and found != head():
        raise OutputError(
            f"{store.shown()} has tables of version {found}, this Footfall needs {head()}; run: footfall migrate URL"
        )
    return "no tables yet" if found is None else f"tables of version {found}"
