"""`lite`: small, shipped with the project, real-time on a CPU."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from domain.frame import BgrImage
from domain.parsing import ParsedFrame, ParserInfo
from pipeline.parsers.lite.decode import DecodeOptions, RawOutputs, decode
from pipeline.parsers.lite.preprocess import preprocess
from pipeline.parsers.lite.weights import read_weights, verified_network
from pipeline.parsers.runtime import RuntimeOptions, load_network, precision_for

_HERE = Path(__file__).parent
FOLDERS: Mapping[str, Path] = {"lite": _HERE, "lite-cc0": _HERE / "cc0"}
"""Where the weights of each variant lie."""


@dataclass(frozen=True, slots=True)
class LiteOptions:
    """How to run `lite`.

    Attributes:
        input_area: Pixels of the scaled picture that the network sees; trained at 512x288.
        decode: Thresholds; those that go with the weights if None.
        runtime: Engine, precision, threads.
    """

    input_area: int = 512 * 288
    decode: DecodeOptions | None = None
    runtime: RuntimeOptions = field(default_factory=RuntimeOptions)


class LiteParser:
    """The embedded default parser; see `docs/models/lite.md`.

    Args:
        options: How to run it.
        folder: Where the weights lie.

    Raises:
        ModelError: The weights are missing or damaged, or the CPU or the weights lack the precision asked for.
    """

    def __init__(self, options: LiteOptions | None = None, *, folder: Path = FOLDERS["lite"]) -> None:
        self._options = options or LiteOptions()
        weights = read_weights(folder)
        precision = precision_for(self._options.runtime, quantized="int8" in weights.networks)
        path = verified_network(folder, weights, "int8" if precision == "int8" else "float")
        self._network = load_network(path, replace(self._options.runtime, precision=precision))
        self._decode = self._options.decode or weights.decode
        self._info = ParserInfo(weights.name, weights.version, self._network.precision)

    @property
    def info(self) -> ParserInfo:
        """Name, version and precision."""
        return self._info

    def parse(self, image: BgrImage) -> ParsedFrame:
        """Label one picture, shape (H, W, 3) uint8 BGR. Any thread."""
        tensor, geometry = preprocess(image, self._options.input_area)
        raw = RawOutputs.of(self._network(tensor))
        return decode(raw, geometry, self._decode)
