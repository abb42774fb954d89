"""What edits of orders are taxed: each by the engine of its channel, for where it goes to. Nothing is written.

Where orders go to is read for the calculation and kept nowhere (law T5).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from orderwright import catalog, customers
from orderwright.orders import Draft, Editable, EditPlan
from orderwright.payments import Pricing
from orderwright.payments.taxes import Place, TaxAnswer, TaxItem
from orderwright.payments.taxes.of_channels import ChannelQuestion, assess_taxes, read_channel_taxes
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome, no


class TaxedEdit(NamedTuple):
    """An edit that is priced but for its taxes. `added`: the lines that it adds."""

    found: Editable
    plan: EditPlan
    pricing: Pricing
    added: Draft | None


class Assessed(NamedTuple):
    """What the engine said of what is new, None if there was nothing to ask. `abroad`: the new address is in another
    country than the one before."""

    answer: TaxAnswer | None
    abroad: bool = False


class _Places(NamedTuple):
    """Where things are: contacts by id, locations by code."""

    contacts: Mapping[UUID, Place]
    locations: Mapping[str, Place]


async def assess_edits(tx: Transaction, edits: Mapping[UUID, TaxedEdit]) -> dict[UUID, Assessed | Outcome]:
    """Ask the engines of channels for the taxes of what edits add or move; or why that cannot be said (`tax_unknown`).

    No locks. One statement where all channels keep to the rates of their orders, four at most: the channels, where
    orders go to, where pick-ups are, the rates.
    """
    if not edits:
        return {}
    channels = await read_channel_taxes(tx, {edit.found.locked.channel_id for edit in edits.values()})
    by_place = {i for i, edit in edits.items() if channels[edit.found.locked.channel_id].terms.by_place}
    places = await _places(tx, [edits[i] for i in by_place])
    assessed: dict[UUID, Assessed | Outcome] = {}
    questions: list[tuple[UUID, ChannelQuestion]] = []
    wanted: dict[UUID, set[str]] = {}
    for order_id, edit in edits.items():
        old = places.contacts.get(_contact(edit)) if order_id in by_place else None
        new = _destination(edit, old)
        moved = edit.plan.ship_to is not None and _differ(old, new)
        items = edit.pricing.to_ask(moved=moved, by_place=order_id in by_place)
        wanted[order_id] = {item.key for item in items}
        asked = _questions(edit, [*items, *edit.pricing.beside()], new, places) if items else []
        assessed[order_id] = Assessed(None, old is None or old.country != new.country)
        questions += [(order_id, question) for question in asked]
    answers = await assess_taxes(tx, [question for _, question in questions], channels)
    for (order_id, _), answer in zip(questions, answers, strict=True):
        so_far = assessed[order_id]
        if not isinstance(so_far, Assessed):
            continue
        if wanted[order_id].intersection(answer.unknown):
            assessed[order_id] = _unknown(answer.unknown)
        else:
            assessed[order_id] = so_far._replace(answer=_both(so_far.answer, answer))
    return assessed


def _unknown(keys: Iterable[str]) -> Outcome:
    """No rate for some items, or nobody knows where they go. Of lines that there are already the numbers are told."""
    return no(
        "tax_unknown",
        "There is no rate for where this goes to, on the day of the order. Put the rates of the place (0 where nothing"
        " is taxed), or mend the address; then edit again.",
        lines=sorted(int(key) for key in keys if key.isdecimal()),
    )


def _contact(edit: TaxedEdit) -> UUID:
    """Who the order goes to; its id stands for nobody where there is nobody."""
    return edit.found.order.tax_contact_id or edit.found.order.order_id


def _destination(edit: TaxedEdit, old: Place | None) -> Place:
    """Where the order goes to by now; nowhere, where nobody knows."""
    ship_to = edit.plan.ship_to
    if ship_to is not None:
        return Place(ship_to.country, ship_to.region, ship_to.postal_code)
    return old or Place("")


def _differ(old: Place | None, new: Place) -> bool:
    """Whether taxes may differ between two places."""
    return old is None or (old.country, old.region_key, old.postal_key) != (
        new.country, new.region_key, new.postal_key,
    )  # fmt: skip


async def _places(tx: Transaction, edits: Sequence[TaxedEdit]) -> _Places:
    """Where these orders go to, and where their pick-ups are."""
    if not edits:
        return _Places({}, {})
    contacts = await customers.read_places(tx, [_contact(edit) for edit in edits])
    codes = {code for edit in edits for code in _pickups(edit).values()}
    locations = await catalog.places_of_locations(tx, codes) if codes else {}
    return _Places(
        {i: Place(row.country, row.region, row.postal_code) for i, row in contacts.items()},
        {code: Place(row.country, row.region, row.postal_code) for code, row in locations.items()},
    )


def _pickups(edit: TaxedEdit) -> dict[str, str]:
    """Where lines are fetched, by their keys: location codes."""
    found = {str(line.n): line.location for line in edit.found.lines if line.delivery == "pickup"}
    for i, line in enumerate(edit.added.lines if edit.added else ()):
        if line.delivery == "pickup":
            found[f"+{i}"] = line.location.code if line.location else None
    return {key: code for key, code in found.items() if code is not None}


def _questions(edit: TaxedEdit, items: Sequence[TaxItem], ship_to: Place, places: _Places) -> list[ChannelQuestion]:
    """What is asked of an order: what it ships, and what is fetched at each location."""
    pickups = _pickups(edit) if places.locations else {}
    by_place: dict[Place, list[TaxItem]] = {}
    for item in items:
        at = places.locations.get(pickups.get(item.key, ""), ship_to)
        by_place.setdefault(at, []).append(item)
    order = edit.found.order
    return [
        ChannelQuestion(
            edit.found.locked.channel_id, order.currency, order.prices_include_tax, place, order.placed_at.date(), some,
            edit.plan.command.vat_id, edit.pricing.placed,
        )
        for place, some in by_place.items()
    ]  # fmt: skip


def _both(one: TaxAnswer | None, other: TaxAnswer) -> TaxAnswer:
    """Two answers about one order, together."""
    return other if one is None else TaxAnswer({**one.taxes, **other.taxes}, [*one.notes, *other.notes])
