"""What may be done to an order in its state, by whoever looks. Hiding is courtesy: each verb decides again."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from orderwright.console.order_facts import OrderFacts
from orderwright.console.order_move import movable
from orderwright.console.words_orders import OVER

PRIMARY_MAX = 4


class Action(NamedTuple):
    """Something that may be done: `path` is below the order's page."""

    word: str
    path: str
    icon: str
    keys: str = ""
    primary: bool = False
    wide: bool = False
    danger: bool = False


def actions_of(facts: OrderFacts, may: Callable[[str], bool]) -> list[Action]:
    """What the state of an order allows and whoever looks may do, the likeliest first."""
    return [action for needs, allowed, action in _all(facts) if allowed and may(needs)]


def _all(facts: OrderFacts) -> list[tuple[str, bool, Action]]:
    order = facts.order
    is_open = order.status not in OVER
    parts = [part for line in order.lines for part in line.components]
    left = any(part.shipped + part.delivered > 0 for part in parts)
    promised = any(part.promised for part in parts)
    waits = any(work.state == "open" for work in order.fulfillments)
    refused = any(payment.refused for payment in order.payments)
    owed = order.balance_due.amount > 0
    refundable = facts.refundable > 0
    may_move = bool(movable(order))
    return [
        ("orders.hold", order.held, Action("Release holds", "/release", "player-play", "h", True)),
        ("orders.edit", is_open, Action("Edit", "/edit", "pencil", "e", True, True)),
        ("orders.hold", is_open and not order.held, Action("Hold", "/hold", "player-pause", "h", True)),
        ("payments.refund", refundable, Action("Refund", "/refund", "arrow-back-up", "r", True)),
        ("returns.write", left, Action("Return", "/return", "rotate", "", not is_open, True)),
        ("claims.write", left, Action("Claim: reship, refund", "/claim", "flag", "", False, True)),
        ("returns.write", left, Action("Exchange", "/exchange", "exchange", "", False, True)),
        ("orders.hold", is_open and order.held, Action("Hold once more", "/hold", "player-pause")),
        ("orders.cancel", bool(order.backorders), Action("Answer the delay", "/delay", "clock")),
        ("sourcing.run", is_open and promised, Action("Source now", "/source", "map-pin")),
        ("orders.edit", is_open and may_move, Action("Move to another location", "/move", "map-pin", wide=True)),
        ("fulfillment.work", waits and not order.held, Action("Release to the floor", "/floor", "building-warehouse")),
        ("payments.write", refused, Action("Try the payment again", "/retry", "refresh")),
        ("payments.write", order.status != "cancelled" or owed, Action("Record a payment", "/payment", "credit-card")),
        ("payments.write", owed, Action("Write off the balance", "/write-off", "ban")),
        ("store_credit.issue", order.customer is not None, Action("Give store credit", "/credit", "gift")),
        ("returns.write", order.status != "cancelled", Action("Record a withdrawal", "/withdraw", "file-text")),
        ("messages.write", True, Action("Write to the shopper", "/message", "messages", "w")),
        ("messages.write", True, Action("Record a call or letter", "/said", "phone")),
        ("orders.link", True, Action("Make the shopper's link", "/link", "external-link")),
        ("orders.note", True, Action("Add a note", "/note", "note", "n")),
        ("orders.note", True, Action("Change tags", "/tags", "tag", "t")),
        ("orders.note", True, Action("Add a file", "/file", "paperclip")),
        ("orders.cancel", is_open, Action("Cancel", "/cancel", "x", "c", False, True, danger=True)),
    ]
