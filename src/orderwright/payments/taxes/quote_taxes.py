"""What a channel's engine would charge on items that go somewhere. Nothing is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from orderwright import catalog
from orderwright.payments.taxes import Place, TaxAnswer, TaxedKind, TaxItem, TaxShare
from orderwright.payments.taxes.channel_errors import REFUSALS
from orderwright.payments.taxes.of_channels import ChannelQuestion, assess_taxes, read_channel_taxes
from orderwright.payments.taxes.read_tax_rates import READ_PERMISSION
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.fields import NO_NUL, Code, Country, Currency, Minor, Quantity
from orderwright.platform.outcomes import Outcome, no

ITEMS_MAX = 1_000
_Text = Annotated[str, Meta(min_length=1, max_length=100, pattern=NO_NUL)]


class Destination(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the goods go. `region` is a code of ISO 3166-2, with or without the country."""

    country: Country
    region: _Text | None = None
    postal_code: _Text | None = None


class QuotedItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line, a shipping charge or a fee. `amount_minor` is all of it, after discounts."""

    key: Code
    amount_minor: Minor
    kind: Literal["line", "shipping", "fee"] = "line"
    tax_class: Code | None = None
    quantity: Quantity = 1


class QuoteTaxes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the taxes of items would be. `on` is the day whose rates hold: today, by UTC, if left out. `vat_id` is the
    buyer's, where the buyer is a company; it is not kept."""

    channel: Code
    currency: Currency
    ship_to: Destination
    items: Annotated[list[QuotedItem], Meta(min_length=1, max_length=ITEMS_MAX)]
    prices_include_tax: bool = False
    on: date | None = None
    vat_id: _Text | None = None


async def quote_taxes(tx: Transaction, ctx: Context, commands: Sequence[QuoteTaxes]) -> list[Outcome]:
    """What the engines of channels would charge: the taxes of each item, their sum, and notes that say why.

    An item that nobody has a rate for is listed in `unknown`. The engine `as_placed` knows no rates but those of an
    order: it quotes nothing. Permission: `taxes.read`. Locks: nothing. Outcomes, in precedence: `unknown_channel`,
    `channel_not_allowed`, `duplicate_key`, `engine_needed`, `quoted`. Three statements at most.
    """
    ctx.require(READ_PERMISSION)
    ctx.require_all_locations("How a channel is taxed holds for all locations.")
    channels = await catalog.channels_by_code(tx, sorted({command.channel for command in commands}))
    taxes = await read_channel_taxes(tx, [channel.id for channel in channels.values()])
    outcomes: dict[int, Outcome] = {}
    questions: dict[int, ChannelQuestion] = {}
    for at, command in enumerate(commands):
        channel = channels.get(command.channel)
        if channel is None:
            outcomes[at] = _no("unknown_channel", channel=command.channel)
        elif not ctx.may_channel(channel.id):
            outcomes[at] = _no("channel_not_allowed", channel=command.channel)
        elif len({item.key for item in command.items}) < len(command.items):
            outcomes[at] = no("duplicate_key", "Two items have the same `key`. Give each its own.")
        elif not taxes[channel.id].terms.by_place:
            outcomes[at] = no(
                "engine_needed",
                "The channel keeps to the taxes that its orders come with. Choose its engine with"
                " POST /v1/channel-taxes.",
                channel=command.channel,
            )
        else:
            questions[at] = _question(ctx, channel, command)
    answers = await assess_taxes(tx, list(questions.values()), taxes)
    for at, answer in zip(questions, answers, strict=True):
        outcomes[at] = Outcome(code="quoted", id=questions[at].channel_id, details=_details(commands[at], answer))
    return [outcomes[at] for at in range(len(commands))]


def _no(code: str, **details: Any) -> Outcome:
    return no(code, REFUSALS[code], **details)


def _question(ctx: Context, channel: catalog.ChannelFacts, command: QuoteTaxes) -> ChannelQuestion:
    to = command.ship_to
    items = [TaxItem(i.key, i.amount_minor, i.tax_class, i.quantity, TaxedKind(i.kind)) for i in command.items]
    return ChannelQuestion(
        channel.id, command.currency, command.prices_include_tax, Place(to.country, to.region, to.postal_code),
        command.on or ctx.now.date(), items, command.vat_id,
    )  # fmt: skip


def _details(command: QuoteTaxes, answer: TaxAnswer) -> dict[str, Any]:
    net = sum(item.amount_minor for item in command.items) - (answer.tax_minor if command.prices_include_tax else 0)
    return {
        "currency": command.currency,
        "net_minor": net,
        "tax_minor": answer.tax_minor,
        "gross_minor": net + answer.tax_minor,
        "items": [
            {"key": item.key, "tax_minor": answer.item_tax_minor(item.key),
             "taxes": [_tax(share) for share in answer.taxes[item.key]]}
            for item in command.items
        ],
        "notes": [{"code": note.code, "message": note.message, "keys": list(note.keys)} for note in answer.notes],
        "unknown": answer.unknown,
    }  # fmt: skip


def _tax(share: TaxShare) -> dict[str, Any]:
    return {
        "name": share.name, "rate": _plain(share.rate), "amount_minor": share.amount_minor,
        "jurisdiction": share.jurisdiction,
    }  # fmt: skip


def _plain(rate: Decimal | None) -> str | None:
    """A fraction as it is written: 0.19."""
    return None if rate is None else f"{rate.normalize():f}"
