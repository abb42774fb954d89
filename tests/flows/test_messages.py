"""Messages: kept once, told without their words, answered, settled, erased; and how many statements it takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from orderwright.flows.erase_customers import EraseCustomer, EraseGuest, erase_customers, erase_guests
from orderwright.messages import (
    RecordCustomerMessage,
    RecordMessage,
    SettleMessage,
    record_customer_messages,
    record_messages,
    settle_messages,
)
from orderwright.messages.states import ANSWER_TRANSITIONS, AnswerState
from orderwright.platform.clock import utc_now
from orderwright.platform.db import Database
from orderwright.platform.errors import PermissionDenied
from orderwright.platform.ids import UUID, encode_id, new_id
from tests.builders.orders import an_order
from tests.flows.test_statement_counts import Counting
from tests.helpers.desk import Desk, codes

SECRET = "I am at 1 Main St, ada@example.com"
MESSAGES: dict[str, int] = {"record_messages": 9, "record_customer_messages": 9, "settle_messages": 8}


async def an_order_of(desk: Desk, **fields: Any) -> UUID:
    shop = await desk.shop()
    return await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)], **fields))


def came(order_id: UUID, words: str = SECRET, **fields: Any) -> RecordMessage:
    return RecordMessage(**{"order_id": order_id, "direction": "in", "medium": "e_mail", "words": words} | fields)


def went(order_id: UUID, words: str = "It leaves today.", **fields: Any) -> RecordMessage:
    return RecordMessage(**{"order_id": order_id, "direction": "out", "medium": "portal", "words": words} | fields)


async def states(desk: Desk) -> list[tuple[Any, ...]]:
    return [tuple(r) for r in await desk.fetch("SELECT answer, answered_by FROM message ORDER BY said_at, id")]


# ---- recording ----


async def test_a_message_is_kept_and_told_by_its_id_alone(desk: Desk) -> None:
    order_id = await an_order_of(desk)
    [made] = await desk.run(record_messages, [came(order_id)])
    assert made.code == "recorded"
    [row] = await desk.fetch("SELECT order_id, direction, medium, author, recorded_by, words, answer FROM message")
    assert tuple(row) == (order_id, "in", "e_mail", "shopper", "cli:tester", SECRET, "awaited")
    [event] = await desk.fetch("SELECT data FROM event WHERE type = 'message.received'")
    assert event["data"] == f'{{"medium": "e_mail", "message_id": "{encode_id("msg", made.id)}"}}'
    assert await desk.events(order_id) == ["order.placed", "message.received"]


async def test_who_said_what_goes_out_is_a_person_or_a_program(desk: Desk) -> None:
    order_id = await an_order_of(desk)
    await desk.run(record_messages, [went(order_id), went(order_id, automatic=True, medium="e_mail", delivery="sent")])
    rows = await desk.fetch("SELECT author, answer, delivery FROM message ORDER BY id")
    assert [tuple(r) for r in rows] == [("cli:tester", "none", "none"), ("system", "none", "sent")]


async def test_a_message_with_a_reference_is_kept_once_however_often_and_wherever_it_comes(desk: Desk) -> None:
    first, second = await an_order_of(desk), await an_order_of(desk)
    twice = [came(first, reference="<1@mail>"), came(first, reference="<1@mail>"), came(first, reference="<2@mail>")]
    outcomes = await desk.run(record_messages, twice)
    assert codes(outcomes) == ["recorded", "already_recorded", "recorded"]
    assert outcomes[1].id == outcomes[0].id
    again = await desk.run(record_messages, [came(first, reference="<1@mail>"), came(second, reference="<2@mail>")])
    assert codes(again) == ["already_recorded", "already_recorded"]
    assert [o.id for o in again] == [outcomes[0].id, outcomes[2].id]
    other_medium = await desk.run(record_messages, [came(first, reference="<1@mail>", medium="chat")])
    assert codes(other_medium) == ["recorded"]
    assert await desk.value("SELECT count(*) FROM message") == 3


async def test_who_called_was_answered_on_the_telephone_unless_it_is_said(desk: Desk) -> None:
    order_id = await an_order_of(desk)
    calls = [came(order_id, medium="phone"), came(order_id, medium="phone", needs_answer=True),
             came(order_id, medium="chat", needs_answer=False)]  # fmt: skip
    await desk.run(record_messages, calls)
    assert [state for state, _ in await states(desk)] == ["none", "awaited", "none"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"said_at": utc_now() + timedelta(hours=1)}, "said_in_future"),
        ({"direction": "out", "needs_answer": True}, "nothing_to_answer"),
        ({"answers_until": utc_now()}, "answers_nothing"),
        ({"delivery": "sent"}, "nothing_to_deliver"),
        ({"metadata": {"a": "x" * 17_000}}, "metadata_too_large"),
    ],
)
async def test_what_cannot_be_so_is_refused_and_changes_nothing(desk: Desk, fields: Any, code: str) -> None:
    order_id = await an_order_of(desk)
    assert codes(await desk.run(record_messages, [came(order_id, **fields)])) == [code]
    assert await desk.value("SELECT count(*) FROM message") == 0
    assert await desk.events(order_id) == ["order.placed"]


async def test_a_message_of_an_order_or_customer_that_is_not_there_is_refused(desk: Desk) -> None:
    assert codes(await desk.run(record_messages, [came(new_id())])) == ["order_not_found"]
    command = RecordCustomerMessage(customer_id=new_id(), direction="in", medium="post", words="A letter")
    assert codes(await desk.run(record_customer_messages, [command])) == ["customer_not_found"]


async def test_an_order_has_a_thousand_messages_at_most(desk: Desk) -> None:
    order_id = await an_order_of(desk)
    outcomes = await desk.run(record_messages, [came(order_id, words="x")] * 1_001)
    assert codes(outcomes) == ["recorded"] * 1_000 + ["too_many_messages"]


async def test_a_shopper_writes_ten_times_an_hour_and_staff_as_often_as_they_like(desk: Desk) -> None:
    order_id = await an_order_of(desk)
    staff = desk.ctx
    desk.ctx = replace(staff, actor=f"shopper:{encode_id('ord', order_id)}")
    asked = came(order_id, medium="portal")
    assert codes(await desk.run(record_messages, [asked] * 11)) == ["recorded"] * 10 + ["too_many_at_once"]
    assert codes(await desk.run(record_messages, [asked])) == ["too_many_at_once"]
    desk.ctx = staff
    assert codes(await desk.run(record_messages, [went(order_id)])) == ["recorded"]


async def test_without_the_permission_nothing_is_written(desk: Desk) -> None:
    order_id = await an_order_of(desk)
    desk.ctx = replace(desk.ctx, permissions=frozenset({"messages.read"}))
    for verb, command in ((record_messages, came(order_id)), (settle_messages, None), (record_customer_messages, None)):
        with pytest.raises(PermissionDenied):
            await desk.run(verb, [command] if command else [], audited=False)


# ---- about no order ----


async def test_a_message_about_no_order_is_told_of_its_customer(desk: Desk) -> None:
    await an_order_of(desk)
    customer_id = await desk.value("SELECT customer_id FROM orders")
    say = RecordCustomerMessage(customer_id=customer_id, direction="in", medium="chat", words=SECRET)
    answer = RecordCustomerMessage(customer_id=customer_id, direction="out", medium="chat", words="Yes.")
    made = await desk.run(record_customer_messages, [say, answer])
    assert codes(made) == ["recorded", "recorded"]
    settled = SettleMessage(message_id=made[0].id, answer="answered")
    assert codes(await desk.run(settle_messages, [settled])) == ["settled"]
    assert await desk.events(customer_id) == [
        "customer.message_received", "customer.message_sent", "customer.message_settled",
    ]  # fmt: skip
    assert await desk.value("SELECT version FROM customer") == 4


async def test_the_portal_shows_no_message_about_no_order_and_a_limited_key_writes_none(desk: Desk) -> None:
    await an_order_of(desk)
    customer_id = await desk.value("SELECT customer_id FROM orders")
    say = RecordCustomerMessage(customer_id=customer_id, direction="out", medium="portal", words="Hello")
    assert codes(await desk.run(record_customer_messages, [say])) == ["portal_needs_order"]
    desk.ctx = replace(desk.ctx, channels=frozenset({await desk.value("SELECT channel_id FROM orders")}))
    with pytest.raises(PermissionDenied):
        await desk.run(record_customer_messages, [say], audited=False)


# ---- answering ----


async def test_an_answer_answers_what_was_seen_and_not_what_came_meanwhile(desk: Desk) -> None:
    order_id = await an_order_of(desk)
    await desk.run(record_messages, [came(order_id, "first")])
    seen = await desk.value("SELECT recorded_at FROM message")
    await desk.run(record_messages, [came(order_id, "meanwhile")])
    await desk.run(record_messages, [went(order_id, answers_until=seen)])
    assert await states(desk) == [("answered", "cli:tester"), ("awaited", None), ("none", None)]


async def test_a_message_is_settled_waits_again_and_one_that_went_out_never_does(desk: Desk) -> None:
    order_id = await an_order_of(desk)
    [asked, told] = await desk.run(record_messages, [came(order_id), went(order_id)])

    async def settle(message_id: UUID, answer: Any) -> list[str]:
        return codes(await desk.run(settle_messages, [SettleMessage(message_id=message_id, answer=answer)]))

    assert await settle(asked.id, "not_needed") == ["settled"]
    assert await settle(asked.id, "not_needed") == ["unchanged"]
    assert await states(desk) == [("not_needed", "cli:tester"), ("none", None)]
    assert await settle(asked.id, "awaited") == ["settled"]
    assert await states(desk) == [("awaited", None), ("none", None)]
    assert await settle(told.id, "answered") == ["nothing_to_answer"]
    assert await settle(new_id(), "answered") == ["message_not_found"]
    assert await desk.events(order_id) == ["order.placed", "message.received", "message.sent", *["message.settled"] * 2]


async def test_of_two_who_answer_what_waits_the_later_is_told(desk: Desk) -> None:
    order_id = await an_order_of(desk)
    await desk.run(record_messages, [came(order_id)])
    seen = await desk.value("SELECT recorded_at FROM message")
    answer = went(order_id, answers_until=seen, if_waiting=True)
    assert codes(await desk.run(record_messages, [answer, answer])) == ["recorded", "already_answered"]
    assert codes(await desk.run(record_messages, [answer])) == ["already_answered"]
    await desk.run(record_messages, [came(order_id)])
    assert codes(await desk.run(record_messages, [answer])) == ["already_answered"]  # nobody saw what came since
    assert codes(await desk.run(record_messages, [went(order_id, if_waiting=True)])) == ["recorded"]
    assert codes(await desk.run(record_messages, [went(order_id, answers_until=seen)])) == ["recorded"]
    assert codes(await desk.run(record_messages, [came(order_id, if_waiting=True)])) == ["answers_nothing"]
    assert [row[0] for row in await states(desk)] == ["answered", "none", "awaited", "none", "none"]


async def test_of_two_who_settle_a_message_the_later_is_told_unless_both_say_the_same(desk: Desk) -> None:
    order_id = await an_order_of(desk)
    [asked] = await desk.run(record_messages, [came(order_id)])

    async def settle(answer: Any, version: int) -> list[str]:
        command = SettleMessage(message_id=asked.id, answer=answer, version=version)
        return codes(await desk.run(settle_messages, [command]))

    assert await settle("answered", 1) == ["settled"]
    assert await settle("answered", 1) == ["unchanged"]
    assert await settle("not_needed", 1) == ["version_conflict"]
    assert await states(desk) == [("answered", "cli:tester")]
    assert await settle("not_needed", 2) == ["settled"]
    twice = [SettleMessage(message_id=asked.id, answer=a) for a in ("awaited", "answered")]
    assert codes(await desk.run(settle_messages, twice)) == ["settled", "settled"]
    assert await states(desk) == [("answered", "cli:tester")]


async def test_table_and_check_know_the_same_states(desk: Desk) -> None:
    check = await desk.value(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = 'message'::regclass AND conname = 'message_answer_check'"
    )
    assert {state for state in AnswerState if f"'{state}'" in check} == set(ANSWER_TRANSITIONS) == set(AnswerState)


# ---- erasing ----


async def kept(desk: Desk) -> list[tuple[Any, ...]]:
    return [tuple(r) for r in await desk.fetch("SELECT words, reference, metadata, answer FROM message ORDER BY id")]


async def test_messages_are_erased_with_the_customer_and_do_not_come_back(desk: Desk) -> None:
    order_id = await an_order_of(desk)
    customer_id = await desk.value("SELECT customer_id FROM orders")
    mail = came(order_id, reference="<1@mail>", metadata={"from": "ada@example.com"})
    letter = RecordCustomerMessage(customer_id=customer_id, direction="in", medium="post", words=SECRET)
    await desk.run(record_messages, [mail])
    await desk.run(record_customer_messages, [letter])
    erase = [EraseCustomer(customer_id=customer_id)]
    assert codes(await desk.run(erase_customers, erase)) == ["erased"]
    assert await kept(desk) == [(None, None, "{}", "not_needed")] * 2
    assert codes(await desk.run(record_messages, [mail])) == ["already_recorded"]
    assert codes(await desk.run(record_customer_messages, [letter])) == ["customer_not_found"]
    assert codes(await desk.run(erase_customers, erase)) == ["already_erased"]
    await desk.run(record_messages, [came(order_id)])
    assert codes(await desk.run(erase_customers, erase)) == ["erased"]
    assert await kept(desk) == [(None, None, "{}", "not_needed")] * 3


async def test_messages_are_erased_with_a_guest(desk: Desk) -> None:
    order_id = await an_order_of(desk, customer=None)
    for code in ("erased", "erased"):
        await desk.run(record_messages, [came(order_id)])
        assert codes(await desk.run(erase_guests, [EraseGuest(order_id=order_id)])) == [code]
        assert {row[0] for row in await kept(desk)} == {None}
    assert codes(await desk.run(erase_guests, [EraseGuest(order_id=order_id)])) == ["already_erased"]


async def test_an_erased_message_does_not_wait_again(desk: Desk) -> None:
    """It would stand in the list of what waits with no word to answer."""
    order_id = await an_order_of(desk, customer=None)
    [asked] = await desk.run(record_messages, [came(order_id)])
    await desk.run(erase_guests, [EraseGuest(order_id=order_id)])
    again = SettleMessage(message_id=asked.id, answer="awaited")
    assert codes(await desk.run(settle_messages, [again])) == ["message_erased"]
    assert await kept(desk) == [(None, None, "{}", "not_needed")]
    answered = SettleMessage(message_id=asked.id, answer="answered")
    assert codes(await desk.run(settle_messages, [answered])) == ["settled"]


# ---- statements ----


async def test_a_batch_of_100_messages_takes_as_many_statements_as_one(database: Database) -> None:
    counts = {n: await run_messages(Counting(database), n) for n in (1, 100)}
    assert counts[100] == counts[1] == MESSAGES


async def run_messages(desk: Counting, n: int) -> dict[str, int]:
    """Every verb, on `n` orders."""
    shop = await desk.shop(skus=n)
    orders = [an_order(shop.channel.code, [(sku.code, 1)]) for sku in shop.skus]
    order_ids = [outcome.order_id for outcome in await desk.place(*orders)]
    customer_ids = [r["customer_id"] for r in await desk.fetch("SELECT DISTINCT customer_id FROM orders")]
    asked = await desk.run(record_messages, [came(i) for i in order_ids])
    desk.statements = {}
    now = utc_now()
    answers = [went(i, answers_until=now, reference=f"{n} {k}") for k, i in enumerate(order_ids)]
    await desk.step("record_messages", record_messages, answers, "recorded")
    of_none = [
        RecordCustomerMessage(customer_id=customer_ids[k % len(customer_ids)], direction="out", medium="e_mail",
                              words="Hello", answers_until=now, reference=f"{n} {k}")
        for k in range(n)
    ]  # fmt: skip
    await desk.step("record_customer_messages", record_customer_messages, of_none, "recorded")
    settled = [SettleMessage(message_id=o.id, answer="not_needed") for o in asked]
    await desk.step("settle_messages", settle_messages, settled, "settled")
    await desk.audit()
    return desk.statements
