"""Reads what a request brings: JSON with base64, a form, or a picture as it is."""

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from service.errors import ErrorCode, ServiceError
from service.words import problem_of

_MOST_FIELDS = 32
_MOST_FIELD_BYTES = 64 << 10
JSON, FORMS = "application/json", ("multipart/form-data", "application/x-www-form-urlencoded")
_Options = TypeVar("_Options", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Body:
    """What was sent.

    Attributes:
        fields: Options, by name.
        pictures: Files that are to be looked at, in order.
    """

    fields: Mapping[str, Any]
    pictures: Sequence[bytes | ServiceError]

    @property
    def picture(self) -> bytes:
        """The first file, where one is wanted.

        Raises:
            ServiceError: It could not be read.
        """
        first = self.pictures[0]
        if isinstance(first, ServiceError):
            raise first
        return first


async def read_body(request: Request, timeout_s: float, most_pictures: int) -> Body:
    """Read it. Pictures are called `image`; several, in JSON, `images`.

    Args:
        request: Its bytes are limited elsewhere.
        timeout_s: Longest time for all of it.
        most_pictures: How many there may be.

    Raises:
        ServiceError: It is not as it should be.
    """
    kind = kind_of(request)
    async with in_time(timeout_s):
        if kind == JSON:
            body = await _from_json(request, most_pictures)
        elif kind in FORMS:
            body = await _from_form(request, most_pictures)
        elif kind.startswith("image/") or kind == "application/octet-stream":
            body = Body({}, [await request.body()])
        else:
            raise unknown_kind(f"{JSON}, multipart/form-data or image/...", kind)
    return replace(body, fields={**request.query_params, **body.fields})


def unknown_kind(known: str, kind: str) -> ServiceError:
    """What to say of a content type that is not taken."""
    told = f"Content-Type must be {known}, and it is {kind[:64] or 'missing'}"
    return ServiceError(ErrorCode.BAD_REQUEST, told)


async def read_json(request: Request, model: type[_Options], timeout_s: float) -> _Options:
    """Read a JSON body as a model.

    Args:
        request: Its bytes are limited elsewhere.
        model: What it must be.
        timeout_s: Longest time for all of it.

    Raises:
        ServiceError: It is not as it should be.
    """
    if kind_of(request) != JSON:
        raise unknown_kind(JSON, kind_of(request))
    async with in_time(timeout_s):
        return checked(model, await json_of(request))


def kind_of(request: Request) -> str:
    """What the request says it brings: its content type, without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def checked(model: type[_Options], fields: Mapping[str, Any]) -> _Options:
    """Fields as a model.

    Raises:
        ServiceError: One is wrong or unknown; the message names the first.
    """
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False, include_context=False)
        raise ServiceError(ErrorCode.BAD_REQUEST, problem_of(details, model.model_fields)) from None


@asynccontextmanager
async def in_time(timeout_s: float) -> AsyncIterator[None]:
    """Within it, a request is read.

    Raises:
        ServiceError: It takes too long, or is broken off.
    """
    try:
        async with asyncio.timeout(timeout_s):
            yield
    except TimeoutError:
        raise ServiceError(
            ErrorCode.TOO_SLOW, f"the request did not arrive within {timeout_s:g} s: send it faster"
        ) from None
    except ClientDisconnect:
        raise ServiceError(ErrorCode.CLIENT_GONE, "the request was broken off") from None


async def json_of(request: Request) -> Mapping[str, Any]:
    """The body as a JSON object.

    Raises:
        ServiceError: It is none.
    """
    try:
        content = await request.json()
    except (ValueError, RecursionError):
        raise ServiceError(
            ErrorCode.BAD_REQUEST, "the body is no JSON: check its form and its encoding"
        ) from None
    if not isinstance(content, dict):
        raise ServiceError(ErrorCode.BAD_REQUEST, "the body must be a JSON object")
    return content


async def _from_json(request: Request, most: int) -> Body:
    fields = dict(await json_of(request))
    pictures = pictures_of(fields, most)
    if pictures is None:
        raise ServiceError(
            ErrorCode.BAD_REQUEST, "image (base64), or for a batch images (a list of them), must be given"
        )
    return Body(fields, list(pictures))


def pictures_of(fields: dict[str, Any], most: int) -> Iterator[bytes | ServiceError] | None:
    """Take `image` or `images` out of the fields of a JSON body.

    Args:
        fields: Of the body.
        most: How many there may be.

    Returns:
        The bytes of each, decoded when it is asked for: one bad picture must not spoil the others. None where there is neither.

    Raises:
        ServiceError: There are both, too many, or no list.
    """
    one, several = fields.pop("image", None), fields.pop("images", None)
    if one is None and several is None:
        return None
    if one is not None and several is not None:
        raise ServiceError(ErrorCode.BAD_REQUEST, "send image, or images, and not both")
    given = [one] if several is None else several
    if not isinstance(given, list) or not given:
        raise ServiceError(ErrorCode.BAD_REQUEST, "images: must be a list with at least one picture")
    refuse_more(len(given), most)
    return map(_decoded, given)


def _decoded(text: Any) -> bytes | ServiceError:
    wrong = ServiceError(ErrorCode.BAD_REQUEST, "image: must be a picture in base64")
    if not isinstance(text, str):
        return wrong
    # Browsers make data: URLs.
    code = text.partition(",")[2] if text.startswith("data:") else text
    try:
        return base64.b64decode(code, validate=True)
    except (binascii.Error, ValueError):
        return wrong


async def form_of(request: Request, most: int) -> FormData:
    """The body as a form, with so many files at most; files that are large are on the disk. Whoever has it closes it.

    Raises:
        ServiceError: It is none, or has too many parts.
    """
    try:
        return await request.form(max_files=most, max_fields=_MOST_FIELDS, max_part_size=_MOST_FIELD_BYTES)
    except HTTPException as error:
        if error.status_code != ErrorCode.BAD_REQUEST.status:
            raise
        if error.detail.startswith("Too many files"):
            raise _too_many("more", most) from None
        raise ServiceError(ErrorCode.BAD_REQUEST, f"the form cannot be read: {error.detail}") from None


async def _from_form(request: Request, most: int) -> Body:
    form = await form_of(request, most)
    try:
        return await _of_form(form, most)
    finally:
        await form.close()


async def _of_form(form: FormData, most: int) -> Body:
    pictures, fields = [], {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            if name not in {"image", "images"}:
                raise ServiceError(
                    ErrorCode.BAD_REQUEST, f"{name[:64]}: no such file; the picture is called image"
                )
            pictures.append(await value.read())
        else:
            fields[name] = value
    if not pictures:
        raise ServiceError(ErrorCode.BAD_REQUEST, f"image: a file must be given{_not_said(fields)}")
    refuse_more(len(pictures), most)
    return Body(fields, pictures)


def refuse_more(count: int, most: int) -> None:
    """Make sure that there are not too many pictures.

    Raises:
        ServiceError: There are.
    """
    if count > most:
        raise _too_many(str(count), most)


def _too_many(count: str, most: int) -> ServiceError:
    if most == 1:
        told = "several pictures were sent, and one is taken here: send several to /batch/parse"
    else:
        told = f"{count} pictures were sent, and {most} are allowed: send fewer at a time"
    return ServiceError(ErrorCode.TOO_MANY_PICTURES, told)


def _not_said(fields: Mapping[str, Any]) -> str:
    """What to add where somebody sends JSON and does not say so, as `curl -d` does."""
    return (
        "; JSON needs Content-Type: application/json"
        if any(name.lstrip()[:1] == "{" for name in fields)
        else ""
    )
