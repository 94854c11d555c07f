"""The parser with a network of one's choice: what is measured is what a user would get."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from domain.errors import ModelError
from pipeline.parsers.lite.decode import DecodeOptions
from pipeline.parsers.lite.parser import FOLDERS, LiteParser
from pipeline.parsers.lite.settings import LiteSettings
from pipeline.parsers.lite.weights import Weights, read_weights
from pipeline.parsers.shipped import Kind


def checksums(network: Path) -> dict[str, str]:
    """The sha256 of each of its files by name: the network, and of an IR the weights beside it.

    Raises:
        ModelError: There is no such file.
    """
    if not network.is_file():
        raise ModelError(f"{network}: no such file")
    files = [network, *([weights] if (weights := network.with_suffix(".bin")).is_file() else [])]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def shipped(settings: LiteSettings) -> Path:
    """The network for whole pictures that ships, of the kind that this precision needs."""
    kind: Kind = "int8" if settings.precision == "int8" else "float"
    return FOLDERS["lite"] / next(iter(read_weights(FOLDERS["lite"]).networks[kind]))


def thresholds_of(network: Path) -> DecodeOptions:
    """Those of the weights that ship if it is one of their networks; of any other, the decoder's own."""
    if (network.parent / "weights.json").is_file():
        weights = read_weights(network.parent)
        if any(network.name in files for files in weights.networks.values()):
            return weights.decode
    return DecodeOptions()


def parser_of(
    network: Path, settings: LiteSettings, decode: DecodeOptions | None = None, crop: Path | None = None
) -> LiteParser:
    """The embedded parser, with this network, ONNX or IR, instead of its own.

    Args:
        network: For whole pictures.
        settings: How to run it.
        decode: Thresholds of whole pictures.
        crop: The network for crops, which may be `network` itself; None is the one that ships.

    Raises:
        ModelError: It is no network that the engine can read, or the CPU lacks the precision asked for.
    """
    kind: Kind = "int8" if settings.precision == "int8" else "float"
    weights = read_weights(FOLDERS["lite"])
    for_crops = _shipped_for_crops(weights, kind) if crop is None else _absolute(crop)
    if crop is not None and crop.resolve() == network.resolve():
        for_crops = {}
    # Whole paths, since the network for crops is loaded when the first crop comes.
    about = {
        "name": "lite",
        "version": "evaluated",
        "networks": {kind: _absolute(network)},
        "crops": {kind: for_crops} if for_crops else None,
        "middle": asdict(weights.middle),
    }
    with TemporaryDirectory() as folder:
        (Path(folder) / "weights.json").write_text(json.dumps(about), encoding="utf-8")
        return LiteParser(settings, folder=Path(folder), decode=decode)


def _absolute(network: Path) -> dict[str, str]:
    return {str(network.absolute().with_name(name)): sha for name, sha in checksums(network).items()}


def _shipped_for_crops(weights: Weights, kind: Kind) -> dict[str, str]:
    return {str(FOLDERS["lite"] / name): sha for name, sha in (weights.crops or {}).get(kind, {}).items()}
