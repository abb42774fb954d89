"""Who an order is from: one identity a person, none for nobody, and no deadlock between two that come together."""

from __future__ import annotations

import asyncio

import pytest

from orderwright.customers import find_customers, identity_hash, make_customers
from orderwright.platform.db import Database, Transaction
from orderwright.platform.ids import UUID

KEY = b"k" * 32


def identity(
    email: str | None = None, phone: str | None = None, external_id: str | None = None, channel: str = "web"
) -> bytes | None:
    return identity_hash(KEY, email=email, phone=phone, country="US", channel=channel, external_id=external_id)


async def record(tx: Transaction, hashes: list[bytes]) -> dict[bytes, UUID]:
    """The customers of these identities, made where missing."""
    buyers = await find_customers(tx, hashes)
    moved = await make_customers(tx, buyers.new)
    return {key: moved.get(made, made) for key, made in buyers.ids.items()}


@pytest.mark.parametrize("email", [None, "", " "])
@pytest.mark.parametrize("phone", [None, "", "-", "( )"])
def test_nothing_is_nobody(email: str | None, phone: str | None) -> None:
    """Fault: all whose phone was a dash were one customer."""
    assert identity(email, phone) is None
    assert identity(email, phone, "42") == identity(external_id="42")


def test_who_comes_before_what() -> None:
    assert identity("a@example.com", "617 555 0132", "42") == identity("a@example.com")
    assert identity(None, "617 555 0132", "42") == identity(phone="617 555 0132")
    assert len({identity("a@example.com"), identity(phone="617 555 0132"), identity(external_id="42")}) == 3


def test_a_channel_s_own_ids_are_its_own() -> None:
    assert identity(external_id="42", channel="web") != identity(external_id="42", channel="app")
    assert identity(external_id="b:42", channel="a") != identity(external_id="42", channel="a:b")


async def test_customers_are_made_once(database: Database) -> None:
    async with database.transaction("acme") as tx:
        first = await record(tx, [b"1" * 16, b"2" * 16, b"1" * 16])
    async with database.transaction("acme") as tx:
        assert await record(tx, [b"2" * 16, b"3" * 16]) == {
            b"2" * 16: first[b"2" * 16],
            b"3" * 16: await tx.fetchval("SELECT id FROM customer WHERE identity_hash = $1", b"3" * 16),
        }
        assert await record(tx, []) == {}


async def test_the_same_new_customers_from_two_sides(database: Database) -> None:
    """However many are known already, which changes how the database looks for the others."""
    known = [n.to_bytes(16, "big") for n in range(3_000)]
    async with database.transaction("acme") as tx:
        await record(tx, known)
        await tx.execute("ANALYZE customer")

    async def record_alone(hashes: list[bytes]) -> dict[bytes, UUID]:
        async with database.transaction("acme") as tx:
            return await record(tx, hashes)

    for round_ in range(10):
        new = [((round_ + 1) << 64 | n).to_bytes(16, "big") for n in range(60)]
        mixed = known[:: round_ + 1] + new
        one, two = await asyncio.gather(record_alone(mixed), record_alone(mixed[::-1]))
        assert one == two
