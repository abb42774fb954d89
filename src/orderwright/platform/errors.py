"""Errors for when a whole call fails. A business "no" to one item of a batch is an outcome, not an exception.

Each class carries a stable `code`, an HTTP status and a sentence that says what to do about it.
"""

from __future__ import annotations

from typing import Any, ClassVar


class OrderwrightError(Exception):
    """Base of all errors that a caller may see. `str(error)` is a sentence for people; `code` is for programs."""

    code: ClassVar[str] = "internal_error"
    http_status: ClassVar[int] = 500

    def __init__(self, message: str | None = None, **details: Any) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip().splitlines()[0])
        self.details = details


class InvalidId(OrderwrightError):
    """The id is malformed. Send it exactly as the API returned it."""

    code, http_status = "invalid_id", 400


class InvalidRequest(OrderwrightError):
    """The request is malformed. Correct the field that is named and send it again."""

    code, http_status = "invalid_request", 400


class NotFound(OrderwrightError):
    """There is no such thing here. Check the id and the merchant that the key belongs to."""

    code, http_status = "not_found", 404


class PermissionDenied(OrderwrightError):
    """The key or role lacks a permission for this. Ask an administrator for the scope that is named."""

    code, http_status = "permission_denied", 403


class NotAuthenticated(OrderwrightError):
    """A valid API key is missing. Send `Authorization: Bearer <key>`; `orderwright key create` makes one."""

    code, http_status = "not_authenticated", 401


class IdempotencyConflict(OrderwrightError):
    """This Idempotency-Key was used with other content. Use a new key for a new command."""

    code, http_status = "idempotency_key_reused", 409


class Overloaded(OrderwrightError):
    """More requests wait than the server takes. Repeat after the seconds in Retry-After, with the same key."""

    code, http_status = "overloaded", 503


class DatabaseUnavailable(OrderwrightError):
    """The database cannot be reached. Nothing was changed; repeat after the seconds in Retry-After."""

    code, http_status = "database_unavailable", 503


class OutcomeUnknown(OrderwrightError):
    """The connection broke while committing. Repeat with the same key: what was done is not done again."""

    code, http_status = "outcome_unknown", 503


class UnstorableValue(OrderwrightError):
    """A value cannot be stored (a NUL character, or a number out of range). Correct the item and send it again."""

    code, http_status = "unstorable_value", 422
