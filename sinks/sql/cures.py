"""What to do about what a database says."""

import sqlite3

_OTHERWISE = "check the address, the login and the rights"
_OF_SQLITE = {
    sqlite3.SQLITE_BUSY: "another program holds it: end that one, or name another file",
    sqlite3.SQLITE_LOCKED: "another program holds it: end that one, or name another file",
    sqlite3.SQLITE_FULL: "make room on its disk, or name a file elsewhere",
    # Also what a full disk looks like where SQLite cannot make its file of shared memory.
    sqlite3.SQLITE_IOERR: "make room on its disk, or see whether it is broken",
    sqlite3.SQLITE_READONLY: "give this user the right to write it, or name another file",
    sqlite3.SQLITE_CANTOPEN: "make its folder, and give this user the right to write there",
    sqlite3.SQLITE_NOTADB: "name a file of SQLite, or one that is not there yet",
    sqlite3.SQLITE_CORRUPT: "name another file, or bring this one back from a copy",
}
_OF_POSTGRESQL = {
    "42501": (
        "grant this role the right, CREATE on the schema to make the tables, or SELECT, INSERT and UPDATE on them once their owner "
        "has run footfall migrate"
    ),
    "3F000": "the search path of this role names no schema that is there; make one, or set another path",
    "25006": "name a server that can be written",
    "53300": "it has no connection left; allow it more, or end others",
    "28P01": "check user and password",
    "28000": "check user and password, and what the server lets in",
    "3D000": "check the name of the database, or make it",
}


def cure(error: BaseException) -> str:
    """The next step for whoever reads the error of a driver, as the end of a sentence."""
    if isinstance(error, sqlite3.Error):
        # The low byte is the kind, the rest says more exactly why.
        return _OF_SQLITE.get((getattr(error, "sqlite_errorcode", None) or 0) & 0xFF, _OTHERWISE)
    # Only a driver of PostgreSQL has a `sqlstate`.
    return _OF_POSTGRESQL.get(getattr(error, "sqlstate", None) or "", _OTHERWISE)
