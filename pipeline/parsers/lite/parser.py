"""`lite`: small, shipped with the project, real-time on a CPU."""

from collections.abc import Mapping
from pathlib import Path

from domain.frame import BgrImage
from domain.parsing import ParsedFrame, ParserInfo
from pipeline.parsers.lite.decode import DecodeOptions, RawOutputs, decode
from pipeline.parsers.lite.preprocess import preprocess
from pipeline.parsers.lite.settings import LiteSettings
from pipeline.parsers.lite.weights import Kind, checksum_of, read_weights, verified_network
from pipeline.parsers.runtime import RuntimeOptions, load_network, precision_for

_HERE = Path(__file__).parent
FOLDERS: Mapping[str, Path] = {"lite": _HERE, "lite-cc0": _HERE / "cc0"}
"""Where the weights of each variant lie."""


class LiteParser:
    """The embedded default parser; see `docs/models/lite.md`.

    Args:
        settings: How to run it.
        folder: Where the weights lie; None is where those of its kind ship.
        decode: Thresholds; those that go with the weights if None.
        parallel: How many calls may run at the same time.

    Raises:
        ModelError: The weights are missing or damaged, or the CPU or the weights lack the precision asked for.
    """

    def __init__(
        self,
        settings: LiteSettings | None = None,
        *,
        folder: Path | None = None,
        decode: DecodeOptions | None = None,
        parallel: int = 1,
    ) -> None:
        self._settings = settings or LiteSettings()
        folder = folder or FOLDERS[self._settings.kind]
        weights = read_weights(folder)
        options = RuntimeOptions.of(self._settings, parallel=parallel)
        precision = precision_for(options, quantized="int8" in weights.networks)
        kind: Kind = "int8" if precision == "int8" else "float"
        path = verified_network(folder, weights, kind)
        self._network = load_network(path, options.model_copy(update={"precision": precision}))
        self._decode = decode or weights.decode
        self._info = ParserInfo(
            weights.name, weights.version, self._network.precision, checksum_of(weights, kind, self._decode)
        )

    @property
    def info(self) -> ParserInfo:
        """Name, version and precision."""
        return self._info

    def parse(self, image: BgrImage) -> ParsedFrame:
        """Label one picture, shape (H, W, 3) uint8 BGR. Any thread."""
        tensor, geometry = preprocess(image, self._settings.input_pixels)
        raw = RawOutputs.of(self._network(tensor))
        return decode(raw, geometry, self._decode)
