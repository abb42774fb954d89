"""The built-in carrier: makes tracking numbers without asking anybody. For trying things out, and for own vans.

A tracking number is `OW`, 20 digits derived from the idempotency key, and the check digit of UPU standard S10. S10's
own 8 digits would repeat after some ten thousand parcels when derived from a key; with 20 digits two of a hundred
million parcels share one with a chance of 1 in 20,000, and a constraint of `parcel` would refuse the second.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from orderwright.fulfillment.carriers import LabelRequest, LabelResult

PREFIX = "OW"
CODE = "builtin"
_DIGITS = 20
_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


class BuiltinCarrier:
    """Answers from the request alone, so a retry gets the label it got before, on any machine, for ever."""

    code = CODE
    services = frozenset({"standard", "express"})

    async def create_labels(self, requests: Sequence[LabelRequest]) -> list[LabelResult]:
        """A label for each parcel; never fails."""
        results = []
        for request in requests:
            number = tracking_number(request.idempotency_key)
            label = {"carrier": self.code, "service": request.service, "barcode": number}
            results.append(LabelResult(request.idempotency_key, number, label))
        return results


def tracking_number(idempotency_key: str) -> str:
    """The tracking number of a key: always the same for the same key."""
    digest = blake2b(idempotency_key.encode(), digest_size=16, person=b"ow-tracking").digest()
    digits = f"{int.from_bytes(digest, 'big') % 10**_DIGITS:0{_DIGITS}}"
    return f"{PREFIX}{digits}{check_digit(digits)}"


def check_digit(digits: str) -> int:
    """The check digit of UPU S10: weights 8 6 4 2 3 5 9 7 (again from the start where there are more digits),
    11 minus the sum modulo 11, with 10 written 0 and 11 written 5.
    """
    total = sum(int(digit) * _WEIGHTS[i % len(_WEIGHTS)] for i, digit in enumerate(digits))
    check = 11 - total % 11
    return {10: 0, 11: 5}.get(check, check)
