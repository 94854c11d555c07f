"""`make train`: the weights of the embedded parser, on a CPU or a GPU, from its last checkpoint if there is one.

A training lives in a folder: `checkpoint.pt` to go on from, `losses.csv`, and at the end `lite.pt`, the averaged weights.
On a CPU, going on gives bit for bit what training without a break would have given (same torch, same threads).
"""

import csv
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from domain.errors import ModelError, OutputError
from training.losses import Batch, Losses, losses
from training.mixing import Mixer
from training.network import LiteNetwork, load_imagenet_weights, load_weights
from training.options import TrainOptions
from training.samples import batches
from training.sources import Sources

_LEAST_RATE = 1e-6
_LONGEST_GRADIENT = 5.0
_LOG_EVERY = 50  # batches whose mean becomes one line
_COLUMNS = ("step", "parts", "overlap", "centre", "offset", "total", "rate")


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
        device: `cpu` or `cuda`.
    """

    def __init__(self, options: TrainOptions, device: str) -> None:
        torch.manual_seed(options.seed)
        self._options, self._device = options, device
        # A CPU that has to emulate bf16 is twice as slow in it as in float32.
        self._half = (
            device == "cuda" or torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()
        )
        self.step = 0
        network = (
            load_weights(options.init, options.network) if options.init else LiteNetwork(options.network)
        )
        if options.init is None and options.pretrained:
            load_imagenet_weights(network.bb, options.network.variant)
        self.network = network.to(device, memory_format=torch.channels_last)
        self._backbone = (
            list(network.late_parameters(depthwise=not self._half))
            if options.learning == "late"
            else list(network.bb.parameters())
        )
        self._heads = [value for name, value in network.named_parameters() if not name.startswith("bb.")]
        groups = [
            {"params": self._heads, "share": 1.0},
            {"params": self._backbone, "share": options.backbone_rate},
        ]
        self._optimizer = torch.optim.AdamW(groups, options.rate, weight_decay=options.weight_decay)
        self._average = Average(network, options.average)

    def learn(self, batch: Batch) -> Losses:
        """Learn from one batch."""
        self._set_modes()
        for group in self._optimizer.param_groups:
            group["lr"] = self.rate * group["share"]
        batch = Batch(*(part.to(self._device, non_blocking=True) for part in batch))
        image = batch.image.contiguous(memory_format=torch.channels_last)
        with torch.autocast(self._device, torch.bfloat16, enabled=self._half):
            outputs = self.network(image)
        found = losses(outputs, batch, self._options.weights)
        self._optimizer.zero_grad()
        found.total.backward()
        nn.utils.clip_grad_norm_([*self._heads, *self._backbone], _LONGEST_GRADIENT)
        self._optimizer.step()
        self._average.update(self.network, self.step)
        self.step += 1
        return Losses(*(value.detach() for value in found))

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
        if self._options.learning == "late" or not thawed:
            self.network.bb.eval()

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


def train(
    options: TrainOptions, sources: Sources, folder: Path, device: str, until: int | None = None
) -> None:
    """Train, or go on training, and write the weights when all steps are done.

    Args:
        options: Of the training.
        sources: What samples are made from.
        folder: Where it lives.
        device: `cpu` or `cuda`.
        until: Stop before that step and leave a checkpoint, to go on later; None trains to the end.

    Raises:
        ModelError: The folder holds a training with other options.
        OutputError: The folder cannot be written.
    """
    training = Training(options, device)
    checkpoint = folder / "checkpoint.pt"
    if checkpoint.is_file():
        training.restore(checkpoint)
    last = min(until or options.steps, options.steps)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        log = Log(folder / "losses.csv", training.step)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error.strerror}") from error
    todo = max(0, last - training.step)
    mixer = Mixer(sources, replace(options.mix, run=options.batch), options.seed)
    _learn_all(training, batches(mixer, training.step, todo, options.batch, options.workers), checkpoint, log)
    _save(training.state(), checkpoint)
    if training.step >= options.steps:
        _save(training.averaged(), folder / "lite.pt")


def _learn_all(training: Training, samples: Iterable[Batch], checkpoint: Path, log: "Log") -> None:
    for batch in samples:
        rate = training.rate
        log.add(training.step, training.learn(batch), rate)
        if training.step % training._options.checkpoint_every == 0:
            log.flush()
            _save(training.state(), checkpoint)
    log.flush()


class Log:
    """`losses.csv`: the means of some batches a line. Lines at or after the step that training goes on from are dropped."""

    def __init__(self, path: Path, step: int) -> None:
        self._path = path
        self._waiting: list[tuple[int, Losses, float]] = []
        kept = []
        if path.is_file():
            with path.open(encoding="utf-8", newline="") as file:
                kept = [row for row in csv.DictReader(file) if int(row["step"]) <= step]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, _COLUMNS)
            writer.writeheader()
            writer.writerows(kept)

    def add(self, step: int, found: Losses, rate: float) -> None:
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


def _plain(options: TrainOptions) -> dict[str, Any]:
    """The options that must not change in the middle, as plain values."""
    free = ("workers", "checkpoint_every")
    return {name: str(value) for name, value in asdict(options).items() if name not in free}
