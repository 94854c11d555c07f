"""Reads what comes with a job: onto the disk, as it comes."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from anyio.to_thread import run_sync
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from config.service import ServiceSettings
from service.bodies import FORMS, JSON, form_of, in_time, json_of, kind_of, pictures_of, unknown_kind
from service.errors import ErrorCode, ServiceError

PICTURES, RECORDINGS = frozenset({"image", "images"}), frozenset({"recording"})


@dataclass(slots=True)
class Received:
    """What has come.

    Attributes:
        fields: Options, by name.
        pictures: How many pictures lie in the folder.
        recordings: How many recordings.
        source: Address of a recording.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    pictures: int = 0
    recordings: int = 0
    source: str | None = None


async def receive(request: Request, folder: Path, limits: ServiceSettings) -> Received:
    """Read a request that brings a job. Its files are `0000`, `0001` and so on.

    Args:
        request: Its bytes are limited elsewhere.
        folder: For its files; empty.
        limits: Of the service.

    Raises:
        ServiceError: It is not as it should be.
    """
    kind = kind_of(request)
    async with in_time(limits.jobs.upload_timeout_s):
        if kind == JSON:
            received = await _from_json(request, folder, limits)
        elif kind in FORMS:
            form = await form_of(request, limits.jobs.max_pictures)
            try:
                received = await _from_form(form, folder)
            finally:
                await form.close()
        elif kind.startswith(("video/", "image/")) or kind == "application/octet-stream":
            await _as_it_is(request, folder / "0000")
            picture = kind.startswith("image/")
            received = Received(pictures=int(picture), recordings=int(not picture))
        else:
            raise unknown_kind(f"{JSON}, multipart/form-data, image/... or video/...", kind)
    received.fields = {**request.query_params, **received.fields}
    return received


async def _from_json(request: Request, folder: Path, limits: ServiceSettings) -> Received:
    fields = dict(await json_of(request))
    source, pictures = fields.pop("source", None), pictures_of(fields, limits.jobs.max_pictures)
    if (source is None) == (pictures is None):
        raise ServiceError(
            ErrorCode.BAD_REQUEST,
            "one of image (base64), images (a list of them) and source (the address of a recording) must be given",
        )
    if source is not None and not isinstance(source, str):
        raise ServiceError(ErrorCode.BAD_REQUEST, "source: must be an address")
    received = Received(fields, source=source)
    for picture in pictures or ():
        if isinstance(picture, ServiceError):
            raise picture
        await run_sync((folder / f"{received.pictures:04d}").write_bytes, picture)
        received.pictures += 1
    return received


async def _from_form(form: FormData, folder: Path) -> Received:
    received, fields = Received(), {}
    for name, value in form.multi_items():
        if not isinstance(value, UploadFile):
            fields[name] = value
            continue
        if name not in PICTURES | RECORDINGS:
            raise ServiceError(
                ErrorCode.BAD_REQUEST,
                f"{name[:64]}: no such file; a picture is called image, and a recording recording",
            )
        number = received.pictures + received.recordings
        await keep(value, folder / f"{number:04d}")
        received.pictures += name in PICTURES
        received.recordings += name in RECORDINGS
    received.fields = fields
    return received


async def keep(upload: UploadFile, path: Path) -> None:
    """Copy an uploaded file to its place."""

    def copy() -> None:
        with path.open("xb") as target:
            shutil.copyfileobj(upload.file, target, 1 << 20)

    await run_sync(copy)


async def _as_it_is(request: Request, path: Path) -> None:
    with path.open("xb") as file:
        async for piece in request.stream():
            await run_sync(partial(file.write, piece))
