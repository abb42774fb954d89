"""What the screens of operations say: states in which things wait, holds, decisions and failures, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from orderwright.console.words import Badge, number, plural, span, words


class Hold(NamedTuple):
    """A type of hold: why it is there, and what to do about it."""

    why: str
    remedy: str


class Group(NamedTuple):
    """States that stand together on the board."""

    title: str
    states: tuple[str, ...]


GROUPS: tuple[Group, ...] = (
    Group(
        "Before work begins",
        ("verify", "resolve", "held", "source", "backordered", "release", "backorders", "bulk"),
    ),
    Group("At locations", ("released", "picking", "picked", "label", "packed", "to_collect")),
    Group("On the way", ("shipped",)),
    Group("Money and documents", ("settle", "pay", "watch", "document", "webhook", "unsettled", "approval")),
    Group(
        "Returns, claims and messages",
        ("return_label", "return_scan", "return_awaited", "return_uninspected", "return_incomplete", "return_parked",
         "exchange", "claim_open", "claim_due", "claim_filed", "message_unanswered"),
    ),
)  # fmt: skip
_STATES = {
    "verify": "To be checked", "resolve": "SKUs to be looked up", "held": "Held", "source": "To be sourced",
    "backordered": "Backordered", "release": "To be released", "backorders": "Backorders to be filled",
    "released": "To be picked", "picking": "Being picked", "picked": "To be packed", "label": "Waits for a label",
    "packed": "Waits for the carrier", "to_collect": "Waits for the shopper", "shipped": "With a carrier",
    "settle": "To be settled", "pay": "With a payment provider", "watch": "Authorizations watched",
    "document": "Documents to be issued", "webhook": "Unknown payments", "unsettled": "Open balances",
    "approval": "Approvals asked for", "bulk": "Done to many orders",
    "return_label": "Return labels", "return_scan": "Scans of returns",
    "return_awaited": "Returns on their way", "return_uninspected": "Returns to be inspected",
    "return_incomplete": "Returns not complete", "return_parked": "Parked parcels", "exchange": "Exchanges open",
    "claim_open": "Claims to be decided", "claim_due": "To be filed with a carrier",
    "claim_filed": "Filed with a carrier", "message_unanswered": "Messages to answer",
    "announced": "Supply that has not come",
    "undelivered": "Long on the way", "withdrawal_unpaid": "Withdrawals not paid back",
}  # fmt: skip
HOLDS: dict[str, Hold] = {
    "unknown_sku": Hold("A line names a SKU that is not in the catalogue.", "Create the SKU, then release."),
    "inactive_sku": Hold(
        "A line names a SKU that is switched off.", "Activate the SKU, then release, or cancel the line."
    ),
    "out_of_stock": Hold(
        "Stock is short, and the order may not be refused.",
        "Release: what is short is backordered. Or cancel the line.",
    ),
    "address_invalid": Hold("The address does not fit its country.", "Ask the customer, then release or cancel."),
    "phone_invalid": Hold("A telephone number cannot be called.", "Release, or ask the customer."),
    "email_invalid": Hold("An e-mail address is malformed.", "Release, or ask the customer."),
    "over_limit": Hold(
        "The total or a quantity is above the channel's limit.", "Look at the order, then release or cancel."
    ),
    "velocity": Hold(
        "The customer ordered more often than the channel allows.", "Look at the orders, then release or cancel."
    ),
    "possible_duplicate": Hold(
        "The same customer ordered the same for the same total within the channel's window.",
        "Compare them, then release or cancel.",
    ),
    "totals_mismatch": Hold(
        "The parts do not make the total. The difference is booked as rounding.",
        "Compare with the channel, then release.",
    ),
    "price_differs": Hold("A price is not the catalogue's, and the channel asks for that.", "Release, or cancel."),
    "location_rejected": Hold(
        "The location that a line names (a pick-up) rejected it or did not find it, and nobody else may bring it.",
        "Customer care: ask the store or the customer. Release to ask the location again, or cancel the line.",
    ),
    "unknown_parent": Hold("The parent order does not exist.", "Release, or cancel."),
    "unknown_location": Hold(
        "A line names a location that does not exist.",
        "Cancel, and let the channel send it again with a new external_id.",
    ),
    "location_inactive": Hold(
        "A line names a location that is not open.",
        "Open the location and release, or cancel and let the channel send it again with a new external_id.",
    ),
    "location_needed": Hold(
        "A pick-up line names no location.", "Cancel, and let the channel send it again with a new external_id."
    ),
    "address_needed": Hold(
        "The order ships and has no address.", "Cancel, and let the channel send it again with a new external_id."
    ),
    "provider_reserved": Hold(
        "The channel reports a payment by an exchange, which only we can say.",
        "Ask the channel how it was paid and record that, then release; or cancel.",
    ),
    "store_credit_not_pending": Hold(
        "The channel says that store credit was taken, and only we take it: no account was asked.",
        "Adjust the customer's account and release, or cancel.",
    ),
    "discount_exceeds_lines": Hold(
        "Discounts are larger than what they reduce. They were cut.", "Compare with the channel, then release."
    ),
    "channel_inactive": Hold(
        "The channel is switched off.", "Release, or cancel. Activate the channel if more is to come."
    ),
    "currency_differs": Hold(
        "The order is in another currency than its channel, whose limits are in its own.",
        "Look at the total, then release; or make a channel for this currency.",
    ),
    "overpaid": Hold(
        "The channel reports payments of more than the total. Nothing was captured or returned by us.",
        "Compare with the channel and let it return the rest, then release.",
    ),
    "unknown_currency": Hold(
        "The currency is not one of ISO 4217. Amounts stand as they were sent.",
        "Ask the channel what it means, then release; or cancel, and let it send the order again.",
    ),
    "currency_mismatch": Hold(
        "Payments in another currency than the order were left out. The inbox has them.",
        "Compare with the channel, then release.",
    ),
    "content_dropped": Hold(
        "Something could not be stored and was left out: NUL characters, metadata, a tax rate. The inbox has it all.",
        "Look at what was left out, then release or cancel.",
    ),
    "implausible_time": Hold(
        "It says that it was placed more than a day ahead, or before 1990. The time of receipt stands in its place.",
        "Ask whose clock is wrong, then release.",
    ),
    "payment_pending": Hold(
        "What is to be authorized is not known yet.", "Nothing: it goes on by itself when the provider has answered."
    ),
    "payment_refused": Hold(
        "A payment was refused, or does not give enough.",
        "Try again, record another payment, edit or cancel. It goes on by itself when the order is covered.",
    ),
    "authorization_lapses": Hold(
        "What is set aside is about to lapse, or has, and something is still to ship.",
        "Ship it and release, or ask for another payment.",
    ),
    "withdrawal": Hold(
        "A consumer withdrew from something that is not goods, or from a kit of which only some parts have left.",
        "Decide it by hand and write to the customer: cancel, take back or refund; then release.",
    ),
    "awaiting_return": Hold(
        "New goods of an exchange: those that come back are to pay for them.",
        "Nothing: it goes on by itself when they have. Release it to send them in advance, or cancel the exchange.",
    ),
}
MANUAL = Hold("Somebody held it.", "Read the note; then release or cancel.")
_FAILURES = (
    ("TimeoutError", "Whoever was asked did not answer in time. It may work when it is tried again."),
    ("ConnectionError", "Whoever was asked could not be reached. See that the connection works, then retry."),
    ("ConnectionRefusedError", "Whoever was asked could not be reached. See that the connection works, then retry."),
    ("DeadlockDetectedError", "Several workers got in each other's way. It works when it is tried again."),
    ("SerializationError", "Several workers got in each other's way. It works when it is tried again."),
)
_REASONS = {
    "excluded": "rejected this order, or was short of it", "inactive": "is closed",
    "no_capacity": "has no capacity left",
    "covers_less": "has fewer of the units", "farther": "is farther away",
    "moved_away": "was to bring it before somebody moved it",
}  # fmt: skip
_RULES = {
    "complete": "One location had all of it: the nearest of those that did.",
    "split": "No location had all of it, so several bring it: as few as possible, the nearest first.",
    "chosen": "Somebody chose it, instead of where sourcing put it.",
    "partial": "Only some units were found anywhere. The rest waits.",
    "none": "No location can bring any of it. It waits until stock comes, a location opens, or somebody moves stock.",
}
_SUBJECTS = {
    "ord": "/orders/{}", "ful": "/floor/{}", "ret": "/returns/{}", "apr": "/approvals/{}",
    "whk": "/operations/payments",
}  # fmt: skip


def state(name: str) -> str:
    """A state in which something waits, as it is called on the board."""
    return _STATES.get(name, words(name).capitalize())


def hold(type_: str) -> Hold:
    """Why there is a hold of this type, and what to do."""
    return HOLDS.get(type_, MANUAL)


def hold_name(type_: str) -> str:
    """A type of hold in words: "Address invalid"."""
    return words(type_).capitalize()


def flow_badge(row: Any) -> Badge:
    """How a state does against its limit."""
    if row.set_aside:
        return Badge(f"{number(row.set_aside)} set aside", "red")
    if row.late:
        return Badge(f"{number(row.late)} over the limit", "amber")
    return Badge("On time", "green") if row.waiting else Badge("Nothing", "neutral")


def board_title(rows: Sequence[Any]) -> str:
    """What the board shows, as a finding."""
    late, aside = sum(row.late for row in rows), sum(row.set_aside for row in rows)
    if not late and not aside:
        waiting = sum(row.waiting for row in rows)
        return f"All on time: {number(waiting)} in the flow" if waiting else "Nothing waits"
    worst = max(rows, key=lambda row: (row.late + row.set_aside, row.waiting))
    said = [f"{number(late)} over the limit"] if late else []
    said += [f"{number(aside)} set aside"] if aside else []
    return f"{', '.join(said)}; most of it: {state(worst.state).lower()}"


def age_text(oldest: datetime | None, now: datetime) -> str:
    """How long the oldest waits."""
    return "" if oldest is None else span(now - oldest)


def limit_text(seconds: float) -> str:
    """A limit or a duration in its largest unit."""
    return span(timedelta(seconds=seconds))


def failure(error: str | None) -> str:
    """What an error means, for who is to act on it."""
    if not error:
        return "It failed and left no message."
    for name, said in _FAILURES:
        if error.startswith(name):
            return said
    return "It failed in a way that nobody wrote a sentence for; the message helps who mends it."


def pace_title(rows: Sequence[Any], by: str) -> str:
    """What the chart of throughput shows, as a finding."""
    placed, shipped = sum(row.placed for row in rows), sum(row.shipped for row in rows)
    window = "the last 24 hours" if by == "hour" else "the last 14 days"
    if not placed and not shipped:
        return f"Nothing was placed or shipped in {window}"
    said = f"{plural(placed, 'order')} placed and {plural(shipped, 'fulfillment')} shipped in {window}"
    return f"{said}: work piles up" if placed > 1.2 * shipped + 1 else f"{said}: work keeps up"


def latency_title(rows: Sequence[Any]) -> str:
    """What the chart of durations shows, as a finding."""
    newest = next((row for row in reversed(rows) if row.median_s is not None), None)
    if newest is None:
        return "Nothing was shipped: there is no duration to show"
    return f"Half of what was shipped last took less than {limit_text(newest.median_s)}, one of twenty longer than " + (
        limit_text(newest.p95_s or 0)
    )


def decision_badge(outcome: str, rule: str | None) -> Badge:
    """How a sourcing decision came out."""
    if outcome == "sourced":
        return Badge("Split", "amber") if rule == "split" else Badge("Sourced", "green")
    return Badge("Partly sourced", "amber") if outcome == "partly_sourced" else Badge("No location", "red")


def decision_text(decision: Any) -> str:
    """Why it came out so, in a sentence."""
    return _RULES.get(decision.rule or "", "The rule of this decision is not known any more.")


def candidate_text(candidate: Any) -> str:
    """Why a location was chosen, or was not."""
    if candidate.chosen:
        return f"brings {plural(candidate.units or 0, 'unit')}"
    return _REASONS.get(candidate.reason or "", words(candidate.reason or "was not needed"))


def rejected_text(rejected: Mapping[str, int]) -> str:
    """How many locations could not, by reason."""
    return ", ".join(f"{number(count)} {_REASONS.get(name, words(name))}" for name, count in rejected.items())


def subject_path(subject: str) -> str | None:
    """Where the page of a thing is, by its id; None where it has none."""
    made = _SUBJECTS.get(subject.partition("_")[0])
    return None if made is None else made.format(subject)


def owner(name: str) -> str:
    """Who looks after it: "Customer care"."""
    return words(name).capitalize()


def detail_rows(detail: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a hold knows, as pairs of what and how."""
    return [
        (words(str(name)).capitalize(), _value(value)) for name, value in detail.items() if value not in (None, [], {})
    ]


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{words(str(name))}: {_value(item)}" for name, item in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(_value(item) for item in value)
    return words(value) if isinstance(value, str) else str(value)
