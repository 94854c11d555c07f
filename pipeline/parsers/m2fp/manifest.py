"""What `model.json` beside a converted network says, and the proof that the files are the ones that were written."""

import os
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from domain.errors import ModelError
from pipeline.checksums import file_sha256


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


class Agreement(BaseModel):
    """How well an int8 network answers as the fp32 network does, on frames that it was not calibrated on.

    Attributes:
        clip: Name of the recording.
        short_edge: Of the networks' input, pixels.
        frames: How many were compared.
        of_pixels: Share of all pixels with the same label, 0 to 1.
        of_person_pixels: The same over pixels that either network labels as part of a person.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    clip: str
    short_edge: int
    frames: int
    of_pixels: float
    of_person_pixels: float


class Int8Manifest(BaseModel):
    """What `int8/model.json` says: how well it agrees, and the checksum of each file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    agreement: Agreement
    files: dict[str, str]


def verify_files(folder: Path, files: dict[str, str], cure: str) -> None:
    """Read every file.

    Raises:
        ModelError: One is missing or is not what was written.
    """
    for name, wanted in files.items():
        path = folder / name
        if not path.is_file() or file_sha256(path) != wanted:
            raise ModelError(f"{path} is missing or damaged; {cure}")


def written(folder: Path) -> dict[str, str]:
    """Checksum of each file, each really on the disk."""
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    return {path.name: file_sha256(path) for path in sorted(folder.iterdir())}


def write_manifest(folder: Path, manifest: BaseModel) -> None:
    """As `model.json` of that folder."""
    (folder / "model.json").write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
