"""Weights that ship with the project, and the proof that they arrived whole."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.errors import ModelError
from pipeline.parsers.lite.decode import DecodeOptions

Kind = Literal["float", "int8"]
"""Of a network: computed in fp32 or bf16, or quantised."""


class Weights(BaseModel):
    """What `weights.json` beside the networks says.

    Attributes:
        name: Of the parser.
        version: Of these weights; goes into every summary.
        networks: For each kind of network its files with their sha256, the one that the engine opens first.
        decode: Thresholds that go with these weights, where they are not those of `DecodeOptions` (ADR 9).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str
    networks: dict[Kind, dict[str, str]]
    decode: DecodeOptions = Field(default_factory=DecodeOptions)


def read_weights(folder: Path) -> Weights:
    """What `weights.json` of that folder says."""
    return Weights.model_validate_json((folder / "weights.json").read_bytes())


def verified_network(folder: Path, weights: Weights, kind: Kind) -> Path:
    """Check the files of one network.

    Returns:
        The one that the engine opens.

    Raises:
        ModelError: A file is missing or is not the one described.
    """
    files = weights.networks[kind]
    for name, sha256 in files.items():
        _verify(folder / name, sha256, weights.name)
    return folder / next(iter(files))


def checksum_of(weights: Weights, kind: Kind, decode: DecodeOptions) -> str:
    """SHA-256 of what makes the numbers: the files of one network, and the thresholds that its outputs are read with."""
    told = {"files": weights.networks[kind], "decode": asdict(decode)}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _verify(path: Path, sha256: str, name: str) -> None:
    if not path.is_file():
        raise ModelError(f"the weights of {name} are missing: {path}; install footfall again")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise ModelError(
            f"the weights of {name} are damaged: {path} has sha256 {found[:12]}..., "
            f"{sha256[:12]}... is wanted; install footfall again"
        )
