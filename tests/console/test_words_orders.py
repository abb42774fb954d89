"""What the page of an order says, word for word."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from orderwright.api import Problem
from orderwright.console import words_orders as say
from orderwright.console.order_dialog import chosen, major, minor
from orderwright.console.words import Badge
from orderwright.console.words_events import GROUPS, SENTENCES, entry_of, in_group, sentence, who
from orderwright.console.words_refusals import refused
from orderwright.screens import Formats

sys.path.insert(0, str(Path(__file__).parents[2] / "docs"))
from generators.sentences import EVENTS  # the register of all events

F = Formats("en_US", "UTC")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
NAMES = {"usr_1": "Mia Torres"}


def test_every_event_that_exists_has_a_sentence_of_its_own() -> None:
    assert SENTENCES.keys() == EVENTS.keys()


@pytest.mark.parametrize("kind", EVENTS)
def test_a_sentence_stands_without_its_data_too(kind: str) -> None:
    text = sentence(kind, {}, F, "USD")
    assert text[:1] == text[:1].upper()
    assert not set("[]{}_!") & set(text)


@pytest.mark.parametrize(
    ("kind", "data", "text"),
    [
        ("order.placed", {"units": 7, "backordered": 3}, "Placed: 7 units, 3 of them backordered"),
        ("order.placed", {"units": 1, "backordered": 0}, "Placed: 1 unit"),
        (
            "order.held",
            {"type": "manual", "blocks": ["release", "ship"]},
            "Held: by hand. It stops before: release, ship",
        ),
        ("order.sourced", {"outcome": "sourced", "promised_on": "2026-11-26"}, "Sourced, promised for Thu, Nov 26"),
        ("order.delayed", {"units": 2, "expected_on": None}, "Supply is late: 2 units, nobody knows until when"),
        ("order.delayed", {"units": 1, "expected_on": "2026-11-26"}, "Supply is late: 1 unit, expected Thu, Nov 26"),
        ("order.cancelled", {"lines": [{"line": 1, "quantity": 2}], "kept": 0}, "Cancelled 2 units"),
        (
            "order.edited",
            {"changes": ["set_quantity", "set_quantity", "add_discount"], "difference_minor": 150},
            "Edited: set quantity, add discount. The order is charged $1.50 more",
        ),
        ("order.tagged", {"added": ["gift"], "removed": []}, "Tags changed, added gift"),
        ("payment.captured", {"amount_minor": 5997, "method": "card"}, "Money taken: $59.97 by card"),
        (
            "payment.refused",
            {"amount_minor": 100, "kind": "capture", "code": "card_declined"},
            "The provider refused to capture $1.00: card declined",
        ),
        ("document.issued", {"kind": "credit_note", "number": "CRN-2026-000001"}, "Credit note CRN-2026-000001 issued"),
        ("sku.updated", {"code": "MUG_b", "changed": ["name"]}, "SKU MUG_b changed: name"),
        ("something.new_here", {"a": 1}, "Something new here"),
    ],
)
def test_events_are_told_in_sentences(kind: str, data: dict[str, Any], text: str) -> None:
    assert sentence(kind, data, F, "USD") == text


@pytest.mark.parametrize(
    ("actor", "behalf", "text"),
    [
        ("user:usr_1", None, "Mia Torres"),
        ("user:usr_2", None, "somebody who is not here any more"),
        ("user:usr_1", "user:usr_2", "Mia Torres, for somebody who is not here any more"),
        ("pump:source", None, "by itself: source"),
        ("key:abc123", None, "key abc123"),
        ("shopper:ord_1", None, "the shopper"),
        ("cli:root", None, "the command line"),
    ],
)
def test_who_did_it_is_named(actor: str, behalf: str | None, text: str) -> None:
    assert who(actor, behalf, NAMES) == text


def test_a_line_of_the_timeline_says_why_where_a_person_gave_a_reason() -> None:
    told = SimpleNamespace(
        type="order.cancelled", data={"lines": [{"quantity": 1}], "reason": "fraud"}, actor="user:usr_1",
        on_behalf_of=None, reason=None, happened_at=NOW, seq=3,
    )  # fmt: skip
    entry = entry_of(told, F, "USD", NAMES)
    assert entry == (NOW, "Cancelled 1 unit", "Mia Torres", "Reason: fraud", "neutral", 3)


def test_every_event_of_orders_is_in_a_group() -> None:
    shown = {noun for _, nouns in GROUPS.values() for noun in nouns}
    of_orders = {kind for kind in EVENTS if kind.partition(".")[0] in shown}
    assert {kind for kind in of_orders if not any(in_group(kind, g) for g in GROUPS if g != "all")} == set()
    assert in_group("order.placed", "all")
    assert not in_group("order.placed", "money")


def a_work(**fields: Any) -> Any:
    """A fulfillment at Chicago DC, due in 40 minutes."""
    defaults = {
        "state": "picking", "due_at": NOW + timedelta(minutes=40), "location_name": "Chicago DC", "shipment": None,
        "shipped_at": None,
    }  # fmt: skip
    return SimpleNamespace(**defaults | fields)


def an_order_view(**fields: Any) -> Any:
    """An order that is well, promised for Thursday."""
    defaults = {
        "status": "picking", "promised_on": date(2026, 11, 26), "promise_zone": "America/Chicago", "held": False,
        "backorders": [], "fulfillments": [a_work()], "holds": [], "payments": [],
        "balance_due": SimpleNamespace(amount=0, currency="USD"),
    }  # fmt: skip
    return SimpleNamespace(**defaults | fields)


@pytest.mark.parametrize(
    ("minutes", "badge"),
    [(40, Badge("40 min left", "amber")), (300, Badge("5 h left", "neutral")), (-125, Badge("2 h late", "red"))],
)
def test_a_location_is_told_how_long_it_has(minutes: int, badge: Badge) -> None:
    assert say.due(a_work(due_at=NOW + timedelta(minutes=minutes)), NOW) == badge


def test_what_is_done_is_not_due() -> None:
    assert say.due(a_work(state="shipped"), NOW) is None


@pytest.mark.parametrize(
    ("fields", "badge"),
    [
        ({}, Badge("Promise: Thu, Nov 26, on track", "green")),
        ({"held": True}, Badge("Promise: Thu, Nov 26, at risk", "amber")),
        ({"promised_on": date(2026, 11, 21)}, Badge("Promise: Sat, Nov 21, 2 days late", "red")),
        ({"promised_on": None}, Badge("No day promised yet", "neutral")),
        ({"status": "cancelled"}, Badge("No promise: cancelled", "neutral")),
        ({"status": "delivered"}, Badge("Promised for Thu, Nov 26", "green")),
    ],
)
def test_the_promise_says_whether_it_holds(fields: dict[str, Any], badge: Badge) -> None:
    assert say.promise(an_order_view(**fields), NOW, F) == badge


def test_the_one_thing_that_is_wrong_is_the_worst() -> None:
    held = SimpleNamespace(type="manual", since=NOW - timedelta(hours=3), detail={"note": "call first"})
    late = a_work(due_at=NOW - timedelta(hours=2))
    waits = SimpleNamespace(quantity=3, expected_on=None)
    assert say.wrong(an_order_view(), [], NOW, F) is None
    assert say.wrong(an_order_view(holds=[held], fulfillments=[late]), [], NOW, F) == (
        "Held for 3 h: Somebody held it. “call first”.", "", "amber",
    )  # fmt: skip
    assert say.wrong(an_order_view(fulfillments=[late], backorders=[waits]), [], NOW, F) == (
        "Chicago DC is 2 h late.", "Ask the location how it goes.", "red",
    )  # fmt: skip
    assert say.wrong(an_order_view(backorders=[waits]), [], NOW, F) == (
        "3 units wait for supply, nobody knows until when.", "Wait, ship what is here, or cancel.", "amber",
    )  # fmt: skip


def a_part(**fields: int) -> Any:
    """Units of one component."""
    names = "pending backordered promised allocated picked packed shipped delivered returned cancelled external".split()
    return SimpleNamespace(**dict.fromkeys(names, 0) | {"ordered": 2} | fields)


def test_units_of_a_kit_are_counted_whole() -> None:
    line = SimpleNamespace(
        quantity=2, components=[a_part(ordered=2, shipped=2), a_part(ordered=4, shipped=2, allocated=2)]
    )
    assert say.count(line) == (2, 1, 1, "2 parts at a location, 4 parts on the way")
    line = SimpleNamespace(quantity=2, components=[a_part(cancelled=1, promised=1)])
    assert say.count(line) == (1, 0, 1, "1 promised, 1 cancelled")


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [("12.5", "USD", 1250), ("12,50", "USD", 1250), ("12.345", "USD", None), ("7", "JPY", 7), ("x", "USD", None),
     (None, "USD", None), ("-1", "USD", None), ("1e9", "USD", None), ("NaN", "USD", None)],
)  # fmt: skip
def test_amounts_are_read_as_typed(text: str | None, currency: str, amount: int | None) -> None:
    assert minor(text, currency) == amount


def test_amounts_are_typed_as_read() -> None:
    assert [major(1250, "USD"), major(7, "JPY")] == ["12.50", "7"]


def test_chosen_units_are_of_lines() -> None:
    assert chosen({"L2": 3, "L1": 0, "nonsense": 4}) == [{"line": 2, "quantity": 3}]


def test_refusals_are_said_for_people() -> None:
    def problem(code: str, detail: str) -> Problem:
        return Problem(type="", title="", status=409, code=code, detail=detail, request_id="", details={})

    assert refused(problem("revision_differs", "x")).startswith("Somebody changed the order while this form was open.")
    assert refused(problem("too_new_to_know", "Do this.")) == "Do this."
