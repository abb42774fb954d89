"""E-mail addresses as people type them.

Source: email-validator (RFC 5321, 5322, 6531 and the special-use domains of RFC 6761), without asking the DNS:
verification does no I/O. It takes 20 microseconds, so an ordinary ASCII address is answered by one pattern that
accepts only what the library accepts; all else goes to the library.
"""

from __future__ import annotations

import re

import email_validator

# Dot-atoms of 64 characters at most; labels of letters, digits and single hyphens, the last of letters only.
_ORDINARY = re.compile(
    r"(?=[^@]{1,64}@)[\w!#$%&'*+\-/=?^`{|}~]+(?:\.[\w!#$%&'*+\-/=?^`{|}~]+)*"
    r"@(?=.{4,180}\Z)(?!.*--)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63})",
    re.ASCII | re.IGNORECASE,
)
_SPECIAL_USE = frozenset(email_validator.SPECIAL_USE_DOMAIN_NAMES)


def normalise_email(text: str | None) -> str | None:
    """The address in lower case with its domain in Unicode, or None when it is not well-formed.

    For comparing and finding people, not for sending to: the part before the @ is lowered too, though RFC 5321
    lets a server tell its case apart (none of note does).
    """
    if not text:
        return None
    text = text.strip()
    ordinary = _ORDINARY.fullmatch(text)
    if ordinary is not None and ordinary[1].lower() not in _SPECIAL_USE:
        return text.lower()
    try:
        return email_validator.validate_email(text, check_deliverability=False).normalized.lower()
    except email_validator.EmailNotValidError:
        return None
