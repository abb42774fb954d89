"""SKUs and kits: what an upsert does, refuses, records and costs."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from orderwright.catalog import KitPart, Price, UpsertSku, read_skus, skus_by_code, upsert_skus
from orderwright.catalog.upsert_skus import kinds_made, refuse_sku
from orderwright.platform.db import Database
from orderwright.platform.errors import PermissionDenied
from tests.builders.catalog import a_kit, a_sku, accepted
from tests.helpers.contexts import a_context
from tests.helpers.databases import waiting_backend

EVENTS = "SELECT type, seq, data::text FROM event WHERE subject_id = $1 ORDER BY seq"


async def test_a_new_sku_is_stored_as_it_was_sent(database: Database) -> None:
    sku = a_sku(
        gtin="4006381333931", weight_g=12, length_mm=150, width_mm=10, height_mm=10, tax_class="standard",
        backorder_limit=40, attributes={"colour": "blau", "sizes": [1, 2.5, None, True]}, external_refs={"erp": "A/1"},
        metadata={"ü": {"nested": ["\u2028", "\ufeff"]}},
    )  # fmt: skip
    async with database.transaction("acme") as tx:
        [outcome] = await upsert_skus(tx, a_context(), [sku])
    async with database.transaction("acme") as tx:
        [entry] = await read_skus(tx, codes=[sku.code])
    assert (outcome.code, outcome.ok, outcome.item, outcome.version) == ("created", True, sku.code, 1)
    assert (entry.id, entry.version, entry.content) == (outcome.id, 1, sku)
    assert entry.created_at == entry.updated_at


async def test_sending_it_again_changes_and_records_nothing(database: Database) -> None:
    sku = a_sku(metadata={"big": 1e23, "n": 1e2, "one": 1.0, "huge": 10**30, "tiny": 1e-7})
    async with database.transaction("acme") as tx:
        [first] = await upsert_skus(tx, a_context(), [sku])
    async with database.transaction("acme") as tx:
        [again] = await upsert_skus(tx, a_context(), [sku])
        acts = await tx.fetchval("SELECT count(*) FROM act WHERE verb = 'upsert_skus'")
        events = await tx.fetch(EVENTS, first.id)
    assert (again.code, again.id, again.version) == ("unchanged", first.id, 1)
    assert acts == 1
    assert [tuple(event) for event in events] == [("sku.created", 1, f'{{"code": "{sku.code}"}}')]


async def test_a_change_raises_the_version_and_names_the_fields(database: Database) -> None:
    sku = a_sku(metadata={"flag": 1})
    changed = msgspec.structs.replace(sku, price=Price(2099, "USD"), active=False, metadata={"flag": True})
    async with database.transaction("acme") as tx:
        await upsert_skus(tx, a_context(), [sku])
    async with database.transaction("acme") as tx:
        [outcome] = await upsert_skus(tx, a_context(reason="spring prices"), [changed])
    async with database.transaction("acme") as tx:
        [entry] = await read_skus(tx, ids=[outcome.id])
        events = await tx.fetch(EVENTS, outcome.id)
        pending = await tx.fetchval("SELECT count(*) FROM event_pending WHERE subject_id = $1", outcome.id)
        reasons = await tx.fetch("SELECT a.reason FROM act a JOIN event e ON e.act_id = a.id WHERE e.seq = 2")
    assert (outcome.code, outcome.version) == ("updated", 2)
    assert (entry.version, entry.content) == (2, changed)
    assert entry.updated_at > entry.created_at
    assert [(e["type"], e["seq"]) for e in events] == [("sku.created", 1), ("sku.updated", 2)]
    assert msgspec.json.decode(events[1]["data"]) == {"code": sku.code, "changed": ["price", "active", "metadata"]}
    assert pending == 2
    assert [r["reason"] for r in reasons] == ["spring prices"]


async def test_one_bad_item_does_not_fail_its_neighbours(database: Database) -> None:
    good, other = a_sku(), a_sku()
    batch = [
        good,
        a_sku(gtin="4006381333932"),
        a_sku(price=Price(1, "XXX")),
        a_sku(metadata={"text": "a\0b"}),
        a_sku(attributes={"text": "x" * 16_000}),
        a_kit("NO-SUCH-SKU"),
        msgspec.structs.replace(good, name="Other"),
        other,
    ]
    async with database.transaction("acme") as tx:
        outcomes = await upsert_skus(tx, a_context(), batch)
        stored = await skus_by_code(tx, [sku.code for sku in batch])
    assert [outcome.code for outcome in outcomes] == [
        "created", "gtin_check_digit", "unknown_currency", "unstorable_value", "metadata_too_large",
        "unknown_component", "duplicate_in_batch", "created",
    ]  # fmt: skip
    assert stored.keys() == {good.code, other.code}
    assert stored[good.code].name == good.name
    assert outcomes[5].details == {"components": ["NO-SUCH-SKU"]}
    assert (
        outcomes[1].message == "A GTIN has 8, 12, 13 or 14 digits and its last one checks the others. Correct `gtin`."
    )


async def test_metadata_as_large_as_allowed_is_stored_whatever_its_form(database: Database) -> None:
    # Numbers and small containers grow as jsonb: the refusal must come before PostgreSQL's.
    forms = [
        {"n": [7] * 600}, {"n": [7] * 5_000}, {"n": [[]] * 1_000}, {"n": [{}] * 4_000}, {"n": [1e300] * 70},
        {"n": [0.1] * 500}, {str(n): n for n in range(1_500)}, {"text": "x" * 15_900}, {"n": [12345678901234567] * 800},
    ]  # fmt: skip
    async with database.transaction("acme") as tx:
        outcomes = await upsert_skus(tx, a_context(), [a_sku(metadata=form) for form in forms])
        stored = await tx.fetchval("SELECT count(*) FROM sku")
    assert [outcome.code for outcome in outcomes] == [
        "created", "metadata_too_large", "created", "metadata_too_large", "created", "created", "metadata_too_large",
        "created", "metadata_too_large",
    ]  # fmt: skip
    assert stored == 5


async def test_a_kit_is_made_of_skus_of_the_same_call_in_any_order(database: Database) -> None:
    mug, tea = a_sku(), a_sku()
    kit = a_kit((mug.code, 2), tea.code)
    async with database.transaction("acme") as tx:
        ids = accepted(await upsert_skus(tx, a_context(), [kit, mug, tea]))
    async with database.transaction("acme") as tx:
        facts = await skus_by_code(tx, [kit.code, mug.code])
        [entry] = await read_skus(tx, codes=[kit.code])
    assert facts[kit.code].components == ((ids[1], 2), (ids[2], 1))
    assert facts[mug.code].components == ()
    assert entry.content == kit


async def test_components_of_a_kit_are_replaced_as_a_whole(database: Database) -> None:
    parts = [a_sku() for _ in range(3)]
    kit = a_kit(parts[0].code, parts[1].code)
    changed = msgspec.structs.replace(kit, components=[KitPart(parts[2].code, 4), KitPart(parts[1].code, 1)])
    async with database.transaction("acme") as tx:
        accepted(await upsert_skus(tx, a_context(), [*parts, kit]))
    async with database.transaction("acme") as tx:
        [outcome] = await upsert_skus(tx, a_context(), [changed])
        [again] = await upsert_skus(tx, a_context(), [changed])
        [entry] = await read_skus(tx, codes=[kit.code])
    assert (outcome.code, outcome.version, again.code) == ("updated", 2, "unchanged")
    assert entry.content == changed


async def test_components_make_a_kit_and_what_a_sku_is_stays(database: Database) -> None:
    part, other = a_sku(), a_sku()
    bundle = a_sku(components=[KitPart(part.code)])
    async with database.transaction("acme") as tx:
        accepted(await upsert_skus(tx, a_context(), [part, other, bundle]))
    async with database.transaction("acme") as tx:
        outcomes = await upsert_skus(
            tx,
            a_context(),
            [
                msgspec.structs.replace(bundle, components=[]),
                msgspec.structs.replace(part, components=[KitPart(other.code)]),
                msgspec.structs.replace(other, kind="digital"),
            ],
        )
        facts = await skus_by_code(tx, [bundle.code])
    assert [(o.code, o.details) for o in outcomes] == [
        ("kind_change_refused", {"kind": "kit"}),
        ("kind_change_refused", {"kind": "stocked"}),
        ("kind_change_refused", {"kind": "stocked"}),
    ]
    assert facts[bundle.code].kind == "kit"


async def test_a_kit_is_not_made_of_kits(database: Database) -> None:
    part = a_sku()
    inner = a_kit(part.code)
    async with database.transaction("acme") as tx:
        accepted(await upsert_skus(tx, a_context(), [part, inner]))
        outcomes = await upsert_skus(tx, a_context(), [a_kit(inner.code), a_kit("SELF", code="SELF")])
        fresh = a_kit(part.code)
        same_call = await upsert_skus(tx, a_context(), [fresh, a_kit(part.code, fresh.code)])
    assert [(o.code, o.details) for o in outcomes] == [
        ("nested_kit", {"components": [inner.code]}),
        ("nested_kit", {"components": ["SELF"]}),
    ]
    assert [o.code for o in same_call] == ["created", "nested_kit"]


@pytest.mark.parametrize(
    ("sku", "code"),
    [
        (a_sku(kind="kit"), "kit_without_components"),
        (a_sku(kind="digital", components=[KitPart("A")]), "components_not_allowed"),
        (a_kit("A", ("A", 2)), "repeated_component"),
        (a_kit("A", "K"), "nested_kit"),
        (a_kit("A", "GONE"), "unknown_component"),
        (a_kit("A"), None),
        (a_kit("A", gtin="123456789"), "gtin_check_digit"),
        # in precedence
        (a_sku(gtin="1", price=Price(1, "ZZZ"), metadata={"a": "\0"}), "unstorable_value"),
        (a_sku(gtin="00000001", price=Price(1, "ZZZ")), "gtin_check_digit"),
    ],
)
def test_what_is_refused(sku: UpsertSku, code: str | None) -> None:
    refusal = refuse_sku({"A": "stocked", "K": "kit"}, sku, None)
    assert (refusal.code if refusal else None) == code


def test_a_component_that_is_itself_refused_is_unknown() -> None:
    refused, kit = a_sku(gtin="1"), a_kit("X")
    assert kinds_made([refused, kit, a_sku(code=kit.code)], {}) == {kit.code: "kit"}


@pytest.mark.parametrize(("kits", "expected"), [(False, 8), (True, 11)])
async def test_one_sku_takes_as_many_statements_as_a_hundred(database: Database, kits: bool, expected: int) -> None:
    ctx = a_context()
    part = a_sku()
    async with database.transaction("acme") as tx:
        accepted(await upsert_skus(tx, ctx, [part]))
    for count in (1, 100):
        skus = [a_kit(part.code) if kits else a_sku() for _ in range(count)]
        async with database.transaction("acme") as tx:
            accepted(await upsert_skus(tx, ctx, skus))
            assert tx.statements == expected
        async with database.transaction("acme") as tx:
            accepted(await upsert_skus(tx, ctx, [msgspec.structs.replace(sku, name="New name") for sku in skus]))
            assert tx.statements == (9 if kits else 8)


async def test_nothing_to_do_is_nothing_done(database: Database) -> None:
    async with database.transaction("acme") as tx:
        assert await upsert_skus(tx, a_context(), []) == []
        assert await tx.fetchval("SELECT count(*) FROM act") == 0


async def test_it_needs_the_permission(database: Database) -> None:
    async with database.transaction("acme") as tx:
        with pytest.raises(PermissionDenied) as raised:
            await upsert_skus(tx, a_context(permissions={"catalog.read"}), [a_sku()])
        assert raised.value.details == {"permission": "catalog.write"}
        assert tx.statements == 0


async def test_merchants_do_not_see_each_other(database: Database) -> None:
    sku = a_sku()
    async with database.transaction("acme") as tx:
        [acme] = await upsert_skus(tx, a_context("acme"), [sku])
    async with database.transaction("bolt") as tx:
        [bolt] = await upsert_skus(tx, a_context("bolt"), [msgspec.structs.replace(sku, name="Bolt's")])
    async with database.transaction("acme") as tx:
        facts = await skus_by_code(tx, [sku.code])
    assert (acme.code, bolt.code) == ("created", "created")
    assert (facts[sku.code].id, facts[sku.code].name) == (acme.id, sku.name)


async def test_two_that_create_the_same_sku_at_once(database: Database) -> None:
    sku = a_sku()
    renamed = msgspec.structs.replace(sku, name="Renamed")
    first_wrote, may_commit = asyncio.Event(), asyncio.Event()

    async def first() -> str:
        async with database.transaction("acme") as tx:
            [outcome] = await upsert_skus(tx, a_context(), [sku])
            first_wrote.set()
            await may_commit.wait()
        return outcome.code

    async def second() -> tuple[str, int | None]:
        await first_wrote.wait()
        async with database.transaction("acme") as tx:
            [outcome] = await upsert_skus(tx, a_context(), [renamed])
        return outcome.code, outcome.version

    async with asyncio.TaskGroup() as group:
        one, two = group.create_task(first()), group.create_task(second())
        await first_wrote.wait()
        await waiting_backend(database)
        may_commit.set()
    assert (one.result(), two.result()) == ("created", ("updated", 2))


async def test_merchants_do_not_wait_for_each_other(database: Database) -> None:
    async with database.transaction("acme") as acme, database.transaction("bolt") as bolt:
        accepted(await upsert_skus(acme, a_context("acme"), [a_sku()]))
        accepted(await upsert_skus(bolt, a_context("bolt"), [a_sku()]))  # else it runs into its lock time-out
