"""How channels are taxed, for people."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import msgspec

from orderwright.payments.taxes.channel_terms import TaxTerms
from orderwright.payments.taxes.queries import LIST_CHANNEL_TAXES
from orderwright.payments.taxes.read_tax_rates import READ_PERMISSION
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction

_decode_terms = msgspec.json.Decoder(TaxTerms).decode


class ListedChannelTax(NamedTuple):
    """How a channel is taxed, and since when."""

    channel: str
    version: int
    created_at: datetime
    terms: TaxTerms


async def list_channel_taxes(tx: Transaction, ctx: Context) -> list[ListedChannelTax]:
    """How the channels are taxed of which somebody said it, by code; those that the caller may see. One statement.

    Needs `taxes.read`.
    """
    ctx.require(READ_PERMISSION)
    channels = None if ctx.channels is None else list(ctx.channels)
    rows = await LIST_CHANNEL_TAXES.fetch(tx, channels)
    return [ListedChannelTax(*row[:3], _decode_terms(row.terms)) for row in rows]
