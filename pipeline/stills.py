"""A picture that was asked for by itself: what it shows, and its overlay."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

from domain.events import FrameObserved, GarmentSeen, PersonObserved
from domain.frame import BgrImage, Frame
from domain.parsing import ParsedFrame
from domain.rendering import Cover, CoveredFrame
from pipeline.compositor import Compositor, CompositorOptions
from pipeline.parsed_image import ParsedImage, Person, parsed_image
from pipeline.privacy import covered_alone

# A picture that is sent has no moment of its own, and none is shown.
_NO_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, eq=False)
class Still:
    """A picture and what a parser says of it.

    Attributes:
        parsed: Its label maps.
        seen: Its persons and what they wear.
    """

    parsed: ParsedFrame
    seen: ParsedImage
    _image: BgrImage
    _cover: Cover

    @classmethod
    def of(cls, image: BgrImage, parsed: ParsedFrame, cover: Cover) -> "Still":
        """Look at a picture that is parsed, to be covered."""
        return cls(parsed, parsed_image(parsed, image), image, cover)

    @classmethod
    def seen_before(
        cls, image: BgrImage, parsed: ParsedFrame, seen: ParsedImage, cover: Cover = "none"
    ) -> "Still":
        """A picture that was parsed and looked at."""
        return cls(parsed, seen, image, cover)

    @cached_property
    def frame(self) -> CoveredFrame:
        """The picture, covered when it is asked for: many ask only what is in it."""
        frame = Frame("picture", 0, 0, self._image, 0.0, _NO_MOMENT, "file")
        return covered_alone(frame, self.parsed, self._cover)

    def overlay(self, title: str, caption: str, options: CompositorOptions | None = None) -> BgrImage:
        """The drawn picture, shape (H, W, 3) uint8 BGR.

        Args:
            title: What stands in its header.
            caption: What stands below that.
            options: How it looks.
        """
        frame = replace(self.frame, stream_id=title, name=caption)
        return Compositor(options).draw(frame, self.parsed, self._observed(title))

    def _observed(self, title: str) -> FrameObserved:
        height, width = self.parsed.labels.shape
        return FrameObserved(
            event_id="",
            stream_id=title,
            event_time=_NO_MOMENT,
            time_source="file",
            frame_index=0,
            media_time_s=0.0,
            width=width,
            height=height,
            persons=tuple(_observed(person) for person in self.seen.persons),
        )


def _observed(person: Person) -> PersonObserved:
    garments = tuple(GarmentSeen.model_validate(worn, from_attributes=True) for worn in person.clothes)
    return PersonObserved(track_id=person.id, box=person.box, score=person.score, garments=garments)
