"""What the live page says, and that nothing on it can be markup."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from orderwright.console import words
from orderwright.console.render import render_parts
from orderwright.insights import (
    AlarmRow,
    LatestEvent,
    LatestOrderRow,
    Memory,
    MerchantRow,
    Minute,
    Overview,
    Stages,
    StockAlarms,
    Stuck,
    StuckRow,
)
from orderwright.orders import OrderStatus
from orderwright.platform.ids import UUID, new_id

ACT = new_id()
NOW = datetime(2026, 11, 23, 12, 30, 20, tzinfo=UTC)
NASTY = "<script>alert('x')</script>"


def stages(**counts: int) -> Stages:
    by_status = {status: counts.get(status.value, 0) for status in OrderStatus}
    held = {OrderStatus.PLACED: counts["held"]} if "held" in counts else {}
    return Stages(by_status, held, sum(by_status.values()))


def alarm(available: int, backordered: int = 0, name: str = "Milk") -> AlarmRow:
    return AlarmRow("MILK-1", name, ["Stores"], [available], available, backordered, 0, None, 0, 1, 1, 0, backordered)


def stuck(**fields: Any) -> StuckRow:
    defaults = {
        "state": "source", "subject_id": new_id(), "order_id": None, "order_number": 100234, "location": None,
        "location_name": None, "sku": None, "since": NOW - timedelta(hours=3), "late_since": NOW - timedelta(hours=2),
        "attempts": 5, "set_aside_at": None, "error": None, "detail": None, "set_aside_all": 0, "late_all": 1,
    }  # fmt: skip
    return StuckRow(**(defaults | fields))


def minutes(*pairs: tuple[int, int]) -> list[Minute]:
    """The last of a run of minutes, the running one added."""
    return [Minute(NOW + timedelta(minutes=n), *pair) for n, pair in enumerate([*pairs, (0, 0)])]


def an_overview(**fields: Any) -> Overview:
    order = LatestOrderRow(new_id(), 100234, NASTY, "placed", 1, 8490, "USD", NOW)
    defaults: dict[str, Any] = {
        "at": NOW, "stages": stages(placed=1204, held=1, delivered=3), "minutes": minutes((1, 0)),
        "alarms": StockAlarms(0, 1, 0, 0, 2, [alarm(0, 2, NASTY)]),
        "stuck": Stuck(1, 0, [stuck(set_aside_at=NOW, error=NASTY, location_name=NASTY)]),
        "orders": [order], "events": [LatestEvent(7, "order.held", {"type": NASTY}, ACT, NOW, 100234)],
        "memory": Memory(),
    }  # fmt: skip
    return Overview(**(defaults | fields))


MERCHANT = MerchantRow("acme", f"Acme {NASTY}", "America/Chicago", "USD", "#{number}")


@pytest.mark.parametrize(
    ("counts", "title"),
    [
        ({}, "No orders yet"),
        ({"delivered": 9, "cancelled": 1}, "No open orders: everything is delivered or cancelled"),
        ({"placed": 3, "delivered": 9}, "3 open: 3 placed"),
        ({"placed": 3, "packed": 1204, "picking": 9}, "1,216 open: 1,204 packed, 9 picking"),
    ],
)
def test_the_chart_of_stages_states_its_finding(counts: dict[str, int], title: str) -> None:
    assert words.stages_title(stages(**counts)) == title


IN_FIVE = "a minute in the last 5 minutes"


@pytest.mark.parametrize(
    ("pairs", "title"),
    [
        ([(0, 0)] * 30, "Nothing was placed or delivered in the last 30 minutes"),
        ([(50, 50)] * 30, f"50 orders placed, 50 shipments delivered {IN_FIVE}: work keeps up"),
        ([(50, 2)] * 30, f"50 orders placed, 2.0 shipments delivered {IN_FIVE}: work piles up"),
        ([*[(50, 50)] * 25, *[(0, 0)] * 5], "Nothing was placed or delivered in the last 5 minutes"),
        # Minutes before the first order were not lived, and that in which it came only in part.
        (
            [*[(0, 0)] * 28, (12, 0), (180, 171)],
            "180 orders placed, 171 shipments delivered a minute in the last minute",
        ),
        (
            [*[(0, 0)] * 26, (12, 0), *[(180, 171)] * 3],
            "180 orders placed, 171 shipments delivered a minute in the last 3 minutes: work keeps up",
        ),
        ([*[(0, 0)] * 29, (12, 1)], "The first minutes: 12 orders placed, 1 shipment delivered so far"),
    ],
)
def test_the_chart_of_minutes_states_its_finding(pairs: list[tuple[int, int]], title: str) -> None:
    assert words.minutes_title(minutes(*pairs)) == title


@pytest.mark.parametrize(
    ("row", "badge", "text"),
    [
        (alarm(-1), ("Short", "red"), "1 promised too many in Stores"),
        (alarm(0, 12), ("Out", "red"), "none left in Stores; 12 backordered"),
        (alarm(4), ("Low", "amber"), "4 left in Stores"),
    ],
)
def test_stock_alarms_are_said_in_words(row: AlarmRow, badge: tuple[str, str], text: str) -> None:
    assert (words.alarm_badge(row), words.alarm_text(row)) == (badge, text)


def test_stuck_work_says_how_late_and_what() -> None:
    late = stuck()
    assert words.stuck_badge(late, NOW) == ("2 h late", "amber")
    assert words.stuck_subject(late, "#{number}") == "#100234"
    assert (words.stuck_text(late), words.stuck_owner(late)) == (
        "Promised units have no location: none can bring them.", "Planner",
    )  # fmt: skip
    held = stuck(state="held", detail="over_limit")
    assert (words.stuck_text(held), words.stuck_owner(held)) == (
        "An order has an open hold: over limit.",
        "Customer care",
    )
    assert words.stuck_subject(stuck(location_name="Chicago"), "A-{number}-B") == "A-100234-B at Chicago"
    assert words.stuck_subject(stuck(order_number=None, sku="MILK-1"), "#{number}") == "SKU MILK-1"
    assert words.stuck_badge(stuck(set_aside_at=NOW), NOW) == ("Set aside", "red")
    assert words.stuck_summary(Stuck(2, 1_000, [])) == "2 set aside after failing, 1,000 or more late"


@pytest.mark.parametrize(
    ("type_", "data", "text"),
    [
        ("order.held", {"type": "unknown_sku"}, "Order held: unknown SKU"),
        ("shipment.tracked", {"code": "out_for_delivery"}, "Parcel out for delivery"),
        ("shipment.tracked", {}, "Parcel"),
        ("gift_card.lost_again", {}, "Gift card lost again"),
    ],
)
def test_events_are_said_in_words(type_: str, data: dict[str, Any], text: str) -> None:
    assert words.event_text(LatestEvent(1, type_, data, ACT, NOW, None)) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-9, "0 s"), (59, "59 s"), (60, "1 min"), (7_200, "2 h"), (172_799, "47 h"), (172_800, "2 d")],
)
def test_durations_are_said_in_their_largest_unit(seconds: int, text: str) -> None:
    assert words.span(timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [(8490, "USD", "$84.90"), (123456789, "EUR", "1,234,567.89 EUR"), (500, "JPY", "500 JPY"), (1, "KWD", "0.001 KWD")],
)
def test_money_is_written_in_its_currency(minor: int, currency: str, text: str) -> None:
    assert words.money(minor, currency) == text


def test_every_status_has_a_look_of_its_own_stage() -> None:
    assert set(words.STATUSES) == set(OrderStatus)
    assert [tile.key for tile in words.tiles(stages())] == [
        "placed", "held", "backordered", "allocated", "picking", "packed", "shipped", "delivered",
    ]  # fmt: skip
    assert [tile.orders for tile in words.tiles(stages(shipped=2, partly_shipped=3)) if tile.key == "shipped"] == [5]


def test_held_orders_are_counted_as_held_alone() -> None:
    seen = {tile.key: tile.orders for tile in words.tiles(stages(placed=8, held=8, allocated=2))}
    assert (seen["placed"], seen["held"], seen["allocated"]) == (0, 8, 2)
    assert words.stages_title(stages(placed=8, held=8, allocated=2)) == "10 open: 8 held, 2 allocated"


def test_what_one_act_told_three_times_is_said_once() -> None:
    def event(position: int, type_: str, act: UUID = ACT, number: int = 1, **data: str) -> LatestEvent:
        return LatestEvent(position, type_, data, act, NOW, number)

    events = [
        event(9, "order.delivered"), event(8, "shipment.delivered"), event(7, "shipment.tracked", code="delivered"),
        event(6, "shipment.delivered", number=2), event(5, "shipment.tracked", number=2, code="delivered"),
        event(4, "shipment.tracked", number=2, code="accepted"),
        event(3, "order.shipped", new_id()), event(2, "shipment.shipped", new_id()),
        event(1, "fulfillment.picked", number=3), event(0, "fulfillment.picked", number=3),
    ]  # fmt: skip
    assert [e.position for e in words.fold_events(events)] == [9, 6, 4, 3, 2, 1]
    assert len(words.fold_events([event(n, "order.placed", new_id(), n) for n in range(40)])) == words.EVENTS_SHOWN


def test_a_panel_says_how_many_more_there_are_and_where() -> None:
    few = render_parts(MERCHANT, an_overview())
    assert "more: see all" not in few["alarms"] + few["stuck"]
    many = render_parts(
        MERCHANT, an_overview(alarms=StockAlarms(0, 40, 60, 0, 0, [alarm(0)] * 7), stuck=Stuck(0, 9, [stuck()] * 8))
    )
    assert '<a href="/m/acme/live/alarms">93 more: see all</a>' in many["alarms"]
    assert '<a href="/m/acme/live/stuck">1 more: see all</a>' in many["stuck"]


def test_nothing_that_comes_from_outside_is_markup() -> None:
    parts = render_parts(MERCHANT, an_overview())
    page = "".join(text for name, text in parts.items() if name != "charts")

    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;") >= 4  # channel, SKU, error, location
    assert "style=" not in page
    assert "onclick" not in page


def test_a_part_changes_only_when_what_it_says_does() -> None:
    before = render_parts(MERCHANT, an_overview())
    after = render_parts(MERCHANT, an_overview(at=NOW + timedelta(seconds=30)))

    assert before == after
    assert msgspec.json.decode(before["charts"])["stages"]["rows"][0] == {
        "word": "Placed", "tone": "neutral", "orders": 1203,
    }  # fmt: skip


def test_empty_parts_say_what_will_be_there() -> None:
    nothing = an_overview(
        stages=stages(), alarms=StockAlarms(0, 0, 0, 0, 0, []), stuck=Stuck(0, 0, []), orders=[], events=[]
    )
    parts = render_parts(MERCHANT, nothing)

    assert "The first one that a channel sends appears here" in parts["latest"]
    assert "Every pool can promise what it sells" in parts["alarms"]
    assert "Nothing waits longer than it may" in parts["stuck"]
    assert "Every step of every order is told here" in parts["events"]
