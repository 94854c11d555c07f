"""Compiled networks on disk, for any number of processes at once: whole ones or none."""

import hashlib
import logging
import os
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

_LOG = logging.getLogger(__name__)
_SUFFIX = ".blob"
_DIGEST = hashlib.sha256().digest_size
# The sizes that cameras have; a folder of pictures of every size must not fill the disk.
_MOST = 4


class CompiledStore:
    """A folder of compiled networks, each in a file named after everything that it depends on.

    A file is written beside its place and moved there in one step, and begins with the checksum of the rest: what another process
    is writing, or a killed one has left, is never read, and a damaged file counts as none. A folder that cannot be written is no
    error: then the network is compiled anew each time.

    Args:
        folder: Made when something is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, description: str) -> bytes | None:
        """The network compiled under that description, None where there is none."""
        try:
            with self._path(description).open("rb") as file:
                digest, network = file.read(_DIGEST), file.read()
        except OSError:
            return None
        return network if hashlib.sha256(network).digest() == digest else None

    def keep(self, description: str, network: bytes) -> None:
        """Write it, and delete the oldest beyond four."""
        try:
            self._folder.mkdir(exist_ok=True)
            self._write(self._path(description), network)
            self._prune()
        except OSError as error:
            _LOG.info("the compiled network is not kept in %s: %s", self._folder, error.strerror or error)

    def _path(self, description: str) -> Path:
        return self._folder / (hashlib.sha256(description.encode()).hexdigest()[:16] + _SUFFIX)

    def _write(self, path: Path, network: bytes) -> None:
        with NamedTemporaryFile(dir=self._folder, delete=False) as file:
            try:
                file.write(hashlib.sha256(network).digest())
                file.write(network)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(path)
            except BaseException:
                with suppress(OSError):
                    Path(file.name).unlink()
                raise

    def _prune(self) -> None:
        ages = []
        for path in self._folder.glob("*" + _SUFFIX):
            # Another process prunes, too.
            with suppress(FileNotFoundError):
                ages.append((path.stat().st_mtime_ns, path))
        for _, path in sorted(ages, reverse=True)[_MOST:]:
            path.unlink(missing_ok=True)
