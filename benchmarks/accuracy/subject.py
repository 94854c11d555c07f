"""The parser with a network of one's choice: what is measured is what a user would get."""

import hashlib
import json
from pathlib import Path
from tempfile import TemporaryDirectory

from domain.errors import ModelError
from pipeline.parsers.lite.decode import DecodeOptions
from pipeline.parsers.lite.parser import FOLDERS, LiteParser
from pipeline.parsers.lite.settings import LiteSettings
from pipeline.parsers.lite.weights import read_weights
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


def thresholds_of(network: Path) -> DecodeOptions:
    """Those of the weights that ship if it is one of their networks; of any other, the decoder's own."""
    if (network.parent / "weights.json").is_file():
        weights = read_weights(network.parent)
        if any(network.name in files for files in weights.networks.values()):
            return weights.decode
    return DecodeOptions()


def parser_of(network: Path, settings: LiteSettings, decode: DecodeOptions | None = None) -> LiteParser:
    """The embedded parser, with this network, ONNX or IR, instead of its own; crops go through the one that ships.

    Raises:
        ModelError: It is no network that the engine can read, or the CPU lacks the precision asked for.
    """
    kind: Kind = "int8" if settings.precision == "int8" else "float"
    ships = FOLDERS["lite"]
    for_crops = (read_weights(ships).crops or {}).get(kind, {})
    # Whole paths, since the network for crops is loaded when the first crop comes.
    networks = {
        kind: {str(network.absolute().with_name(name)): sha for name, sha in checksums(network).items()}
    }
    crops = {kind: {str(ships / name): sha for name, sha in for_crops.items()}} if for_crops else None
    about = {"name": "lite", "version": "evaluated", "networks": networks, "crops": crops}
    with TemporaryDirectory() as folder:
        (Path(folder) / "weights.json").write_text(json.dumps(about), encoding="utf-8")
        return LiteParser(settings, folder=Path(folder), decode=decode)
