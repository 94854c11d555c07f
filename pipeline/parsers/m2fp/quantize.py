"""An int8 network, calibrated on the user's own clip and kept only if it answers there as the fp32 network does."""

from collections.abc import Callable, Iterable
from pathlib import Path

from domain.errors import ModelError, SourceError
from domain.frame import BgrImage, Frame, LabelMap
from pipeline.parsers.m2fp.fetch import Report, require
from pipeline.parsers.m2fp.manifest import Agreement
from pipeline.parsers.m2fp.parser import parse_with
from pipeline.parsers.m2fp.preprocess import preprocess
from pipeline.parsers.m2fp.settings import SHORT_EDGE
from pipeline.parsers.m2fp.store import ModelStore, StoredModel
from pipeline.parsers.quantization import Quantization
from pipeline.parsers.quantization import quantize as quantize_network
from pipeline.parsers.runtime import Network, RuntimeOptions, Tensor, load_network
from pipeline.parsers.weights import Quantizing
from pipeline.sources.file import FileSource

CHECKED_EVERY = 4
"""So many frames: one is checked, the others calibrate."""

# What stays in fp32. The decoder of the queries takes a tenth of the time and decides what is seen at all; the places where
# deformable attention looks are pixels of up to 144, and int8 holds 256 numbers.
_KEPT_EXACT = (".*sem_seg_head.predictor.*", ".*self_attn/aten::linear/.*")

QUANTIZATION = Quantization(transformer=True, kept_exact=_KEPT_EXACT, fixed_size=True)


Quantizer = Callable[[Path, Iterable[Tensor], Path], None]
"""Takes an fp32 network, inputs to calibrate on and where to write the int8 network."""


class AgreementCount:
    """Counts pixels over any number of frames."""

    def __init__(self) -> None:
        self._frames = self._pixels = self._equal = self._labelled = self._labelled_equal = 0

    def add(self, exact: LabelMap, rough: LabelMap) -> None:
        """Count one frame."""
        equal, labelled = exact == rough, (exact > 0) | (rough > 0)
        self._frames += 1
        self._pixels += equal.size
        self._equal += int(equal.sum())
        self._labelled += int(labelled.sum())
        self._labelled_equal += int((equal & labelled).sum())

    def result(self, clip: str, short_edge: int) -> Agreement:
        """What was counted.

        Raises:
            ModelError: Neither network labelled anything, so nothing is known.
        """
        if not self._labelled:
            raise ModelError(
                f"nobody was seen in {clip}, so nothing can be said of int8; name a clip with people"
            )
        return Agreement(
            clip=clip,
            short_edge=short_edge,
            frames=self._frames,
            of_pixels=self._equal / self._pixels,
            of_person_pixels=self._labelled_equal / self._labelled,
        )


def quantize(
    store: ModelStore,
    wish: Quantizing,
    report: Report,
    quantizer: Quantizer | None = None,
) -> tuple[Agreement, bool]:
    """Quantize the installed model, compare it with fp32 on frames that it was not calibrated on, and keep it if they agree.

    Args:
        store: With the model.
        wish: On what, and how; the int8 network is for its short edge alone.
        report: Told what happens.
        quantizer: NNCF's, or another's.

    Returns:
        How well it agrees, and whether it was kept. An int8 network that was there before stays if this one is not kept.

    Raises:
        MissingExtra: NNCF is not installed.
        ModelError: The model is not installed, or nobody is in the clip.
        SourceError: The clip cannot be used, or has too few frames.
        OutputError: The disk is full or not writable.
    """
    if quantizer is None:
        require("nncf")
        quantizer = _with_nncf
    model = store.installed()
    short_edge = wish.short_edge or SHORT_EDGE
    frames = frames_of(wish.clip, wish.frames)
    report(f"calibrating on {len(frames) - len(frames[::CHECKED_EVERY])} frames of {wish.clip}")
    result: list[Agreement] = []

    def build(folder: Path) -> Agreement | None:
        inputs = (preprocess(frame, short_edge)[0] for n, frame in enumerate(frames) if n % CHECKED_EVERY)
        quantizer(model.network("openvino"), inputs, folder / "network.xml")
        report(f"comparing with fp32 on {len(frames[::CHECKED_EVERY])} other frames")
        count = compare(model, folder / "network.xml", frames[::CHECKED_EVERY], short_edge)
        result.append(count.result(wish.clip.name, short_edge))
        return result[0] if result[0].of_person_pixels >= wish.least_agreement else None

    kept = store.add_int8(model, build)
    return result[0], kept


def compare(model: StoredModel, int8: Path, frames: Iterable[BgrImage], short_edge: int) -> AgreementCount:
    """Parse frames with both networks."""
    networks: list[Network] = [
        load_network(model.network("openvino"), RuntimeOptions(precision="fp32")),
        load_network(int8, RuntimeOptions(precision="int8")),
    ]
    count = AgreementCount()
    for frame in frames:
        exact, rough = (parse_with(network, frame, short_edge).labels for network in networks)
        count.add(exact, rough)
    return count


def frames_of(clip: Path, wanted: int) -> list[BgrImage]:
    """Pictures of a recording, evenly spaced, at most so many.

    Raises:
        SourceError: It cannot be read, or has fewer than four.
    """
    probe = FileSource(clip, stream_id="clip", sample_fps=1)
    probe.open()
    duration_s = probe.duration_s or 0.0
    probe.close()
    sample_fps = min(25.0, wanted / duration_s) if duration_s else 1.0
    source = FileSource(clip, stream_id="clip", sample_fps=sample_fps)
    source.open()
    try:
        frames: list[BgrImage] = []
        for item in source.items():
            if isinstance(item, Frame):
                frames.append(item.image)
            if len(frames) == wanted:
                break
    finally:
        source.close()
    if len(frames) < CHECKED_EVERY:
        raise SourceError(f"{clip} has {len(frames)} frames to calibrate on; name a longer clip")
    return frames


def _with_nncf(model: Path, inputs: Iterable[Tensor], target: Path) -> None:
    quantize_network(model, inputs, target, QUANTIZATION)
