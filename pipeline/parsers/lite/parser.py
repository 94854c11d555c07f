"""`lite`: small, shipped with the project, real-time on a CPU."""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import compress
from os import cpu_count
from pathlib import Path

from domain.frame import BgrImage
from domain.parsing import ParsedFrame, ParserInfo, Scores
from pipeline.parsers.geometry import Geometry
from pipeline.parsers.lite.decode import DecodeOptions, RawOutputs, decode, decode_middle
from pipeline.parsers.lite.preprocess import CROPS, CROPS_OF_MIDDLE, fit_crop, preprocess
from pipeline.parsers.lite.settings import LiteSettings
from pipeline.parsers.lite.weights import checksum_of, read_weights
from pipeline.parsers.runtime import RuntimeOptions, Tensor, load_network, precision_for
from pipeline.parsers.shipped import Kind, verified_network

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
        path = verified_network(folder, weights.name, weights.networks[kind])
        options = options.model_copy(update={"precision": precision})
        self._network = load_network(path, options)
        # Crops are small: each is computed by one thread, as many at the same time as there are threads.
        cores = options.threads or cpu_count() or 1
        for_crops = options.model_copy(update={"parallel": cores})
        own = verified_network(folder, weights.name, weights.crops[kind]) if weights.crops else None
        self._for_crops = cache(lambda: load_network(own or path, for_crops))
        self._knows_middle = own is not None
        self._inputs = CROPS_OF_MIDDLE if self._knows_middle else CROPS
        self._decode = decode or weights.decode
        self._middle = weights.middle
        checksum = checksum_of(weights.networks[kind], self._decode)
        self._info = ParserInfo(weights.name, weights.version, self._network.precision, checksum)
        crops = weights.crops and checksum_of(weights.crops[kind], self._middle)
        self._crops_checksum = crops or checksum

    @property
    def info(self) -> ParserInfo:
        """Name, version and precision."""
        return self._info

    @property
    def crops_checksum(self) -> str:
        """See `CropParser`."""
        return self._crops_checksum

    def parse(self, image: BgrImage) -> ParsedFrame:
        """Label one picture, shape (H, W, 3) uint8 BGR. Any thread."""
        tensor, geometry = preprocess(image, self._settings.input_pixels)
        raw = RawOutputs.of(self._network(tensor))
        return decode(raw, geometry, self._decode)

    def parse_crops(self, crops: Sequence[BgrImage], odds: Scores | None = None) -> list[ParsedFrame]:
        """See `CropParser`. Any thread."""
        told = [None] * len(crops) if odds is None else odds.tolist()
        geometries = [fit_crop(crop, self._inputs) for crop in crops]
        worth = [not self._knows_middle or self._middle.may_be_somebody(one) for one in told]
        asked = list(compress(zip(crops, geometries, strict=True), worth))
        answers = iter(self._for_crops().each([geometry.tensor(crop) for crop, geometry in asked]))
        return [
            self._decoded(next(answers), geometry, one) if looked else ParsedFrame.empty(*crop.shape[:2])
            for crop, geometry, one, looked in zip(crops, geometries, told, worth, strict=True)
        ]

    def _decoded(self, answer: Mapping[str, Tensor], geometry: Geometry, odds: float | None) -> ParsedFrame:
        if self._knows_middle:
            return decode_middle(answer["part_logits"][0], geometry, self._middle, odds)
        return decode(RawOutputs.of(answer), geometry, self._decode)
