"""Converted models in the user's cache: whole ones or none.

One folder for each checkpoint, named after its checksum::

    ~/.cache/footfall/models/m2fp/3f2a9c0d51b7/
        model.json                   what it is, with the checksum of every file
        network.xml, network.bin     for OpenVINO
        network.onnx                 for ONNX Runtime

A model is built in a folder beside it and moved into place in one step, so that a killed conversion leaves nothing that could be
mistaken for a model; what it left is cleared by the next one.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from domain.errors import ModelError, OutputError

_FETCH = "run: footfall models fetch m2fp"
_BUILDING = ".building"
_NETWORKS = {"openvino": "network.xml", "onnxruntime": "network.onnx"}


class Manifest(BaseModel):
    """What `model.json` says.

    Attributes:
        format: Raised when a conversion gives other files than before; older models are then fetched again.
        checkpoint_sha256: Of the checkpoint that it was made of.
        source: Where that came from: a name at ModelScope, or the name of a local file.
        files: Checksum of each file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    checkpoint_sha256: str
    source: str
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A converted model.

    Attributes:
        folder: Where it lies.
        manifest: What it is.
    """

    folder: Path
    manifest: Manifest

    @property
    def version(self) -> str:
        """The first 12 digits of the checkpoint's checksum."""
        return self.manifest.checkpoint_sha256[:12]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum((self.folder / name).stat().st_size for name in self.manifest.files)

    def network(self, executor: str) -> Path:
        """The file that `openvino` or `onnxruntime` loads."""
        return self.folder / _NETWORKS[executor]

    def verify(self) -> None:
        """Read every file.

        Raises:
            ModelError: One is missing or is not what was written.
        """
        for name, wanted in self.manifest.files.items():
            path = self.folder / name
            if not path.is_file() or checksum(path) != wanted:
                raise ModelError(f"{path} is missing or damaged; {_FETCH}")


class ModelStore:
    """The folder of converted M2FP models.

    Args:
        folder: None is `m2fp` in the user's cache for Footfall.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or default_folder()

    def models(self) -> list[StoredModel]:
        """All whole models, the newest first."""
        found = [(path.stat().st_mtime_ns, path) for path in self.folder.glob("*/model.json")]
        models = (self._read(path) for _, path in sorted(found, reverse=True))
        return [model for model in models if model is not None]

    def installed(self) -> StoredModel:
        """The newest one. Its files are there; that they are whole is what `StoredModel.verify` reads them for.

        Raises:
            ModelError: There is none; the message says what to run.
        """
        models = self.models()
        if not models:
            raise ModelError(f"the model m2fp is not installed; {_FETCH}")
        return models[0]

    def find(self, checkpoint_sha256: str) -> StoredModel | None:
        """The model made of that checkpoint."""
        return next(
            (model for model in self.models() if model.manifest.checkpoint_sha256 == checkpoint_sha256), None
        )

    def add(self, checkpoint_sha256: str, source: str, build: Callable[[Path], None]) -> StoredModel:
        """Build a model and put it in place.

        Args:
            checkpoint_sha256: Of the checkpoint.
            source: Where it came from.
            build: Writes the networks into the folder that it is given.

        Raises:
            ModelError: Another process is at it.
            OutputError: The disk is full or not writable.
        """
        target = self.folder / checkpoint_sha256[:12]
        building = self.folder / (target.name + _BUILDING)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with _only_one(self.folder / ".lock"):
                shutil.rmtree(building, ignore_errors=True)
                building.mkdir()
                try:
                    build(building)
                    manifest = _write_manifest(building, checkpoint_sha256, source)
                    shutil.rmtree(target, ignore_errors=True)
                    building.rename(target)
                finally:
                    shutil.rmtree(building, ignore_errors=True)
        except OSError as error:
            raise OutputError(f"cannot write {self.folder}: {error.strerror or error}") from error
        return StoredModel(target, manifest)

    def remove(self) -> list[StoredModel]:
        """Delete all models, and what a killed conversion left; give those that were whole."""
        models = self.models()
        if not self.folder.is_dir():
            return models
        try:
            with _only_one(self.folder / ".lock"):
                for path in self.folder.glob("*/"):
                    shutil.rmtree(path)
        except OSError as error:
            raise OutputError(f"cannot delete in {self.folder}: {error.strerror or error}") from error
        return models

    @staticmethod
    def _read(path: Path) -> StoredModel | None:
        try:
            manifest = Manifest.model_validate_json(path.read_bytes())
        except (ValidationError, OSError):
            return None  # of another version of Footfall, or half removed
        folder = path.parent
        whole = folder.suffix != _BUILDING and all((folder / name).is_file() for name in manifest.files)
        return StoredModel(folder, manifest) if whole else None


def default_folder() -> Path:
    """`footfall/models/m2fp` in XDG_CACHE_HOME, or in ~/.cache where that is not set."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "footfall" / "models" / "m2fp"


def checksum(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_manifest(folder: Path, checkpoint_sha256: str, source: str) -> Manifest:
    files = {path.name: checksum(path) for path in sorted(folder.iterdir())}
    manifest = Manifest(checkpoint_sha256=checkpoint_sha256, source=source, files=files)
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())  # renamed only when it is really there
    (folder / "model.json").write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return manifest


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Held by one process at a time, and let go by the system when that dies.

    Raises:
        ModelError: Another process holds it.
    """
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ModelError("another footfall is converting m2fp at this moment; wait for it") from error
        yield
