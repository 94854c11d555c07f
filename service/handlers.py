"""Everything that is raised becomes an answer of the one form."""

import math

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from domain.errors import Busy, SinkBusy, UsageError
from domain.urls import redact_url
from pipeline.sources.uploaded_recordings import TooLong
from pipeline.sources.uploads import NoPicture, TooManyPixels
from service.answers import ErrorAnswer
from service.errors import ErrorCode, ServiceError
from service.words import problem_of

_BY_STATUS = {
    404: ErrorCode.NOT_FOUND,
    405: ErrorCode.WRONG_METHOD,
    413: ErrorCode.BODY_TOO_LARGE,
}


_OF_UPLOADS = {
    TooManyPixels: ErrorCode.TOO_MANY_PIXELS,
    TooLong: ErrorCode.TOO_LONG,
    NoPicture: ErrorCode.NO_PICTURE,
}


def as_service_error(error: Exception) -> ServiceError:
    """What is raised on purpose anywhere in Footfall, as an error of the API."""
    match error:
        case ServiceError():
            return error
        case Busy():
            return ServiceError(
                ErrorCode.BUSY, f"{error}: ask again later", retry_after_s=error.retry_after_s
            )
        case TooManyPixels() | TooLong() | NoPicture():
            return ServiceError(_OF_UPLOADS[type(error)], str(error))
        case SinkBusy():
            return ServiceError(
                ErrorCode.STORE_AWAY, f"{error}: ask again later", retry_after_s=error.retry_after_s
            )
        case UsageError():
            return ServiceError(ErrorCode.REFUSED, redact_url("; ".join(str(error).splitlines())))
    raise error


def answer_of(error: ServiceError) -> JSONResponse:
    """The JSON of an error."""
    content = ErrorAnswer(code=error.code.number, message=str(error)).model_dump()
    headers = {}
    if error.retry_after_s is not None:
        headers["retry-after"] = str(math.ceil(error.retry_after_s))
    if error.code is ErrorCode.NO_KEY:
        headers["www-authenticate"] = "Bearer"
    return JSONResponse(content, error.code.status, headers)


def add_handlers(app: FastAPI) -> None:
    """Answer errors in the one form."""
    for kind in (ServiceError, Busy, SinkBusy, UsageError):
        app.add_exception_handler(kind, _told)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(Exception, _fault)


def _told(_: Request, error: Exception) -> Response:
    return answer_of(as_service_error(error))


def _of_http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = error.detail if isinstance(error, HTTPException) else ""
    code = _BY_STATUS.get(status, ErrorCode.BAD_REQUEST)
    answer = answer_of(ServiceError(code, f"{request.url.path[:200]}: {detail}"))
    if isinstance(error, HTTPException) and error.headers:
        answer.headers.update(error.headers)
    return answer


def _of_validation(request: Request, error: Exception) -> Response:
    # Starlette gives every handler an Exception; this one gets no other kind.
    details = error.errors() if isinstance(error, RequestValidationError) else ()
    return _told(request, ServiceError(ErrorCode.BAD_REQUEST, problem_of(details)))


def _fault(request: Request, error: Exception) -> Response:
    # The server logs the traceback of what comes through here.
    del request, error
    return answer_of(ServiceError(ErrorCode.FAULT, "a fault of Footfall's own; the log has its traceback"))
