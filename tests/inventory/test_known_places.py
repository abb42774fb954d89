"""Whose stock may be changed, and what supply may be expected: every "no" in its precedence."""

from __future__ import annotations

from datetime import date

from orderwright.inventory import ExpectSupply, KnownPlace, refuse_supply
from orderwright.inventory.known_places import know_place
from orderwright.platform.ids import new_id
from orderwright.platform.outcomes import Outcome
from tests.builders.facts import some_location, some_sku
from tests.helpers.contexts import a_context

POOL = new_id()
MUG, KIT = some_sku(), some_sku(kind="kit")
HERE, THERE = some_location(POOL), some_location(POOL)
SKUS = {sku.code: sku for sku in (MUG, KIT)}
LOCATIONS = {location.code: location for location in (HERE, THERE)}


def test_a_place_or_why_not() -> None:
    limited = a_context(locations=frozenset({HERE.id}))
    asked = [("NONE", "NONE"), (KIT.code, "NONE"), (KIT.code, THERE.code), (KIT.code, HERE.code), (MUG.code, HERE.code)]
    *refused, known = [know_place(limited, sku, at, SKUS, LOCATIONS) for sku, at in asked]
    assert [r.code for r in refused if isinstance(r, Outcome)] == [
        "unknown_sku", "unknown_location", "location_not_allowed", "not_stocked",
    ]  # fmt: skip
    assert known == KnownPlace(MUG, HERE)
    assert isinstance(known, KnownPlace)
    assert (known.pair, known.pool) == ((MUG.id, HERE.id), (MUG.id, POOL))


def test_a_supply_or_why_not() -> None:
    def code(sku: str, pool: str, *forbidden: object) -> str | None:
        command = ExpectSupply(sku=sku, pool=pool, quantity=1, due_on=date(2030, 3, 1))
        refusal = refuse_supply(command, SKUS, {"EAST": POOL}, {POOL} if forbidden else set())
        return None if refusal is None else refusal.code

    assert code("NONE", "NONE") == "unknown_sku"
    assert code(KIT.code, "NONE") == "unknown_pool"
    assert code(KIT.code, "EAST", POOL) == "location_not_allowed"
    assert code(KIT.code, "EAST") == "not_stocked"
    assert code(MUG.code, "EAST") is None
