"""`make evaluate`: how right a network is, as a table and as JSON.

The same network, data and precision give the same numbers. Without frames the parts on rendered frames are left out.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from benchmarks.accuracy.clip import measure_clip
from benchmarks.accuracy.crowds import measure_crowds
from benchmarks.accuracy.empty import measure_empty
from benchmarks.accuracy.measures import Figure
from benchmarks.accuracy.photographs import measure_network, measure_photographs
from benchmarks.accuracy.rendered import measure_rendered
from benchmarks.accuracy.subject import checksums, parser_of, thresholds_of
from domain.errors import UsageError
from pipeline.finders.base import FinderContext, PersonFinder
from pipeline.finders.lite.finder import LiteFinder
from pipeline.finding import FindThenParse
from pipeline.parsers.lite.settings import LiteSettings
from pipeline.parsers.runtime import RuntimeOptions, load_network

_OWN = Path(__file__).parents[2] / "pipeline/parsers/lite/lite.onnx"


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description="Measure a network of the embedded parser")
    parser.add_argument("network", type=Path, nargs="?", default=_OWN)
    parser.add_argument("--frames", type=Path, help="folder of rendered frames that nothing was trained on")
    parser.add_argument("--crowds", type=Path, help="folder of held-out frames of crowds")
    parser.add_argument("--empty", type=Path, help="folder of held-out frames without people")
    parser.add_argument("--json", type=Path, default=Path("out/evaluation.json"))
    parser.add_argument("--executor", choices=("openvino", "onnxruntime"), default="openvino")
    parser.add_argument(
        "--precision",
        choices=("auto", "fp32", "bf16", "int8"),
        default="fp32",
        help="int8: NETWORK is a quantised one; auto: as a run, with the finder in int8",
    )
    parser.add_argument(
        "--input-pixels", type=int, default=LiteSettings().input_pixels, help="as `parser.input_pixels`"
    )
    parser.add_argument("--threads", type=int)
    parser.add_argument("--finder", action="store_true", help="as with `finder: lite`")
    chosen = parser.parse_args()
    settings = LiteSettings(
        executor=chosen.executor,
        precision=chosen.precision,
        threads=chosen.threads,
        input_pixels=chosen.input_pixels,
    )
    try:
        finder = LiteFinder(context=FinderContext(inference=settings)) if chosen.finder else None
        figures = measure(chosen.network, settings, chosen.frames, chosen.crowds, finder, chosen.empty)
        about = {"network": chosen.network.name, "sha256": checksums(chosen.network)}
        about |= {"parser": settings.model_dump(), "decode": asdict(thresholds_of(chosen.network))}
        about |= {"finder": asdict(finder.info) if finder else None}
    except UsageError as error:
        sys.exit(f"error: {error}")
    print(table(figures))
    chosen.json.parent.mkdir(parents=True, exist_ok=True)
    chosen.json.write_text(as_json(about, figures), encoding="utf-8")


def measure(
    network: Path,
    settings: LiteSettings,
    frames: Path | None,
    crowds: Path | None = None,
    finder: PersonFinder | None = None,
    empty: Path | None = None,
) -> dict[str, Figure]:
    """All figures of that network; those on rendered frames and crowds only where there are some.

    With a finder, all but those of the network alone are those of a run that asks it first.

    Raises:
        UsageError: The network, the data folder or the frames cannot be used.
    """
    alone = parser_of(network, settings, thresholds_of(network))
    parser = FindThenParse(finder, alone) if finder else alone
    figures = measure_network(load_network(network, RuntimeOptions.of(settings)), settings.input_pixels)
    figures |= measure_photographs(parser) | measure_empty(parser, empty) | measure_clip(parser)
    figures |= measure_rendered(parser, frames) if frames else {}
    return figures | measure_crowds(parser, crowds) if crowds else figures


def table(figures: Mapping[str, Figure]) -> str:
    """One line a figure: name, value, 95 % interval, pictures."""
    width = max(map(len, figures))
    return "\n".join(
        f"{name:{width}}  {one.value:7.3f}  [{one.low:.3f}, {one.high:.3f}]  n={one.pictures}"
        for name, one in figures.items()
    )


def as_json(about: Mapping[str, object], figures: Mapping[str, Figure]) -> str:
    """The same as JSON; what is not known is null."""
    known = {
        name: {key: None if value != value else value for key, value in asdict(one).items()}  # noqa: PLR0124 - NaN
        for name, one in figures.items()
    }
    return json.dumps({**about, "figures": known}, indent=1) + "\n"


if __name__ == "__main__":
    main()
