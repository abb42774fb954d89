"""Authentication by key: who is let in, for how long an answer is believed, and what it costs."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from orderwright.access import Authenticator, create_api_key, revoke_api_key
from orderwright.access.authenticate import CACHED_KEYS_MAX, PARALLEL_LOOKUPS
from orderwright.access.key_text import KeyText, new_key_text
from orderwright.platform.db import Database
from orderwright.platform.errors import DatabaseUnavailable, NotAuthenticated
from orderwright.platform.ids import new_ids
from tests.helpers.databases import connect


class Clock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


class Counting(Authenticator):
    """An authenticator that counts its look-ups."""

    lookups = 0

    async def _fetch(self, text: KeyText, digest: bytes):  # type: ignore[no-untyped-def]
        self.lookups += 1
        return await super()._fetch(text, digest)


async def given_key(database: Database, merchant: str = "acme", **rest: object) -> tuple[str, KeyText]:
    async with database.operator_transaction() as tx:
        made = await create_api_key(tx, merchant, "Key", ["orders.place"], **rest)  # type: ignore[arg-type]
    return f"Bearer {made.text}", made.text


async def refusal(keys: Authenticator, header: str | None) -> str:
    with pytest.raises(NotAuthenticated) as raised:
        await keys.authenticate(header)
    return str(raised.value)


async def last_used(database: Database) -> datetime | None:
    async with database.operator_transaction() as tx:
        moment: datetime | None = await tx.fetchval("SELECT last_used_at FROM api_key")
    return moment


async def test_a_good_key_gives_the_context_of_its_merchant(database: Database) -> None:
    channels, keys = new_ids(2), Authenticator(database)
    header, text = await given_key(database, "bolt", channel_ids=channels)
    caller = await keys.authenticate(header)
    context = caller.context(request_id="req_1", reason="test")
    assert (context.merchant, context.actor, context.request_id) == ("bolt", f"key:{text.prefix}", "req_1")
    assert (context.permissions, context.channels, context.locations) == (
        frozenset({"orders.place"}), frozenset(channels), None,
    )  # fmt: skip
    assert await keys.authenticate(header.replace("Bearer", "bearer")) == caller
    await keys.close()


async def test_what_is_no_key_is_refused_without_asking(database: Database) -> None:
    keys = Counting(database)
    _, text = await given_key(database)
    assert "is missing" in await refusal(keys, None)
    assert "is missing" in await refusal(keys, "")
    for header in ("Bearer", "Bearer x", f"Basic {text}", str(text), f"Bearer {str(text)[:-1]}", f"Bearer {text}\0"):
        assert "This is not an API key" in await refusal(keys, header)
    assert keys.lookups == 0


async def test_a_wrong_secret_says_no_more_than_an_unknown_key(database: Database) -> None:
    keys = Authenticator(database)
    _, text = await given_key(database)
    async with database.operator_transaction() as tx:
        await revoke_api_key(tx, "acme", text.prefix)
    wrong = KeyText(text.prefix, new_key_text().secret)
    assert await refusal(keys, f"Bearer {wrong}") == await refusal(keys, f"Bearer {new_key_text()}")
    assert "revoked" in await refusal(keys, f"Bearer {text}")


async def test_a_revoked_key_stops_working_within_five_seconds(database: Database) -> None:
    clock = Clock()
    keys = Authenticator(database, clock=clock)
    header, text = await given_key(database)
    await keys.authenticate(header)
    async with database.operator_transaction() as tx:
        await revoke_api_key(tx, "acme", text.prefix)
    clock.seconds += 4.9
    await keys.authenticate(header)
    clock.seconds += 0.1
    assert await refusal(keys, header) == "This API key was revoked. Ask an administrator for a new one."
    await keys.close()


async def test_an_expired_key_is_refused_at_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = Authenticator(database)
    header, _ = await given_key(database, expires_at=datetime.now(UTC) + timedelta(hours=1))
    await keys.authenticate(header)
    monkeypatch.setattr(
        "orderwright.access.authenticate.utc_now", lambda: datetime.now(UTC) + timedelta(hours=1, seconds=1)
    )
    assert await refusal(keys, header) == "This API key has expired. Ask an administrator for a new one."
    await keys.close()


async def test_answers_are_believed_for_a_while(database: Database) -> None:
    clock = Clock()
    keys = Counting(database, clock=clock)
    header, _ = await given_key(database)
    unknown = f"Bearer {new_key_text()}"
    looked_up = []
    for seconds in (0.0, 0.9, 0.1, 3.9, 0.1):
        clock.seconds += seconds
        await keys.authenticate(header)
        await refusal(keys, unknown)
        looked_up.append(keys.lookups)
    assert looked_up == [2, 2, 3, 4, 5]  # a good one is asked for after 5 s, a bad one after 1 s
    await keys.close()


async def test_many_at_once_ask_once_and_one_who_leaves_stops_nobody(database: Database) -> None:
    keys = Counting(database)
    header, _ = await given_key(database)
    callers = [asyncio.create_task(keys.authenticate(header)) for _ in range(50)]
    await asyncio.sleep(0)
    callers[0].cancel()
    results = await asyncio.gather(*callers, return_exceptions=True)
    assert isinstance(results[0], asyncio.CancelledError)
    assert len({caller.key_id for caller in results[1:]}) == 1  # type: ignore[union-attr]
    assert keys.lookups == 1
    await keys.close()


async def test_a_flood_of_made_up_keys_leaves_room_and_memory(database: Database) -> None:
    keys = Authenticator(database)
    header, _ = await given_key(database)
    await keys.authenticate(header)
    await keys.close()
    await asyncio.gather(*(refusal(keys, f"Bearer {new_key_text()}") for _ in range(100)))
    assert database.pool.get_size() == PARALLEL_LOOKUPS  # the pool opens a connection only when none is free
    assert (len(keys._good), len(keys._bad), len(keys._lookups)) == (1, 100, 0)
    keys._bad.update((str(n).encode(), next(iter(keys._bad.values()))) for n in range(CACHED_KEYS_MAX - 100))
    await refusal(keys, f"Bearer {new_key_text()}")
    assert len(keys._bad) == CACHED_KEYS_MAX


async def test_use_is_noted_once_a_minute_beside_the_request(database: Database) -> None:
    clock = Clock()
    keys = Authenticator(database, clock=clock)
    header, _ = await given_key(database)
    await keys.authenticate(header)
    await keys.close()
    first = await last_used(database)
    assert first is not None
    clock.seconds += 59
    await keys.authenticate(header)
    await keys.close()
    assert await last_used(database) == first
    async with database.operator_transaction() as tx:
        await tx.execute("UPDATE api_key SET last_used_at = last_used_at - interval '60 seconds'")
    clock.seconds += 1
    await keys.authenticate(header)
    await keys.close()
    second = await last_used(database)
    assert second is not None
    assert second > first


async def test_two_processes_note_it_once(database: Database) -> None:
    header, _ = await given_key(database)
    moments = []
    for _ in range(2):
        keys = Authenticator(database)
        await keys.authenticate(header)
        await keys.close()
        moments.append(await last_used(database))
    assert moments[0] == moments[1]


async def test_without_a_database_it_is_not_the_key_that_is_blamed(database: Database) -> None:
    clock = Clock()
    other = await connect(database.dsn)
    keys = Authenticator(other, clock=clock)
    header, _ = await given_key(database)
    await keys.authenticate(header)
    await keys.close()
    await other.close()
    clock.seconds += 4.9
    await keys.authenticate(header)
    clock.seconds += 0.1
    with pytest.raises(DatabaseUnavailable):
        await keys.authenticate(header)
    assert len(keys._lookups) == 0
