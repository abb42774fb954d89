"""What verification finds: the types of holds it makes and the steps that each blocks."""

from __future__ import annotations

from typing import Any, NamedTuple

ADDRESS_INVALID = "address_invalid"
PHONE_INVALID = "phone_invalid"
EMAIL_INVALID = "email_invalid"
OVER_LIMIT = "over_limit"
VELOCITY = "velocity"
POSSIBLE_DUPLICATE = "possible_duplicate"

# An order takes no location's stock while where it goes, or whether it goes at all, is in doubt.
FROM_SOURCING = ("source", "release", "ship")
# The place is known and can wait, but nobody should pick what the carrier would not take.
FROM_RELEASE = ("release", "ship")

BLOCKS: dict[str, tuple[str, ...]] = {
    ADDRESS_INVALID: FROM_SOURCING,
    PHONE_INVALID: FROM_RELEASE,
    EMAIL_INVALID: FROM_RELEASE,
    OVER_LIMIT: FROM_SOURCING,
    VELOCITY: FROM_SOURCING,
    POSSIBLE_DUPLICATE: FROM_SOURCING,
}


class Finding(NamedTuple):
    """A reason to hold an order: becomes one row of `hold`.

    `detail` holds names of fields, codes and numbers, never personal data: holds outlive an erasure (law T5).
    """

    type: str
    blocks: tuple[str, ...]
    detail: dict[str, Any]


def finding(type_: str, **detail: Any) -> Finding:
    """A finding of a type, with the steps that this type blocks."""
    return Finding(type_, BLOCKS[type_], detail)
