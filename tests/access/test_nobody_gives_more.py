"""Nobody gives others more than they have, limits included: by a role, a person's account, a role's permissions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from orderwright.access import (
    ADMINISTRATOR,
    CreatePerson,
    PersonCommand,
    PutRole,
    RemoveRole,
    SetLimits,
    SetMembership,
    create_people,
    deactivate_people,
    end_memberships,
    list_limits,
    put_roles,
    remove_roles,
    reset_people,
    set_limits,
    set_memberships,
)
from orderwright.platform.context import Context
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.limits import Limits
from tests.builders.people import a_person
from tests.helpers.contexts import a_context

LOW = Limits(refund_max_minor={"USD": 500}, credit_max_minor={}, adjust_max_units=5)
LOWER = Limits(refund_max_minor={"USD": 100}, credit_max_minor={}, adjust_max_units=1)


def limited() -> Context:
    """An administrator with limits."""
    return replace(a_context(), limits=LOW)


async def run(database: Database, verb: Any, *commands: Any, ctx: Context | None = None) -> list[str]:
    async with database.operator_transaction() as tx:
        return [outcome.code for outcome in await verb(tx, ctx or limited(), list(commands))]


async def limits_of(database: Database) -> Sequence[tuple[str | None, UUID | None]]:
    async with database.operator_transaction() as tx:
        return [(row.role, row.person_id) for row in await list_limits(tx, "acme")]


def new(email: str, role: str = "care_agent") -> CreatePerson:
    return CreatePerson(email=email, name="Mia Marsh", role=role)


async def test_a_role_without_limits_is_not_given_by_who_has_some(database: Database) -> None:
    mia = (await a_person(database, role="warehouse")).id
    give = SetMembership(person_id=mia, role="care_agent")
    keep = SetLimits(person=encode_id("usr", mia), limits=LOWER)
    assert await run(database, set_limits, SetLimits(role="warehouse", limits=LOWER)) == ["set"]
    assert await run(database, create_people, new("li@staff.example")) == ["exceeds_own_limits"]
    assert await run(database, set_memberships, give) == ["exceeds_own_limits"]
    assert await run(database, set_limits, SetLimits(role="care_agent", limits=LOW)) == ["set"]
    assert await run(database, create_people, new("li@staff.example")) == ["created"]
    assert await run(database, set_memberships, give) == ["changed"]
    # Somebody's own limits stand in place of the role's, whichever that is.
    assert await run(database, set_limits, keep) == ["set"]
    assert await run(database, set_memberships, SetMembership(person_id=mia, role="planner")) == ["changed"]


async def test_who_has_higher_limits_is_not_taken_over(database: Database) -> None:
    ada = PersonCommand(person_id=(await a_person(database)).id)
    await a_person(database)
    for verb in (reset_people, deactivate_people, end_memberships):
        assert await run(database, verb, ada) == ["exceeds_own_limits"]
    assert await run(database, set_limits, SetLimits(role=ADMINISTRATOR, limits=LOW), ctx=a_context()) == ["set"]
    assert await run(database, reset_people, ada) == ["reset"]


async def test_what_a_role_without_limits_allows_is_not_widened(database: Database) -> None:
    narrow = PutRole(code="desk", name="Desk", permissions=["orders.read"])
    wide = PutRole(code="desk", name="Desk", permissions=["orders.read", "payments.refund"])
    assert await run(database, put_roles, narrow) == ["created"]  # nobody has it
    assert await run(database, put_roles, wide) == ["exceeds_own_limits"]
    assert await run(database, set_limits, SetLimits(role="desk", limits=LOWER)) == ["set"]
    assert await run(database, put_roles, wide) == ["changed"]


async def test_limits_are_not_set_on_who_may_do_more(database: Database) -> None:
    ada = (await a_person(database)).id
    clerk = replace(a_context(), permissions=frozenset({"people.write"}))
    commands = [SetLimits(role=ADMINISTRATOR, limits=LOW), SetLimits(person=encode_id("usr", ada), limits=LOW)]
    assert await run(database, set_limits, *commands, ctx=clerk) == ["exceeds_own_role"] * 2


async def test_limits_go_with_the_role_or_the_membership_that_they_were_of(database: Database) -> None:
    mia = (await a_person(database, role="warehouse")).id
    await run(database, put_roles, PutRole(code="desk", name="Desk", permissions=["orders.read"]), ctx=a_context())
    wide = Limits(adjust_max_units=10_000)
    commands = [SetLimits(role="desk", limits=wide), SetLimits(person=encode_id("usr", mia), limits=wide)]
    assert await run(database, set_limits, *commands, ctx=a_context()) == ["set", "set"]
    assert await limits_of(database) == [("desk", None), (None, mia)]
    assert await run(database, end_memberships, PersonCommand(person_id=mia), ctx=a_context()) == ["ended"]
    assert await run(database, remove_roles, RemoveRole(code="desk"), ctx=a_context()) == ["removed"]
    assert await limits_of(database) == []


async def test_limits_of_who_does_it_cost_one_statement(database: Database) -> None:
    await run(database, set_limits, SetLimits(role="warehouse", limits=LOWER))
    counts = []
    for size in (1, 100):
        async with database.operator_transaction() as tx:
            people = [new(f"p{size}-{n}@staff.example", "warehouse") for n in range(size)]
            assert all(outcome.ok for outcome in await create_people(tx, limited(), people))
            counts.append(tx.statements)
    assert counts == [9, 9]
