"""API keys: made, shown once, listed, revoked, limited."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from orderwright.access import (
    SCOPES,
    InvalidKeyExpiry,
    InvalidKeyName,
    UnknownMerchant,
    UnknownScope,
    check_scopes,
    create_api_key,
    list_api_keys,
    revoke_api_key,
)
from orderwright.access.key_text import KeyText, new_key_text, parse_key_text
from orderwright.platform.db import Database
from orderwright.platform.errors import NotFound
from orderwright.platform.ids import new_ids


async def test_a_new_key_is_shown_once_and_only_its_hash_is_kept(database: Database) -> None:
    channels = new_ids(2)
    expires_at = datetime(2090, 1, 1, tzinfo=UTC)
    async with database.operator_transaction() as tx:
        key, text = await create_api_key(
            tx, "acme", " Web shop ", ["orders.read", "orders.place", "orders.read"], expires_at=expires_at,
            channel_ids=reversed(channels), location_ids=[],
        )  # fmt: skip
        [row] = await tx.fetch("SELECT * FROM api_key")
    assert re.fullmatch(r"ow_[a-z0-9]{12}_[A-Za-z0-9_-]{43}", str(text))
    assert (key.merchant, key.name, key.prefix, key.scopes) == (
        "acme", "Web shop", text.prefix, ["orders.place", "orders.read"],
    )  # fmt: skip
    assert (key.channel_ids, key.location_ids, key.expires_at) == (channels, [], expires_at)
    assert (key.revoked_at, key.last_used_at) == (None, None)
    assert row["secret_hash"] == text.secret_hash
    assert text.secret not in repr(row)
    assert text.secret not in repr((key, text))


async def test_keys_are_listed_by_merchant_in_pages(database: Database) -> None:
    async with database.operator_transaction() as tx:
        made = [(await create_api_key(tx, "acme", f"Key {n}", ["*"])).key for n in range(3)]
        other = (await create_api_key(tx, "bolt", "Other", ["*"])).key
        first = await list_api_keys(tx, "acme", limit=2)
        second = await list_api_keys(tx, "acme", limit=2, after=first[-1].id)
        assert (first, second) == (made[:2], made[2:])
        assert await list_api_keys(tx, "bolt") == [other]


async def test_a_key_is_revoked_once_by_its_own_merchant(database: Database) -> None:
    async with database.operator_transaction() as tx:
        key, text = await create_api_key(tx, "acme", "Key", ["*"])
        with pytest.raises(NotFound):
            await revoke_api_key(tx, "bolt", key.prefix)
        assert (await list_api_keys(tx, "acme"))[0].revoked_at is None
    async with database.operator_transaction() as tx:
        revoked = await revoke_api_key(tx, "acme", key.prefix)
    async with database.operator_transaction() as tx:
        again = await revoke_api_key(tx, "acme", str(text))
    assert revoked.revoked_at is not None
    assert again == revoked


async def test_keys_that_cannot_be_made(database: Database) -> None:
    async with database.operator_transaction() as tx:
        with pytest.raises(UnknownMerchant):
            await create_api_key(tx, "nobody", "Key", ["*"])
        with pytest.raises(UnknownScope):
            await create_api_key(tx, "acme", "Key", ["orders.plce"])
        for name in ("", "  ", "x" * 201, "a\0b", "a\nb"):
            with pytest.raises(InvalidKeyName):
                await create_api_key(tx, "acme", name, ["*"])
        now = datetime.now(UTC)
        for moment in (now, now - timedelta(days=1), (now + timedelta(days=1)).replace(tzinfo=None)):
            with pytest.raises(InvalidKeyExpiry):
                await create_api_key(tx, "acme", "Key", ["*"], expires_at=moment)
        assert await list_api_keys(tx, "acme") == []


def test_unknown_scopes_are_refused_with_a_hint() -> None:
    assert check_scopes(["stock.read", "*", "stock.read"]) == ["*", "stock.read"]
    assert check_scopes(SCOPES) == sorted(SCOPES)
    with pytest.raises(UnknownScope, match=r"There is no scope 'orders.plce'. Did you mean orders.place\?"):
        check_scopes(["orders.plce"])
    with pytest.raises(UnknownScope, match="at least one scope"):
        check_scopes([])


def test_the_text_of_a_key() -> None:
    text = new_key_text()
    assert parse_key_text(str(text)) == text
    assert len({new_key_text() for _ in range(100)}) == 100
    underscores = KeyText("abcdefghijkm", "_-" * 21 + "_")
    assert parse_key_text(str(underscores)) == underscores
    for wrong in (
        "",
        "ow_",
        str(text)[:-1],
        str(text) + "x",
        str(text) + "\n",
        str(text).upper(),
        "sk" + str(text)[2:],
    ):
        assert parse_key_text(wrong) is None
