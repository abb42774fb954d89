"""Errors of access."""

from __future__ import annotations

from orderwright.platform.errors import OrderwrightError


class UnknownScope(OrderwrightError):
    """There is no such scope. Name one of those that `orderwright key scopes` lists."""

    code, http_status = "unknown_scope", 422


class UnknownMerchant(OrderwrightError):
    """There is no merchant of this code. Create it first, or correct the code."""

    code, http_status = "unknown_merchant", 404


class InvalidMerchant(OrderwrightError):
    """The code, name, time zone, currency or number format of a merchant cannot be kept. Correct what is named."""

    code, http_status = "invalid_merchant", 422


class InvalidKeyExpiry(OrderwrightError):
    """A key expires at an instant in the future. Send one with its offset from UTC, or none for a key that stays."""

    code, http_status = "invalid_key_expiry", 422


class InvalidKeyName(OrderwrightError):
    """The name of a key has 1 to 200 characters without control characters. Say what the key is for."""

    code, http_status = "invalid_key_name", 422


class SignInRefused(OrderwrightError):
    """The e-mail address, the password or the code is not right. Check all of them and try again."""

    code, http_status = "sign_in_refused", 403


class TooManyAttempts(OrderwrightError):
    """There were too many wrong attempts. Wait as long as is said, then try again."""

    code, http_status = "too_many_attempts", 429


class ConfirmationNeeded(OrderwrightError):
    """This asks for your password again. Confirm that it is you, then repeat it."""

    code, http_status = "confirmation_needed", 403


class PasswordRefused(OrderwrightError):
    """The password is too short, too long or too easy to guess. Choose a few words that do not belong together."""

    code, http_status = "password_refused", 422


class LinkSpent(OrderwrightError):
    """This address was used already, has expired, or is not whole. Ask an administrator for a new one."""

    code, http_status = "link_spent", 410


class CodeRefused(OrderwrightError):
    """This code is wrong, or was used already. Wait for the next one that your device shows, and type that."""

    code, http_status = "code_refused", 422


class InvalidPerson(OrderwrightError):
    """The name, e-mail address, time zone or language of a person cannot be kept. Correct the field that is named."""

    code, http_status = "invalid_person", 422


class UnknownRole(OrderwrightError):
    """There is no such role at this merchant. Name one of those that it has."""

    code, http_status = "unknown_role", 422


class InvalidOverlap(OrderwrightError):
    """The old secret of a key is good for 0 to 604,800 seconds (7 days) more. Correct `overlap_s`."""

    code, http_status = "invalid_overlap", 422


class TooMuchForKey(OrderwrightError):
    """Nobody makes or rotates a key that may more than they may themselves. Ask for less, or ask who may."""

    code, http_status = "too_much_for_key", 403
