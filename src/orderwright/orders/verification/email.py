"""Is the e-mail address of an order one that can be written to? Without asking the DNS: verification does no I/O."""

from __future__ import annotations

from orderwright.customers import normalise_email
from orderwright.orders.verification.finding import EMAIL_INVALID, Finding, finding


def check_email(email: str | None, field: str = "email") -> Finding | None:
    """An `email_invalid` that names the field, unless the address is well-formed, or there is none."""
    if not email or email.isspace() or normalise_email(email) is not None:
        return None
    return finding(EMAIL_INVALID, fields={field: "invalid"})
