"""The people who work at the demo's merchant: one of each role. Their names are made up; nobody real is meant.

They have no passwords: on the machine that the demo runs on, its sign-in page lets anybody be one of them.
"""

from __future__ import annotations

from typing import NamedTuple

from orderwright.access import BUILT_IN_ROLES, CreatePerson, create_people
from orderwright.catalog import locations_by_code
from orderwright.console import DemoPerson
from orderwright.platform.context import system_context
from orderwright.platform.db import Database


class StaffMember(NamedTuple):
    """Somebody of the demo's staff, with a built-in role; `at_warehouse`: only at the first location."""

    name: str
    role: str
    at_warehouse: bool = False

    @property
    def email(self) -> str:
        """The address that they are known by. No mail reaches it."""
        return f"{self.name.partition(' ')[0].lower()}@prairie-pine.example"


STAFF = (
    StaffMember("Mia Okoro", "care_agent"),
    StaffMember("Theo Lindqvist", "operations"),
    StaffMember("Rosa Navarro", "warehouse", at_warehouse=True),
    StaffMember("Kenji Ito", "planner"),
    StaffMember("Greta Faber", "finance"),
    StaffMember("Omar Haddad", "administrator"),
    StaffMember("Lila Quill", "read_only"),
)


def demo_staff() -> list[DemoPerson]:
    """Whom the sign-in page offers to be."""
    return [DemoPerson(one.email, one.name.partition(" ")[0], BUILT_IN_ROLES[one.role].name) for one in STAFF]


async def put_staff(database: Database, merchant: str, places: list[str]) -> None:
    """Add the staff who are not there yet. `places`: codes of locations, the first of which is the warehouse's."""
    async with database.transaction(merchant, read_only=True) as tx:
        [home] = (await locations_by_code(tx, places[:1])).values()
    commands = [
        CreatePerson(
            email=one.email, name=one.name, role=one.role, location_ids=(home.id,) if one.at_warehouse else None
        )
        for one in STAFF
    ]
    async with database.operator_transaction() as tx:
        await create_people(tx, system_context(merchant, "user:founder"), commands, everywhere=True)
