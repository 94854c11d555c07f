"""What may become of a spool while no process has it."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

_PARTS = ("spool.db", "spool.db-wal", "spool.db-shm")


def delete(out: Path) -> None:
    """Somebody has cleared it away."""
    for part in _PARTS:
        (out / ".footfall" / part).unlink(missing_ok=True)


def copy(out: Path) -> None:
    """The folder comes from another machine: the same content, other files."""
    elsewhere = out.with_name("elsewhere")
    shutil.copytree(out, elsewhere)
    shutil.rmtree(out)
    shutil.copytree(elsewhere, out)
    shutil.rmtree(elsewhere)


def cut_power(seed: int) -> Callable[[Path], None]:
    """The end of the write-ahead log never came to the disk, though it was said to have."""

    def truncate(out: Path) -> None:
        log = out / ".footfall" / "spool.db-wal"
        size = log.stat().st_size
        with log.open("r+b") as file:
            file.truncate(random.Random(seed).randrange(size))  # noqa: S311 - a test that can be repeated
        (out / ".footfall" / "spool.db-shm").unlink(missing_ok=True)

    return truncate


def restore(out: Path) -> None:
    """It is put back from an older copy, which `keep` has made."""
    delete(out)
    for part in _PARTS[:2]:
        saved = out.with_name(f"kept-{part}")
        if saved.exists():
            shutil.copyfile(saved, out / ".footfall" / part)


def keep(out: Path) -> None:
    """Make a copy for `restore`."""
    for part in _PARTS[:2]:
        if (out / ".footfall" / part).exists():
            shutil.copyfile(out / ".footfall" / part, out.with_name(f"kept-{part}"))
