"""The parser with a network of one's choice: what is measured is what a user would get."""

import hashlib
import json
from pathlib import Path
from tempfile import TemporaryDirectory

from domain.errors import ModelError
from pipeline.parsers.lite.decode import DecodeOptions
from pipeline.parsers.lite.parser import LiteOptions, LiteParser
from pipeline.parsers.lite.weights import read_weights


def checksum(network: Path) -> str:
    """The file's sha256.

    Raises:
        ModelError: There is no such file.
    """
    if not network.is_file():
        raise ModelError(f"{network}: no such file")
    return hashlib.sha256(network.read_bytes()).hexdigest()


def thresholds_of(network: Path) -> DecodeOptions:
    """Those of the weights that ship if it is one of their networks; of any other, the decoder's own."""
    if (network.parent / "weights.json").is_file():
        weights = read_weights(network.parent)
        if any(network.name in files for files in weights.networks.values()):
            return weights.decode
    return DecodeOptions()


def parser_of(network: Path, options: LiteOptions) -> LiteParser:
    """The embedded parser, with this network, ONNX or IR, instead of its own.

    Raises:
        ModelError: It is no network that the engine can read, or the CPU lacks the precision asked for.
    """
    files = [network, *([data] if (data := network.with_suffix(".bin")).is_file() else [])]
    kind = "int8" if options.runtime.precision == "int8" else "float"
    networks = {kind: {path.name: checksum(path) for path in files}}
    about = {"name": "lite", "version": "evaluated", "networks": networks}
    with TemporaryDirectory() as folder:
        for path in files:
            (Path(folder) / path.name).write_bytes(path.read_bytes())
        (Path(folder) / "weights.json").write_text(json.dumps(about), encoding="utf-8")
        return LiteParser(options, folder=Path(folder))
