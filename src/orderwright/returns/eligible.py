"""What of an order may come back. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome
from orderwright.returns.books import OrderBook, Return, ReturnLine
from orderwright.returns.commands import RequestedLine, RequestReturn, refuse
from orderwright.returns.policy import PolicyOf, ReturnTerms, closes_at, refuse_article, restocking_rate
from orderwright.returns.states import ReturnState
from orderwright.returns.worth import fee_on, worth_of

_BY_POLICY = frozenset({"not_returnable", "final_sale", "window_closed", "condition_not_accepted"})


def refuse_line(
    book: OrderBook, terms: ReturnTerms, line: RequestedLine, now: datetime, *, override: bool = False
) -> Outcome | None:
    """Why units of a line cannot come back, or None. Precedence: `unknown_line`, `not_shipped`, `exceeds_returnable`,
    then, unless overridden, those of `policy.refuse_article`."""
    if not book.parts(line.line):
        return refuse("unknown_line", line=line.line)
    if not book.sent(line.line):
        return refuse("not_shipped", line=line.line)
    returnable = book.returnable(line.line)
    if line.quantity > returnable:
        return refuse("exceeds_returnable", line=line.line, returnable=returnable)
    article = book.article(line.line)
    code = None if override else refuse_article(terms, article, line.condition, now)
    if code == "window_closed":
        closed = closes_at(terms, article)
        return refuse(code, line=line.line, closed_at=closed)
    return None if code is None else refuse(code, line=line.line)


def refuse_return(
    book: OrderBook,
    terms: ReturnTerms,
    lines: Sequence[RequestedLine],
    method: str,
    now: datetime,
    *,
    override: bool = False,
) -> Outcome | None:
    """Why goods cannot come back as asked, or None. Precedence: `duplicate_line`, why a line cannot, by line;
    `method_not_offered`."""
    named = [line.line for line in lines]
    if len(set(named)) < len(named):
        return refuse("duplicate_line", line=next(n for n in named if named.count(n) > 1))
    for line in lines:
        refused = refuse_line(book, terms, line, now, override=override)
        if refused is not None:
            return refused
    if not override and method not in terms.methods:
        return refuse("method_not_offered", methods=list(terms.methods))
    return None


def new_return(book: OrderBook, policy: PolicyOf, return_id: UUID, to: UUID, command: RequestReturn) -> Return:
    """A return as it was asked for. Changes the book."""
    one = Return(
        id=return_id, order_id=command.order_id, location_id=to, state=ReturnState.REQUESTED, method=command.method,
        tracking_number=command.tracking_number, policy_version=policy.version, terms=policy.terms,
        refund_to=command.refund_to,
    )  # fmt: skip
    for line in command.lines:
        rate = restocking_rate(policy.terms, book.article(line.line), line.reason)
        one.lines[line.line] = ReturnLine(
            return_id=return_id, line_n=line.line, order_id=command.order_id, quantity=line.quantity,
            reason=line.reason, condition=line.condition, restocking_rate=rate,
        )  # fmt: skip
    book.returns[return_id] = one
    return one


def sent_from(book: OrderBook, lines: Sequence[RequestedLine]) -> UUID | None:
    """The location that sent the first of the lines: where it goes back to unless somebody says otherwise."""
    return next((p.location_id for line in lines for p in book.parts(line.line) if p.location_id is not None), None)


def quote_lines(
    book: OrderBook, terms: ReturnTerms, lines: Sequence[RequestedLine], now: datetime
) -> list[dict[str, object]]:
    """What each line would bring, or why it may not come back; amounts in minor units. `refund_minor` is before fees,
    with tax; `override` says that staff may take it all the same."""
    quoted: list[dict[str, object]] = []
    seen: Mapping[int, int] = {n: sum(1 for line in lines if line.line == n) for n in {line.line for line in lines}}
    for line in lines:
        refused = refuse_line(book, terms, line, now) if seen[line.line] == 1 else refuse("duplicate_line")
        if refused is not None:
            why = {"code": refused.code, "message": refused.message, "override": refused.code in _BY_POLICY}
            quoted.append({"line": line.line, "quantity": line.quantity, "eligible": False, **why})
            continue
        article = book.article(line.line)
        money = book.lines[line.line]
        worth = worth_of(book.order, money, book.credited(line.line), line.quantity, terms, book.lines.values())
        closes = closes_at(terms, article)
        quoted.append({
            "line": line.line, "quantity": line.quantity, "eligible": True,
            "refund_minor": worth.total(prices_include_tax=book.order.prices_include_tax), "tax_minor": worth.tax,
            "fee_minor": fee_on(worth, restocking_rate(terms, article, line.reason)),
            "until": closes,
        })  # fmt: skip
    return quoted
