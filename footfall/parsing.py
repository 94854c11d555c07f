"""One picture at a time: a parser that is loaded, and what it makes of an array or a file."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from domain.errors import SourceError
from domain.frame import BgrImage
from domain.names import shown_name
from domain.parsing import ParserInfo
from pipeline.parsed_image import ParsedImage, parsed_image
from pipeline.parsers.base import HumanParser

Picture: TypeAlias = BgrImage | str | os.PathLike[str]
"""Shape (H, W, 3) uint8 BGR, as OpenCV reads it, or the path of an image file."""


class Parser:
    """A parser that is loaded; `load_parser` makes it. Any thread may call it."""

    def __init__(self, parser: HumanParser) -> None:
        self._parser = parser

    @property
    def info(self) -> ParserInfo:
        """Name, version and precision: the same three give the same result."""
        return self._parser.info

    def parse(self, image: Picture) -> ParsedImage:
        """Find the persons of a picture, and what they wear. Blocks for the time of one inference.

        Args:
            image: Of any size. The light is estimated from this picture alone; a stream of `footfall run` remembers it.

        Raises:
            ValueError: The array has another shape or type.
            SourceError: The file is missing, or is no picture that can be read.
        """
        pixels = _pixels(image)
        return parsed_image(self._parser.parse(pixels), pixels)


def load_parser(kind: str = "lite", *, finder: str | Mapping[str, Any] = "auto", **options: Any) -> Parser:
    """Load a parser.

    Args:
        kind: `lite` and `lite-cc0` come with Footfall; `m2fp` is fetched with `footfall models fetch m2fp`.
        finder: What finds persons first, so that small ones are parsed at full resolution: its kind or its settings, as in
            `docs/configuration.md#finder`. `auto` is `lite` for `lite` and `none` for others; `none` looks at whole pictures alone.
        options: Its settings, as in `docs/configuration.md#parser`, for example `precision="fp32"`, `threads=2`.

    Raises:
        SettingsError: There is no such parser or finder, or no such option or value of it.
        ModelError: Its weights are missing or damaged, or this CPU lacks the precision that is asked for.
        MissingExtra: A library that it needs is not installed.
    """
    from config.adding import finder_from, parser_from  # noqa: PLC0415 - reads all components
    from pipeline.finding import build_parser  # noqa: PLC0415

    parser = parser_from({"kind": kind, **options}, "load_parser")
    return Parser(build_parser(parser, finder_from(finder, "load_parser"), streams=1))


def _pixels(image: Picture) -> BgrImage:
    if isinstance(image, np.ndarray):
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or 0 in image.shape:
            raise ValueError(f"image must be (H, W, 3) uint8 BGR, got {image.shape} {image.dtype}")
        return np.ascontiguousarray(image)
    from pipeline.sources.image_files import Unreadable, read_image  # noqa: PLC0415 - brings what reads HEIC

    path = Path(image)
    try:
        pixels = read_image(path)
    except Unreadable as error:
        raise SourceError(f"{shown_name(path)} cannot be read: {error}") from None
    if pixels is None:
        raise SourceError(f"{shown_name(path)} is missing, or is no picture that can be read")
    return pixels
