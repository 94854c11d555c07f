"""A disk that becomes full."""

import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes: writing fails as it does on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def can_mount() -> bool:
    """Whether this user may have a disk of its own, in a name space of its own."""
    tried = subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False)
    return tried.returncode == 0


def on_small_disk(
    folder: Path, size: str, command: list[str], kept: Path
) -> subprocess.CompletedProcess[str]:
    """Run a command with a disk of that size mounted on the folder, and copy what is on it afterwards into another."""
    script = (
        'mount -t tmpfs -o size="$1" small "$2" || exit 77; "${@:4}"; code=$?; cp -r "$2"/. "$3"; exit $code'
    )
    return subprocess.run(
        ["unshare", "-rm", "bash", "-c", script, "-", size, str(folder), str(kept), *command],
        capture_output=True,
        text=True,
        check=False,
    )
