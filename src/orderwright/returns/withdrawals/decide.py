"""What becomes of a withdrawal: which units are cancelled, which come back, and by when. Pure.

Source: Directive 2011/83/EU, articles 9 to 16. The consumer's statement is kept whatever becomes of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from orderwright.orders import CancelLine, CancelOrder, CancelPlan, units_cancelled
from orderwright.payments import Charges, front
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.outcomes import Outcome
from orderwright.returns.outbound import outbound_of
from orderwright.returns.policy import Method, ReturnTerms
from orderwright.returns.withdrawals.contract import (
    EXEMPTIONS,
    WithdrawOrder,
    content_hash,
    refuse_withdrawal,
)
from orderwright.returns.withdrawals.days import (
    REFUND_DAYS,
    SEND_BACK_DAYS,
    closes_on,
    days_after,
    is_over,
    local_day,
)
from orderwright.returns.withdrawals.facts import Withdrawal, WithdrawFacts, WithdrawnUnits
from orderwright.returns.withdrawals.queries import EarlierRow

REASON = "withdrawal"
_NO_TERMS: Mapping[str, Any] = {"accepts_returns": True, "categories": {}, "restocking_rate": 0}
_CONSUMERS = frozenset({"sale", "exchange", "replacement"})  # kinds of orders that consumers have


def lawful_terms(terms: ReturnTerms) -> ReturnTerms:
    """The terms of goods that come back by a withdrawal, whatever else the channel says: no fee but for the label, no
    condition, and the delivery given back as far as it was the standard one."""
    return msgspec.structs.replace(
        terms,
        **_NO_TERMS,
        conditions=["unopened", "opened", "used", "damaged"],
        keep_outbound_shipping=False,
        outbound_shipping_max_minor=terms.withdrawal.standard_shipping_minor,
    )


def decide_withdrawal(
    facts: WithdrawFacts | None, command: WithdrawOrder, new_id: UUID, now: datetime
) -> Withdrawal | Outcome:
    """What becomes of a statement, or why it cannot be understood. What is refused with a code of `KEPT` is a
    withdrawal all the same: it is stored and acknowledged.

    Precedence: `order_not_found`, `not_offered`, `duplicate_line`, `unknown_line`, `unchanged` (it was said before),
    `nothing_left`, `exceeds_withdrawable`, `withdrawal_closed`, `exempt`, `no_goods` (of all that was named; else only
    those lines are refused).
    """
    if facts is None:
        return refuse_withdrawal("order_not_found")
    lines = _named(facts, command)
    if isinstance(lines, Outcome):
        return lines
    terms, zone = facts.policy.terms.withdrawal, facts.zone
    made = Withdrawal(
        id=new_id, order_id=command.order_id, received_at=now, zone=zone, whole=command.lines is None,
        reference=command.reference, content_hash=content_hash(command), policy_version=facts.policy.version,
        closes_on=closes_on(terms, facts.delivered_at, zone), lines=lines,
    )  # fmt: skip
    unchanged = None
    if (said := _said_before(facts, made, "withdrawn")) is not None:
        unchanged = Outcome(code="unchanged", id=said.id, details={"received_at": said.received_at})
    # All that is left of the order is other units by now, unless nothing of it can be withdrawn from.
    if unchanged is not None and not (made.whole and lines):
        return unchanged
    refused = _too_much(facts, lines)
    if refused is not None:
        return refused
    _judge(facts, made, now)
    if made.code == "withdrawn":
        return made
    kept = _said_before(facts, made, made.code)
    return unchanged or (made if kept is None else refusal_of(made, kept.id, kept.received_at))


def _said_before(facts: WithdrawFacts, made: Withdrawal, code: str) -> EarlierRow | None:
    """The same, word for word, that was said before and stands, and was answered by a code."""
    return next((e for e in facts.earlier if (e.content_hash, e.code) == (made.content_hash, code)), None)


def _too_much(facts: WithdrawFacts, lines: Sequence[WithdrawnUnits]) -> Outcome | None:
    """Why so many units cannot be withdrawn from."""
    if not lines:
        return refuse_withdrawal("nothing_left")
    for line in lines:
        n = line.line_n
        left = facts.here(n) + facts.away(n) + facts.external(n) + facts.apart(n)
        if line.quantity > left:
            return refuse_withdrawal("exceeds_withdrawable", line=line.line_n, withdrawable=left)
    return None


def _named(facts: WithdrawFacts, command: WithdrawOrder) -> list[WithdrawnUnits] | Outcome:
    """What was said, line by line: the whole order is all that is left of each."""
    texts = facts.texts
    if not facts.policy.terms.withdrawal.enabled or any(t.kind not in _CONSUMERS for t in texts.values()):
        return refuse_withdrawal("not_offered")
    if command.lines is None:
        wanted = {n: facts.here(n) + facts.away(n) + facts.external(n) or facts.apart(n) for n in sorted(texts)}
    else:
        wanted = {}
        for line in command.lines:
            if line.line in wanted:
                return refuse_withdrawal("duplicate_line", line=line.line)
            wanted[line.line] = line.quantity
        unknown = next((n for n in wanted if n not in texts), None)
        if unknown is not None:
            return refuse_withdrawal("unknown_line", line=unknown)
    return [
        WithdrawnUnits(line_n=n, code=texts[n].code, name=texts[n].name, quantity=units)
        for n, units in sorted(wanted.items())
        if units
    ]


def _judge(facts: WithdrawFacts, made: Withdrawal, now: datetime) -> None:
    """Accept or refuse line by line. Changes the withdrawal."""
    late = is_over(made.closes_on, now, made.zone)
    goods = sum(facts.here(line.line_n) for line in made.lines)
    for line in made.lines:
        exemption = facts.texts[line.line_n].exemption
        if late:
            line.refused = "withdrawal_closed"
        elif exemption in EXEMPTIONS:
            line.refused, line.exemption = "exempt", exemption
        elif external := facts.external(line.line_n):
            if not goods or line.quantity != external:
                line.refused = "no_goods"
        elif line.quantity > facts.here(line.line_n) + facts.away(line.line_n):
            line.refused = "no_goods"
        else:
            line.cancelled = min(line.quantity, facts.here(line.line_n))
            line.returned = line.quantity - line.cancelled
    _set_days(made)


def _set_days(made: Withdrawal) -> None:
    """The code and the days that follow from what was accepted. Changes the withdrawal."""
    accepted = [line for line in made.lines if line.refused is None]
    if not accepted:
        made.code = made.lines[0].refused or made.code
        return
    day = local_day(made.received_at, made.zone)
    made.refund_by = days_after(day, REFUND_DAYS)
    made.send_back_by = days_after(day, SEND_BACK_DAYS) if made.returned else None


def cancelling(facts: WithdrawFacts, made: Withdrawal) -> CancelOrder | None:
    """The cancellation of what has not left, with what somebody is picking; None where that is nothing. Lines of which
    nothing is sent go along where nothing else is left of the order."""
    named = [CancelLine(line=line.line_n, quantity=line.cancelled) for line in made.lines if line.cancelled]
    if not named:
        return None
    along = [
        CancelLine(line=line.line_n) for line in made.lines if line.refused is None and facts.external(line.line_n)
    ]
    return CancelOrder(order_id=made.order_id, lines=named + along, reason=REASON, recall=True)


def apply_plan(facts: WithdrawFacts, made: Withdrawal, plan: CancelPlan | None) -> None:
    """What the cancellation took: lines of which nothing is sent are done or left to people, and the delivery of
    cancelled units goes back by its share, unless nothing is left of the order, which is then charged nothing at all.
    Changes the withdrawal."""
    gone = units_cancelled(plan) if plan is not None else {}
    for line in made.lines:
        if line.refused is None and facts.external(line.line_n):
            line.cancelled = facts.cancelled(line.line_n, gone) - facts.cancelled(line.line_n)
            if not line.cancelled:
                line.refused = "no_goods"
    _set_days(made)
    quantities = {n: money.quantity for n, money in facts.book.lines.items()}
    if all(facts.cancelled(n, gone) == quantity for n, quantity in quantities.items()):
        return
    outbound = outbound_of(facts.book.lines.values(), lawful_terms(facts.policy.terms))
    for line in made.lines:
        if line.cancelled:
            n, whole = line.line_n, quantities[line.line_n]
            first, last = whole - facts.cancelled(n, gone), whole - facts.cancelled(n)
            line.shipping_minor, line.tax_minor = (
                front(amount, whole, last) - front(amount, whole, first) for amount in outbound[n]
            )


def delivery_back(made: Withdrawal) -> Charges:
    """The delivery that goes back with units that had not left."""
    return Charges(
        shipping=sum(line.shipping_minor for line in made.lines), tax=sum(line.tax_minor for line in made.lines)
    )


def way_back(terms: ReturnTerms, asked: Method | None) -> Method:
    """How goods come back: as asked, but for a label that the channel does not offer; else by its first way."""
    if asked is not None and (asked != "label" or asked in terms.methods):
        return asked
    return terms.methods[0] if terms.methods else "drop_off"


def refusal_of(made: Withdrawal, kept_id: UUID, received_at: datetime) -> Outcome:
    """The "no" to a statement that is kept under an id."""
    details: dict[str, Any] = {
        "withdrawal_id": encode_id("wdr", kept_id),
        "received_at": received_at,
        "lines": line_facts(made),
    }
    if made.code == "withdrawal_closed":
        details["closed_on"] = made.closes_on
    return refuse_withdrawal(made.code, **details)


def line_facts(made: Withdrawal) -> list[dict[str, Any]]:
    """The lines of a withdrawal as outcomes and events tell them."""
    return [
        {"line": line.line_n, "quantity": line.quantity, "cancelled": line.cancelled, "returned": line.returned}
        | ({"refused": line.refused} if line.refused else {})
        | ({"exemption": line.exemption} if line.exemption else {})
        for line in made.lines
    ]
