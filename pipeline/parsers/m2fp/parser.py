"""`m2fp`: ModelScope's multi-person checkpoint, converted once by `footfall models fetch m2fp`."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from domain.frame import BgrImage
from domain.parsing import ParsedFrame, ParserInfo
from pipeline.parsers.compiled import CompiledStore
from pipeline.parsers.m2fp.decode import DecodeOptions, RawOutputs, decode
from pipeline.parsers.m2fp.preprocess import SHORT_EDGE, preprocess
from pipeline.parsers.m2fp.store import ModelStore
from pipeline.parsers.runtime import Network, RuntimeOptions, load_network


@dataclass(frozen=True, slots=True)
class M2fpOptions:
    """How to run `m2fp`.

    Attributes:
        short_edge: To which the picture's shorter edge is scaled, pixels; trained at 640.
        decode: Thresholds.
        runtime: Engine, precision, threads. With int8, the int8 network that the user had made is taken; `auto` never takes it.
    """

    short_edge: int = SHORT_EDGE
    decode: DecodeOptions = field(default_factory=DecodeOptions)
    runtime: RuntimeOptions = field(default_factory=RuntimeOptions)


class M2fpParser:
    """Slower and finer than `lite`; see `docs/models/m2fp.md`, also for its licence.

    Args:
        options: How to run it.
        folder: Where converted models lie; None is the user's cache.

    Raises:
        ModelError: It has not been fetched, is damaged, has no int8 network, or the CPU lacks the precision asked for.
    """

    def __init__(self, options: M2fpOptions | None = None, *, folder: Path | None = None) -> None:
        self._options = options or M2fpOptions()
        model = ModelStore(folder).installed()
        runtime = self._options.runtime
        int8 = runtime.precision == "int8"
        path = model.int8_network(self._options.short_edge) if int8 else model.network(runtime.executor)
        # Beside the network that it is compiled from, with which it goes: two networks have one file name and must not be mixed up.
        store = CompiledStore(path.parent / "compiled")
        self._network = load_network(path, replace(runtime, compiled=store))
        self._info = ParserInfo("m2fp", model.version, self._network.precision)

    @property
    def info(self) -> ParserInfo:
        """Name, version (the checkpoint's checksum) and precision."""
        return self._info

    def parse(self, image: BgrImage) -> ParsedFrame:
        """Label one picture, shape (H, W, 3) uint8 BGR. Any thread."""
        return parse_with(self._network, image, self._options)


def parse_with(network: Network, image: BgrImage, options: M2fpOptions) -> ParsedFrame:
    """Label one picture, shape (H, W, 3) uint8 BGR, with a network that is loaded already."""
    tensor, geometry = preprocess(image, options.short_edge)
    raw = RawOutputs.of(network(tensor))
    return decode(raw, geometry, options.decode)
