"""Training samples of the finder. Sample `i` of a seed is always the same, whichever worker makes it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from domain.frame import BgrImage
from training.canvas import Rng, around_somebody
from training.finder.network import Stride
from training.finder.pavements import pavement, specked
from training.finder.scenes import NONE, Scene, put, scene_of, shown
from training.finder.targets import FinderSample, sample_of
from training.mixing import Mixer, MixOptions, pick
from training.photometry import degraded
from training.sources import Sources

_WHOLE = MixOptions(
    height=320, width=576, rendered=0.85, reduced=0.45, photographs=0.0, shelves=0.08, smallest=16.0, largest=460.0, tall=0.0,
    close=0.75, close_height=256, close_width=384,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FinderMix:
    """What samples are made of.

    Attributes:
        photographs: Part of the samples that are photographs side by side, with everybody in them.
        empty: Part that shows a place where nobody is.
        hard: Part that shows a place where an earlier network saw somebody, where there are any.
        pavement: Part that shows plain ground with specks from near.
        specks: Part of the samples that have specks on them, whatever they show.
        rest: Of what the rest is made, rendered frames and people pasted into places; also sizes.
    """

    photographs: float = 0.16
    empty: float = 0.04
    hard: float = 0.16
    pavement: float = 0.05
    specks: float = 0.12
    rest: MixOptions = field(default=_WHOLE)

    def __post_init__(self) -> None:
        if not 0 <= self.photographs + self.empty + self.hard + self.pavement <= 1:
            raise ValueError("photographs, empty, hard and pavement must sum up to 1 at most")


class FinderMixer:
    """Makes samples.

    Args:
        sources: From what.
        photographs: With the boxes of everybody in them.
        hard: Pictures without people in which an earlier network saw somebody.
        options: In which parts.
        seed: Another seed gives other samples.
        stride: Of the answers.
    """

    def __init__(
        self,
        sources: Sources,
        photographs: Sequence[Scene],
        hard: Sequence[BgrImage] = (),
        options: FinderMix | None = None,
        seed: int = 0,
        stride: Stride = 8,
    ) -> None:
        self._options = options or FinderMix()
        self._mixer = Mixer(sources, self._options.rest, seed)
        self._photographs, self._hard = photographs, hard
        self._seed, self._stride = seed, stride

    def __getitem__(self, index: int) -> FinderSample:
        """Sample number `index`, from 0; there is no last one."""
        rng = np.random.default_rng([self._seed, index])
        scene = self._scene(index, rng)
        scene = scene.mirrored() if rng.random() < 0.5 else scene
        image = specked(scene.image, rng) if rng.random() < self._options.specks else scene.image
        return sample_of(replace(scene, image=degraded(image, rng)), self._stride)

    def _scene(self, index: int, rng: Rng) -> Scene:
        options = self._options
        whole, size = self._mixer.sizes(index)
        chance = rng.random()
        if self._photographs and chance < options.photographs:
            return self._side_by_side(size, rng)
        if chance < options.photographs + options.empty:
            return Scene(self._mixer.empty(size, rng), NONE, NONE)
        if self._hard and chance < options.photographs + options.empty + options.hard:
            return _near_size(Scene(pick(self._hard, rng), NONE, NONE), size, rng)
        if chance > 1 - options.pavement:
            return Scene(pavement(size, rng), NONE, NONE)
        canvas = self._mixer.peopled(whole, rng)
        piece = canvas if size == whole else around_somebody(canvas, size, rng)
        return scene_of(piece.image, piece.person_ids, canvas.person_ids)

    def _side_by_side(self, size: tuple[int, int], rng: Rng) -> Scene:
        """One row of photographs about as tall as the picture, or two or three rows of smaller ones."""
        scene = Scene(self._mixer.empty(size, rng), NONE, NONE)
        rows = int(rng.choice((1, 2, 3), p=(0.65, 0.25, 0.1)))
        height = size[0] // rows
        for row in range(rows):
            left = 0
            while left < size[1]:
                photograph = pick(self._photographs, rng)
                tall = height * float(rng.uniform(0.55, 1.7)) if rows == 1 else height
                zoom = tall / photograph.size[0]
                top = rng.uniform(min(0, height - tall), max(0, height - tall))
                scene = put(scene, photograph, zoom, (row * height + int(top), left))
                left += max(16, round(photograph.size[1] * zoom))
        return scene


def _near_size(scene: Scene, size: tuple[int, int], rng: Rng) -> Scene:
    """A piece of about that size."""
    fills = max(size[0] / scene.size[0], size[1] / scene.size[1])
    return shown(scene, size, fills * float(np.exp(rng.uniform(-0.1, 0.5))), rng)
