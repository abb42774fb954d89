"""Sessions: whose a cookie is, for how long that is believed, and how they end."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from orderwright.access import Sessions, SignedIn, session_cookie_name, sign_in, start_session
from orderwright.access.own_account import end_other_sessions, end_own_session, list_own_sessions
from orderwright.access.session_tokens import new_token
from orderwright.platform.db import Database
from orderwright.platform.errors import PermissionDenied
from orderwright.platform.ids import new_id
from tests.builders.people import PASSWORD, a_cookie, a_person, signed_in
from tests.helpers.databases import connect, until


class Clock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


async def test_a_cookie_is_looked_up_at_most_every_five_seconds(database: Database) -> None:
    person = await a_person(database, role="planner")
    cookie = await a_cookie(database, person.id)
    clock = Clock()
    sessions = Sessions(database, clock=clock)
    assert await sessions.signed_in(cookie) is not None
    await end_all(database)
    clock.seconds += 4.9
    assert await sessions.signed_in(cookie) is not None
    clock.seconds += 0.2
    assert await sessions.signed_in(cookie) is None
    await sessions.close()


async def test_what_this_process_ended_is_over_at_once(database: Database) -> None:
    person = await a_person(database)
    cookie = await a_cookie(database, person.id)
    sessions = Sessions(database)
    assert await sessions.signed_in(cookie) is not None
    await end_all(database)
    sessions.forget(person_id=new_id())
    assert await sessions.signed_in(cookie) is not None
    sessions.forget(person_id=person.id)
    assert await sessions.signed_in(cookie) is None
    await sessions.close()


async def test_sessions_end_unused_after_twelve_hours_and_always_after_fourteen_days(database: Database) -> None:
    person = await a_person(database)
    for change in ("seen_at = now() - interval '12 hours 1 second'", "expires_at = now() - interval '1 second'"):
        cookie = await a_cookie(database, person.id)
        async with database.operator_transaction() as tx:
            [row] = await tx.fetch("SELECT max(expires_at) - now() AS left FROM session")
            assert timedelta(days=13, hours=23) < row["left"] <= timedelta(days=14)
        assert await found_by(database, cookie) is not None
        async with database.operator_transaction() as tx:
            await tx.execute(f"UPDATE session SET {change}")
        assert await found_by(database, cookie) is None


async def test_a_session_that_expires_while_it_is_believed_has_expired(database: Database) -> None:
    person = await a_person(database)
    cookie = await a_cookie(database, person.id)
    async with database.operator_transaction() as tx:
        await tx.execute("UPDATE session SET expires_at = now() + interval '300 milliseconds'")
    sessions = Sessions(database, clock=Clock())

    async def over() -> bool:
        return await sessions.signed_in(cookie) is None

    await until(over)
    await sessions.close()


async def test_use_is_noted_once_a_minute_with_address_and_device(database: Database) -> None:
    person = await a_person(database)
    cookie = await a_cookie(database, person.id)
    async with database.operator_transaction() as tx:
        await tx.execute("UPDATE session SET seen_at = now() - interval '2 minutes'")
    clock = Clock()
    sessions = Sessions(database, clock=clock)
    for address in ("203.0.113.7", "203.0.113.8"):
        await sessions.signed_in(cookie, address=address, device="Firefox\x1b[31m" + "x" * 1_000)
    await sessions.close()
    [entry] = await list_own_sessions(database, person.id)
    assert entry.seen_from == "203.0.113.7"
    assert entry.seen_with is not None
    assert entry.seen_with.startswith("Firefox[31mxxx")
    assert len(entry.seen_with) == 299
    assert datetime.now(UTC) - entry.seen_at < timedelta(minutes=1)


async def test_what_is_no_cookie_costs_nothing(database: Database) -> None:
    elsewhere = await connect(database.dsn)
    await elsewhere.close()
    sessions = Sessions(elsewhere)
    for text in (None, "", "x", "x" * 44, new_token() + "\n", "\0" * 43):
        assert await sessions.signed_in(text) is None
    await sessions.close()


async def test_made_up_cookies_are_remembered_for_a_second_apart_from_good_ones(database: Database) -> None:
    person = await a_person(database)
    clock = Clock()
    sessions = Sessions(database, clock=clock)
    token = new_token()
    assert await sessions.signed_in(token) is None
    assert (len(sessions._good), len(sessions._bad)) == (0, 1)
    assert await sessions.signed_in(await a_cookie(database, person.id)) is not None
    assert (len(sessions._good), len(sessions._bad)) == (1, 1)
    await sessions.close()


async def test_many_requests_of_one_session_ask_once(database: Database) -> None:
    person = await a_person(database)
    cookie = await a_cookie(database, person.id)
    sessions = Sessions(database)
    found = await asyncio.gather(*(sessions.signed_in(cookie) for _ in range(20)))
    assert len({id(one) for one in found}) == 1
    await sessions.close()


async def test_the_context_is_that_of_the_role(database: Database) -> None:
    [channel] = [new_id()]
    person = await a_person(database, role="care_agent", channel_ids=[channel])
    who = await signed_in(database, person.id)
    ctx = who.context("acme", request_id="req_1")
    assert (ctx.actor, ctx.channels, ctx.locations) == (who.actor, frozenset({channel}), None)
    assert ctx.origin == who.origin
    assert ctx.may("orders.cancel")
    assert not ctx.may("people.write")
    with pytest.raises(PermissionDenied):
        who.context("bolt")
    assert person.email not in repr(who)


async def test_people_see_and_end_their_own_sessions_only(database: Database) -> None:
    me, other = await a_person(database), await a_person(database)
    mine = await signed_in(database, me.id)
    await sign_in(database, me.email, PASSWORD)
    theirs = await signed_in(database, other.id)
    assert len(await list_own_sessions(database, me.id)) == 2
    assert not await end_own_session(database, mine, theirs.session_id)
    assert await end_other_sessions(database, mine) == 1
    assert [entry.id for entry in await list_own_sessions(database, me.id)] == [mine.session_id]
    assert await end_own_session(database, mine, mine.session_id)
    assert not await end_own_session(database, mine, mine.session_id)
    assert len(await list_own_sessions(database, other.id)) == 1


async def test_a_session_costs_one_statement_and_two_to_look_up(database: Database) -> None:
    person = await a_person(database)
    async with database.operator_transaction() as tx:
        await start_session(tx, person.id, "password")
        assert tx.statements == 1


def test_secure_cookies_have_a_name_that_no_other_host_can_set() -> None:
    assert (session_cookie_name(False), session_cookie_name(True)) == ("ow_session", "__Host-ow_session")


async def found_by(database: Database, cookie: str) -> SignedIn | None:
    sessions = Sessions(database)
    found = await sessions.signed_in(cookie)
    await sessions.close()
    return found


async def end_all(database: Database) -> None:
    async with database.operator_transaction() as tx:
        await tx.execute("UPDATE session SET ended_at = now()")
