"""`lite`: the finder that comes with Footfall; see `docs/models/finder.md`."""

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from domain.frame import BgrImage
from pipeline.checksums import json_sha256
from pipeline.finders.base import FinderContext, FinderInfo, Found
from pipeline.finders.decode import FindOptions, decode
from pipeline.finders.lite.settings import LiteFinderSettings
from pipeline.parsers.lite.preprocess import preprocess
from pipeline.parsers.runtime import RuntimeOptions, load_network, precision_for, sparing
from pipeline.parsers.shipped import ShippedWeights, verified_network

_HERE = Path(__file__).parent


class FinderWeights(ShippedWeights):
    """What `weights.json` beside the network says.

    Attributes:
        input_area: Pixels of the scaled picture that the network is made for.
        threshold: Least heat of a person.
        overlap: Of two boxes whose intersection over union is above that one counts.
        even: Score with which somebody is as likely there as not if the crop is just clear enough; None if that was not measured.
        odds: How much log odds a score of 1 more adds.
    """

    input_area: int
    threshold: float
    overlap: float
    even: float | None = None
    odds: float = 1.0


class LiteFinder:
    """Finds people with the network that comes with Footfall.

    Args:
        settings: How to run it.
        context: What it is built for.
        folder: Where the weights lie; None is where they ship.

    Raises:
        ModelError: The weights are missing or damaged, or the CPU lacks the precision asked for.
    """

    def __init__(
        self,
        settings: LiteFinderSettings | None = None,
        context: FinderContext | None = None,
        *,
        folder: Path | None = None,
    ) -> None:
        settings, context = settings or LiteFinderSettings(), context or FinderContext()
        folder = folder or _HERE
        weights = FinderWeights.model_validate_json((folder / "weights.json").read_bytes())
        options = RuntimeOptions.of(context.inference, parallel=context.streams)
        quantized = "int8" in weights.networks
        if options.precision == "int8" and not quantized:
            # It is the parser that was asked for int8; this network is computed in what suits it.
            options = options.model_copy(update={"precision": "auto"})
        if quantized:
            options = sparing(options)
        precision = precision_for(options, quantized=quantized)
        files = weights.networks["int8" if precision == "int8" else "float"]
        path = verified_network(folder, weights.name, files)
        self._network = load_network(path, options.model_copy(update={"precision": precision}))
        self._area = settings.input_pixels or weights.input_area
        least = weights.threshold if settings.least_score is None else settings.least_score
        self._options = FindOptions(least, weights.overlap)
        # Who asks for lower scores wants those people, so what else speaks for them may be less, too.
        lower = min(0.0, least - weights.threshold)
        self._even = None if weights.even is None else weights.even + lower
        self._odds = weights.odds
        told = {
            "files": files,
            "area": self._area,
            "find": asdict(self._options),
            "odds": (self._even, self._odds),
        }
        self._info = FinderInfo("lite", weights.version, json_sha256(told))

    @property
    def info(self) -> FinderInfo:
        """Name and version."""
        return self._info

    def find(self, image: BgrImage) -> Found:
        """Look at one picture, shape (H, W, 3) uint8 BGR. Any thread."""
        tensor, geometry = preprocess(image, self._area)
        outputs = self._network(tensor)
        found = decode(outputs["heat"], outputs["sides"], geometry, self._options)
        if self._even is None:
            return found
        return replace(found, odds=np.asarray(self._odds * (found.scores - self._even), np.float32))
