"""Weights that ship with the project, and the proof that they arrived whole."""

import hashlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from domain.errors import ModelError


class Weights(BaseModel):
    """What `weights.json` beside a network says.

    Attributes:
        name: Of the parser.
        version: Of these weights; goes into every summary.
        file: File name of the network, in the same folder.
        sha256: Of that file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str
    file: str
    sha256: str


def verified_weights(folder: Path) -> tuple[Weights, Path]:
    """Read `weights.json` of that folder and check the network it names.

    Returns:
        The description and the path of the network.

    Raises:
        ModelError: The network is missing or is not the one described.
    """
    weights = Weights.model_validate_json((folder / "weights.json").read_bytes())
    path = folder / weights.file
    if not path.is_file():
        raise ModelError(f"the weights of {weights.name} are missing: {path}; install footfall again")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != weights.sha256:
        raise ModelError(
            f"the weights of {weights.name} are damaged: {path} has sha256 {found[:12]}..., "
            f"{weights.sha256[:12]}... is wanted; install footfall again"
        )
    return weights, path
