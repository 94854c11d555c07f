"""Works off a job of pictures, one after the other. What is done stays done, however the process ends."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from pydantic import BaseModel, TypeAdapter

from config.overlays import OverlayLook
from config.service import ServiceSettings
from domain.frame import LabelMap
from domain.rendering import Cover
from pipeline.drawing import options_of
from pipeline.encoding import jpeg, png
from pipeline.parsers.base import HumanParser
from pipeline.sources.uploads import decode_upload
from pipeline.stills import Still
from service.answers import Answer, ErrorAnswer
from service.handlers import as_service_error
from service.jobs.shown import FileKind, JobProgress
from service.jobs.table import StoredFile
from service.jobs.work import Outcome, Task, stored
from service.parsed import ParsedPicture, ParserUsed, described

_Answer: TypeAlias = Answer[ParsedPicture] | ErrorAnswer
_ANSWERS = TypeAdapter(tuple[_Answer, ...])


class _Item(BaseModel):
    """What became of a picture, as it is kept."""

    answer: _Answer
    files: tuple[tuple[FileKind, str, str, str], ...] = ()
    """Kind, random name, path and media type of each."""


class PicturesWork:
    """A picture at a time.

    Args:
        limits: Of the service.
        look: How pictures are drawn where nobody says.
        cover: What is covered in them.
    """

    def __init__(self, limits: ServiceSettings, look: OverlayLook, cover: Cover = "heads") -> None:
        self._limits, self._look, self._cover = limits, look, cover

    def do(self, task: Task, parser: HumanParser) -> Outcome:
        """Parse all of them. Blocks.

        Args:
            task: The job.
            parser: Waits for its turns.

        Raises:
            Suspended, Cancelled: It was told not to go on.
        """
        task.out.mkdir(exist_ok=True)
        pictures = task.inputs
        for number, picture in enumerate(pictures):
            kept = task.out / f"{number:04d}.json"
            if not kept.exists():
                task.check()
                _write(kept, self._item(task, parser, number, picture).model_dump_json().encode())
            task.tell(JobProgress(share=(number + 1) / len(pictures), pictures=number + 1))
        return self._outcome(task, len(pictures))

    def _item(self, task: Task, parser: HumanParser, number: int, picture: Path) -> _Item:
        try:
            image = decode_upload(picture.read_bytes(), self._limits.max_pixels)
            still = Still.of(image, parser.parse(image), self._cover)
        except Exception as error:  # noqa: BLE001 - what is no answer is raised again
            told = as_service_error(error)
            return _Item(answer=ErrorAnswer(code=told.code.number, message=str(told)))
        files = tuple(self._files(task, still, number))
        url = next((f"/api/results/{name}" for kind, name, _, _ in files if kind == "overlay"), None)
        used = ParserUsed.of(parser.info)
        return _Item(answer=Answer(data=described(still, task.options, task.model, used, url)), files=files)

    def _files(self, task: Task, still: Still, number: int) -> Iterator[tuple[FileKind, str, str, str]]:
        if task.options.overlay != "none":
            look = options_of(self._look, task.options.overlay)
            path = task.out / f"{number:04d}-overlay.jpg"
            _write(path, jpeg(still.overlay("picture", task.model, look)))
            yield "overlay", secrets.token_urlsafe(24), path.name, "image/jpeg"
        if task.options.label_maps:
            maps: dict[FileKind, LabelMap] = {
                "parts": still.parsed.labels,
                "persons": still.parsed.person_ids,
            }
            for what, labels in maps.items():
                path = task.out / f"{number:04d}-{what}.png"
                _write(path, png(labels))
                yield what, secrets.token_urlsafe(24), path.name, "image/png"

    def _outcome(self, task: Task, count: int) -> Outcome:
        items = [
            _Item.model_validate_json((task.out / f"{number:04d}.json").read_bytes())
            for number in range(count)
        ]
        whole = task.out / "result.json"
        _write(whole, _ANSWERS.dump_json(tuple(item.answer for item in items)))
        files = [stored(task, "result", whole, "application/json")]
        for number, item in enumerate(items):
            for kind, name, path, media_type in item.files:
                size = (task.out / path).stat().st_size
                files.append(StoredFile(name, kind, number, f"out/{path}", media_type, size))
        return Outcome(tuple(files), JobProgress(share=1.0, pictures=count))


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    staged = path.with_name(f"{path.name}.part")
    staged.write_bytes(content)
    staged.replace(path)
