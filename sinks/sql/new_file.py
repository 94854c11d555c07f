"""The tables of a new SQLite file: `sqlite.sql`, which is what the migrations leave in one, so that no run waits for Alembic.

`make schemas` writes it anew after a migration was added.
"""

from pathlib import Path

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from sinks.sql.engine import VERSION_TABLE

SCRIPT = Path(__file__).parent / "sqlite.sql"
_OBJECTS = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND type IN ('table', 'index') ORDER BY rowid"
_END = ";\n"


def make_tables(connection: Connection) -> None:
    """Make the tables, with their version, in an empty file, inside the caller's transaction."""
    for statement in SCRIPT.read_text(encoding="utf-8").split(_END):
        if statement.strip():
            connection.exec_driver_sql(statement)


def script_of(connection: Connection) -> str:
    """What makes the same tables, indexes and version as those of this SQLite database."""
    made = list(connection.exec_driver_sql(_OBJECTS).scalars())
    versions = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalars()  # noqa: S608 - a constant
    stamps = [
        f"INSERT INTO {VERSION_TABLE} (version_num) VALUES ('{version}')"  # noqa: S608 - our own words
        for version in versions
    ]
    return "".join(statement + _END for statement in (*made, *stamps))


def migrated() -> str:
    """The script of what the migrations make."""
    from sinks.sql.upgrading import run_migrations  # noqa: PLC0415 - brings Alembic along

    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.begin() as connection:
        run_migrations(connection)
        script = script_of(connection)
    engine.dispose()
    return script


if __name__ == "__main__":
    SCRIPT.write_text(migrated(), encoding="utf-8")
