"""Weights learnt batch by batch, on a CPU or a GPU, from the last checkpoint if there is one: what all trainings share.

A training lives in a folder: `checkpoint.pt` to go on from, `losses.csv`, and at the end the averaged weights.
On a CPU, going on gives bit for bit what training without a break would have given (same torch, same threads).
"""

import csv
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from domain.errors import ModelError, OutputError
from training.options import Schedule

_LEAST_RATE = 1e-6
_LONGEST_GRADIENT = 5.0
_LOG_EVERY = 50  # batches whose mean becomes one line


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is learnt.

    Attributes:
        network: What learns it: a module with a backbone `bb` and a method `late_parameters(depthwise)`, which gives those of the
            backbone that pay to train on a CPU.
        losses: From the network's outputs and a batch to a named tuple of scalars, among them `total`, which is learnt from. A
            batch is a named tuple of tensors, the first of which, `image`, is the network's input.
        columns: Names of the losses.
    """

    network: Any
    losses: Callable[[Any, Any], Any]
    columns: tuple[str, ...]


class Average:
    """Exponential average of the weights; quick at first, so that the first guess is soon forgotten."""

    def __init__(self, network: nn.Module, decay: float) -> None:
        self._decay = decay
        self.state = {name: value.detach().clone() for name, value in network.state_dict().items()}

    def update(self, network: nn.Module, step: int) -> None:
        """Take the weights after batch number `step`, from 0."""
        decay = min(self._decay, (step + 1) / (step + 50))
        for name, value in network.state_dict().items():
            if value.dtype.is_floating_point:
                self.state[name].lerp_(value.detach(), 1 - decay)
            else:
                self.state[name].copy_(value)


class Training:
    """Network, optimiser and average, batch by batch.

    Args:
        options: All of them; a checkpoint of other options is refused.
        lesson: What is learnt.
        device: `cpu` or `cuda`.
    """

    def __init__(self, options: Schedule, lesson: Lesson, device: str) -> None:
        self._options, self._device, self._losses = options, device, lesson.losses
        self.columns = ("step", *lesson.columns, "rate")
        self._half = computes_in_half(device)
        self.step = 0
        self.network = lesson.network.to(device, memory_format=torch.channels_last)
        self._backbone = (
            list(self.network.late_parameters(depthwise=not self._half))
            if options.learning == "late"
            else list(self.network.bb.parameters())
        )
        named = self.network.named_parameters()
        self._heads = [value for name, value in named if not name.startswith("bb.")]
        groups = [
            {"params": self._heads, "share": 1.0},
            {"params": self._backbone, "share": options.backbone_rate},
        ]
        self._optimizer = torch.optim.AdamW(groups, options.rate, weight_decay=options.weight_decay)
        self._average = Average(self.network, options.average)

    def learn(self, batch: Any) -> Any:
        """Learn from one batch, and give its losses."""
        self._set_modes()
        # What the network does by chance depends on the batch alone, so that going on does as well.
        torch.manual_seed(self._options.seed + self.step)
        for group in self._optimizer.param_groups:
            group["lr"] = self.rate * group["share"]
        batch = type(batch)(*(part.to(self._device, non_blocking=True) for part in batch))
        image = batch.image.contiguous(memory_format=torch.channels_last)
        with torch.autocast(self._device, torch.bfloat16, enabled=self._half):
            outputs = self.network(image)
        found = self._losses(outputs, batch)
        self._optimizer.zero_grad()
        found.total.backward()
        nn.utils.clip_grad_norm_([*self._heads, *self._backbone], _LONGEST_GRADIENT)
        self._optimizer.step()
        self._average.update(self.network, self.step)
        self.step += 1
        return type(found)(*(value.detach() for value in found))

    @property
    def rate(self) -> float:
        """Learning rate of the next batch: a rise, then half a cosine."""
        options = self._options
        rise = min(1.0, (self.step + 1) / max(1, options.warm_up))
        fall = 0.5 + 0.5 * math.cos(math.pi * min(1.0, self.step / options.steps))
        return options.rate * rise * fall + _LEAST_RATE

    def _set_modes(self) -> None:
        """What learns now, and whose batch statistics move."""
        thawed = self.step >= self._options.thaw * self._options.steps
        for parameter in self.network.bb.parameters():
            parameter.requires_grad_(False)
        for parameter in self._backbone:
            parameter.requires_grad_(thawed)
        self.network.train()
        fixed = self._options.learning == "late" or not thawed
        self.network.bb.train(not fixed)
        self.network.bb.folds = fixed

    def state(self) -> dict[str, Any]:
        """Everything needed to go on."""
        return {
            "options": _plain(self._options),
            "step": self.step,
            "network": self.network.state_dict(),
            "average": self._average.state,
            "optimizer": self._optimizer.state_dict(),
        }

    def restore(self, path: Path) -> None:
        """Go on from that checkpoint.

        Raises:
            ModelError: It belongs to a training with other options.
        """
        state = torch.load(path, map_location=self._device, weights_only=True)
        wanted = _plain(self._options)
        different = sorted(name for name in wanted if state["options"].get(name) != wanted[name])
        if different:
            raise ModelError(
                f"{path} was trained with another {different[0]}: choose another folder, or the same options"
            )
        self.step = state["step"]
        self.network.load_state_dict(state["network"])
        self._average.state = state["average"]
        self._optimizer.load_state_dict(state["optimizer"])

    def averaged(self) -> Mapping[str, torch.Tensor]:
        """The averaged weights, on the CPU."""
        return {name: value.cpu() for name, value in self._average.state.items()}


def computes_in_half(device: str) -> bool:
    """Whether training computes in bf16 there: a CPU that has to emulate it is twice as slow in it as in float32."""
    return device == "cuda" or torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()


def learn_all(
    training: Training,
    batches: Callable[[int, int], Iterable[Any]],
    weights: Path,
    until: int | None = None,
) -> None:
    """Train, or go on training, and write the averaged weights when all steps are done.

    Args:
        training: At its beginning.
        batches: From the number of the first batch and how many are wanted to these batches.
        weights: Where the averaged weights go; the training lives in the folder around them.
        until: Stop before that step and leave a checkpoint, to go on later; None trains to the end.

    Raises:
        ModelError: The folder holds a training with other options.
        OutputError: The folder cannot be written.
    """
    folder, options = weights.parent, training._options
    checkpoint = folder / "checkpoint.pt"
    if checkpoint.is_file():
        training.restore(checkpoint)
    last = min(until or options.steps, options.steps)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        log = Log(folder / "losses.csv", training.columns, training.step)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error.strerror}") from error
    for batch in batches(training.step, max(0, last - training.step)):
        rate = training.rate
        log.add(training.step, training.learn(batch), rate)
        if training.step % options.checkpoint_every == 0:
            log.flush()
            _save(training.state(), checkpoint)
    log.flush()
    _save(training.state(), checkpoint)
    if training.step >= options.steps:
        _save(training.averaged(), weights)


class Log:
    """`losses.csv`: the means of some batches a line. Lines at or after the step that training goes on from are dropped."""

    def __init__(self, path: Path, columns: tuple[str, ...], step: int) -> None:
        self._path = path
        self._waiting: list[tuple[int, Any, float]] = []
        kept = []
        if path.is_file():
            with path.open(encoding="utf-8", newline="") as file:
                kept = [row for row in csv.DictReader(file) if int(row["step"]) <= step]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(kept)

    def add(self, step: int, found: Any, rate: float) -> None:
        """Take the losses of one batch."""
        self._waiting.append((step, found, rate))
        if len(self._waiting) == _LOG_EVERY:
            self.flush()

    def flush(self) -> None:
        """Write what waits; `step` is the number of batches learnt from by then."""
        if not self._waiting:
            return
        step, _, rate = self._waiting[-1]
        means = torch.stack([torch.stack(tuple(found)) for _, found, _ in self._waiting]).mean(dim=0).tolist()
        with self._path.open("a", encoding="utf-8", newline="") as file:
            csv.writer(file).writerow([step + 1, *(f"{value:.6g}" for value in means), f"{rate:.6g}"])
        self._waiting.clear()


def _save(state: Mapping[str, Any], path: Path) -> None:
    part = path.with_name(path.name + ".part")
    torch.save(dict(state), part)
    part.replace(path)


def _plain(options: Schedule) -> dict[str, Any]:
    """The options that must not change in the middle, as plain values."""
    free = ("workers", "checkpoint_every")
    return {name: str(value) for name, value in asdict(options).items() if name not in free}
