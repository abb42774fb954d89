"""Papers of an order: invoices, credit notes, receipts, confirmations of withdrawal, and the slip for a return."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import segno

from orderwright.api import Answer
from orderwright.platform.errors import NotFound
from orderwright.portal.pages import Shopper
from orderwright.portal.story import carrier_name
from orderwright.portal.tongues import N_
from orderwright.screens import Refused, page

KINDS = {"invoice": N_("Invoice"), "credit_note": N_("Credit note"), "receipt": N_("Receipt")}


class Paper(NamedTuple):
    """Something to print: its words and its address."""

    words: str
    address: str


async def papers_of(shopper: Shopper, returns: Sequence[Any]) -> list[Paper]:
    """All papers of the order, by kind."""
    documents = (await shopper.ask("list_documents_of_order", path={"order_id": shopper.order_id})).data
    found = [
        Paper(f"{shopper._(KINDS.get(d.kind, d.kind))} {d.number}", shopper.at(f"/documents/{d.id}")) for d in documents
    ]
    for withdrawal in await shopper.of_order("list_withdrawals"):
        day = shopper.whole_day(withdrawal.received_at.astimezone(shopper.formats.zone))
        words = shopper._("Confirmation of your withdrawal of %(day)s", day=day)
        found.append(Paper(words, shopper.at(f"/withdrawals/{withdrawal.id}")))
    for one in returns:
        if one.state == "requested" and one.tracking_number:
            words = shopper._("Return label %(number)s", number=one.tracking_number)
            found.append(Paper(words, shopper.at(f"/returns/{one.id}/label")))
    return found


@page("GET", "/o/{order_id}/documents/{document_id}")
async def document(shopper: Shopper) -> Answer:
    """A document as PDF: one of this order."""
    documents = (await shopper.ask("list_documents_of_order", path={"order_id": shopper.order_id})).data
    wanted = shopper.param("document_id")
    if wanted not in {one.id for one in documents}:
        raise NotFound("There is no such page.")
    return await _pdf(shopper, "read_document_as_pdf", document_id=wanted)


@page("GET", "/o/{order_id}/withdrawals/{withdrawal_id}")
async def acknowledgement(shopper: Shopper) -> Answer:
    """The confirmation of a withdrawal as PDF: one of this order."""
    one = await shopper.own("list_withdrawals", shopper.param("withdrawal_id"))
    return await _pdf(shopper, "read_withdrawal_as_pdf", withdrawal_id=one.id)


async def _pdf(shopper: Shopper, operation: str, **path: str) -> Answer:
    said = await shopper.do(operation, path=path)
    if said.problem is not None:
        raise Refused(said.problem)
    return said.answer


@page("GET", "/o/{order_id}/returns/{return_id}/label")
async def return_label(shopper: Shopper) -> Answer:
    """The label of a return, to be printed: the carrier's number, as figures and as a code to scan."""
    one = await shopper.own("list_returns", shopper.param("return_id"))
    if not one.tracking_number:
        raise NotFound("There is no such page.")
    code = segno.make(one.tracking_number, error="m").png_data_uri(scale=6)
    return shopper.show("label.html", one=one, carrier=carrier_name(one.carrier or ""), code=code)


PAGES = [document, acknowledgement, return_label]
