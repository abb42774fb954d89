"""Give goods back: choose what and why, see what it brings, announce it, print the label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orderwright.api import Answer
from orderwright.portal.actions import sent_lines
from orderwright.portal.chosen import Chosen, chosen_of, fields_of, pick, words_of
from orderwright.portal.order_page import terms_of
from orderwright.portal.pages import Shopper
from orderwright.portal.refusals import refusal_words
from orderwright.portal.tongues import N_
from orderwright.screens import page

REASONS = {
    "changed_mind": N_("I changed my mind"),
    "too_small": N_("Too small"),
    "too_large": N_("Too large"),
    "not_as_described": N_("Not as described"),
    "damaged": N_("It arrived damaged"),
    "wrong_item": N_("The wrong article came"),
    "late": N_("It came too late"),
}
METHODS = {
    "label": N_("Send it with a label that you print"),
    "drop_off": N_("Bring or send it back yourself"),
}
REFUNDS = {"payment": N_("Back to how I paid"), "store_credit": N_("As store credit")}
_WHEN = {
    "scan": N_("The money goes back when the carrier has your parcel."),
    "receipt": N_("The money goes back when your parcel has reached us."),
    "inspection": N_("The money goes back when we have looked at what you sent."),
}


@page("GET", "/o/{order_id}/return", needs="returns.write")
async def return_form(shopper: Shopper) -> Answer:
    """Choose what comes back, and why."""
    return await _form(shopper)


@page("POST", "/o/{order_id}/return", needs="returns.write")
async def give_back(shopper: Shopper) -> Answer:
    """Show what giving it back would bring, then announce it."""
    form = await shopper.incoming.form()
    terms = await terms_of(shopper)
    chosen = chosen_of(form, sent_lines(shopper.order))
    if not chosen:
        return await _form(shopper, shopper._("Choose how many of something to give back."), 422)
    reason = pick(form, "reason", list(REASONS))
    method = pick(form, "method", [m for m in METHODS if m in terms.methods] or list(METHODS))
    refund_to = pick(form, "refund_to", _refunds(shopper))
    lines = [{"line": c.line, "quantity": c.quantity, "reason": reason} for c in chosen]
    body: dict[str, Any] = {"lines": lines, "method": method, "refund_to": refund_to}
    if await shopper.confirmed():
        said = await shopper.do("request_return", path={"order_id": shopper.order_id}, body=body)
        if said.problem is not None:
            return shopper.refused(said.problem, "/return")
        shopper.say(
            shopper._("Your return is announced. The label is among your papers in a moment.") if method == "label"
            else shopper._("Your return is announced. Send it with the number of your order.")
        )  # fmt: skip
        return shopper.go(shopper.at())
    details, problem = await shopper.try_out("quote_return", body)
    if problem is not None:
        return shopper.refused(problem, "/return")
    refused = [line for line in details["lines"] if not line["eligible"]]
    if refused:
        return await _form(shopper, _why(shopper, refused, chosen), 422)
    when = _WHEN[details["refund_on"]]
    sentences = [*_brings(shopper, details, refund_to), shopper._(when)]
    fields = [*fields_of(chosen), ("reason", reason), ("method", method), ("refund_to", refund_to)]
    return shopper.confirm(
        shopper._("Give this back?"), sentences, items=words_of(chosen), fields=fields,
        button=shopper._("Announce the return"), back="/return",
    )  # fmt: skip


def _brings(shopper: Shopper, details: dict[str, Any], refund_to: str) -> list[str]:
    currency = details["currency"]
    total = shopper.money(details["total_minor"], currency)
    said = [shopper._("You get %(amount)s back.", amount=total)]
    fees = details["restocking_fees_minor"] + details["label_fee_minor"]
    if fees:
        said.append(shopper._("A fee of %(amount)s is taken off already.", amount=shopper.money(fees, currency)))
    if refund_to == "store_credit" and details.get("store_credit_bonus_minor"):
        bonus = shopper.money(details["store_credit_bonus_minor"], currency)
        said.append(shopper._("As store credit you get %(amount)s on top.", amount=bonus))
    return said


def _why(shopper: Shopper, refused: Sequence[dict[str, Any]], chosen: Sequence[Chosen]) -> str:
    """Why some of it cannot come back, by article."""
    names = {c.line: c.choice.name for c in chosen}
    said = []
    for line in refused:
        _, sentence = refusal_words(line["code"], shopper._)
        said.append(f"{names[line['line']]}: {sentence}")
    return " ".join(said)


def _refunds(shopper: Shopper) -> list[str]:
    return list(REFUNDS) if shopper.order.customer is not None else ["payment"]


async def _form(shopper: Shopper, error: str | None = None, status: int = 200) -> Answer:
    terms = await terms_of(shopper)
    return shopper.show(
        "return.html", status=status, lines=sent_lines(shopper.order), error=error, reasons=REASONS,
        methods={m: words for m, words in METHODS.items() if m in terms.methods},
        refunds={r: REFUNDS[r] for r in _refunds(shopper)},
    )  # fmt: skip


PAGES = [return_form, give_back]
