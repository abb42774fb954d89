"""Words that are spelled like what was typed: which ones, how they are found, and that they can be forgotten."""

from __future__ import annotations

import asyncio
import json

import pytest

from orderwright.customers import index_contact_words, may_be_misspelled, words_like
from orderwright.customers.spelling import WORDS_LIKE, choose_like, distance
from orderwright.flows.erase_customers import EraseCustomer, erase_customers
from orderwright.platform.db import Database, Transaction
from orderwright.platform.ids import UUID
from tests.builders.customers import a_bare_order, a_customer, placed
from tests.helpers.contexts import a_context
from tests.helpers.databases import waiting_backend


@pytest.mark.parametrize(
    ("one", "other", "letters"),
    [
        ("johnson", "johnson", 0),
        ("jonson", "johnson", 1),  # left out
        ("johnsonn", "johnson", 1),  # twice
        ("jahnson", "johnson", 1),  # another
        ("jonhson", "johnson", 1),  # swapped
        ("jonhsen", "johnson", 2),
        ("jhonsno", "johnson", 2),
        ("иваноф", "иванов", 1),
        ("smith", "jones", 3),  # more than two, however many
        ("li", "lovelace", 3),
    ],
)
def test_how_many_letters_differ(one: str, other: str, letters: int) -> None:
    assert distance(one, other, 2) == letters
    assert distance(other, one, 2) == letters


def test_a_long_word_may_have_two_wrong_letters_a_short_one_one() -> None:
    assert choose_like("jonsen", ["jensen", "johnson", "jonas", "jon"]) == ["jensen", "johnson"]
    assert choose_like("smit", ["smith", "schmit", "smyth", "smit"]) == ["smit", "smith"]


def test_a_part_of_a_word_stands_for_it() -> None:
    assert choose_like("velace", ["lovelace", "valace", "vela"]) == ["lovelace", "valace", "vela"]


def test_no_more_than_ten_the_nearest_first() -> None:
    words = [f"johnso{letter}" for letter in "abcdefghijklm"]
    assert choose_like("johnson", [*words, "jonson"]) == [*words[:10]]
    assert choose_like("jonson", [*words, "johnson"]) == ["johnson", *words[:9]]


@pytest.mark.parametrize(
    ("text", "may"),
    [("Jonson", True), ("O'Brian, Mary-Ann", True), ("Müller & Söhne", True), ("W-100042", False),
     ("ada@example", False), ("ord_01j9", False), ("50%", False)],
)  # fmt: skip
def test_what_can_be_a_name(text: str, may: bool) -> None:
    assert may_be_misspelled(text) is may


async def known(tx: Transaction) -> list[str]:
    """The words that can be found by their spelling."""
    return [row["word"] for row in await tx.fetch("SELECT word FROM name_word ORDER BY word")]


async def a_person(tx: Transaction, name: str) -> tuple[UUID, UUID]:
    """A customer with an order, whose words are kept."""
    customer_id = await a_customer(tx)
    order_id = await a_bare_order(tx, customer_id, {"name": name, "company": None})
    await index_contact_words(tx, a_context(), placed(order_id))
    return customer_id, order_id


async def test_words_are_found_by_their_spelling(database: Database) -> None:
    async with database.transaction("acme") as tx:
        await a_person(tx, "Ada Johnson")
        await a_person(tx, "Grace Smith")
        await a_person(tx, "Иван Иванов")
        before = tx.statements
        found = await words_like(tx, ["jonson", "smtih", "ace", "hns", "ohns", "иваноф", "nobody"])
        assert tx.statements - before == 1
        assert found == {
            "jonson": ["johnson"], "smtih": ["smith"], "ace": ["ace"], "hns": ["hns"], "ohns": ["johnson"],
            "иваноф": ["иванов", "иван"], "nobody": [],
        }  # fmt: skip
        assert await words_like(tx, ["ada"]) == {"ada": ["ada"]}
        assert tx.statements - before == 1
    async with database.transaction("bolt") as tx:
        assert await words_like(tx, ["jonson"]) == {"jonson": []}


async def test_words_are_found_by_the_index(database: Database) -> None:
    """However many there are: as for twenty thousand names."""
    async with database.transaction("acme") as tx:
        await tx.execute("INSERT INTO name_word SELECT md5(n::text), md5(n::text) FROM generate_series(1, 20000) AS n")
        await tx.execute("ANALYZE name_word")
        rows = await tx.fetch(f"EXPLAIN (FORMAT JSON) {WORDS_LIKE.sql}", ["jonson"], ["jonson"])
    plan = json.dumps(json.loads(rows[0][0]))
    assert "name_word_latin_idx" in plan
    assert '"Seq Scan"' not in plan


async def test_a_word_is_kept_once_and_goes_with_the_last_who_has_it(database: Database) -> None:
    async with database.transaction("acme") as tx:
        ada, _ = await a_person(tx, "Ada Lovelace")
        king, _ = await a_person(tx, "Ada King")
        assert await known(tx) == ["ada", "king", "lovelace"]
        await erase_customers(tx, a_context(), [EraseCustomer(customer_id=ada)])
        assert await known(tx) == ["ada", "king"]
        await erase_customers(tx, a_context(), [EraseCustomer(customer_id=king)])
        assert await known(tx) == []


async def test_a_word_that_is_being_kept_for_another_stays(database: Database) -> None:
    """An erasure must not forget a word because it cannot see yet who else has it."""
    async with database.transaction("acme") as tx:
        ada, _ = await a_person(tx, "Ada Lovelace")
        another = await a_bare_order(tx, None, {"name": "Ada King", "company": None})

    async def erase() -> None:
        async with database.transaction("acme") as tx:
            await erase_customers(tx, a_context(), [EraseCustomer(customer_id=ada)])

    async with database.transaction("acme") as tx:
        await index_contact_words(tx, a_context(), placed(another))
        erasing = asyncio.create_task(erase())
        await waiting_backend(database)
    await erasing
    async with database.transaction("acme") as tx:
        assert await known(tx) == ["ada", "king"]
