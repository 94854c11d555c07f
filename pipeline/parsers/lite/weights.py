"""The weights of `lite` and its siblings."""

from dataclasses import asdict
from pathlib import Path

from pydantic import Field

from pipeline.checksums import json_sha256
from pipeline.parsers.lite.decode import DecodeOptions, MiddleOptions
from pipeline.parsers.shipped import Kind, ShippedWeights


class Weights(ShippedWeights):
    """What `weights.json` beside the networks says.

    Attributes:
        crops: Networks of the same kinds for crops, with the person in the middle against everybody and everything else; without
            them, crops go through the others.
        decode: Thresholds that go with these weights, where they are not those of `DecodeOptions` (ADR 9).
        middle: Those that go with `crops`.
    """

    crops: dict[Kind, dict[str, str]] | None = None
    decode: DecodeOptions = Field(default_factory=DecodeOptions)
    middle: MiddleOptions = Field(default_factory=MiddleOptions)


def read_weights(folder: Path) -> Weights:
    """What `weights.json` of that folder says."""
    return Weights.model_validate_json((folder / "weights.json").read_bytes())


def checksum_of(files: dict[str, str], decode: DecodeOptions | MiddleOptions) -> str:
    """SHA-256 of what makes the numbers: the files of the networks, and the thresholds that their outputs are read with."""
    return json_sha256({"files": files, "decode": asdict(decode)})
