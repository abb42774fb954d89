"""The demo's people, who sign in by a button: only in the demo, and only on the machine that it runs on."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from orderwright.access import NewSession, sign_in_demo_person
from orderwright.platform.errors import NotFound
from orderwright.screens import Incoming, Screen

_HOST = re.compile(r"(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9.-]{1,253})(?::[0-9]{1,5})?")


class DemoPerson(NamedTuple):
    """Somebody whom the sign-in page of the demo offers to be."""

    email: str
    name: str
    role_name: str


def demo_people(incoming: Incoming) -> Sequence[DemoPerson]:
    """Whom the sign-in page offers; nobody unless this is the demo, served to and called from this machine."""
    people: Sequence[DemoPerson] = incoming.state.get("demo_people") or ()
    called = _HOST.fullmatch(incoming.header("host"))
    local = all(is_loopback(host) for host in (incoming.settings.host, incoming.peer, called[1] if called else ""))
    passed_on = any(incoming.header(name) for name in ("x-forwarded-for", "forwarded", "via", "x-real-ip"))
    return people if local and not passed_on else ()


async def enter_demo(screen: Screen, email: str) -> NewSession:
    """A session for one of them. Raises NotFound where they are not offered."""
    if all(person.email != email for person in demo_people(screen.incoming)):
        raise NotFound("There is no such page.")
    state: Any = screen.incoming.state
    return await sign_in_demo_person(state.database, email)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
