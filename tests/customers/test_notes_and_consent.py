"""Notes on customers, and what customers consent to."""

from __future__ import annotations

import asyncpg
import pytest

from orderwright.customers import (
    AddCustomerNote,
    ChangeCustomerNote,
    RemoveCustomerNote,
    SayConsent,
    SetConsent,
    add_customer_notes,
    change_customer_notes,
    consent_history,
    consent_states,
    notes_of_customer,
    remove_customer_notes,
    set_consents,
    withdrawn_by_merge,
)
from orderwright.flows.erase_customers import EraseCustomer, erase_customers
from orderwright.flows.say_consents import say_consents
from orderwright.platform.db import Database
from orderwright.platform.errors import PermissionDenied
from orderwright.platform.ids import new_id, new_ids
from tests.builders.customers import a_bare_order, a_customer
from tests.flows.test_merge_customers import CUSTOMERS
from tests.helpers.contexts import a_context


async def test_notes_are_written_changed_by_their_author_pinned_by_anybody_and_removed(database: Database) -> None:
    ctx, other = a_context(), a_context(actor="user:somebody")
    async with database.transaction("acme") as tx:
        ada = await a_customer(tx)
        adds = [AddCustomerNote(customer_id=i, words="Calls after six.") for i in (ada, new_id())]
        [added, unknown] = await add_customer_notes(tx, ctx, adds)
        assert (added.code, unknown.code) == ("added", "customer_not_found")
        assert added.id is not None
        changes = [
            ChangeCustomerNote(customer_note_id=added.id, words="Mine now."),
            ChangeCustomerNote(customer_note_id=added.id, pinned=True),
            ChangeCustomerNote(customer_note_id=added.id, pinned=True),
            ChangeCustomerNote(customer_note_id=new_id(), pinned=True),
        ]
        codes = [o.code for o in await change_customer_notes(tx, other, changes)]
        assert codes == ["not_the_author", "changed", "unchanged", "note_not_found"]
        [note] = await notes_of_customer(tx, ada)
        assert (note.words, note.pinned, note.version, note.author) == ("Calls after six.", True, 2, ctx.actor)
        going = [RemoveCustomerNote(customer_note_id=added.id)] * 2
        assert [o.code for o in await remove_customer_notes(tx, other, going)] == ["removed", "note_not_found"]
        assert await notes_of_customer(tx, ada) == []
        events = await tx.fetch("SELECT type, seq, data FROM event WHERE subject_id = $1 ORDER BY seq", ada)
    assert [(e["type"], e["seq"]) for e in events] == [
        ("customer.note_added", 2), ("customer.note_changed", 3), ("customer.note_removed", 4),
    ]  # fmt: skip
    assert "six" not in "".join(e["data"] for e in events)


async def test_an_erased_customer_has_no_notes_and_gets_none(database: Database) -> None:
    async with database.transaction("acme") as tx:
        ada = await a_customer(tx)
        note = AddCustomerNote(customer_id=ada, words="Calls after six.")
        await add_customer_notes(tx, a_context(), [note])
        await erase_customers(tx, a_context(), [EraseCustomer(customer_id=ada)])
        [no] = await add_customer_notes(tx, a_context(), [note])
        assert await notes_of_customer(tx, ada) == []
    assert no.code == "customer_not_found"


async def test_what_was_said_last_counts_and_all_of_it_is_kept(database: Database) -> None:
    async with database.transaction("acme") as tx:
        ada = await a_customer(tx)
        said = [
            SetConsent(customer_id=ada, purpose="marketing_email", given=True),
            SetConsent(customer_id=ada, purpose="marketing_email", given=True),
            SetConsent(customer_id=ada, purpose="marketing_email", given=False),
            SetConsent(customer_id=ada, purpose="profiling", given=True),
            SetConsent(customer_id=new_id(), purpose="profiling", given=True),
        ]
        codes = [o.code for o in await set_consents(tx, a_context(reason="on the phone"), said)]
        states = await consent_states(tx, [ada])
        history = await consent_history(tx, ada)
        events = await tx.fetch("SELECT type, data FROM event WHERE subject_id = $1 ORDER BY seq", ada)
    assert codes == ["set", "unchanged", "set", "set", "customer_not_found"]
    assert states == {(ada, "marketing_email"): False, (ada, "profiling"): True}
    assert [(row.purpose, row.given, row.reason) for row in history] == [
        ("profiling", True, "on the phone"), ("marketing_email", False, "on the phone"),
        ("marketing_email", True, "on the phone"),
    ]  # fmt: skip
    assert [e["type"] for e in events] == [
        "customer.consent_given", "customer.consent_withdrawn", "customer.consent_given",
    ]  # fmt: skip


async def test_evidence_outlives_an_erasure_and_is_never_changed(database: Database) -> None:
    async with database.transaction("acme") as tx:
        ada = await a_customer(tx)
        given = SetConsent(customer_id=ada, purpose="profiling", given=True)
        await set_consents(tx, a_context(), [given])
        await erase_customers(tx, a_context(), [EraseCustomer(customer_id=ada)])
        assert len(await consent_history(tx, ada)) == 1
        codes = [o.code for o in await set_consents(tx, a_context(), [given])]
        withdrawn = SetConsent(customer_id=ada, purpose="profiling", given=False)
        codes += [o.code for o in await set_consents(tx, a_context(), [withdrawn])]
    assert codes == ["customer_erased", "set"]
    with pytest.raises(asyncpg.RestrictViolationError):
        async with database.transaction("acme") as tx:
            await tx.execute("UPDATE consent SET given = true")


async def test_one_takes_as_many_statements_as_a_hundred(database: Database) -> None:
    counts: list[list[int]] = []
    for count in (1, 100):
        async with database.transaction("acme") as tx:
            people = [await a_customer(tx) for _ in range(count)]
        used = []
        async with database.transaction("acme") as tx:
            added = await add_customer_notes(
                tx, a_context(), [AddCustomerNote(customer_id=i, words="A") for i in people]
            )
            used.append(tx.statements)
            ids = [o.id for o in added if o.id is not None]
            await change_customer_notes(
                tx, a_context(), [ChangeCustomerNote(customer_note_id=i, pinned=True) for i in ids]
            )
            used.append(tx.statements)
            await remove_customer_notes(tx, a_context(), [RemoveCustomerNote(customer_note_id=i) for i in ids])
            used.append(tx.statements)
            said = [SetConsent(customer_id=i, purpose="profiling", given=True) for i in people]
            await set_consents(tx, a_context(), said)
            used.append(tx.statements)
        counts.append(used)
    assert counts == [[7, 15, 23, 30]] * 2


async def test_a_word_by_way_of_an_order_is_the_customers(database: Database) -> None:
    shopper = a_context(actor="shopper:somebody")
    async with database.transaction("acme") as tx:
        ada, gone = await a_customer(tx), await a_customer(tx)
        hers, theirs, guests = [await a_bare_order(tx, whose, {}) for whose in (ada, gone, None)]
        await erase_customers(tx, a_context(), [EraseCustomer(customer_id=gone)])
        said = [SayConsent(order_id=i, purpose="profiling", given=True) for i in (hers, hers, theirs, guests, new_id())]
        outcomes = await say_consents(tx, shopper, said)
        [back] = await say_consents(tx, a_context(), [SayConsent(order_id=hers, purpose="profiling", given=False)])
        elsewhere = a_context(channels=frozenset([new_id()]))
        [unseen] = await say_consents(tx, elsewhere, said[:1])
        rows = await consent_history(tx, ada)
        with pytest.raises(PermissionDenied):
            await say_consents(tx, a_context(permissions={"orders.read", "customers.read"}), said)
    assert [o.code for o in outcomes] == ["set", "unchanged", "customer_erased", "no_customer", "order_not_found"]
    assert (outcomes[0].id, back.code, unseen.code) == (ada, "set", "order_not_found")
    assert [(row.given, row.source, row.order_id) for row in rows] == [(False, "program", None), (True, "portal", hers)]


async def test_words_by_way_of_orders_take_as_many_statements_as_one(database: Database) -> None:
    counts = []
    for count in (1, 100):
        async with database.transaction("acme") as tx:
            order_ids = [await a_bare_order(tx, await a_customer(tx), {}) for _ in range(count)]
        async with database.transaction("acme") as tx:
            said = [SayConsent(order_id=i, purpose="profiling", given=True) for i in order_ids]
            outcomes = await say_consents(tx, a_context(), said)
            counts.append(tx.statements)
        assert {o.code for o in outcomes} == {"set"}
    assert counts == [CUSTOMERS["say_consents"]] * 2


async def test_they_need_the_permission_and_no_limits(database: Database) -> None:
    async with database.transaction("acme") as tx:
        for ctx in (a_context(permissions={"customers.read"}), a_context(channels=frozenset([new_id()]))):
            with pytest.raises(PermissionDenied):
                await add_customer_notes(tx, ctx, [])
            with pytest.raises(PermissionDenied):
                await set_consents(tx, ctx, [])


def test_a_merge_withdraws_only_where_two_differ() -> None:
    kept, one, two = new_ids(3)
    states = {
        (kept, "marketing_email"): True, (one, "marketing_email"): True, (two, "marketing_email"): False,
        (one, "profiling"): False, (kept, "marketing_post"): True,
    }  # fmt: skip
    assert withdrawn_by_merge({one: kept, two: kept}, states) == [
        SetConsent(customer_id=kept, purpose="marketing_email", given=False)
    ]
