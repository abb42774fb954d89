"""What colleagues add to an order: notes, tags, files."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import quote

import msgspec
from msgspec import Meta

from orderwright.api import Answer
from orderwright.console.frame import ConsoleScreen
from orderwright.console.order_dialog import Dialog, Field, done, path_of, read_order, show, show_refused
from orderwright.platform.errors import NotFound
from orderwright.screens import Filled, blank, page

_KINDS = (("other", "Something else"), ("photo", "A photo"), ("letter", "A letter"))
NOTE = Dialog(
    "/note", "Add a note", "Add the note",
    fields=(
        Field("textarea", "words", "Note", "For colleagues. It is erased with the customer's data.", required=True),
        Field("check", "pinned", "Keep it on top"),
    ),
)  # fmt: skip
FILE = Dialog(
    "/file", "Add a file", "Add the file",
    fields=(
        Field("file", "file", "File", "A picture (JPEG, PNG, WebP, GIF), a PDF or plain text."),
        Field("select", "kind", "What it is", options=_KINDS, required=True),
    ),
)  # fmt: skip


class NoteForm(msgspec.Struct, frozen=True, kw_only=True):
    """A note."""

    words: Annotated[str, Meta(min_length=1, max_length=4_000)]
    pinned: bool = False


class ChangeNoteForm(msgspec.Struct, frozen=True, kw_only=True):
    """A note as it is to be. `undoing`: it is put back as it was."""

    words: Annotated[str, Meta(max_length=4_000)] | None = None
    pinned: bool = False
    undoing: bool = False


class TagsForm(msgspec.Struct, frozen=True, kw_only=True):
    """Tags as they are to be, separated by commas; `had` are those that the form was shown with."""

    tags: Annotated[str, Meta(max_length=2_000)] = ""
    had: Annotated[str, Meta(max_length=2_000)] = ""


class FileForm(msgspec.Struct, frozen=True, kw_only=True):
    """What a file is."""

    kind: Literal["photo", "letter", "other"] = "other"


@page("GET", "/orders/{order_id}/note", needs="orders.note")
async def note_form(screen: ConsoleScreen) -> Answer:
    """A note to be written."""
    return show(screen, await read_order(screen), NOTE, blank())


@page("POST", "/orders/{order_id}/note", needs="orders.note")
async def add_note(screen: ConsoleScreen) -> Answer:
    """Write a note."""
    form = await screen.form(NoteForm)
    if form.value is None:
        return show_refused(screen, await read_order(screen), NOTE, form)
    said = await screen.do("add_note", path=path_of(screen), body=msgspec.structs.asdict(form.value))
    if said.problem is not None:
        return show_refused(screen, await read_order(screen), NOTE, form, said)
    return done(screen, "Note added.", undo=f"/notes/{said.value.id}/remove")


async def _note(screen: ConsoleScreen) -> Any:
    """The note that the address names."""
    found = await screen.ask("list_notes", path=path_of(screen))
    note = next((one for one in found.data if one.id == screen.param("note_id")), None)
    if note is None:
        raise NotFound("There is no such note any more. Go back to the order.")
    return note


def _change(screen: ConsoleScreen, note: Any) -> Dialog:
    """Who wrote a note may change its words; whoever may write some may pin it."""
    words = Field("textarea", "words", "Note", "For colleagues. It is erased with the customer's data.", required=True)
    whose = () if note.author == screen.ctx.actor else (("Its words", "are changed by who wrote them"),)
    return Dialog(
        f"/notes/{note.id}", "Change the note", "Save the note", effects=whose,
        fields=(*(() if whose else (words,)), Field("check", "pinned", "Keep it on top"), Field("hidden", "undoing")),
    )  # fmt: skip


@page("GET", "/orders/{order_id}/notes/{note_id}", needs="orders.note")
async def change_note_form(screen: ConsoleScreen) -> Answer:
    """A note, to be changed or pinned. `pinned` in the address is how it was before, to be put back."""
    order, note = await read_order(screen), await _note(screen)
    back = {"true": True, "false": False}.get(screen.incoming.asked("pinned"), note.pinned)
    start = blank(words=note.words, pinned=back, undoing=back != note.pinned)
    return show(screen, order, _change(screen, note), start)


@page("POST", "/orders/{order_id}/notes/{note_id}", needs="orders.note")
async def change_note(screen: ConsoleScreen) -> Answer:
    """Change a note's words, or whether it is pinned."""
    form, note = await screen.form(ChangeNoteForm), await _note(screen)
    mine = note.author == screen.ctx.actor
    if form.value is not None and mine and form.value.words is None:
        form = form.with_errors({"words": "Write the note, or remove it."})
    if form.value is None:
        return show_refused(screen, await read_order(screen), _change(screen, note), form)
    body: dict[str, Any] = {"pinned": form.value.pinned} | ({"words": form.value.words} if mine else {})
    said = await screen.do("change_note", path={"note_id": note.id}, body=body)
    if said.problem is not None:
        return show_refused(screen, await read_order(screen), _change(screen, note), form, said)
    if said.value.code == "unchanged":
        return done(screen, "The note stays as it was.", tone="blue")
    if note.pinned == form.value.pinned:
        return done(screen, "Note changed.")
    before = "true" if note.pinned else "false"
    undo = None if form.value.undoing else f"/notes/{note.id}?pinned={before}"
    return done(screen, "Note kept on top." if form.value.pinned else "Note not kept on top any more.", undo=undo)


@page("GET", "/orders/{order_id}/notes/{note_id}/remove", needs="orders.note")
async def remove_note_form(screen: ConsoleScreen) -> Answer:
    """What removing a note does."""
    return show(screen, await read_order(screen), _removal(screen, "notes", "note_id", "note"), blank())


@page("POST", "/orders/{order_id}/notes/{note_id}/remove", needs="orders.note")
async def remove_note(screen: ConsoleScreen) -> Answer:
    """Remove a note."""
    return await _remove(screen, "remove_note", "notes", "note_id", "note")


@page("GET", "/orders/{order_id}/file", needs="orders.note")
async def file_form(screen: ConsoleScreen) -> Answer:
    """A file to be added."""
    return show(screen, await read_order(screen), FILE, blank(kind="other"))


@page("POST", "/orders/{order_id}/file", needs="orders.note")
async def add_file(screen: ConsoleScreen) -> Answer:
    """Keep a file with the order."""
    form = await screen.form(FileForm)
    given = next(iter(form.files.get("file", ())), None)
    if given is None:
        form = form.with_errors({"file": "Choose a file."})
    if form.value is None or given is None:
        return show_refused(screen, await read_order(screen), FILE, form)
    said = await screen.do(
        "attach_file", path=path_of(screen), body=given.content, query={"kind": form.value.kind},
        media_type="application/octet-stream", headers={"Orderwright-File-Name": quote(given.name)[:400]},
    )  # fmt: skip
    if said.problem is not None:
        return show_refused(screen, await read_order(screen), FILE, form, said)
    return done(screen, "File added.", undo=f"/files/{said.value.id}/remove")


@page("GET", "/orders/{order_id}/files/{attachment_id}/remove", needs="orders.note")
async def remove_file_form(screen: ConsoleScreen) -> Answer:
    """What removing a file does."""
    return show(screen, await read_order(screen), _removal(screen, "files", "attachment_id", "file"), blank())


@page("POST", "/orders/{order_id}/files/{attachment_id}/remove", needs="orders.note")
async def remove_file(screen: ConsoleScreen) -> Answer:
    """Remove a file."""
    return await _remove(screen, "remove_attachment", "files", "attachment_id", "file")


def _tags_dialog(order: Any) -> Dialog:
    return Dialog(
        "/tags", "Change tags", "Save the tags",
        fields=(Field("input", "tags", "Tags", "Separated by commas. No names of people."), Field("hidden", "had")),
    )  # fmt: skip


@page("GET", "/orders/{order_id}/tags", needs="orders.note")
async def tags_form(screen: ConsoleScreen) -> Answer:
    """The tags of an order, to be changed."""
    order = await read_order(screen)
    said = ", ".join(order.tags)
    return show(screen, order, _tags_dialog(order), blank(tags=said, had=said))


@page("POST", "/orders/{order_id}/tags", needs="orders.note")
async def change_tags(screen: ConsoleScreen) -> Answer:
    """Give and take tags: those that a colleague changed meanwhile stay as they are."""
    form = await screen.form(TagsForm)
    order = await read_order(screen)
    if form.value is None:
        return show_refused(screen, order, _tags_dialog(order), form)
    wanted, had = _tags(form.value.tags), _tags(form.value.had)
    body = {"add": [t for t in wanted if t not in had], "remove": [t for t in had if t not in wanted]}
    if not body["add"] and not body["remove"]:
        return done(screen, "The tags stay as they were.", tone="blue")
    said = await screen.do("tag_order", path=path_of(screen), body=body)
    if said.problem is not None:
        return show_refused(screen, order, _tags_dialog(order), form, said)
    return done(screen, f"{order.number_text}: tags changed.", undo="/tags")


def _tags(text: str) -> list[str]:
    return list(dict.fromkeys(tag for part in text.split(",") if (tag := part.strip())))


def _removal(screen: ConsoleScreen, folder: str, name: str, noun: str) -> Dialog:
    return Dialog(
        f"/{folder}/{screen.param(name)}/remove", f"Remove the {noun}", f"Remove the {noun}", tone="danger",
        effects=((noun.capitalize(), "gone for ever"), ("Timeline", "says that you removed it")),
    )  # fmt: skip


async def _remove(screen: ConsoleScreen, operation: str, folder: str, name: str, noun: str) -> Answer:
    said = await screen.do(operation, path={name: screen.param(name)}, body={})
    if said.problem is not None:
        form: Filled[Any] = blank()
        return show_refused(screen, await read_order(screen), _removal(screen, folder, name, noun), form, said)
    return done(screen, f"{noun.capitalize()} removed.")


ORDER_NOTES = [
    note_form, add_note, change_note_form, change_note, remove_note_form, remove_note, file_form, add_file,
    remove_file_form, remove_file, tags_form, change_tags,
]  # fmt: skip
