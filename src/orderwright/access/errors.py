"""Errors of access."""

from __future__ import annotations

from orderwright.platform.errors import OrderwrightError


class UnknownScope(OrderwrightError):
    """There is no such scope. Name one of those that `orderwright key scopes` lists."""

    code, http_status = "unknown_scope", 422


class UnknownMerchant(OrderwrightError):
    """There is no merchant of this code. Create it first, or correct the code."""

    code, http_status = "unknown_merchant", 404


class InvalidKeyExpiry(OrderwrightError):
    """A key expires at an instant in the future. Send one with its offset from UTC, or none for a key that stays."""

    code, http_status = "invalid_key_expiry", 422


class InvalidKeyName(OrderwrightError):
    """The name of a key has 1 to 200 characters without control characters. Say what the key is for."""

    code, http_status = "invalid_key_name", 422
