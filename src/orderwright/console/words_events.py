"""Every event in a sentence, for the timeline of an order and wherever else events are listed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from orderwright.console.words import Tone, plural, words
from orderwright.screens import Formats

# A sentence may name fields of the event: `{reason}` is its words, `{units}` "3 units", `{amount}` money. Where a
# field is missing, what stands between [brackets] around it is left out.
SENTENCES: Mapping[str, tuple[Tone, str]] = {
    "order.placed": ("blue", "Placed: {units}[, {backordered} of them backordered]"),
    "order.held": ("amber", "Held: {type}[. It stops before: {blocks}]"),
    "order.released": ("blue", "Hold released: {type}"),
    "order.verified": ("neutral", "Address, contact and limits checked[. Found: {findings}]"),
    "order.resolved": ("neutral", "Lines that were not understood were put right"),
    "order.sourced": ("blue", "{outcome}[, promised for {promised_on}]"),
    "order.units_moved": ("blue", "{units} to leave from {to}[, not from {from}]"),
    "order.backorder_filled": ("blue", "Supply came in: {units} promised"),
    "order.delayed": ("amber", "Supply is late: {units}, {expected_on}"),
    "order.delay_answered": ("neutral", "The shopper answered the delay: {answer}[ until {until}]"),
    "order.erased": ("neutral", "Personal data erased"),
    "order.cancelled": ("neutral", "Cancelled {units}[. {kept} picked already stay]"),
    "order.withdrawn": ("amber", "The consumer withdrew[, from {units}]"),
    "order.withdrawal_refused": ("amber", "A withdrawal was kept and refused: {code}"),
    "order.tagged": ("neutral", "Tags changed[, added {added}][, removed {removed}]"),
    "order.note_added": ("neutral", "Note written"),
    "order.note_changed": ("neutral", "Note changed"),
    "order.note_removed": ("neutral", "Note removed"),
    "message.received": ("amber", "Message from the customer, {medium}"),
    "message.sent": ("neutral", "Message to the customer, {medium}"),
    "message.settled": ("neutral", "A message from the customer: {answer}"),
    "customer.message_received": ("amber", "Message from the customer, {medium}"),
    "customer.message_sent": ("neutral", "Message to the customer, {medium}"),
    "customer.message_settled": ("neutral", "A message from the customer: {answer}"),
    "order.attachment_added": ("neutral", "File added"),
    "order.attachment_removed": ("neutral", "File removed"),
    "order.edited": ("blue", "Edited: {changes}[. The order is charged {difference} more]"),
    "order.links_withdrawn": ("neutral", "The shopper's links were withdrawn"),
    "order.shipped": ("green", "All of the order has left"),
    "order.delivered": ("green", "All of the order has arrived"),
    "fulfillment.released": ("blue", "Sent to the floor of the location"),
    "fulfillment.picking": ("blue", "Picking begun"),
    "fulfillment.picked": ("blue", "Picked {units}"),
    "fulfillment.short": ("amber", "Not found: {units}. They are sourced again"),
    "fulfillment.packed": ("blue", "Packed"),
    "fulfillment.handed_over": ("green", "Handed to the shopper: {units}"),
    "fulfillment.rejected": ("amber", "A location said no: {reason}. It is sourced again"),
    "fulfillment.broken": ("amber", "Stock was lost before the pick: {units}. They are sourced again"),
    "fulfillment.recalled": ("amber", "Recalled {units} from the location, to go back on the shelf"),
    "fulfillment.cancelled": ("neutral", "The work at a location ended: {why}"),
    "shipment.labelled": ("blue", "Label bought from {carrier}[: {tracking_number}]"),
    "shipment.retracked": ("amber", "Parcel goes with {carrier}: {tracking_number}[ instead of {was}]"),
    "shipment.label_kept": ("neutral", "Label of a parcel brought as a file"),
    "shipment.shipped": ("green", "Parcel left with {carrier}[: {tracking_number}]"),
    "shipment.tracked": ("neutral", "Parcel: {code}"),
    "shipment.delivered": ("green", "Parcel arrived"),
    "payment.authorized": ("blue", "Set aside at the payer: {amount} by {method}"),
    "payment.captured": ("green", "Money taken: {amount} by {method}"),
    "payment.voided": ("neutral", "Let go what was not needed: {amount} by {method}"),
    "payment.refunded": ("green", "Money given back: {amount} by {method}"),
    "payment.refused": ("red", "The provider refused to {kind} {amount}: {code}"),
    "payment.refund_asked": ("blue", "Refund asked for: {amount} to {to}[, {allowance} of it given up]"),
    "payment.recorded": ("blue", "Payment written down: {amount} {direction}"),
    "payment.written_off": ("neutral", "Balance given up: {amount}"),
    "payment.retried": ("blue", "Payment tried again after: {code}"),
    "payment.changed_elsewhere": ("amber", "Changed at the provider, outside of here"),
    "document.issued": ("neutral", "{kind} {number} issued"),
    "return.requested": ("blue", "Return announced: {units} by {method}"),
    "return.labelled": ("blue", "Return label bought from {carrier}[: {tracking_number}]"),
    "return.scanned": ("blue", "The return is on its way"),
    "return.received": ("blue", "Goods came back: {units}"),
    "return.inspected": ("blue", "What came back was looked at: {units}"),
    "return.credited": ("green", "Return credited: {amount}[, less {fees} of fees]"),
    "return.closed": ("neutral", "Return closed: {why}"),
    "return.cancelled": ("neutral", "Return cancelled"),
    "return.parked": ("amber", "A parcel came back that no return expects"),
    "return.matched": ("blue", "A parked parcel became a return"),
    "return.disposed": ("neutral", "A parked parcel moved on: {disposition}"),
    "exchange.requested": ("blue", "Exchange asked for, {mode}"),
    "exchange.paid": ("green", "What came back paid {amount} of the new goods"),
    "exchange.settled": ("green", "Exchange settled"),
    "exchange.cancelled": ("neutral", "Exchange cancelled"),
    "exchange.lapsed": ("amber", "The goods of an exchange did not come back in time"),
    "claim.opened": ("amber", "Claim opened: {units} {kind}[, likely caused by the {party}]"),
    "claim.resolved": ("green", "Claim resolved: {resolution}[, {allowance} given back]"),
    "claim.rejected": ("neutral", "Claim rejected: {reason}"),
    "claim.carrier_filed": ("neutral", "The carrier was asked for {expected}"),
    "claim.carrier_settled": ("neutral", "The carrier answered: {carrier_state}[, {recovered}]"),
    "store_credit.issued": ("green", "Store credit given: {amount}"),
    "store_credit.refunded": ("green", "Refunded to store credit: {amount}"),
    "store_credit.spent": ("blue", "Store credit spent: {amount}"),
    "store_credit.returned": ("green", "Store credit given back: {amount}"),
    "store_credit.adjusted": ("neutral", "Store credit corrected: {amount}"),
    "store_credit.moved": ("neutral", "Store credit moved with a merged customer: {amount}"),
    "approval.asked": ("amber", "Approval asked for: {operation}"),
    "approval.approved": ("green", "Approved: {operation}"),
    "approval.rejected": ("neutral", "Approval rejected: {operation}"),
    "approval.expired": ("neutral", "Nobody decided in seven days: {operation}"),
    "approval.failed": ("red", "Approved, but it could not be done any more: {operation}"),
    "customer.merged": ("neutral", "Another customer merged into this one"),
    "customer.note_added": ("neutral", "Note on a customer added"),
    "customer.note_changed": ("neutral", "Note on a customer changed"),
    "customer.note_removed": ("neutral", "Note on a customer removed"),
    "customer.consent_given": ("green", "Customer consented: {purpose}"),
    "customer.consent_withdrawn": ("amber", "Customer withdrew consent: {purpose}"),
    "customer.erased": ("neutral", "Personal data of a customer erased"),
    "stock.received": ("blue", "Received {quantity} of {sku} at {location}"),
    "stock.adjusted": ("amber", "Corrected {sku} at {location} by {delta}: {reason}"),
    "supply.expected": ("blue", "Supply announced: {quantity} of {sku} due {due_on}"),
    "supply.changed": ("amber", "Supply changed: {quantity} due {due_on}"),
    "payout.imported": ("neutral", "Pay-out {reference} of {provider} imported"),
    "sku.created": ("neutral", "SKU {code} added"),
    "sku.updated": ("neutral", "SKU {code} changed[: {changed}]"),
    "pool.created": ("neutral", "Pool {code} added"),
    "pool.updated": ("neutral", "Pool {code} changed[: {changed}]"),
    "location.created": ("neutral", "Location {code} added"),
    "location.updated": ("neutral", "Location {code} changed[: {changed}]"),
    "location.closed": ("amber", "Location {code} closed: {units} units withheld"),
    "location.opened": ("green", "Location {code} opened: {units} units may be promised again"),
    "location.moved": ("neutral", "Location {code} moved from pool {pool} to {to}"),
    "channel.created": ("neutral", "Channel {code} added"),
    "channel.updated": ("neutral", "Channel {code} changed[: {changed}]"),
    "tax_rate.created": ("neutral", "Tax rate {name} added for {country}"),
    "tax_rate.updated": ("neutral", "Tax rate {name} changed for {country}"),
    "tax_rate.removed": ("neutral", "Tax rate {name} taken back for {country}"),
    "legal_entity.created": ("neutral", "Company {code} added"),
    "legal_entity.updated": ("neutral", "What is printed of company {code} changed"),
    "channel_invoicing.changed": ("neutral", "Invoicing of channel {channel} changed"),
}
_CODES = frozenset({"code", "number", "sku", "location", "channel", "carrier", "tracking_number", "reference"})
_CODED = frozenset({"sku", "pool", "location", "channel", "legal_entity"})  # whose `code` is a name
_KINDS = {
    "store_credit": "store credit", "payment": "the payments", "credit_note": "Credit note", "invoice": "Invoice",
    "receipt": "Receipt", "manual": "by hand", "sourced": "Sourced", "partly_sourced": "Sourced in part",
    "unsourced": "No location can bring it", "on_return": "paid by what comes back", "advance": "in advance",
    "drop_off": "drop-off", "e_mail": "e-mail", "not_needed": "no answer needed", "awaited": "waits for an answer",
}  # fmt: skip
# The groups by which a timeline is filtered.
GROUPS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "all": ("All", ()),
    "work": ("Work", ("fulfillment", "shipment", "stock", "supply")),
    "money": ("Money", ("payment", "store_credit", "document", "approval")),
    "returns": ("Returns", ("return", "exchange", "claim")),
    "messages": ("Messages", ("message",)),
    "order": ("Order", ("order", "customer")),
}


class Entry(NamedTuple):
    """An event as a timeline shows it."""

    at: Any
    text: str
    who: str
    why: str
    tone: Tone
    seq: int


def sentence(kind: str, data: Mapping[str, Any], f: Formats, currency: str) -> str:
    """An event in words. One that this version does not know is named."""
    template = SENTENCES.get(kind, ("neutral", words(kind.replace(".", " ")).capitalize()))[1]
    said: Callable[[str], str] = lambda name: _value(kind, name, data, f, currency)  # noqa: E731
    return _fill(template, said)


def tone(kind: str) -> Tone:
    """How an event looks."""
    return SENTENCES.get(kind, ("neutral", ""))[0]


def who(actor: str, on_behalf_of: str | None, names: Mapping[str, str]) -> str:
    """Who did something: a person's name, "by itself: sourcing", "key abc123"."""
    said = _actor(actor, names)
    return f"{said}, for {_actor(on_behalf_of, names)}" if on_behalf_of else said


def _actor(actor: str, names: Mapping[str, str]) -> str:
    kind, _, rest = actor.partition(":")
    if kind == "user":
        return names.get(rest, "somebody who is not here any more" if rest.startswith("usr_") else words(rest))
    if kind == "pump":
        return f"by itself: {words(rest)}"
    if kind == "key":
        return f"key {rest}"
    if kind == "shopper":
        return "the shopper"
    return "the command line" if kind == "cli" else words(actor)


def entry_of(event: Any, f: Formats, currency: str, names: Mapping[str, str]) -> Entry:
    """A line of a timeline."""
    reason = event.reason or event.data.get("reason")
    text = sentence(event.type, event.data, f, currency)
    by_itself = event.actor.startswith("pump:")
    why = f"Reason: {words(str(reason))}" if reason and not by_itself and words(str(reason)) not in text else ""
    return Entry(event.happened_at, text, who(event.actor, event.on_behalf_of, names), why, tone(event.type), event.seq)


def in_group(kind: str, group: str) -> bool:
    """Whether an event is of a group of `GROUPS`."""
    nouns = GROUPS.get(group, GROUPS["all"])[1]
    return not nouns or kind.partition(".")[0] in nouns


def _fill(template: str, said: Callable[[str], str]) -> str:
    text = ""
    for n, part in enumerate(template.replace("]", "[").split("[")):
        filled, whole = _filled(part, said)
        text += filled if whole or n % 2 == 0 else ""
    return text


def _filled(part: str, said: Callable[[str], str]) -> tuple[str, bool]:
    """A part with its fields, and whether each of them says something."""
    pieces, whole = part.replace("}", "{").split("{"), True
    for n in range(1, len(pieces), 2):
        pieces[n] = said(pieces[n])
        whole = whole and bool(pieces[n])
    return "".join(pieces), whole


def _value(kind: str, name: str, data: Mapping[str, Any], f: Formats, currency: str) -> str:
    """A field as people read it; nothing where it says nothing."""
    if name == "units":
        return _units(data)
    if f"{name}_minor" in data:
        value = data[f"{name}_minor"]
        return f.minor(value, data.get("currency") or currency) if value or name == "amount" else ""
    value = data.get(name)
    if name == "changes":
        return ", ".join(dict.fromkeys(words(_change(one)) for one in value or ())) or "what is ordered"
    if value is None or value in ("", [], 0, False):
        return "nobody knows until when" if name == "expected_on" else ""
    return _text(kind, name, value, f)


def _text(kind: str, name: str, value: Any, f: Formats) -> str:
    """A value that says something."""
    if isinstance(value, (list, tuple)):
        return ", ".join(words(str(one)) for one in value)
    if name.endswith(("_on", "until")):
        return f"{'expected ' if name == 'expected_on' else ''}{_day(str(value), f)}"
    is_name = name in _CODES and (name != "code" or kind.partition(".")[0] in _CODED)
    return str(value) if is_name else _KINDS.get(str(value), words(str(value)))


def _day(text: str, f: Formats) -> str:
    """A day as people write it."""
    try:
        return f.day(date.fromisoformat(text[:10]))
    except ValueError:
        return text


def _change(change: Any) -> str:
    return str(change.get("change", "")) if isinstance(change, Mapping) else str(change)


def _units(data: Mapping[str, Any]) -> str:
    """How many units an event is about, by its own figure or by its lines."""
    if isinstance(data.get("units"), int):
        return plural(data["units"], "unit")
    lines = data.get("lines")
    if not isinstance(lines, list):
        return ""
    names = ("quantity", "units", "missing", "accepted", "received", "cancelled")
    counts = [next((one[n] for n in names if isinstance(one.get(n), int)), 0) for one in lines if isinstance(one, dict)]
    return plural(sum(counts), "unit") if sum(counts) else plural(len(lines), "line")
