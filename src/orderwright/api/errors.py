"""Errors of the HTTP interface itself: what is wrong with a request before any verb hears of it."""

from __future__ import annotations

from orderwright.platform.errors import InvalidRequest, OrderwrightError
from orderwright.platform.failures import UNSTORABLE_ERRORS

# The caller's: a value that the database cannot take, or an instant outside of the calendar.
VALUE_ERRORS: tuple[type[Exception], ...] = (*UNSTORABLE_ERRORS, OverflowError)


class MalformedJson(InvalidRequest):
    """The body is not JSON. Send one JSON value in UTF-8."""

    code, http_status = "malformed_json", 400


class InvalidParameter(InvalidRequest):
    """A query parameter is wrong or unknown. Correct it or leave it out; /v1/docs lists them."""

    code, http_status = "invalid_parameter", 400


class InvalidHeader(InvalidRequest):
    """A header is wrong. Correct it and send the request again."""

    code, http_status = "invalid_header", 400


class PersonalDataInUrl(InvalidRequest):
    """Personal data does not belong in an address, where logs keep it. Use POST /v1/orders/search with a body."""

    code, http_status = "personal_data_in_url", 400


class IdempotencyKeyRequired(InvalidRequest):
    """This call needs the header Idempotency-Key. Send a new random one a command, and the same one to repeat it."""

    code, http_status = "idempotency_key_required", 400


class InvalidIdempotencyKey(InvalidRequest):
    """An Idempotency-Key has 1 to 200 printable ASCII characters. Send a UUID, for example."""

    code, http_status = "invalid_idempotency_key", 400


class UnknownPath(OrderwrightError):
    """There is nothing at this address. /v1/docs lists what there is."""

    code, http_status = "unknown_path", 404


class MethodNotAllowed(OrderwrightError):
    """This address does not take that method. The header Allow names those that it takes."""

    code, http_status = "method_not_allowed", 405


class BodyTooLarge(OrderwrightError):
    """The body is larger than this server takes. Send fewer items a call."""

    code, http_status = "body_too_large", 413


class UnsupportedMediaType(OrderwrightError):
    """This call takes another kind of body. Send it with the Content-Type that is named, in UTF-8, uncompressed."""

    code, http_status = "unsupported_media_type", 415


class RequestAborted(OrderwrightError):
    """The request ended before its body did. Send it again, whole."""

    code, http_status = "request_aborted", 400


class Busy(OrderwrightError):
    """Others are changing the same things. Nothing was changed; repeat after the seconds in Retry-After."""

    code, http_status = "busy", 503


class TimedOut(OrderwrightError):
    """The database took too long. Nothing was changed; ask for less, or repeat after the seconds in Retry-After."""

    code, http_status = "timed_out", 503


class NoSuchOrder(OrderwrightError):
    """No order has this number and this e-mail address. Check both: they stand in the confirmation of the order."""

    code, http_status = "no_such_order", 404


class TooManyTries(OrderwrightError):
    """There were too many tries. Wait the seconds in Retry-After; nothing was looked up."""

    code, http_status = "too_many_tries", 429
