"""People, roles and what they may do: who may change whom, and what a batch costs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from orderwright.access import (
    BUILT_IN_ROLES,
    EVERYTHING,
    SCOPES,
    ChangePerson,
    CreatePerson,
    PersonCommand,
    PutRole,
    RemoveRole,
    SetMembership,
    change_people,
    create_people,
    deactivate_people,
    end_memberships,
    end_sessions_of_people,
    erase_people,
    get_person,
    list_people,
    put_roles,
    reactivate_people,
    read_roles,
    remove_roles,
    remove_second_factors,
    reset_people,
    set_memberships,
    sign_in,
)
from orderwright.access.errors import SignInRefused
from orderwright.platform.context import Context
from orderwright.platform.db import Database
from orderwright.platform.errors import InvalidRequest, PermissionDenied
from orderwright.platform.ids import UUID, encode_id, new_id, new_ids
from orderwright.platform.outcomes import Outcome
from tests.builders.people import PASSWORD, a_person
from tests.helpers.contexts import a_context

Verb = Callable[..., Awaitable[Sequence[Outcome]]]


async def run(database: Database, verb: Verb, *commands: Any, ctx: Context | None = None) -> list[str]:
    """The codes of a verb's outcomes, in a transaction of its own."""
    async with database.operator_transaction() as tx:
        return [outcome.code for outcome in await verb(tx, ctx or a_context(), list(commands))]


def new(email: str, role: str = "warehouse", **rest: Any) -> CreatePerson:
    return CreatePerson(email=email, name="Mia Marsh", role=role, **rest)


async def test_people_are_added_once(database: Database) -> None:
    channels = new_ids(2)
    codes = await run(
        database, create_people, new(" Mia@Staff.Example "), new("mia@staff.example"),
        new("mia@staff.example", "planner"),
        new("no address"), new("x@y", "nobody"), new("li@staff.example", "care_agent", channel_ids=tuple(channels)),
        new("z@staff.example", unknown=("channel", "wbe")), new("z@staff.example", "administrator", location_ids=()),
    )  # fmt: skip
    assert codes == [
        "created", "unchanged", "email_taken", "invalid_email", "role_not_found", "created", "channel_not_found",
        "role_not_limitable",
    ]  # fmt: skip
    assert await run(database, create_people, new("mia@staff.example")) == ["unchanged"]
    async with database.operator_transaction() as tx:
        people = await list_people(tx, a_context())
        assert [(p.entry.email, p.role_name, p.entry.channel_ids) for p in people] == [
            ("mia@staff.example", "Warehouse", None),
            ("li@staff.example", "Care agent", sorted(channels)),
        ]
        assert await list_people(tx, a_context("bolt")) == []
        assert [p.entry.email for p in await list_people(tx, a_context(), after=people[0].entry.id, limit=1)] == [
            "li@staff.example"
        ]
        with pytest.raises(InvalidRequest):
            await list_people(tx, a_context(), limit=501)


async def test_somebody_of_another_merchant_joins_and_stays_who_they_are(database: Database) -> None:
    await run(database, create_people, new("mia@staff.example", "planner"))
    async with database.operator_transaction() as tx:
        someone = CreatePerson(email="mia@staff.example", name="Someone", role="finance")
        [joined] = await create_people(tx, a_context("bolt"), [someone], everywhere=True)
    assert joined.code == "joined"
    async with database.operator_transaction() as tx:
        [here], [there] = await list_people(tx, a_context()), await list_people(tx, a_context("bolt"))
    assert (here.entry.id, here.entry.name, here.entry.role) == (there.entry.id, "Mia Marsh", "planner")
    assert there.entry.role == "finance"
    # what holds everywhere is for neither of both to change
    about = PersonCommand(person_id=here.entry.id)
    for verb in (deactivate_people, reset_people, remove_second_factors, reactivate_people, end_sessions_of_people):
        assert await run(database, verb, about) == ["belongs_elsewhere"]
    assert await run(database, change_people, ChangePerson(person_id=here.entry.id, name="X")) == ["belongs_elsewhere"]
    # but what they may do here is
    assert await run(database, set_memberships, SetMembership(person_id=here.entry.id, role="finance")) == ["changed"]
    assert await run(database, end_memberships, about) == ["ended"]
    assert await run(database, end_memberships, about) == ["person_not_found"]
    assert await run(database, reset_people, about, ctx=a_context("bolt")) == ["reset"]


async def test_nobody_gives_or_changes_more_than_they_have(database: Database) -> None:
    boss = await a_person(database)
    agent = await a_person(database, role="care_agent")
    lead = a_context(permissions=BUILT_IN_ROLES["operations"].permissions | {"people.write"}, actor="user:lead")
    assert await run(database, create_people, new("a@b.example", "finance"), new("c@d.example"), ctx=lead) == [
        "exceeds_own_role", "created",
    ]  # fmt: skip
    for verb in (deactivate_people, reset_people, remove_second_factors, end_memberships, end_sessions_of_people):
        assert await run(database, verb, PersonCommand(person_id=boss.id), ctx=lead) == ["exceeds_own_role"]
        assert await run(database, verb, PersonCommand(person_id=agent.id), ctx=lead) == ["exceeds_own_role"]
    give = SetMembership(person_id=boss.id, role="warehouse")
    assert await run(database, set_memberships, give, ctx=lead) == ["exceeds_own_role"]
    everything = PutRole(code="mine", name="Mine", permissions=[EVERYTHING])
    narrow = PutRole(code="desk", name="Desk", permissions=["returns.read"])
    assert await run(database, put_roles, everything, narrow, ctx=lead) == ["exceeds_own_role", "created"]
    # nor is a role that includes more taken less
    await run(database, put_roles, everything)
    small = PutRole(code="mine", name="Mine", permissions=["returns.read"])
    assert await run(database, put_roles, small, ctx=lead) == ["exceeds_own_role"]
    assert await run(database, remove_roles, RemoveRole(code="mine"), ctx=lead) == ["exceeds_own_role"]


@pytest.mark.parametrize(
    "ctx",
    [a_context(permissions=["people.read"]), a_context(channels=frozenset()), a_context(locations=frozenset())],
    ids=["without people.write", "limited to channels", "limited to locations"],
)
async def test_who_may_not_change_people(database: Database, ctx: Context) -> None:
    person = await a_person(database)
    about = PersonCommand(person_id=person.id)
    for verb, command in (
        (create_people, new("a@b.example")),
        (change_people, ChangePerson(person_id=person.id, name="X")),
        (set_memberships, SetMembership(person_id=person.id, role="planner")),
        (put_roles, PutRole(code="desk", name="Desk", permissions=["returns.read"])),
        (remove_roles, RemoveRole(code="desk")),
        *((verb, about) for verb in (deactivate_people, reactivate_people, reset_people, end_memberships)),
        *((verb, about) for verb in (remove_second_factors, end_sessions_of_people, erase_people)),
    ):
        with pytest.raises(PermissionDenied):
            await run(database, verb, command, ctx=ctx)


async def test_the_last_administrator_stays(database: Database) -> None:
    one, two = await a_person(database), await a_person(database)
    limited = SetMembership(person_id=two.id, role="planner")
    both = [PersonCommand(person_id=one.id), PersonCommand(person_id=two.id)]
    assert await run(database, end_memberships, *both) == ["ended", "last_administrator"]
    assert await run(database, deactivate_people, both[1]) == ["last_administrator"]
    assert await run(database, set_memberships, limited) == ["last_administrator"]
    await a_person(database)
    assert await run(database, deactivate_people, both[1], both[1]) == ["deactivated", "already_deactivated"]


async def test_two_administrators_who_remove_each_other_leave_one(database: Database) -> None:
    one, two = await a_person(database), await a_person(database)

    def by(actor: UUID) -> Context:
        return a_context(actor=f"user:{encode_id('usr', actor)}")

    results = await asyncio.gather(
        run(database, end_memberships, PersonCommand(person_id=two.id), ctx=by(one.id)),
        run(database, end_memberships, PersonCommand(person_id=one.id), ctx=by(two.id)),
    )
    assert sorted(code for [code] in results) == ["ended", "last_administrator"]


async def test_nobody_changes_their_own_role(database: Database) -> None:
    me, _ = await a_person(database), await a_person(database)
    mine = a_context(actor=f"user:{encode_id('usr', me.id)}")
    about = PersonCommand(person_id=me.id)
    for verb in (deactivate_people, end_memberships, remove_second_factors):
        assert await run(database, verb, about, ctx=mine) == ["own_account"]
    assert await run(database, set_memberships, SetMembership(person_id=me.id, role="planner"), ctx=mine) == [
        "own_account"
    ]


async def test_deactivated_people_are_out_and_may_come_back(database: Database) -> None:
    await a_person(database)
    person = await a_person(database, role="planner")
    await sign_in(database, person.email, PASSWORD)
    about = PersonCommand(person_id=person.id)
    assert await run(database, deactivate_people, about) == ["deactivated"]
    assert await run(database, reset_people, about) == ["person_deactivated"]
    with pytest.raises(SignInRefused):
        await sign_in(database, person.email, PASSWORD)
    async with database.operator_transaction() as tx:
        assert [row["n"] for row in await tx.fetch("SELECT count(*) AS n FROM session WHERE ended_at IS NULL")] == [0]
    assert await run(database, reactivate_people, about, about) == ["reactivated", "unchanged"]
    await sign_in(database, person.email, PASSWORD)


async def test_what_is_known_of_people_is_changed_and_not_written_down_elsewhere(database: Database) -> None:
    person, other = await a_person(database), await a_person(database)
    i = person.id
    codes = await run(
        database, change_people,
        ChangePerson(person_id=i, name="Ida Voss", time_zone="Europe/Zurich", locale="de"),
        ChangePerson(person_id=i, email=other.email.upper()),
        ChangePerson(person_id=i, email="nothing"),
        ChangePerson(person_id=i, time_zone="Mars/Olympus"),
        ChangePerson(person_id=i, time_zone="../../etc/passwd"),
        ChangePerson(person_id=i, name="Ida Voss"),
        ChangePerson(person_id=new_id(), name="X"),
        ChangePerson(person_id=i, email="ida@staff.example"),
    )  # fmt: skip
    assert codes == [
        "changed", "email_taken", "invalid_email", "invalid_time_zone", "invalid_time_zone", "unchanged",
        "person_not_found", "changed",
    ]  # fmt: skip
    async with database.operator_transaction() as tx:
        found = await get_person(tx, a_context(), i)
        [act] = await tx.fetch("SELECT * FROM operator_act WHERE verb = 'change_people'")
    assert found is not None
    assert (found.entry.name, found.entry.email, found.entry.locale) == ("Ida Voss", "ida@staff.example", "de")
    said = repr(dict(act))
    assert (act["subject_id"], act["actor"]) == (i, "cli:tester")
    for personal in ("Ida", "ida@", person.email, "Zurich"):
        assert personal not in said


async def test_roles_are_made_changed_used_and_removed(database: Database) -> None:
    desk = PutRole(code="desk", name="Desk", permissions=["returns.read", "returns.receive"])
    assert await run(
        database, put_roles, desk, desk, PutRole(code="planner", name="P", permissions=["orders.read"]),
        PutRole(code="x", name="X", permissions=["orders.raed"]),
    ) == ["created", "unchanged", "built_in_role", "scope_not_found"]  # fmt: skip
    assert await run(database, create_people, new("mia@staff.example", "desk")) == ["created"]
    assert await run(database, create_people, new("bo@staff.example", "desk"), ctx=a_context("bolt")) == [
        "role_not_found"
    ]
    wider = PutRole(code="desk", name="Desk", permissions=["returns.read", "stock.read"])
    assert await run(database, put_roles, wider) == ["changed"]
    async with database.operator_transaction() as tx:
        [mia] = await list_people(tx, a_context())
        assert mia.permissions == {"returns.read", "stock.read"}
        assert [role.code for role in await read_roles(tx, "acme")] == [*BUILT_IN_ROLES, "desk"]
    gone = [RemoveRole(code=code) for code in ("desk", "planner", "nothing")]
    assert await run(database, remove_roles, *gone) == ["role_in_use", "built_in_role", "role_not_found"]
    await run(database, end_memberships, PersonCommand(person_id=mia.entry.id))
    assert await run(database, remove_roles, gone[0], gone[0]) == ["removed", "role_not_found"]


def test_built_in_roles_are_made_of_scopes_that_exist() -> None:
    assert set(BUILT_IN_ROLES) == {
        "care_agent", "warehouse", "planner", "operations", "finance", "administrator", "read_only",
    }  # fmt: skip
    for role in BUILT_IN_ROLES.values():
        assert role.permissions <= SCOPES.keys(), role.code
        assert role.description.endswith(".")
    assert all(scope.endswith(".read") for scope in BUILT_IN_ROLES["read_only"].permissions)


async def test_a_hundred_cost_as_many_statements_as_one(database: Database) -> None:
    await a_person(database)
    counts: dict[str, list[int]] = {}
    for size in (1, 100):
        people = [new(f"p{size}-{n}@staff.example") for n in range(size)]
        async with database.operator_transaction() as tx:
            ids = [outcome.id for outcome in await create_people(tx, a_context(), people)]
            counts.setdefault("create_people", []).append(tx.statements)
        abouts = [PersonCommand(person_id=i) for i in ids if i is not None]
        verbs: list[tuple[Verb, list[Any]]] = [
            (change_people, [ChangePerson(person_id=a.person_id, name="New Name") for a in abouts]),
            (set_memberships, [SetMembership(person_id=a.person_id, role="planner") for a in abouts]),
            (reset_people, abouts),
            (remove_second_factors, abouts),
            (end_sessions_of_people, abouts),
            (
                put_roles,
                [PutRole(code=f"r{size}_{n}", name="R", permissions=["orders.read"]) for n in range(min(size, 90))],
            ),
            (remove_roles, [RemoveRole(code=f"r{size}_{n}") for n in range(min(size, 90))]),
            (deactivate_people, abouts),
            (reactivate_people, abouts),
            (end_memberships, abouts),
            (create_people, people),  # whom nobody had any more
            (deactivate_people, abouts),
            (erase_people, abouts),
        ]
        for verb, commands in verbs:
            async with database.operator_transaction() as tx:
                outcomes = await verb(tx, a_context(), commands)
                assert all(outcome.ok for outcome in outcomes), outcomes
                name = "create_people again" if verb is create_people else verb.__name__
                counts.setdefault(name, []).append(tx.statements)
    assert counts == {
        "create_people": [8, 8],
        "change_people": [7, 7],
        "set_memberships": [7, 7],
        "reset_people": [8, 8],
        "remove_second_factors": [9, 9],
        "end_sessions_of_people": [7, 7],
        "put_roles": [7, 7],
        "remove_roles": [9, 9],
        "deactivate_people": [8, 8, 8, 8],  # twice each
        "reactivate_people": [7, 7],
        "end_memberships": [8, 8],
        "create_people again": [14, 14],
        "erase_people": [14, 14],
    }
