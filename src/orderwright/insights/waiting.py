"""Every state in which something waits, how long it may, and who looks after it when it waits longer (law T4).

This is the one table: `GET /v1/system/stuck`, the live page, the audit and the reference all read it. What is in none
of these states is finished. Where the age is counted from is said in `since`; an id tells when it was made, so most
of it needs no column of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, NamedTuple

from orderwright.insights.queries import STUCK, StuckRow
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, id_from_time
from orderwright.platform.settings import Settings

MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400
COUNTED_MAX = 1_000  # late things of one state: more are not counted, so that a bad day stays cheap to look at
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class Owner(StrEnum):
    """Who looks after what is stuck."""

    OPERATOR = "operator"  # runs the system
    CARE = "customer_care"
    PLANNER = "planner"
    WAREHOUSE = "warehouse"  # the people at the location that is named
    CARRIER_DESK = "carrier_desk"
    FINANCE = "finance"
    MANAGER = "manager"  # may approve what others may not do alone


class Waiting(NamedTuple):
    """A state. `at` says where it is seen: a worker's queue, or what the name of the state is.

    `subject` is the prefix of the ids that wait in it. `setting` names the setting that changes the age, if one does.
    """

    name: str
    at: Literal[
        "queue", "hold", "backorder", "supply", "fulfillment", "balance", "return", "withdrawal", "claim", "message"
    ]
    subject: str
    owner: Owner
    max_age_s: int
    what: str
    since: str
    remedy: str
    setting: str | None = None


WAITING: tuple[Waiting, ...] = (
    Waiting("verify", "queue", "ord", Owner.OPERATOR, 5 * MINUTE_S, "An order is to be checked.",
            "it was queued", "See that workers run; mend what the error says, then retry."),
    Waiting("resolve", "queue", "ord", Owner.OPERATOR, 5 * MINUTE_S, "Pending lines are to be looked up again.",
            "it was queued", "See that workers run; mend what the error says, then retry."),
    Waiting("source", "queue", "ord", Owner.PLANNER, HOUR_S, "Promised units have no location: none can bring them.",
            "it was queued", "Look at the order's sourcing; receive or move stock, or cancel."),
    Waiting("release", "queue", "ful", Owner.OPERATOR, 15 * MINUTE_S, "A fulfillment is to go to its location.",
            "it was queued", "See that workers run; mend what the error says, then retry."),
    Waiting("label", "queue", "shp", Owner.CARRIER_DESK, 15 * MINUTE_S, "Parcels have no label.",
            "it was queued", "Ask the carrier, then retry."),
    Waiting("backorders", "queue", "sku", Owner.OPERATOR, 15 * MINUTE_S, "What came in is to go to those who wait.",
            "it was queued", "See that workers run; mend what the error says, then retry."),
    Waiting("settle", "queue", "ord", Owner.OPERATOR, 15 * MINUTE_S, "What is owed is to be asked for, or given back.",
            "it was queued", "See that workers run; mend what the error says, then retry."),
    Waiting("document", "queue", "ord", Owner.FINANCE, 15 * MINUTE_S, "Invoices or credit notes are to be issued.",
            "it was queued", "See that workers run; mend what the error says, then retry."),
    Waiting("pay", "queue", "pay", Owner.FINANCE, 15 * MINUTE_S, "A payment provider is to move money.",
            "it was queued", "Ask the provider what became of it; mend what the error says, then retry."),
    Waiting("watch", "queue", "pay", Owner.FINANCE, 40 * DAY_S, "An authorization is looked at before it lapses.",
            "it was queued", "Ask the provider how the payment stands, then retry."),
    Waiting("return_label", "queue", "ret", Owner.CARRIER_DESK, 15 * MINUTE_S, "A return has no label yet.",
            "it was queued", "Ask the carrier, then retry."),
    Waiting("return_scan", "queue", "ret", Owner.OPERATOR, 15 * MINUTE_S, "A carrier told of a parcel that comes back.",
            "it was queued", "See that workers run; mend what the error says, then retry."),
    Waiting("exchange", "queue", "exc", Owner.CARE, 60 * DAY_S, "Goods that come back are to pay for others.",
            "it was asked for", "Ask the customer; cancel the exchange, or close its return."),
    Waiting("approval", "queue", "apr", Owner.MANAGER, 2 * DAY_S, "Somebody asked for approval.",
            "it was asked for", "Approve or reject it; after seven days it expires."),
    Waiting("bulk", "queue", "blk", Owner.OPERATOR, DAY_S, "Something is being done to many orders.",
            "it was started", "See that workers run; mend what the error says, then retry; or cancel the run."),
    Waiting("webhook", "queue", "whk", Owner.FINANCE, DAY_S, "A provider told of a payment that nobody knows.",
            "it came", "Find the order it belongs to, and record the payment; or refund it at the provider."),
    Waiting("held", "hold", "ord", Owner.CARE, DAY_S, "An order has an open hold.",
            "the hold was opened", "Release the hold, or cancel.", "stuck_held_h"),
    # 16 CFR 435 (USA) gives 30 days until the buyer must be asked: half of it is left to find the goods.
    Waiting("backordered", "backorder", "ord", Owner.PLANNER, 14 * DAY_S, "Units wait for supply that has no date.",
            "the order came", "Buy or move stock, or cancel.", "stuck_backordered_d"),
    Waiting("announced", "supply", "sup", Owner.PLANNER, 2 * DAY_S, "Dated supply has not come; preorders wait for it.",
            "the beginning of its due date (UTC)", "Ask the supplier; receive it, move its date, or take it back."),
    Waiting("released", "fulfillment", "ful", Owner.WAREHOUSE, 3 * DAY_S, "A location has not begun to pick.",
            "it was released; or past `due_at`", "Pick it, or reject it: it is sourced again."),
    Waiting("picking", "fulfillment", "ful", Owner.WAREHOUSE, 8 * HOUR_S, "Somebody began to pick.",
            "picking began; or past `due_at`", "Finish the pick, or report what is missing."),
    Waiting("picked", "fulfillment", "ful", Owner.WAREHOUSE, 8 * HOUR_S, "Picked goods are not packed.",
            "it was picked; or past `due_at`", "Pack it."),
    Waiting("packed", "fulfillment", "ful", Owner.WAREHOUSE, 3 * DAY_S, "A parcel waits for the carrier.",
            "it was packed; or past `due_at`", "Hand it over."),
    Waiting("to_collect", "fulfillment", "ful", Owner.CARE, 7 * DAY_S, "A pick-up waits for the shopper.",
            "it was packed", "Remind the shopper.", "stuck_to_collect_d"),
    Waiting("shipped", "fulfillment", "ful", Owner.CARRIER_DESK, 3 * DAY_S, "A carrier says nothing of a parcel.",
            "its last word, or the hand-over", "Ask the carrier; send what it says.", "stuck_silent_d"),
    Waiting("undelivered", "fulfillment", "ful", Owner.CARRIER_DESK, 30 * DAY_S, "A parcel is still on its way.",
            "the hand-over", "Ask the carrier; send what it says."),
    Waiting("unsettled", "balance", "ord", Owner.FINANCE, 7 * DAY_S, "All has left, and the balance is not zero.",
            "it was listed, or is due", "Collect or refund it, record what was paid, or write it off.",
            "stuck_unsettled_d"),
    Waiting("return_awaited", "return", "ret", Owner.CARE, 30 * DAY_S, "Goods that were to come back have not.",
            "it was asked for, or scanned", "Ask the customer or the carrier; cancel or close it."),
    Waiting("return_uninspected", "return", "ret", Owner.WAREHOUSE, 3 * DAY_S, "Nobody looked at what came back.",
            "some of it came", "Inspect it."),
    Waiting("return_incomplete", "return", "ret", Owner.CARE, 14 * DAY_S, "Some of a return has not come.",
            "all that came was looked at", "Ask the customer; close it."),
    Waiting("return_parked", "return", "urt", Owner.CARE, 2 * DAY_S, "Nobody knows whose parcel came back.",
            "it was parked", "Find the order and match it, or dispose of the goods."),
    Waiting("claim_open", "claim", "clm", Owner.CARE, 3 * DAY_S, "A customer's claim is not decided.",
            "it was made", "Resolve or reject it."),
    Waiting("claim_due", "claim", "clm", Owner.CARRIER_DESK, 7 * DAY_S, "What is the carrier's is not filed with it.",
            "it was put down to the carrier", "File it, before its `file_by`."),
    Waiting("claim_filed", "claim", "clm", Owner.CARRIER_DESK, 30 * DAY_S, "A carrier does not answer a claim.",
            "it was filed", "Ask the carrier; write down what it paid, or that it denied."),
    Waiting("message_unanswered", "message", "msg", Owner.CARE, DAY_S, "A customer's message has no answer.",
            "it was said", "Answer it, or say that it needs no answer.", "stuck_message_h"),
    Waiting("withdrawal_unpaid", "withdrawal", "wdr", Owner.FINANCE, DAY_S, "Who withdrew was not paid back.",
            "the last day to pay back (UTC)", "Inspect what came back, or refund it by hand: its time is over."),
)  # fmt: skip

# What an `open` fulfillment and a shipment or parcel in `label_wanted` wait for are the queues `release` and `label`.
QUEUES: dict[str, Waiting] = {state.name: state for state in WAITING if state.at == "queue"}
FULFILLMENT_STATES = ("open", "released", "picking", "picked", "packed", "shipped")
_UNITS_S = {"h": HOUR_S, "d": DAY_S}


def waiting_states(settings: Settings) -> tuple[Waiting, ...]:
    """The table with the ages that this installation chose."""
    return tuple(
        state
        if state.setting is None
        else state._replace(max_age_s=getattr(settings, state.setting) * _UNITS_S[state.setting[-1]])
        for state in WAITING
    )


class Stuck(NamedTuple):
    """What waits longer than it may: how many were given up by a worker, how many are late, and the longest late.

    Of each state `COUNTED_MAX` are counted at most.
    """

    set_aside: int
    late: int
    oldest: list[StuckRow]


async def read_stuck(tx: Transaction, now: datetime, states: Sequence[Waiting] = WAITING, limit: int = 100) -> Stuck:
    """What exceeds its age in these states, set aside first, then the longest late. One statement, no locks."""
    ages = [timedelta(seconds=state.max_age_s) for state in states]
    rows = await STUCK.fetch(
        tx, now, [state.name for state in states], ages, [_made_before(now - age) for age in ages], COUNTED_MAX, limit
    )
    return Stuck(rows[0].set_aside_all, rows[0].late_all, rows) if rows else Stuck(0, 0, [])


def _made_before(moment: datetime) -> UUID:
    """Ids below it are older. Whatever waits since then is about something that was made before."""
    return id_from_time(max(moment, _EPOCH))
