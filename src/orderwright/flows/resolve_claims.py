"""Decide claims: money back, an allowance, the goods again or others; or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from orderwright import orders, payments, returns
from orderwright.flows.lock_claims import LockedClaims, lock_claims
from orderwright.flows.place_children import Child, PlannedChildren, plan_children, write_children
from orderwright.orders.contract import Line, UnitPrice
from orderwright.payments import Entry
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id, new_id
from orderwright.platform.limit_use import LimitMeter
from orderwright.platform.outcomes import Outcome
from orderwright.platform.work import enqueue_work
from orderwright.returns import Claim, RejectClaim, ResolveClaim, SentRow


class _Sending(NamedTuple):
    """The orders of new goods: their ids and why some cannot be placed, by claim."""

    child_ids: dict[UUID, UUID]
    refused: dict[UUID, Outcome]
    planned: PlannedChildren


async def resolve_claims(tx: Transaction, ctx: Context, commands: Sequence[ResolveClaim]) -> list[Outcome]:
    """Give customers what was decided: units are credited as if they had come back, or goods are sent, as an order of
    kind `replacement` at no price. The new goods are promised now, by the channel's policy for what is short.

    Permission: `claims.write`. Locks: orders, SKUs with a backorder limit, availability. Appends `claim.resolved`, and
    of the new order `order.placed`, `order.held`. Outcomes, in precedence: `claim_not_found`, `duplicate_in_batch`,
    those of `refuse_resolve`, `above_limit` (of what the caller may give for an order), `unknown_sku`, `inactive_sku`,
    `address_needed`, `out_of_stock`, `backorder_limit`, `resolved` (`details.amount_minor`: what is given back;
    `details.child_order_id`).
    """
    ctx.require("claims.write")
    locked = await lock_claims(tx, ctx, [command.claim_id for command in commands])
    meter = await LimitMeter.read(tx, ctx, "refund", [claim.order_id for claim in locked.claims.values()])
    wanted: dict[UUID, int] = {}

    def refuse(claim: Claim, command: ResolveClaim) -> Outcome | None:
        book = locked.book(claim)
        if (wrong := returns.refuse_resolve(book, claim, command)) is not None:
            return wrong
        wanted[claim.id] = returns.worth_of_resolution(book, claim, command)
        above = meter.refuse(claim.order_id, wanted[claim.id], book.order.currency)
        if above is None:
            meter.take(claim.order_id, wanted[claim.id])
        return above

    going, answers = locked.decide(commands, refuse)
    sending = await _plan(tx, ctx, locked, going)
    for claim_id in sending.refused:
        meter.take(locked.claims[claim_id].order_id, -wanted[claim_id])
    done = {i: command for i, command in going.items() if i not in sending.refused}
    given = await _write(tx, ctx, locked, done, sending, meter) if done else {}
    return [
        answer
        if isinstance(answer, Outcome)
        else sending.refused.get(answer.id) or _outcome(answer, given.get(answer.id, 0))
        for answer in answers
    ]


def _outcome(claim: Claim, amount_minor: int) -> Outcome:
    details: dict[str, Any] = {"amount_minor": amount_minor, "party": claim.party}
    if claim.child_order_id is not None:
        details["child_order_id"] = encode_id("ord", claim.child_order_id)
    return Outcome(code="resolved", id=claim.id, details=details)


async def _plan(tx: Transaction, ctx: Context, locked: LockedClaims, going: Mapping[UUID, ResolveClaim]) -> _Sending:
    """Promise the goods that are to be sent. Fifteen statements at most, or none."""
    sending = {i: lines for i, c in going.items() if (lines := returns.sent_lines(locked.claims[i], c))}
    order_ids = sorted({locked.claims[i].order_id for i in sending})
    parents = await orders.read_parents(tx, order_ids) if sending else {}
    sent = await returns.read_sent(tx, order_ids) if sending else {}
    children: list[Child] = []
    child_ids: dict[UUID, UUID] = {}
    refused: dict[UUID, Outcome] = {}
    for claim_id, lines in sending.items():
        claim, command = locked.claims[claim_id], going[claim_id]
        parent = parents[claim.order_id]
        goods = _goods(claim, command, lines, sent[claim.order_id], parent.currency)
        made = orders.child_command(
            parent, "replacement", encode_id("clm", claim_id), ctx.now, goods, ship_to=command.ship_to
        )
        if isinstance(made, Outcome):
            refused[claim_id] = made
        else:
            child_ids[claim_id] = new_id()
            children.append(Child(child_ids[claim_id], parent, made))
    planned = await plan_children(tx, children)
    refused |= {i: planned.refused[child_id] for i, child_id in child_ids.items() if child_id in planned.refused}
    return _Sending({i: child_id for i, child_id in child_ids.items() if i not in refused}, refused, planned)


def _goods(
    claim: Claim, command: ResolveClaim, lines: Sequence[int], sent: Sequence[SentRow], currency: str
) -> list[Line]:
    """What is sent, at no price: the claimed units once more, or what the command names."""
    free = UnitPrice(0, currency)
    if command.items:
        return [Line(sku=item.sku, quantity=item.quantity, unit_price=free) for item in command.items]
    left = {row.line_n: row for row in sent}
    return [
        Line(sku=left[n].sku_code, quantity=claim.lines[n].quantity, unit_price=free, name=left[n].name) for n in lines
    ]


async def _write(
    tx: Transaction,
    ctx: Context,
    locked: LockedClaims,
    done: Mapping[UUID, ResolveClaim],
    sending: _Sending,
    meter: LimitMeter,
) -> dict[UUID, int]:
    """Write what was decided; returns what each claim gives back, in minor units."""
    act_id = await record_act(tx, ctx, "resolve_claims")
    await meter.write(tx, act_id)
    story = orders.OrderStory(locked.orders, ctx.now)
    entries: list[Entry] = []
    given: dict[UUID, int] = {}
    changed = [locked.claims[i] for i in done]
    for claim in changed:
        book = locked.book(claim)
        made = returns.resolve(book, claim, done[claim.id], sending.child_ids.get(claim.id))
        entries += returns.entries_of_claim(book, claim, made)
        amounts = {c.line_n: c.worth.total(prices_include_tax=book.order.prices_include_tax) for c in made}
        given[claim.id] = sum(amounts.values()) + claim.allowance_minor
        _tell(story, claim, amounts)
    await write_children(tx, ctx, act_id, sending.planned)
    await payments.write_entries(tx, act_id, entries, ctx.now)
    await enqueue_work(tx, "settle", sorted({entry.order_id for entry in entries}))
    await returns.change_claims(tx, changed)
    await returns.settle_claim_lines(tx, changed)
    await story.write(tx, act_id)
    return given


def _tell(story: orders.OrderStory, claim: Claim, amounts: Mapping[int, int]) -> None:
    story.tell(claim.order_id, "claim.resolved", {
        "claim_id": encode_id("clm", claim.id), "kind": claim.kind, "resolution": claim.resolution,
        "party": claim.party, "allowance_minor": claim.allowance_minor,
        "lines": [
            {"line": line.line_n, "credited": line.credited, "replaced": line.replaced,
             "amount_minor": amounts.get(line.line_n, 0)}
            for line in claim.lines.values()
        ],
        "child_order_id": None if claim.child_order_id is None else encode_id("ord", claim.child_order_id),
    })  # fmt: skip


async def reject_claims(tx: Transaction, ctx: Context, commands: Sequence[RejectClaim]) -> list[Outcome]:
    """Nothing comes of claims. Their units may be announced to come back, or claimed, again.

    Permission: `claims.write`. Locks: orders. Appends `claim.rejected`. Outcomes, in precedence: `claim_not_found`,
    `duplicate_in_batch`, `wrong_state`, `rejected`.
    """
    ctx.require("claims.write")
    locked = await lock_claims(tx, ctx, [command.claim_id for command in commands])
    going, answers = locked.decide(commands, returns.reject)
    if going:
        act_id = await record_act(tx, ctx, "reject_claims")
        story = orders.OrderStory(locked.orders, ctx.now)
        changed = [locked.claims[i] for i in going]
        for claim in changed:
            data = {"claim_id": encode_id("clm", claim.id), "kind": claim.kind, "reason": claim.reason}
            story.tell(claim.order_id, "claim.rejected", data)
        await returns.change_claims(tx, changed)
        await story.write(tx, act_id)
    return [o if isinstance(o, Outcome) else Outcome(code="rejected", id=o.id) for o in answers]
