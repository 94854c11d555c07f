"""Weights that ship with the project, and the proof that they arrived whole."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from domain.errors import ModelError
from pipeline.checksums import file_sha256

Kind = Literal["float", "int8"]
"""Of a network: computed in fp32 or bf16, or quantised."""


class ShippedWeights(BaseModel):
    """What a `weights.json` says, whatever the network is for.

    Attributes:
        name: Of the parser or finder.
        version: Of these weights; goes into every summary.
        networks: For each kind of network its files with their sha256, the one that the engine opens first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str
    networks: dict[Kind, dict[str, str]]


def verified_network(folder: Path, name: str, files: Mapping[str, str]) -> Path:
    """Check the files of one network.

    Args:
        folder: Where they lie.
        name: Of the parser or finder.
        files: With their sha256, the one that the engine opens first.

    Returns:
        The one that the engine opens.

    Raises:
        ModelError: A file is missing or is not the one described.
    """
    for file, sha256 in files.items():
        _verify(folder / file, sha256, name)
    return folder / next(iter(files))


def _verify(path: Path, sha256: str, name: str) -> None:
    if not path.is_file():
        raise ModelError(f"the weights of {name} are missing: {path}; install footfall again")
    found = file_sha256(path)
    if found != sha256:
        raise ModelError(
            f"the weights of {name} are damaged: {path} has sha256 {found[:12]}..., "
            f"{sha256[:12]}... is wanted; install footfall again"
        )
