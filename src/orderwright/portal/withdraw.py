"""The withdrawal function (Directive 2011/83/EU, article 11a, as of Directive (EU) 2023/2673): a statement with what
the law names, a second step that confirms it, and a confirmation of receipt with its content, date and time."""

from __future__ import annotations

from typing import Any

from orderwright.api import Answer
from orderwright.portal.actions import live_lines
from orderwright.portal.chosen import chosen_of, fields_of, words_of
from orderwright.portal.order_page import terms_of
from orderwright.portal.pages import Shopper
from orderwright.screens import page

_KEPT = frozenset({"withdrawal_closed", "exempt", "no_goods"})


@page("GET", "/o/{order_id}/withdraw", needs="returns.write")
async def withdraw_form(shopper: Shopper) -> Answer:
    """The statement: who, which contract, which goods, and where the confirmation goes."""
    return await _form(shopper)


@page("POST", "/o/{order_id}/withdraw", needs="returns.write")
async def withdraw(shopper: Shopper) -> Answer:
    """Show the statement once more with the button that confirms it, then take it."""
    lines = live_lines(shopper.order)
    chosen = chosen_of(await shopper.incoming.form(), lines)
    if not chosen:
        return await _form(shopper, shopper._("Choose from how many of something you withdraw."), 422)
    whole = [(c.line, c.quantity) for c in chosen] == [(c.line, c.units) for c in lines]
    body: dict[str, Any] = {} if whole else {"lines": [{"line": c.line, "quantity": c.quantity} for c in chosen]}
    if not await shopper.confirmed():
        order = shopper.order
        placed = order.placed_at.astimezone(shopper.formats.zone)
        who = next((c.name for c in (order.buyer, order.ship_to) if c is not None and c.name), "")
        sentences = [
            shopper._(
                "I, %(name)s, withdraw from my contract of %(day)s for these goods (order %(number)s).",
                name=who, day=shopper.whole_day(placed), number=order.number_text,
            )
        ]  # fmt: skip
        return shopper.confirm(
            shopper._("Your statement of withdrawal"), sentences, items=words_of(chosen), fields=fields_of(chosen),
            button=shopper._("Confirm withdrawal"), back="/withdraw", serious=True, sentences_first=True,
        )  # fmt: skip
    said = await shopper.do("withdraw_order", path={"order_id": shopper.order_id}, body=body)
    if said.problem is not None:
        kept = said.problem.details.get("withdrawal_id") if said.problem.code in _KEPT else None
        return await _taken(shopper, kept) if kept else shopper.refused(said.problem, "/withdraw")
    return await _taken(shopper, said.value.id)


async def _taken(shopper: Shopper, withdrawal_id: str) -> Answer:
    """Go to the confirmation, which can be loaded again and sends nothing twice."""
    return shopper.go(shopper.at(f"/withdrawn/{withdrawal_id}"))


@page("GET", "/o/{order_id}/withdrawn/{withdrawal_id}")
async def withdrawn(shopper: Shopper) -> Answer:
    """That the statement was received, with its content, date and time, and what follows."""
    one = await shopper.own("list_withdrawals", shopper.param("withdrawal_id"))
    return shopper.show("withdrawn.html", one=one, names=_names(shopper))


def _names(shopper: Shopper) -> dict[int, str]:
    return {line.n: line.name or line.sku for line in shopper.order.lines}


async def _form(shopper: Shopper, error: str | None = None, status: int = 200) -> Answer:
    order = shopper.order
    contact = next((c for c in (order.buyer, order.ship_to) if c is not None and (c.name or c.email)), None)
    return shopper.show(
        "withdraw.html", status=status, lines=live_lines(order), error=error, order=order, contact=contact,
        offered=(await terms_of(shopper)).withdrawal.enabled,
    )  # fmt: skip


PAGES = [withdraw_form, withdraw, withdrawn]
