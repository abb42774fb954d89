"""The taxes of channels: what the engine that each has chosen would charge.

    [answer] = await assess_taxes(tx, [ChannelQuestion(channel_id, "EUR", True, Place("FR"), day, items)])
    if answer.unknown: ...            # keys that the engine has no rate for: refuse, rather than charge a wrong tax
    answer.taxes[item.key]            # name, rate and amount of each tax of an item

Nothing is written, and no question is kept: it may hold a postal code or a VAT id (law T5).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from orderwright.payments.taxes import Place, Rounding, TaxAnswer, TaxedLine, TaxEngine, TaxItem, TaxNote, TaxQuestion
from orderwright.payments.taxes.as_placed import AsPlaced
from orderwright.payments.taxes.channel_terms import TaxTerms
from orderwright.payments.taxes.eu_vat import EuVat
from orderwright.payments.taxes.jurisdictions import JurisdictionTaxes
from orderwright.payments.taxes.queries import READ_CHANNEL_TAXES, TaxRateRow
from orderwright.payments.taxes.read_tax_rates import rates_for
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID

_decode_terms = msgspec.json.Decoder(TaxTerms).decode


class ChannelTax(NamedTuple):
    """How a channel is taxed. Version 0: nobody said it, and orders keep to the rates that they came with."""

    version: int
    terms: TaxTerms


_NO_DESTINATION = TaxNote("no_destination", "Nobody knows where it goes: there is no address, or it was erased.", ())
BUILT_IN = ChannelTax(0, TaxTerms())


class ChannelQuestion(NamedTuple):
    """One order of a channel, or what of it is to be taxed. Where goods leave from, and the engine, are the channel's.

    `ship_to` (`Place("")`: nobody knows) is used by the engines that go by places, `placed` (the lines of the order, or
    of the order before it, by `payments.placed_lines`) by the one that keeps to the rates of an order. `on` is the day
    whose rates hold.
    """

    channel_id: UUID
    currency: str
    prices_include_tax: bool
    ship_to: Place
    on: date
    items: Sequence[TaxItem]
    vat_id: str | None = None
    placed: Sequence[TaxedLine] = ()


async def read_channel_taxes(tx: Transaction, channel_ids: Iterable[UUID]) -> dict[UUID, ChannelTax]:
    """How channels are taxed; the built-in way where nobody has said any. One statement."""
    wanted = set(channel_ids)
    rows = await READ_CHANNEL_TAXES.fetch(tx, list(wanted))
    said = {row.channel_id: ChannelTax(row.version, _decode_terms(row.terms)) for row in rows}
    return {channel_id: said.get(channel_id, BUILT_IN) for channel_id in wanted}


async def assess_taxes(
    tx: Transaction, questions: Sequence[ChannelQuestion], channels: Mapping[UUID, ChannelTax] | None = None
) -> list[TaxAnswer]:
    """One answer a question, in order, by the engine of its channel. `channels`: where they are known already.

    No locks; two statements at most, for one question or a thousand: the channels, and the rates of the places.
    """
    if not questions:
        return []
    known = channels if channels is not None else await read_channel_taxes(tx, {q.channel_id for q in questions})
    groups: dict[UUID, list[int]] = {}
    for i, question in enumerate(questions):
        groups.setdefault(question.channel_id, []).append(i)
    full = [_full(question, known[question.channel_id].terms) for question in questions]
    by_table = [full[i] for i, q in enumerate(questions) if known[q.channel_id].terms.engine == "jurisdictions"]
    rates = await rates_for(tx, by_table)
    answers: dict[int, TaxAnswer] = {}
    for channel_id, places in groups.items():
        engine = engine_of(known[channel_id].terms, rates)
        told = await engine.assess([full[i] for i in places])
        by_place = known[channel_id].terms.by_place
        answers |= {
            i: answer if full[i].ship_to.country or not by_place else _nowhere(answer)
            for i, answer in zip(places, told, strict=True)
        }
    return [answers[i] for i in range(len(questions))]


def engine_of(terms: TaxTerms, rates: Sequence[TaxRateRow]) -> TaxEngine:
    """The engine that a channel has chosen. `rates` are those of the places that it will be asked of."""
    if terms.engine == "jurisdictions":
        return JurisdictionTaxes(rates, rounding=Rounding(terms.rounding))
    if terms.engine == "eu_vat":
        return EuVat(terms.vat_settings())
    return AsPlaced(rounding=Rounding(terms.rounding))


def _nowhere(answer: TaxAnswer) -> TaxAnswer:
    """What an engine that goes by places said where nobody knows the place: nothing that can be relied on."""
    return answer._replace(notes=[*answer.notes, _NO_DESTINATION._replace(keys=list(answer.taxes))])


def _full(question: ChannelQuestion, terms: TaxTerms) -> TaxQuestion:
    return TaxQuestion(
        question.currency, question.prices_include_tax, terms.origin, question.ship_to, question.on, question.items,
        question.vat_id, question.placed,
    )  # fmt: skip
