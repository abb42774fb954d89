"""What may be done about customers: merging those who are one, notes, consent."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from orderwright.platform.fields import CODE, NO_NUL
from orderwright.platform.ids import UUID

NOTE_LENGTH_MAX = 4_000
NOTES_MAX = 500  # of a customer

Words = Annotated[str, Meta(min_length=1, max_length=NOTE_LENGTH_MAX, pattern=NO_NUL)]
CustomerText = Annotated[str, Meta(max_length=40, pattern=CODE)]  # the id of a customer, as it is shown
Purpose = Literal["marketing_email", "marketing_sms", "marketing_post", "profiling"]
PURPOSES: tuple[Purpose, ...] = ("marketing_email", "marketing_sms", "marketing_post", "profiling")


class MergeCustomer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Say that two customers are one person. The customer of the path is kept; `merge` is the id of the other one,
    which leads to it from then on. Nothing undoes it."""

    customer_id: UUID
    merge: CustomerText


class AddCustomerNote(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Write a note on a customer, for colleagues. It may hold personal data: it is erased with the customer. `pinned`
    ones stand first."""

    customer_id: UUID
    words: Words
    pinned: bool = False


class ChangeCustomerNote(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Change a note's words, which its author may, or pin or unpin it, which everyone may. What is left out stays."""

    customer_note_id: UUID
    words: Words | None = None
    pinned: bool | None = None


class RemoveCustomerNote(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Remove a note. Its words are gone."""

    customer_note_id: UUID


class SetConsent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keep what a customer said of a purpose: `given`, or (false) withdrawn. How they said it belongs in the call's
    reason."""

    customer_id: UUID
    purpose: Purpose
    given: bool


class SayConsent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keep what the customer of an order said of a purpose by way of that order: `given`, or (false) withdrawn."""

    order_id: UUID
    purpose: Purpose
    given: bool
