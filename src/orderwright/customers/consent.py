"""Consent: what customers said of being written to and of being profiled, by purpose, each time they said it.

What was said is never changed: it is the evidence (GDPR, article 7(1)). The newest word of a purpose counts; of nobody
who said nothing it may be assumed. It holds ids alone, and outlives an erasure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from orderwright.customers.commands import PURPOSES, Purpose, SetConsent
from orderwright.customers.erasure import CustomerState, lock_customers
from orderwright.customers.errors import NO_CONSENT, refuse
from orderwright.customers.notes import OF_ALL
from orderwright.customers.story import CustomerStory
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, new_ids
from orderwright.platform.outcomes import Outcome
from orderwright.platform.queries import append, query

_TOLD = {True: "customer.consent_given", False: "customer.consent_withdrawn"}


class ConsentRow(NamedTuple):
    """What a customer said of a purpose, and who wrote it down. `customer_id`: who it was said of, which is another
    name of the customer where they were merged since."""

    id: UUID
    customer_id: UUID
    purpose: Purpose
    given: bool
    source: str
    order_id: UUID | None
    said_at: datetime
    actor: str
    reason: str | None


class ConsentState(NamedTuple):
    """The newest word of a purpose. `asked_id`: by which id it was asked for."""

    asked_id: UUID
    purpose: str
    given: bool
    said_at: datetime


CONSENT_HISTORY = query(__package__, "consent_history", ConsentRow)
CONSENT_STATES = query(__package__, "consent_states", ConsentState)
APPEND_CONSENT = append("consent", "id customer_id purpose given source order_id act_id said_at")


async def consent_history(tx: Transaction, customer_id: UUID, limit: int = 1_000) -> list[ConsentRow]:
    """What a customer said, by all of their names, the newest first. One statement."""
    return await CONSENT_HISTORY.fetch(tx, customer_id, limit)


async def consent_states(tx: Transaction, customer_ids: Collection[UUID]) -> dict[tuple[UUID, str], bool]:
    """What counts of customers, by the id asked for and purpose; absent: nothing was said. One statement."""
    rows = await CONSENT_STATES.fetch(tx, list(customer_ids))
    return {(row.asked_id, row.purpose): row.given for row in rows}


async def consents_now(tx: Transaction, customer_id: UUID) -> dict[str, ConsentState]:
    """What counts of a customer, by purpose; absent: nothing was said. One statement."""
    return {row.purpose: row for row in await CONSENT_STATES.fetch(tx, [customer_id])}


async def set_consents(tx: Transaction, ctx: Context, commands: Sequence[SetConsent]) -> list[Outcome]:
    """Keep what customers said of purposes. The call's reason says how they said it.

    Permission: `customers.write`, by a caller without limits. Locks: customers. Appends `customer.consent_given`,
    `customer.consent_withdrawn`. Outcomes, in precedence: `customer_not_found`, `customer_erased` (who may be
    withdrawn, and not given), `unchanged` (it is so already), `set`. Seven statements at most.
    """
    ctx.require("customers.write")
    ctx.require_unlimited(OF_ALL)
    locked = await lock_customers(tx, [c.customer_id for c in commands])
    return await keep_words(tx, ctx, locked, commands, "set_consents")


async def keep_words(
    tx: Transaction,
    ctx: Context,
    locked: Mapping[UUID, CustomerState],
    commands: Sequence[SetConsent],
    verb: str,
    order_ids: Sequence[UUID] | None = None,
) -> list[Outcome]:
    """Decide about what locked customers said, keep what is new, and tell it. `order_ids`: by whose links shoppers said
    it. Outcomes: those of `set_consents`. Five statements at most."""
    source = _source(ctx)
    states = await consent_states(tx, {c.id for c in locked.values()}) if locked else {}
    outcomes: list[Outcome] = []
    said: list[tuple[SetConsent, UUID | None]] = []
    for n, command in enumerate(commands):
        customer = locked.get(command.customer_id)
        if customer is None:
            outcomes.append(refuse(NO_CONSENT, "customer_not_found"))
        elif customer.erased and command.given:
            outcomes.append(refuse(NO_CONSENT, "customer_erased"))
        elif states.get((customer.id, command.purpose)) is command.given:
            outcomes.append(Outcome(code="unchanged", id=customer.id))
        else:
            states[customer.id, command.purpose] = command.given
            one = SetConsent(customer_id=customer.id, purpose=command.purpose, given=command.given)
            said.append((one, order_ids[n] if order_ids is not None and source == "portal" else None))
            outcomes.append(Outcome(code="set", id=customer.id))
    if said:
        act_id = await record_act(tx, ctx, verb)
        story = CustomerStory(locked, ctx.now)
        await keep_consents(tx, act_id, [one for one, _ in said], source, ctx.now, [order_id for _, order_id in said])
        for one, _ in said:
            story.tell(one.customer_id, _TOLD[one.given], {"purpose": one.purpose, "source": source})
        await story.write(tx, act_id)
    return outcomes


def _source(ctx: Context) -> str:
    """Through whom it came."""
    if ctx.actor.startswith("shopper:"):
        return "portal"
    return "staff" if ctx.actor.startswith("user:") else "program"


async def keep_consents(
    tx: Transaction,
    act_id: UUID,
    said: Sequence[SetConsent],
    source: str,
    now: datetime,
    order_ids: Sequence[UUID | None] | None = None,
) -> None:
    """Append what was said of locked customers. One statement, or none."""
    rows = [
        (new, one.customer_id, one.purpose, one.given, source, order_id, act_id, now)
        for new, one, order_id in zip(new_ids(len(said)), said, order_ids or [None] * len(said), strict=True)
    ]
    await APPEND_CONSENT.run(tx, rows)


def withdrawn_by_merge(merges: Mapping[UUID, UUID], states: Mapping[tuple[UUID, str], bool]) -> list[SetConsent]:
    """What is withdrawn where customers turn out to be one, of whom one gave and another withdrew: nobody is written to
    who may have said no. Pure. `merges`: who is kept, by who goes; `states`: what counted of each before."""
    families: dict[UUID, list[UUID]] = {}
    for merged_id, kept_id in merges.items():
        families.setdefault(kept_id, [kept_id]).append(merged_id)
    withdrawn: list[SetConsent] = []
    for kept_id, family in families.items():
        withdrawn += [
            SetConsent(customer_id=kept_id, purpose=purpose, given=False)
            for purpose in PURPOSES
            if {states[i, purpose] for i in family if (i, purpose) in states} == {True, False}
        ]
    return withdrawn
