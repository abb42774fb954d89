"""API keys: what programs may do, where, until when; the text of a key is shown once."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from orderwright.access import EVERYTHING, SCOPES
from orderwright.api import Answer
from orderwright.console import words_settings
from orderwright.console.frame import ConsoleScreen
from orderwright.console.staff_limits import FIELDS as LIMIT_FIELDS
from orderwright.console.staff_limits import taken_limits
from orderwright.platform.errors import NotFound
from orderwright.screens import Filled, blank, page

PAGE = 100


class KeyForm(msgspec.Struct, frozen=True, kw_only=True):
    """What a key is for, what it may do, where, and until when."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    permissions: Annotated[list[str], Meta(min_length=1, max_length=100)]
    channels: str | None = None
    locations: str | None = None
    expires_on: date | None = None


@page("GET", "/settings/keys", needs="keys.write")
async def keys_page(screen: ConsoleScreen) -> Answer:
    """All keys, without their texts."""
    after = screen.incoming.asked("after") or None
    found = await screen.ask("list_keys", query={"limit": PAGE, "after": after})
    return screen.show(
        "staff/keys.html",
        keys=found.data,
        holders=await _holders(screen, {one.held_by for one in found.data if one.held_by}),
        say=words_settings,
        following=screen.url("/settings/keys", after=found.next) if found.next else None,
        first=screen.url("/settings/keys") if after else None,
    )


async def _holders(screen: ConsoleScreen, actors: set[str]) -> dict[str, str]:
    """The names of people who hold keys, as far as the reader may know them. Another key's holder is a person too."""
    if not actors or not screen.may("orders.read"):
        return {}
    found = await screen.ask("list_names_of_people")
    names = {f"user:{one.id}": one.name for one in found.data}
    return {actor: names[actor] for actor in actors if actor in names}


@page("GET", "/settings/keys/new", needs="keys.write", proves="/settings/keys/new")
async def new_key_form(screen: ConsoleScreen) -> Answer:
    """Make a key."""
    return _show(screen, blank())


@page("POST", "/settings/keys/new", needs="keys.write", proves="/settings/keys/new")
async def take_new_key(screen: ConsoleScreen) -> Answer:
    """Make a key, and show its text once."""
    form = await screen.form(KeyForm)
    limits, wrong = taken_limits(await screen.incoming.form())
    if wrong:
        form = form.with_errors(wrong)
    if form.value is None:
        return _show(screen, form, 422)
    value = form.value
    body: dict[str, Any] = {"name": value.name, "scopes": value.permissions, "limits": limits}
    for name, text in (("channels", value.channels), ("locations", value.locations)):
        codes = [one.strip() for one in (text or "").split("\n") if one.strip()]
        if codes:
            body[name] = codes
    if value.expires_on is not None:
        body["expires_at"] = datetime.combine(value.expires_on, time(), UTC)
    said = await screen.do("make_key", body=body)
    if said.problem is not None:
        field = str(said.problem.details.get("field", ""))
        return _show(screen, form.with_errors({field if field in body else "": said.problem.detail}), 422)
    return screen.show_once("staff/secret.html", made=said.value, rotated=False)


@page("GET", "/settings/keys/{key_prefix}/{verb}", needs="keys.write", proves="/settings/keys/{key_prefix}/{verb}")
async def key_verb_form(screen: ConsoleScreen) -> Answer:
    """What rotating or revoking does, before it is done."""
    return _show_verb(screen, None)


@page("POST", "/settings/keys/{key_prefix}/{verb}", needs="keys.write", proves="/settings/keys/{key_prefix}/{verb}")
async def take_key_verb(screen: ConsoleScreen) -> Answer:
    """Rotate or revoke a key."""
    verb = _verb(screen)
    said = await screen.do(
        f"{verb}_key", path={"key_prefix": screen.param("key_prefix")}, body={} if verb == "rotate" else None
    )
    if said.problem is not None:
        return _show_verb(screen, said.problem.detail)
    if verb == "rotate":
        return screen.show_once("staff/secret.html", made=said.value, rotated=True)
    screen.say("The key was revoked. It stops within five seconds.")
    return screen.go(screen.url("/settings/keys"))


def _show_verb(screen: ConsoleScreen, error: str | None) -> Answer:
    verb, prefix = _verb(screen), screen.param("key_prefix")
    effects = words_settings.KEY_EFFECTS[verb]
    status = 200 if error is None else 422
    return screen.show("staff/key_verb.html", status=status, verb=verb, prefix=prefix, effects=effects, error=error)


def _verb(screen: ConsoleScreen) -> str:
    verb = screen.param("verb")
    if verb not in words_settings.KEY_EFFECTS:
        raise NotFound("There is no such page. Go back to the list of keys.")
    return verb


def _show(screen: ConsoleScreen, form: Filled[Any], status: int = 200) -> Answer:
    mine = (
        SCOPES
        if EVERYTHING in screen.ctx.permissions
        else {s: SCOPES[s] for s in screen.ctx.permissions if s in SCOPES}
    )
    groups = words_settings.grouped_scopes(mine)
    return screen.show("staff/new_key.html", status=status, form=form, groups=groups, limits=LIMIT_FIELDS)


KEY_PAGES = [keys_page, new_key_form, take_new_key, key_verb_form, take_key_verb]
