"""Compare Footfall's M2FP with ModelScope's, as written down by `tests/parity/reference.py`.

Usage: python -m tests.parity.compare FOLDER [--update-golden]

Exits with 1 where an agreement is below what is asked for.

How far two fp32 answers are apart is the largest difference of any element, relative to the largest value of the tensor, over the
queries that looked at the same places in every layer (`tests/parity/places.py`). A place may be decided differently only where the
logit is zero but for rounding, which is judged; how many were, and the norm of the difference relative to the norm over all
queries, is printed: both depend on how a CPU rounds.
"""

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile

import numpy as np
import numpy.typing as npt

from domain.frame import BoolMask
from pipeline.parsers.base import Executor
from pipeline.parsers.geometry import Geometry
from pipeline.parsers.m2fp.candidates import Candidates, find_candidates
from pipeline.parsers.m2fp.compose import strongest
from pipeline.parsers.m2fp.decode import DecodeOptions, RawOutputs, decode
from pipeline.parsers.m2fp.export import export
from pipeline.parsers.m2fp.network.checkpoint import load_checkpoint
from pipeline.parsers.m2fp.network.shape import M2FP_RESNET101, NetworkShape
from pipeline.parsers.m2fp.preprocess import preprocess
from pipeline.parsers.runtime import RuntimeOptions, Tensor, load_network
from tests.parity.places import compared, places, record_places, unpacked_places

GOLDEN = Path(__file__).parents[1] / "golden" / "m2fp"
TINY = NetworkShape(
    blocks=(3, 4, 6, 3),
    stem_channels=8,
    bottleneck_channels=4,
    stage_channels=16,
    width=32,
    encoder_layers=2,
    encoder_feedforward=64,
    decoder_layers=3,
    decoder_feedforward=64,
)
SHAPES = {"tiny": TINY, "full": M2FP_RESNET101}
NETWORKS: dict[Executor, str] = {"openvino": "network.xml", "onnxruntime": "network.onnx"}

MOST_RELATIVE_ERROR = 1e-4
# That enough are compared. How many depends on how a CPU rounds: a few places of a million can be those of half of the queries.
LEAST_SAME_QUERIES = 0.5
# Of the signs of mask logits and of the part map, for the weights and the picture of `reference.py`. OpenVINO's bf16 changes
# 0.42 and 3.1 % with AMX, 0.44 and 3.4 % with AVX512-BF16 alone; rounding every value between two operations 33 and 18 %.
MOST_OF_BF16 = {"signs of mask logits": 0.01, "part map": 0.06}
LEAST_MASK_IOU = 0.9  # masks of random weights are nearly all edge, and ModelScope enlarges them in two steps
MOST_SCORE_ERROR = 0.02  # ours are means at stride 4, theirs at frame size

Arrays = Mapping[str, npt.NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Pair:
    """One of our results and one of theirs, and the overlap of their masks."""

    ours: int
    theirs: int
    overlap: float


@dataclass
class Report:
    """Prints every agreement and remembers whether all are good enough."""

    good: bool = True

    def at_most(self, what: str, value: float, limit: float) -> None:
        """Good if the value is not above the limit."""
        self._add(what, f"{value:.2e} (at most {limit:.0e})", good=value <= limit)

    def at_least(self, what: str, value: float, limit: float) -> None:
        """Good if the value is not below the limit."""
        self._add(what, f"{100 * value:.3f} % (at least {100 * limit:.1f} %)", good=value >= limit)

    def _add(self, what: str, figures: str, *, good: bool) -> None:
        self.good &= good
        print(f"{'ok  ' if good else 'BAD '} {what}: {figures}", flush=True)


def main() -> int:
    """Compare everything."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--update-golden", action="store_true")
    given = arguments.parse_args()
    report = Report()
    for name in SHAPES:
        if (given.folder / name).is_dir():
            compare(name, given.folder / name, report)
    if given.update_golden:
        update_golden(given.folder / "tiny")
    return 0 if report.good else 1


def compare(name: str, folder: Path, report: Report) -> None:
    """One checkpoint: the network in every engine and precision, and the whole pipeline."""
    export(folder / "pytorch_model.pt", folder, SHAPES[name])
    expected = dict(np.load(folder / "network.npz"))
    tensor = as_tensor(expected["image"])
    answers, looked_at = run_torch(folder / "pytorch_model.pt", SHAPES[name], tensor)
    same = compare_places(f"{name}, torch", looked_at, expected, report)
    compare_outputs(f"{name}, torch", answers, expected, same, report)
    for engine, file in NETWORKS.items():
        same = compare_places(f"{name}, {engine}", places(folder / file, engine, tensor), expected, report)
        outputs = load_network(folder / file, RuntimeOptions(executor=engine, precision="fp32"))(tensor)
        compare_outputs(f"{name}, {engine}", outputs, expected, same, report)
    theirs = dict(np.load(folder / "pipeline.npz"))
    compare_pipeline(name, folder, theirs, report)
    compare_bf16(name, folder, theirs["image"], report)


def compare_places(name: str, ours: list[Tensor], expected: Arrays, report: Report) -> BoolMask:
    """Judge decisions that differ; gives the queries that looked where theirs did in every layer, shape (Q,)."""
    looked = compared(ours, unpacked_places(expected))
    print(f"note {name} fp32, places decided differently: {looked.share:.2e}", flush=True)
    doubt = f"{name} fp32, logit of a query's first decision that differs, in parts of the largest"
    report.at_most(doubt, looked.doubt, MOST_RELATIVE_ERROR)
    least = f"{name} fp32, queries that looked at the same places"
    report.at_least(least, float(looked.same.mean()), LEAST_SAME_QUERIES)
    return looked.same


def compare_outputs(
    name: str, ours: Mapping[str, Tensor], expected: Arrays, same: BoolMask, report: Report
) -> None:
    """Both outputs, judged over the queries in `same`, told over all."""
    for output in ("class_logits", "mask_logits"):
        theirs = expected[output].astype(np.float64)
        error = float(np.abs(ours[output] - theirs)[same].max() / np.abs(theirs).max())
        report.at_most(f"{name} fp32, {output}, largest relative error", error, MOST_RELATIVE_ERROR)
        whole = relative_error(ours[output], theirs)
        print(f"note {name} fp32, {output}, all queries, norm of the error: {whole:.2e}", flush=True)


def run_torch(
    checkpoint: Path, shape: NetworkShape, tensor: Tensor
) -> tuple[dict[str, Tensor], list[Tensor]]:
    """The network as PyTorch runs it, and the logits by which its queries looked."""
    import torch  # noqa: PLC0415 - the rest of this file is read by tests without it

    network = load_checkpoint(checkpoint, shape=shape)
    looked_at = record_places(network)
    with torch.no_grad():
        classes, masks = network(torch.from_numpy(tensor))
    return {"class_logits": classes.numpy(), "mask_logits": masks.numpy()}, looked_at


def as_tensor(image: npt.NDArray[np.generic]) -> Tensor:
    """Shape (H, W, 3) uint8 BGR to (1, 3, H, W) float32 RGB."""
    return np.ascontiguousarray(image[:, :, ::-1].transpose(2, 0, 1)[None], dtype=np.float32)


def relative_error(ours: npt.NDArray[np.generic], theirs: npt.NDArray[np.generic]) -> float:
    """Norm of the difference, relative to the norm."""
    expected = theirs.astype(np.float64)
    return float(np.linalg.norm(ours.astype(np.float64) - expected) / np.linalg.norm(expected))


def compare_pipeline(name: str, folder: Path, theirs: Arrays, report: Report) -> None:
    """Parts and humans with their scores and masks, before persons are put together."""
    raw, geometry = run_on_frame(folder / NETWORKS["openvino"], theirs["image"], "fp32")
    masks = raw.without_padding(geometry)
    ours = find_candidates(raw.class_logits, masks, DecodeOptions().threshold)
    ours = ours.of(ours.classes != 0)  # they report no background
    pairs = match(ours, theirs, masks, geometry)
    unmatched = (len(ours) - len(pairs) + len(theirs["scores"]) - len(pairs)) / (2 * max(len(ours), 1))
    report.at_least(f"{name}, pipeline, parts found by both of {len(theirs['scores'])}", 1 - unmatched, 0.95)
    scores = theirs["scores"].astype(np.float32)
    error = max(abs(float(ours.scores[pair.ours] - scores[pair.theirs])) for pair in pairs)
    report.at_most(f"{name}, pipeline, scores, difference", error, MOST_SCORE_ERROR)
    overlap = float(np.mean([pair.overlap for pair in pairs]))
    report.at_least(f"{name}, pipeline, masks, mean overlap", overlap, LEAST_MASK_IOU)


def run_on_frame(model: Path, frame: npt.NDArray[np.generic], precision: str) -> tuple[RawOutputs, Geometry]:
    """Our preprocessing and network."""
    tensor, geometry = preprocess(frame.astype(np.uint8))
    options = RuntimeOptions(precision="bf16" if precision == "bf16" else "fp32")
    return RawOutputs.of(load_network(model, options)(tensor)), geometry


def match(ours: Candidates, theirs: Arrays, masks: npt.NDArray[np.float32], geometry: Geometry) -> list[Pair]:
    """Pair up results of one class, those whose masks overlap most first."""
    overlaps = [
        (iou(ours_mask(ours, position, masks, geometry), unpacked(theirs, other)), position, other)
        for position, part in enumerate(ours.classes.tolist())
        for other in np.flatnonzero(theirs["labels"] == part).tolist()
    ]
    pairs: list[Pair] = []
    for overlap, position, other in sorted(overlaps, reverse=True):
        if all(position != pair.ours and other != pair.theirs for pair in pairs):
            pairs.append(Pair(position, other, overlap))
    return pairs


def ours_mask(
    ours: Candidates, position: int, masks: npt.NDArray[np.float32], geometry: Geometry
) -> BoolMask:
    """One of our masks at frame size, as decoding enlarges it."""
    return strongest([(masks[ours.queries[position]], 1.0)], geometry) > 0


def unpacked(theirs: Arrays, position: int) -> BoolMask:
    """One of their masks."""
    width = theirs["image"].shape[1]
    mask: BoolMask = np.unpackbits(theirs["masks"][position].astype(np.uint8), axis=-1)[:, :width] > 0
    return mask


def iou(one: BoolMask, other: BoolMask) -> float:
    """Intersection over union; two empty masks agree."""
    union = (one | other).sum()
    return float((one & other).sum() / union) if union else 1.0


def compare_bf16(name: str, folder: Path, frame: npt.NDArray[np.generic], report: Report) -> None:
    """bfloat16 against fp32, both ours; what PyTorch's bfloat16 changes of the same network and picture is told beside.

    How much bfloat16 changes is a matter of the network and the picture: masks of random weights are nearly all edge. So it is
    judged by what it changes of these, which hardly depends on the CPU, where PyTorch's own does. It is judged where the CPU
    computes in it (AMX or AVX512-BF16); elsewhere OpenVINO emulates it, which no run uses, so it is told only.
    """
    import openvino as ov  # noqa: PLC0415 - only here, to ask for what `load_network` refuses without hardware

    exact, geometry = run_on_frame(folder / NETWORKS["openvino"], frame, "fp32")
    tensor, _ = preprocess(frame.astype(np.uint8))
    core = ov.Core()
    model = core.read_model(folder / NETWORKS["openvino"])
    model.reshape(list(tensor.shape))
    results = core.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "bf16"})([tensor])
    rough = RawOutputs.of({output.get_any_name(): np.array(values) for output, values in results.items()})
    changed = _changed(exact, rough, geometry)
    needed = _changed(*run_torch_in_bf16(folder / "pytorch_model.pt", SHAPES[name], tensor), geometry)
    hardware = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    kind = "bf16" if hardware else "bf16 emulated"
    for (what, most), ours, theirs in zip(MOST_OF_BF16.items(), changed, needed, strict=True):
        title = f"{name}, openvino {kind}, {what}, changed"
        print(f"note {title}: {100 * ours:.3f} %, by PyTorch in bf16 {100 * theirs:.3f} %", flush=True)
        if hardware and name == "full":
            report.at_most(title, ours, most)


def _changed(exact: RawOutputs, rough: RawOutputs, geometry: Geometry) -> tuple[float, float]:
    """The share of signs of mask logits and of pixels of the part map that are different."""
    signs = (rough.mask_logits > 0) != (exact.mask_logits > 0)
    labels = [decode(raw, geometry, DecodeOptions()).labels for raw in (exact, rough)]
    return float(signs.mean()), float((labels[0] != labels[1]).mean())


def run_torch_in_bf16(checkpoint: Path, shape: NetworkShape, tensor: Tensor) -> tuple[RawOutputs, RawOutputs]:
    """The network as PyTorch runs it in fp32, and with its convolutions and products in bfloat16."""
    import torch  # noqa: PLC0415 - as above

    network = load_checkpoint(
        checkpoint, shape=shape, sampling="grid"
    )  # the other way of sampling knows no mixed types
    answers = []
    for enabled in (False, True):
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=enabled):
            classes, masks = network(torch.from_numpy(tensor))
        answers.append(RawOutputs(classes.float().numpy(), masks.float().numpy()))
    return answers[0], answers[1]


def update_golden(folder: Path) -> None:
    """Keep the tiny case for tests that have neither ModelScope nor torch."""
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for name in ("pytorch_model.pt", "network.xml", "network.bin", "network.onnx"):
        copyfile(folder / name, GOLDEN / name)
    network = np.load(folder / "network.npz")
    np.savez_compressed(
        GOLDEN / "network.npz",
        allow_pickle=False,
        **{name: network[name] for name in ("image", "class_logits", "mask_logits")},
    )
    pipeline = np.load(folder / "pipeline.npz")
    kept = {name: pipeline[name] for name in ("image", "labels", "scores")}
    np.savez_compressed(GOLDEN / "pipeline.npz", allow_pickle=False, **kept)


if __name__ == "__main__":
    sys.exit(main())
