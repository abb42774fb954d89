"""What must be true of an order beside where it was found: the arguments of the statements that check it."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from orderwright.platform.ids import UUID


class Conditions(msgspec.Struct, kw_only=True):
    """What most searches ask for, in the order of the arguments of `match_orders.sql`; None asks for nothing."""

    statuses: list[str] | None = None
    held: bool | None = None
    channel_ids: list[UUID] | None = None
    location_ids: list[UUID] | None = None
    placed_from: datetime | None = None
    placed_before: datetime | None = None
    number: int | None = None
    external_id: str | None = None
    email: str | None = None
    phone_ending: str | None = None
    phone_digits: str | None = None
    name_keys: list[str] | None = None
    sku_code: str | None = None
    tracking_numbers: list[str] | None = None


class Further(msgspec.Struct, kw_only=True):
    """What few searches ask for, in the order of the arguments of `match_further.sql`: a statement of its own, so that
    the others do not pay for it."""

    tags: list[str] | None = None
    hold_types: list[str] | None = None
    late: bool | None = None
    promised_from: date | None = None
    promised_to: date | None = None
    total_from: int | None = None
    total_to: int | None = None
    currency: str | None = None
    countries: list[str] | None = None
    customer_id: UUID | None = None
    payments: list[str] | None = None
    things: list[str] | None = None
    kinds: list[str] | None = None
    priority_from: int | None = None
    attention: bool | None = None


NOTHING_FURTHER = Further()
