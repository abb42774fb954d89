"""The demo's staff: one of each role, whom its sign-in page offers to be."""

from __future__ import annotations

from orderwright.access import BUILT_IN_ROLES, list_people, sign_in_demo_person
from orderwright.demo.driver import set_up
from orderwright.demo.options import DemoOptions
from orderwright.demo.staff import demo_staff
from orderwright.platform.db import Database
from tests.demo.test_driver import OPTIONS
from tests.helpers.contexts import a_context


async def test_somebody_of_each_role_is_there_once(database: Database) -> None:
    assert isinstance(OPTIONS, DemoOptions)
    for _ in range(2):
        await set_up(database, OPTIONS)
        async with database.operator_transaction() as tx:
            people = await list_people(tx, a_context("demo"))
        assert sorted(person.entry.role for person in people) == sorted(BUILT_IN_ROLES)
    assert [p.entry.role for p in people if p.entry.location_ids is not None] == ["warehouse"]
    assert not any(person.entry.has_password for person in people)
    offered = demo_staff()
    assert {one.email for one in offered} == {person.entry.email for person in people}
    assert offered[0][1:] == ("Mia", "Care agent")
    for one in offered:
        assert (await sign_in_demo_person(database, one.email)).awaits is None
