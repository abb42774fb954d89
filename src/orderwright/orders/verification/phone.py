"""Is the telephone number of an order one that can be called?"""

from __future__ import annotations

from orderwright.customers import PHONE_DIGITS_MAX, PHONE_DIGITS_MIN, normalise_phone
from orderwright.orders.verification.finding import PHONE_INVALID, Finding, finding


def check_phone(phone: str | None, *countries: str | None, field: str = "phone") -> Finding | None:
    """A `phone_invalid` that names the field, unless the number is valid in one of the countries, or there is none.

    Without any country a number in national form cannot be judged: only its count of digits is looked at.
    """
    if not phone or phone.isspace():
        return None
    known = [country for country in countries if country is not None]
    if any(normalise_phone(phone, country) for country in known) or (not known and normalise_phone(phone, None)):
        return None
    if not known and "+" not in phone and PHONE_DIGITS_MIN <= sum(c.isdigit() for c in phone) <= PHONE_DIGITS_MAX:
        return None
    return finding(PHONE_INVALID, fields={field: "invalid"})
