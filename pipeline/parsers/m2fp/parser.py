"""`m2fp`: ModelScope's multi-person checkpoint, converted once by `footfall models fetch m2fp`."""

from pathlib import Path

from domain.frame import BgrImage
from domain.parsing import ParsedFrame, ParserInfo
from pipeline.parsers.compiled import CompiledStore
from pipeline.parsers.m2fp.decode import DecodeOptions, RawOutputs, decode
from pipeline.parsers.m2fp.preprocess import preprocess
from pipeline.parsers.m2fp.settings import M2fpSettings
from pipeline.parsers.m2fp.store import ModelStore
from pipeline.parsers.runtime import Network, RuntimeOptions, load_network


class M2fpParser:
    """Slower and finer than `lite`; see `docs/models/m2fp.md`, also for its licence.

    Args:
        settings: How to run it; of `tiles` it knows nothing. With int8, the int8 network that the user had made is taken; `auto`
            never takes it.
        parallel: How many calls may run at the same time.
        folder: Where converted models lie; None is the user's cache.

    Raises:
        ModelError: It has not been fetched, is damaged, has no int8 network, or the CPU lacks the precision asked for.
    """

    def __init__(
        self, settings: M2fpSettings | None = None, *, parallel: int = 1, folder: Path | None = None
    ) -> None:
        settings = settings or M2fpSettings()
        model = ModelStore(folder).installed()
        int8 = settings.precision == "int8"
        path = model.int8_network(settings.short_edge) if int8 else model.network(settings.executor)
        # Beside the network that it is compiled from, with which it goes: two networks have one file name and must not be mixed up.
        store = CompiledStore(path.parent / "compiled")
        options = RuntimeOptions.of(settings, parallel=parallel, compiled=store)
        self._network = load_network(path, options)
        self._short_edge = settings.short_edge
        self._info = ParserInfo("m2fp", model.version, self._network.precision, model.checksum(int8=int8))

    @property
    def info(self) -> ParserInfo:
        """Name, version (the first digits of the checkpoint's checksum), precision, and the checksum of the networks."""
        return self._info

    def parse(self, image: BgrImage) -> ParsedFrame:
        """Label one picture, shape (H, W, 3) uint8 BGR. Any thread."""
        return parse_with(self._network, image, self._short_edge)


def parse_with(network: Network, image: BgrImage, short_edge: int) -> ParsedFrame:
    """Label one picture, shape (H, W, 3) uint8 BGR, with a network that is loaded already."""
    tensor, geometry = preprocess(image, short_edge)
    raw = RawOutputs.of(network(tensor))
    return decode(raw, geometry, DecodeOptions())
