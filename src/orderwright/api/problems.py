"""Problems: what is answered when a call fails (RFC 9457), from every kind of error that there is."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import asyncpg
import msgspec
import structlog
from litestar import Request
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException
from litestar.types import ASGIApp

from orderwright.api.answers import PROBLEM, Answer, Header, encode_json
from orderwright.api.errors import VALUE_ERRORS, Busy, MethodNotAllowed, TimedOut, UnknownPath
from orderwright.api.headers import request_id_of
from orderwright.platform.db import RETRYABLE_ERRORS
from orderwright.platform.errors import NotAuthenticated, OrderwrightError, Overloaded
from orderwright.platform.failures import describe_error, where
from orderwright.platform.unstorable import unstorable

TYPE_BASE = "https://orderwright.invalid/problems/"
RETRY_AFTER_S = 1
SERVER_ERROR = 500
_log = structlog.get_logger(__name__)
_INTERNAL = "Something failed in here that should not. Report it with the request_id; repeating it may help."


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why a call failed. `code` is for programs and never changes; `detail` is a sentence that says what to do.

    `type` is a stable URI made of the code. `details` names fields, codes and figures.
    """

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    details: dict[str, Any]


decode_problem = msgspec.json.Decoder(Problem).decode


def problem(
    code: str,
    status: int,
    detail: str,
    details: dict[str, Any] | None = None,
    *,
    request_id: str,
    headers: tuple[Header, ...] = (),
) -> Answer:
    """The answer that says that a call failed. 503 and 429 tell after how many seconds to repeat it."""
    body = Problem(
        type=TYPE_BASE + code,
        title=code.replace("_", " ").capitalize(),
        status=status,
        code=code,
        detail=detail,
        request_id=request_id,
        details=details or {},
    )
    if status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
        seconds = (details or {}).get("retry_after_s", RETRY_AFTER_S)
        headers = (*headers, (b"retry-after", str(seconds).encode()))
    answer = Answer(encode_json(body), status, headers, PROBLEM)
    answer.request_id = request_id
    return answer


def problem_said(error: Exception, request_id: str) -> Problem:
    """The problem that an error is, to be shown to people. Logged like `problem_of`."""
    return decode_problem(problem_of(error, request_id).body)


def problem_of(error: Exception, request_id: str, given: Mapping[str, Any] | None = None) -> Answer:
    """The problem that an error is. One that nobody foresaw is logged, and tells the caller nothing of itself. `given`:
    what the address said, by name, for the name of what cannot be stored."""
    known = _understand(error, given)
    if known is None:
        stack = "".join(traceback.format_tb(error.__traceback__))  # frames alone: the message may quote a row
        _log.error("request failed", request_id=request_id, error=describe_error(error), at=where(error), stack=stack)
        return problem("internal_error", SERVER_ERROR, _INTERNAL, request_id=request_id)
    if known.http_status >= SERVER_ERROR and not isinstance(
        known, Overloaded
    ):  # which has a metric, and comes in floods
        _log.warning("request refused", request_id=request_id, code=known.code, error=describe_error(error))
    headers: tuple[Header, ...] = ()
    if isinstance(known, NotAuthenticated):
        headers = ((b"www-authenticate", b"Bearer"),)
    elif isinstance(error, MethodNotAllowedException) and error.headers:
        headers = ((b"allow", error.headers["allow"].encode()),)
    return problem(known.code, known.http_status, str(known), known.details, request_id=request_id, headers=headers)


def handle_exception(request: Request[Any, Any, Any], error: Exception) -> Any:
    """Litestar's exception handler: for what fails before a handler of ours runs (unknown path, wrong method)."""
    return Wrapped(problem_of(error, request_id_of(dict(request.scope["headers"]))))


class Wrapped:
    """An answer in the shape that Litestar's exception middleware asks for."""

    def __init__(self, answer: ASGIApp) -> None:
        self._answer = answer

    def to_asgi_response(self, *_: Any, **__: Any) -> ASGIApp:
        """The answer itself."""
        return self._answer


def _understand(error: Exception, given: Mapping[str, Any] | None) -> OrderwrightError | None:
    """The error in our own words, or None for one that should not be."""
    found: OrderwrightError | None = None
    if isinstance(error, OrderwrightError):
        found = error if error.code != OrderwrightError.code else None
    elif isinstance(error, NotFoundException):
        found = UnknownPath()
    elif isinstance(error, MethodNotAllowedException):
        found = MethodNotAllowed()
    elif isinstance(error, VALUE_ERRORS):
        found = unstorable(given)
    elif isinstance(error, RETRYABLE_ERRORS):
        found = Busy()
    elif isinstance(error, asyncpg.QueryCanceledError):
        found = TimedOut()
    elif isinstance(error, HTTPException) and error.status_code < SERVER_ERROR:
        found = _foreign(error)
    return found


def _foreign(error: HTTPException) -> OrderwrightError:
    """A refusal by the framework or by pages that are not ours, with the status that it has."""
    status = HTTPStatus(error.status_code)
    kind = type("ForeignRefusal", (OrderwrightError,), {"code": status.name.lower(), "http_status": status.value})
    made: OrderwrightError = kind(error.detail or "The request is malformed. Correct it and send it again.")
    return made
