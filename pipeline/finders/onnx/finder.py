"""`onnx`: a YOLOX or an SSD of the user's own."""

from collections.abc import Mapping

import numpy as np

from domain.errors import ModelError
from domain.frame import BgrImage
from pipeline.checksums import file_sha256
from pipeline.finders.base import FinderContext, FinderInfo, Found
from pipeline.finders.decode import FindOptions, selected
from pipeline.finders.onnx.layouts import is_ssd, is_yolox, ssd_candidates, yolox_candidates
from pipeline.finders.onnx.settings import OnnxFinderSettings
from pipeline.parsers.geometry import MULTIPLE, Geometry
from pipeline.parsers.runtime import RuntimeOptions, Tensor, load_network

_ANY_SIZE = (448, 768)
_DEFAULT_CLASS = {"yolox": 0, "ssd": 1}


class OnnxFinder:
    """Finds people with a detector that somebody else has trained.

    The input is B, G, R, 0 to 255. A YOLOX sees the picture upper left, scaled alike in both directions, the rest 114; an SSD
    sees it stretched. It looks at an empty picture at once, so that a network that does not fit is refused before anything runs.

    Args:
        settings: Which network, and what its output means.
        context: What it is built for.

    Raises:
        ModelError: The file is missing, no network, or one whose output is none of the known ones.
    """

    def __init__(self, settings: OnnxFinderSettings, context: FinderContext | None = None) -> None:
        context = context or FinderContext()
        self._settings = settings
        if not settings.model.is_file():
            raise ModelError(f"finder.model: {settings.model}: no such file")
        options = RuntimeOptions.of(context.inference, parallel=context.streams)
        if options.precision == "int8":
            # It is the parser that was asked for int8; this network is computed in what suits it.
            options = options.model_copy(update={"precision": "auto"})
        try:
            self._network = load_network(settings.model, options)
        except ModelError as error:
            raise ModelError(
                f"finder.model: {settings.model} is not a network that {options.executor} can read"
            ) from error
        self._size = self._input_size()
        self._layout = self._told_layout(self._trial())
        chosen = settings.person_class
        self._person_class = _DEFAULT_CLASS[self._layout] if chosen is None else chosen
        self._check_class()
        digest = file_sha256(settings.model)
        self._info = FinderInfo(settings.model.stem, digest[:12], digest)

    @property
    def info(self) -> FinderInfo:
        """The file's name, and the beginning of its sha256."""
        return self._info

    def find(self, image: BgrImage) -> Found:
        """Look at one picture, shape (H, W, 3) uint8 BGR. Any thread."""
        height, width = image.shape[:2]
        scaled = self._scaled(height, width)
        geometry = Geometry(height, width, *scaled, *self._size)
        output = _only(self._network(geometry.tensor(image)))
        if self._layout == "yolox":
            boxes, scores = yolox_candidates(output, self._size, self._person_class)
            boxes = boxes / np.float32(scaled[1] / width)
        else:
            boxes, scores = ssd_candidates(output, self._person_class)
            boxes = boxes * np.array([width, height, width, height], np.float32)
        options = FindOptions(self._settings.least_score, self._settings.overlap)
        return selected(boxes.astype(np.float32), scores, (height, width), options)

    def _scaled(self, height: int, width: int) -> tuple[int, int]:
        rows, columns = self._size
        if self._layout == "ssd":
            return rows, columns
        scale = min(rows / height, columns / width)
        return max(1, round(height * scale)), max(1, round(width * scale))

    def _input_size(self) -> tuple[int, int]:
        """Height and width: those of the export, or as the settings say."""
        shape = self._network.input_shape
        if len(shape) != 4 or shape[1] not in {3, None}:
            raise ModelError(
                f"finder.model: {self._settings.model} takes {shape}, and a picture is (1, 3, height, width)"
            )
        height, width = (own or usual for own, usual in zip(shape[2:], _ANY_SIZE, strict=True))
        if self._settings.input_pixels is None:
            return height, width
        scale = (self._settings.input_pixels / (height * width)) ** 0.5
        multiples = [max(1, round(side * scale / MULTIPLE)) * MULTIPLE for side in (height, width)]
        return multiples[0], multiples[1]

    def _trial(self) -> Tensor:
        height, width = self._size
        try:
            return _only(self._network(np.full((1, 3, height, width), 114.0, np.float32)))
        except ModelError as error:
            raise ModelError(f"finder.model: {self._settings.model} {error}") from error
        except Exception as error:  # the engines' exceptions share no other base
            raise ModelError(
                f"finder.model: {self._settings.model} cannot be run on a picture of {width}x{height}; leave "
                "finder.input_pixels out, or export the network for that size"
            ) from error

    def _told_layout(self, output: Tensor) -> str:
        fits = {"yolox": is_yolox(output, self._size), "ssd": is_ssd(output)}
        wanted = [name for name, fit in fits.items() if fit and self._settings.layout in {"auto", name}]
        if wanted:
            self._classes = output.shape[-1] - 5
            return wanted[0]
        asked = "a YOLOX or an SSD" if self._settings.layout == "auto" else self._settings.layout
        raise ModelError(
            f"finder.model: {self._settings.model} gives an output of shape {output.shape}, which is not that of {asked}: "
            "(1, anchors, 5 + classes) or (1, 1, N, 7)"
        )

    def _check_class(self) -> None:
        if self._layout == "yolox" and self._person_class >= self._classes:
            raise ModelError(
                f"finder.person_class is {self._person_class}, and {self._settings.model} has {self._classes} classes, "
                "counted from 0"
            )


def _only(outputs: Mapping[str, Tensor]) -> Tensor:
    if len(outputs) != 1:
        raise ModelError(f"gives {len(outputs)} outputs ({', '.join(outputs)}), and one is needed")
    return next(iter(outputs.values()))
