"""People who sign in, at this merchant: who they are, what role they have, and where they are signed in."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from orderwright.api import Answer
from orderwright.console import words_settings
from orderwright.console.devices import device_name
from orderwright.console.frame import ConsoleScreen
from orderwright.platform.errors import NotFound
from orderwright.screens import Filled, blank, page

PAGE = 100
_DO = "/settings/people/{person_id}/do/{verb}"
Short = Annotated[str, Meta(min_length=1, max_length=254)]


class NewPersonForm(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is to sign in."""

    email: Short
    name: Short
    role: Short
    channels: str | None = None
    locations: str | None = None


class RoleOfForm(msgspec.Struct, frozen=True, kw_only=True):
    """What a person may do from now on."""

    role: Short
    channels: str | None = None
    locations: str | None = None


@page("GET", "/settings/people", needs="people.read")
async def people_page(screen: ConsoleScreen) -> Answer:
    """Everybody who may sign in here."""
    after = screen.incoming.asked("after") or None
    found = await screen.ask("list_people_page", query={"limit": PAGE, "after": after})
    return screen.show(
        "staff/people.html",
        people=found.data,
        say=words_settings,
        following=screen.url("/settings/people", after=found.next) if found.next else None,
        first=screen.url("/settings/people") if after else None,
    )


@page("GET", "/settings/people/new", needs="people.write", proves="/settings/people/new")
async def new_person_form(screen: ConsoleScreen) -> Answer:
    """Add somebody."""
    return await _show_new(screen, blank())


@page("POST", "/settings/people/new", needs="people.write", proves="/settings/people/new")
async def take_new_person(screen: ConsoleScreen) -> Answer:
    """Add somebody, and go to them."""
    form = await screen.form(NewPersonForm)
    if form.value is None:
        return await _show_new(screen, form, 422)
    value = form.value
    body = {"email": value.email, "name": value.name, "role": value.role, **_limits(value.channels, value.locations)}
    said = await screen.do("create_person", body=body)
    if said.problem is not None:
        field = words_settings.field_of(said.problem.code, said.problem.details)
        return await _show_new(screen, form.with_errors({field: said.problem.detail}), 422)
    screen.say("The person was added. Make the address at which they choose a password, and send it to them.")
    return screen.go(screen.url(f"/settings/people/{said.value.id}"))


@page("GET", "/settings/people/{person_id}", needs="people.read")
async def person_page(screen: ConsoleScreen) -> Answer:
    """A person: role, limits, sessions, and what can be done."""
    return await _show_person(screen, None)


@page("POST", "/settings/people/{person_id}/role", needs="people.write", proves="/settings/people/{person_id}")
async def take_role_of_person(screen: ConsoleScreen) -> Answer:
    """Give a person another role, or other limits of it."""
    form = await screen.form(RoleOfForm)
    if form.value is None:
        return await _show_person(screen, form, 422)
    value = form.value
    body = {"role": value.role, **_limits(value.channels, value.locations)}
    said = await screen.do("set_membership", path={"person_id": screen.param("person_id")}, body=body)
    if said.problem is not None:
        return await _show_person(screen, form.with_errors({"": said.problem.detail}), 422)
    screen.say("It holds within five seconds.")
    return screen.go(screen.url(f"/settings/people/{screen.param('person_id')}"))


@page("GET", "/settings/people/{person_id}/do/{verb}", needs="people.write", proves=_DO)
async def person_verb_form(screen: ConsoleScreen) -> Answer:
    """What an action about a person does, before it is done."""
    return await _show_verb(screen, None)


@page("POST", "/settings/people/{person_id}/do/{verb}", needs="people.write", proves=_DO)
async def take_person_verb(screen: ConsoleScreen) -> Answer:
    """Do it."""
    verb = _verb(screen)
    said = await screen.do(verb.operation, path={"person_id": screen.param("person_id")}, body={})
    if said.problem is not None:
        return await _show_verb(screen, said.problem.detail)
    if "path" in said.value.details:
        return screen.show_once("staff/reset.html", member=await _person(screen), path=str(said.value.details["path"]))
    screen.say(verb.done)
    gone = verb.operation in ("end_membership", "erase_person")
    return screen.go(screen.url("/settings/people" if gone else f"/settings/people/{screen.param('person_id')}"))


async def _show_new(screen: ConsoleScreen, form: Filled[Any], status: int = 200) -> Answer:
    return screen.show("staff/new_person.html", status=status, form=form, roles=await _roles(screen))


async def _show_person(screen: ConsoleScreen, form: Filled[Any] | None, status: int = 200) -> Answer:
    person, roles = await asyncio.gather(_person(screen), _roles(screen))
    sessions = None
    if screen.may("people.write"):
        sessions = await screen.find("list_person_sessions", path={"person_id": person.id})
    shown = form or blank(
        role=person.role, channels="\n".join(person.channels or ()), locations="\n".join(person.locations or ())
    )
    return screen.show(
        "staff/person.html",
        status=status,
        member=person,
        form=shown,
        roles=roles,
        say=words_settings,
        sessions=[] if sessions is None else sessions.data,
        device_name=device_name,
        verbs=words_settings.verbs_for(person),
    )


async def _show_verb(screen: ConsoleScreen, error: str | None) -> Answer:
    verb, person = _verb(screen), await _person(screen)
    status = 200 if error is None else 422
    return screen.show(
        "staff/verb.html", status=status, verb=verb, name=screen.param("verb"), member=person, error=error
    )


def _verb(screen: ConsoleScreen) -> words_settings.PersonVerb:
    verb = words_settings.PERSON_VERBS.get(screen.param("verb"))
    if verb is None:
        raise NotFound("There is no such page. Go back to the person.")
    return verb


async def _person(screen: ConsoleScreen) -> Any:
    person = await screen.find("read_person", path={"person_id": screen.param("person_id")})
    if person is None:
        raise NotFound("There is no such person at this merchant. Go back to the list.")
    return person


async def _roles(screen: ConsoleScreen) -> list[tuple[str, str]]:
    found = await screen.ask("list_roles")
    return [(role.code, role.name) for role in found.data]


def _limits(channels: str | None, locations: str | None) -> dict[str, list[str]]:
    """Codes, one a line; left out where nothing is written: no limit."""
    made = {"channels": (channels or "").split("\n"), "locations": (locations or "").split("\n")}
    clean = {name: [one.strip() for one in codes if one.strip()] for name, codes in made.items()}
    return {name: codes for name, codes in clean.items() if codes}


PEOPLE_PAGES = [
    people_page, new_person_form, take_new_person, person_page, take_role_of_person, person_verb_form, take_person_verb,
]  # fmt: skip
