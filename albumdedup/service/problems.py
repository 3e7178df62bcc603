"""What goes wrong, as application/problem+json (RFC 9457): a code for programs, a sentence for
people."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.responses import Response

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import _, describe, describe_problem
from albumdedup.core.types import Problem, Reason
from albumdedup.service.answers import as_json

MEDIA_TYPE = "application/problem+json"


class Refusal(Exception):
    """A request that is not answered, and why in a sentence."""

    def __init__(
        self, status: HTTPStatus, code: str, detail: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, code, detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})


_STATUS = {
    ErrorCode.NOT_A_PHOTO: HTTPStatus.BAD_REQUEST,
    ErrorCode.VALUE_REFUSED: HTTPStatus.BAD_REQUEST,
    ErrorCode.UNKNOWN_GROUP: HTTPStatus.NOT_FOUND,
    ErrorCode.NOT_THERE: HTTPStatus.NOT_FOUND,
    ErrorCode.NOTHING_SCANNED: HTTPStatus.CONFLICT,
}


def refusal_of(error: Exception) -> Refusal:
    """Whatever a request ended with; what nobody foresaw is told without its inside."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, AlbumError):
        status = _STATUS.get(error.code, HTTPStatus.INTERNAL_SERVER_ERROR)
        return Refusal(status, error.code.value, describe(error))
    if isinstance(error, HTTPException):
        return _of_router(error)
    return Refusal(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "failed",
        _("The service failed at this request; its own output says how. Others go on."),
    )


def _of_router(error: HTTPException) -> Refusal:
    status = HTTPStatus(error.status_code)
    if status is HTTPStatus.NOT_FOUND:
        return Refusal(
            status, "no_such_page", _("There is no such page; /docs lists those that are.")
        )
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        words = _("This page is not asked in that way; /docs says how.")
        return Refusal(status, "wrong_method", words, error.headers)
    return Refusal(status, "refused", error.detail, error.headers)


_UNREADABLE = {
    Reason.NOT_A_PICTURE: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Reason.UNSUPPORTED: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Reason.TOO_MANY_PIXELS: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Reason.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Reason.TOO_MUCH_MEMORY: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Reason.NO_WORKER: HTTPStatus.INTERNAL_SERVER_ERROR,
}


def unreadable(found: Problem) -> Refusal:
    """A picture that was sent whole and cannot be used; others are not concerned."""
    status = _UNREADABLE.get(found.reason, HTTPStatus.BAD_REQUEST)
    return Refusal(status, found.reason.value, describe_problem(found))


def problem(refusal: Refusal) -> Response:
    document = {
        "type": "about:blank",
        "title": refusal.status.phrase,
        "status": refusal.status.value,
        "detail": refusal.detail,
        "code": refusal.code,
    }
    return Response(as_json(document), refusal.status, refusal.headers, MEDIA_TYPE)
