"""Everything that Footfall raises on purpose.

::

    FootfallError
    ├── UsageError               the user can mend it: exit code 2, one line, no traceback
    │   ├── SourceError          a file, folder or camera that cannot be used
    │   ├── SettingsError        a key or value of the configuration
    │   ├── ModelError           weights that are missing, damaged or foreign
    │   ├── OutputError          a folder or a store that cannot be written
    │   │   └── NoRoom           its disk is full
    │   ├── SnapshotError        a saved state that does not fit what is to go on from it
    │   └── MissingExtra         an optional part that is not installed
    ├── MediaBroken              a recording that breaks in the middle: the results up to there are kept
    ├── Busy                     the parser has too much to do: ask again later
    └── SinkError                a sink cannot store what it was given
        ├── SinkBusy             not now: try the same batch again later
        ├── SinkRejected         never: this batch would be refused each time
        └── SinkStopped          nothing more: somebody has to see to it first

A message says in one line what happened and what to do, and never carries a password. Anything else that escapes is a bug and keeps
its traceback.
"""


class FootfallError(Exception):
    """Base of all of them."""


class UsageError(FootfallError):
    """The user can mend it; the message names the thing and the cure."""


class SourceError(UsageError):
    """A file, folder or camera that cannot be used."""


class SettingsError(UsageError):
    """A key or value of the configuration is wrong; the message names key, value and where it came from."""


class ModelError(UsageError):
    """Weights are missing, damaged or not what they claim to be."""


class OutputError(UsageError):
    """A folder or a store cannot be written."""


class NoRoom(OutputError):  # noqa: N818 - it reads as what it is
    """A disk has no room for it now; the same may succeed later."""


class SnapshotError(UsageError):
    """A saved state does not fit: it is of another version, stream or set of settings, or damaged."""


class MissingExtra(UsageError):  # noqa: N818 - it reads as what it is
    """An optional part of Footfall is not installed; the message says how to install it."""


class MediaBroken(FootfallError):  # noqa: N818 - it reads as what it is
    """A recording breaks in the middle. What was read before stays counted."""


class Busy(FootfallError):  # noqa: N818 - a signal, not a fault
    """Too much waits to be parsed.

    Attributes:
        retry_after_s: Seconds after which to ask again.
    """

    def __init__(self, message: str, *, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class SinkError(FootfallError):
    """A sink cannot store what it was given."""


class SinkBusy(SinkError):  # noqa: N818 - a signal, not a fault
    """The store cannot take the batch now.

    Attributes:
        retry_after_s: Seconds after which to offer the same batch again.
    """

    def __init__(self, message: str, *, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class SinkRejected(SinkError):  # noqa: N818 - it reads as what it is
    """The store will never take this batch, for example because its tables are of another version."""


class SinkStopped(SinkError):  # noqa: N818 - it reads as what it is
    """The store can take nothing more from this run before somebody has seen to it; what waits is not refused."""
