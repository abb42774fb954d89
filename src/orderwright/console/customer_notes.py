"""What colleagues write about a customer, and what the customer consents to."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from orderwright.api import Answer, call_inside
from orderwright.console import words_consent, words_customers
from orderwright.console.frame import ConsoleScreen
from orderwright.console.words_refusals import refused
from orderwright.platform.errors import NotFound
from orderwright.screens import Filled, blank, page

_PATH = "/customers/{customer_id}"
_SAYABLE = re.compile(r"[\x20-\x3f\x41-\x7e]{3,200}")  # as a reason of the API: it holds no personal data


class NoteForm(msgspec.Struct, frozen=True, kw_only=True):
    """A note."""

    words: Annotated[str, Meta(min_length=1, max_length=4_000)]
    pinned: bool = False


class ChangeNoteForm(msgspec.Struct, frozen=True, kw_only=True):
    """A note as it is to be. Of a colleague's only whether it is pinned."""

    words: Annotated[str, Meta(max_length=4_000)] | None = None
    pinned: bool = False


class Sure(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing but the button."""


class ConsentForm(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer said of a purpose, and how."""

    state: Literal["given", "withdrawn"]
    reason: Annotated[str, Meta(min_length=3, max_length=200)]


@page("GET", _PATH + "/note", needs="customers.write")
async def customer_note_form(screen: ConsoleScreen) -> Answer:
    """A note to be written."""
    return await _show(screen, blank(), "Add a note")


@page("POST", _PATH + "/note", needs="customers.write")
async def add_customer_note(screen: ConsoleScreen) -> Answer:
    """Write a note."""
    form = await screen.form(NoteForm)
    if form.value is None:
        return await _show(screen, form, "Add a note", status=422)
    said = await screen.do("add_customer_note", path=_path(screen), body=msgspec.structs.asdict(form.value))
    if said.problem is not None:
        return await _show(screen, form.with_errors({"": refused(said.problem)}), "Add a note", status=422)
    return _done(screen, "Note added.")


@page("GET", _PATH + "/notes/{customer_note_id}", needs="customers.write")
async def change_customer_note_form(screen: ConsoleScreen) -> Answer:
    """A note, to be changed or pinned."""
    note = await _note(screen)
    return await _show(screen, blank(words=note.words, pinned=note.pinned), "Change the note", note=note)


@page("POST", _PATH + "/notes/{customer_note_id}", needs="customers.write")
async def change_customer_note(screen: ConsoleScreen) -> Answer:
    """Change a note's words, where one wrote it, and whether it is pinned."""
    form, note = await screen.form(ChangeNoteForm), await _note(screen)
    mine = note.author == screen.ctx.actor
    if form.value is not None and mine and not form.value.words:
        form = form.with_errors({"words": "Write the note, or remove it."})
    if form.value is None:
        return await _show(screen, form, "Change the note", note=note, status=422)
    body: dict[str, Any] = {"pinned": form.value.pinned} | ({"words": form.value.words} if mine else {})
    said = await screen.do("change_customer_note", path={"customer_note_id": note.id}, body=body)
    if said.problem is not None:
        form = form.with_errors({"": refused(said.problem)})
        return await _show(screen, form, "Change the note", note=note, status=422)
    return _done(screen, "Note changed." if said.value.code == "changed" else "The note stays as it was.")


@page("GET", _PATH + "/notes/{customer_note_id}/remove", needs="customers.write")
async def remove_customer_note_form(screen: ConsoleScreen) -> Answer:
    """What removing a note does."""
    return await _show(screen, blank(), "Remove the note", note=await _note(screen), removing=True)


@page("POST", _PATH + "/notes/{customer_note_id}/remove", needs="customers.write")
async def remove_customer_note(screen: ConsoleScreen) -> Answer:
    """Remove a note."""
    form = await screen.form(Sure)
    said = await screen.do("remove_customer_note", path={"customer_note_id": screen.param("customer_note_id")}, body={})
    if said.problem is not None:
        form = form.with_errors({"": refused(said.problem)})
        return await _show(screen, form, "Remove the note", removing=True, status=422)
    return _done(screen, "Note removed.")


@page("GET", _PATH + "/consent/{purpose}", needs="customers.write")
async def consent_form(screen: ConsoleScreen) -> Answer:
    """What a customer said of a purpose, to be written down."""
    return await _show_consent(screen, blank())


@page("POST", _PATH + "/consent/{purpose}", needs="customers.write")
async def set_consent(screen: ConsoleScreen) -> Answer:
    """Write down that a customer consents to a purpose, or no longer."""
    form = await screen.form(ConsentForm)
    if form.value is not None and not _SAYABLE.fullmatch(form.value.reason):
        form = form.with_errors({"reason": "Letters of English, digits and signs but @. No names, no addresses."})
    if form.value is None:
        return await _show_consent(screen, form, 422)
    body = {"purpose": _purpose(screen), "given": form.value.state == "given"}
    said = await call_inside(
        screen.incoming.state,
        replace(screen.ctx, reason=form.value.reason),
        "set_consent",
        path=_path(screen),
        body=body,
    )
    if said.problem is not None:
        return await _show_consent(screen, form.with_errors({"": refused(said.problem)}), 422)
    if said.value.code == "unchanged":
        return _done(screen, "It was so already: nothing changed.")
    return _done(screen, "Consent kept." if body["given"] else "Withdrawal kept. Nobody is to write to them for this.")


def _path(screen: ConsoleScreen) -> dict[str, str]:
    return {"customer_id": screen.param("customer_id")}


def _purpose(screen: ConsoleScreen) -> str:
    purpose = screen.param("purpose")
    if purpose not in words_consent.PURPOSES:
        raise NotFound("There is no such purpose. Go back to the customer.")
    return purpose


def _done(screen: ConsoleScreen, words: str) -> Answer:
    screen.say(words)
    return screen.go(screen.url(f"/customers/{screen.param('customer_id')}"))


async def _note(screen: ConsoleScreen) -> Any:
    found = await screen.ask("list_customer_notes", path=_path(screen))
    note = next((one for one in found.data if one.id == screen.param("customer_note_id")), None)
    if note is None:
        raise NotFound("There is no such note any more. Go back to the customer.")
    return note


async def _show(
    screen: ConsoleScreen,
    form: Filled[Any],
    title: str,
    *,
    note: Any = None,
    removing: bool = False,
    status: int = 200,
) -> Answer:
    customer = await screen.ask("read_customer", path=_path(screen))
    name = words_customers.name_of(customer)
    return screen.show(
        "customers/note.html", status=status, customer=customer, name=name, form=form, title=title, note=note,
        removing=removing, mine=note is None or note.author == screen.ctx.actor, address=screen.incoming.path,
    )  # fmt: skip


async def _show_consent(screen: ConsoleScreen, form: Filled[Any], status: int = 200) -> Answer:
    purpose = words_consent.PURPOSES[_purpose(screen)]
    customer = await screen.ask("read_customer", path=_path(screen))
    return screen.show(
        "customers/consent.html", status=status, customer=customer, name=words_customers.name_of(customer), form=form,
        purpose=purpose, code=screen.param("purpose"),
    )  # fmt: skip


CUSTOMER_NOTE_PAGES = [
    customer_note_form, add_customer_note, change_customer_note_form, change_customer_note, remove_customer_note_form,
    remove_customer_note, consent_form, set_consent,
]  # fmt: skip
