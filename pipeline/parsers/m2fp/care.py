"""The weights of `m2fp`, as `footfall models` cares for them."""

from pathlib import Path
from typing import get_args

from domain.errors import ModelError
from pipeline.parsers.m2fp.fetch import TERMS, fetch
from pipeline.parsers.m2fp.settings import ShortEdge
from pipeline.parsers.m2fp.store import ModelStore
from pipeline.parsers.weights import ParserWeights, Quantizing, Say


class M2fpWeights(ParserWeights):
    """They are fetched, and converted once."""

    @property
    def terms(self) -> str:
        """Of its authors."""
        return TERMS

    @property
    def about(self) -> str:
        """What it is for."""
        return "Finer and slower, for research; footfall models fetch m2fp gets it"

    @property
    def licence(self) -> str:
        """Of its authors."""
        return "no commercial use without an agreement with its authors (derived from CC BY-NC 4.0)"

    def listed(self) -> list[str]:
        """The fetched models, the one in use first."""
        lines = []
        for model in ModelStore().models():
            size = f"{model.size / 1e6:.0f} MB"
            lines.append(f"m2fp  {model.version}  {size}  from {model.manifest.source}  in {model.folder}")
            if model.int8 is not None:
                share = f"{100 * model.int8.agreement.of_person_pixels:.2f} %"
                lines.append(
                    f"      with an int8 network that agrees on {share} of the persons' pixels of {model.int8.agreement.clip}"
                )
        return lines

    def fetch(self, source: Path | None, say: Say) -> None:
        """Get the checkpoint, check it and convert it."""
        model = fetch(ModelStore(), source, say)
        say(f"{self.kind} {model.version} is ready: footfall run SOURCE --parser {self.kind}")

    def verify(self, say: Say) -> None:
        """Check every file of the model in use."""
        model = ModelStore().installed()
        model.verify()
        say(f"{self.kind} {model.version}: every file is as it was written")

    def measure(self, folder: Path, limit: int | None, say: Say) -> None:
        """Measure the mean IoU on the validation pictures of CIHP."""
        from pipeline.parsers.m2fp.accuracy import measure, pairs  # noqa: PLC0415 - loads the network's engine
        from pipeline.parsers.m2fp.parser import M2fpParser  # noqa: PLC0415

        total = len(pairs(folder)[:limit])
        every = max(1, total // 10)

        def watch(done: int) -> None:
            if done % every == 0:
                say(f"parsed {done} of {total}")

        accuracy = measure(M2fpParser(), folder, limit=limit, watch=watch)
        for part, iou in accuracy.iou.items():
            say(f"  {part.label:<14} {100 * iou:5.1f} %")
        say(
            f"mean IoU {100 * accuracy.mean_iou:.2f} %, pixel accuracy {100 * accuracy.pixel_accuracy:.2f} % "
            f"on {accuracy.pictures} pictures"
        )

    def quantize(self, wish: Quantizing, say: Say) -> None:
        """Make an int8 network with NNCF, and keep it if it agrees with fp32."""
        from pipeline.parsers.m2fp.quantize import quantize  # noqa: PLC0415 - loads NNCF

        if wish.short_edge not in {None, *get_args(ShortEdge)}:
            *others, last = map(str, get_args(ShortEdge))
            raise ModelError(f"--short-edge must be {', '.join(others)} or {last}, got {wish.short_edge}")
        agreement, kept = quantize(ModelStore(), wish, say)
        say(
            f"int8 labels {100 * agreement.of_person_pixels:.2f} % of the persons' pixels as fp32 does, and "
            f"{100 * agreement.of_pixels:.2f} % of all pixels, on {agreement.frames} frames of {agreement.clip}"
        )
        if not kept:
            raise ModelError(
                f"the int8 network was not kept: {100 * wish.least_agreement:g} % of the persons' pixels are asked for"
            )
        say(f"kept; use it with: footfall run SOURCE --parser {self.kind} --precision int8")

    def remove(self, say: Say) -> None:
        """Delete every fetched model."""
        removed = ModelStore().remove()
        versions = ", ".join(model.version for model in removed)
        say(f"removed {self.kind} {versions}" if removed else f"{self.kind} was not there")
