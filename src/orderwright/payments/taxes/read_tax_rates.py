"""Read rates of taxes: in pages for people, and by place for the engine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from orderwright.payments.taxes import Place, TaxQuestion
from orderwright.payments.taxes.queries import LIST_TAX_RATES, READ_RATES_OF_PLACES, TaxRateRow
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.platform.errors import InvalidRequest

READ_PERMISSION = "taxes.read"
PAGE_MAX = 500
POSTAL_PREFIX_MAX = 10
_Key = tuple[str, str, str, str, str, date]
_FIRST: _Key = ("", "", "", "", "", date.min)
_decode_key = msgspec.json.Decoder(_Key).decode


class TaxRatePage(NamedTuple):
    """Rates by tax and first day. `next`, when not None, is the `after` of the page that follows."""

    data: list[TaxRateRow]
    next: str | None


async def read_tax_rates(
    tx: Transaction,
    ctx: Context,
    *,
    country: str | None = None,
    region: str | None = None,
    on: date | None = None,
    after: str | None = None,
    limit: int = 50,
) -> TaxRatePage:
    """A page of the rates: of a country, of a region of it ('' for the country's own), that hold on a day, or all.

    Needs `taxes.read`. No locks, one statement.

    Raises InvalidRequest for an `after` or a `limit` that cannot be.
    """
    ctx.require(READ_PERMISSION)
    if not 1 <= limit <= PAGE_MAX:
        raise InvalidRequest(f"`limit` is from 1 to {PAGE_MAX}.")
    rows = await LIST_TAX_RATES.fetch(tx, country, on, limit + 1, *_key(after), region)
    page = rows[:limit]
    following = msgspec.json.encode((*page[-1].tax, page[-1].valid_from)).decode() if len(rows) > limit else None
    return TaxRatePage(page, following)


async def rates_for(tx: Transaction, questions: Sequence[TaxQuestion]) -> list[TaxRateRow]:
    """The rates that may matter to some questions: of where they ship to, on their days. One statement, or none."""
    if not questions:
        return []
    wanted = sorted({found for question in questions for found in jurisdictions_of(question.ship_to)})
    days = [question.on for question in questions]
    return await READ_RATES_OF_PLACES.fetch(tx, *columns(wanted, 3), min(days), max(days))


def jurisdictions_of(place: Place) -> list[tuple[str, str, str]]:
    """Every jurisdiction that a place may lie in, as rates know them: country, region or '', postal prefix or ''."""
    postal, region = place.postal_key[:POSTAL_PREFIX_MAX], place.region_key
    regions = ["", region] if region.isascii() and region.isalnum() else [""]  # rates are of codes, not of names
    return [(place.country, region, postal[:n]) for region in regions for n in range(len(postal) + 1)]


def _key(after: str | None) -> _Key:
    if after is None:
        return _FIRST
    try:
        key: _Key = _decode_key(after)
    except msgspec.MsgspecError:
        raise InvalidRequest("`after` is not what a page gave as `next`. Send it as it was.") from None
    return key
