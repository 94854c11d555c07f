"""Converted models in the user's cache: whole ones or none.

One folder for each checkpoint, named after its checksum::

    ~/.cache/footfall/models/m2fp/3f2a9c0d51b7/
        model.json                   what it is, with the checksum of every file
        network.xml, network.bin     for OpenVINO
        network.onnx                 for ONNX Runtime
        compiled/                    what OpenVINO made of it for this processor, see `pipeline/parsers/compiled.py`
        int8/                        if the user had one made: model.json, network.xml, network.bin

A model is built in a folder beside it and moved into place in one step, so that a killed conversion leaves nothing that could be
mistaken for a model; what it left is cleared by the next one.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from domain.errors import ModelError, OutputError
from pipeline.checksums import json_sha256
from pipeline.parsers.m2fp.manifest import (
    Agreement,
    Int8Manifest,
    Manifest,
    verify_files,
    write_manifest,
    written,
)

_FETCH = "run: footfall models fetch m2fp"
_QUANTIZE = "run: footfall models quantize m2fp --on CLIP"
_BUILDING = ".building"
_INT8 = "int8"
_NETWORKS = {"openvino": "network.xml", "onnxruntime": "network.onnx"}


_Made = TypeVar("_Made")


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
        """Bytes of all files, compiled and int8 networks included."""
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())

    def network(self, executor: str) -> Path:
        """The file that `openvino` or `onnxruntime` loads."""
        return self.folder / _NETWORKS[executor]

    def checksum(self, *, int8: bool) -> str:
        """SHA-256 of the networks: of those converted, or of the int8 one, whose files are checked when they are verified."""
        files = self.int8.files if int8 and self.int8 else self.manifest.files
        return json_sha256(files)

    @property
    def int8(self) -> Int8Manifest | None:
        """What is known of the int8 network, None where there is none."""
        try:
            return Int8Manifest.model_validate_json((self.folder / _INT8 / "model.json").read_bytes())
        except (ValidationError, OSError):
            return None

    def int8_network(self, short_edge: int) -> Path:
        """The int8 network for that short edge of the input.

        Raises:
            ModelError: There is none, or it was calibrated for another size; the message says what to run.
        """
        known = self.int8
        if known is None:
            raise ModelError(f"m2fp has no int8 network; {_QUANTIZE}")
        if known.agreement.short_edge != short_edge:
            raise ModelError(
                f"the int8 network of m2fp was measured at a short edge of {known.agreement.short_edge}, not {short_edge}; "
                f"{_QUANTIZE} --short-edge {short_edge}"
            )
        return self.folder / _INT8 / _NETWORKS["openvino"]

    def verify(self) -> None:
        """Read every file.

        Raises:
            ModelError: One is missing or is not what was written.
        """
        verify_files(self.folder, self.manifest.files, _FETCH)
        if self.int8 is not None:
            verify_files(self.folder / _INT8, self.int8.files, _QUANTIZE)


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

        def whole(folder: Path) -> Manifest:
            build(folder)
            manifest = Manifest(checkpoint_sha256=checkpoint_sha256, source=source, files=written(folder))
            write_manifest(folder, manifest)
            return manifest

        manifest = self._place(target, whole)
        return StoredModel(target, manifest)

    def add_int8(self, model: StoredModel, build: Callable[[Path], Agreement | None]) -> bool:
        """Build an int8 network and put it in place of an older one.

        Args:
            model: That it was made of.
            build: Writes `network.xml` and `network.bin` into the folder that it is given; None where it shall not be kept.

        Returns:
            Whether it was kept.

        Raises:
            ModelError: Another process is at it.
            OutputError: The disk is full or not writable.
        """

        def whole(folder: Path) -> bool:
            agreement = build(folder)
            if agreement is None:
                return False
            write_manifest(folder, Int8Manifest(agreement=agreement, files=written(folder)))
            return True

        return self._place(model.folder / _INT8, whole)

    def _place(self, target: Path, build: Callable[[Path], _Made]) -> _Made:
        """Build a folder beside its place and move it there, unless what was made is false."""
        building = target.with_name(target.name + _BUILDING)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with _only_one(self.folder / ".lock"):
                shutil.rmtree(building, ignore_errors=True)
                building.mkdir()
                try:
                    made = build(building)
                    if made:
                        shutil.rmtree(target, ignore_errors=True)
                        building.rename(target)
                finally:
                    shutil.rmtree(building, ignore_errors=True)
        except OSError as error:
            raise OutputError(f"cannot write {self.folder}: {error.strerror or error}") from error
        return made

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
            # Of another version of Footfall, or half removed.
            return None
        folder = path.parent
        whole = folder.suffix != _BUILDING and all((folder / name).is_file() for name in manifest.files)
        return StoredModel(folder, manifest) if whole else None


def default_folder() -> Path:
    """`footfall/models/m2fp` in XDG_CACHE_HOME, or in ~/.cache where that is not set."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "footfall" / "models" / "m2fp"


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
