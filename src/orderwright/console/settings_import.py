"""SKUs from a CSV file: imported in the background, so that whoever sent it may go away and come back."""

from __future__ import annotations

from typing import Any

from orderwright.api import Answer
from orderwright.console.frame import ConsoleScreen
from orderwright.console.words import number, plural
from orderwright.platform.errors import NotFound
from orderwright.screens import blank, page

FILE_MAX = 10_000_000
_LATEST = 10
_BASE = "/settings/skus/import"
_WORDS = (("created", "Made"), ("updated", "Changed"), ("unchanged", "Already so"))
_STATES = {
    "working": {"word": "Working", "tone": "blue"},
    "finished": {"word": "Finished", "tone": "green"},
    "stopped": {"word": "Stopped", "tone": "amber"},
}


@page("GET", "/settings/skus/import", needs="catalog.write")
async def import_form(screen: ConsoleScreen) -> Answer:
    """Choose a file, and what became of the latest ones."""
    return await _show(screen, blank())


@page("POST", "/settings/skus/import", needs="catalog.write")
async def take_import(screen: ConsoleScreen) -> Answer:
    """Begin an import, or go on with it."""
    form = await screen.incoming.form()
    upload = next(iter(form.files.get("file", ())), None)
    if upload is None or not upload.content.strip():
        return await _show(screen, _wrong("Choose a CSV file that is not empty."), 422)
    if len(upload.content) > FILE_MAX:
        return await _show(screen, _wrong("The file is larger than 10 MB. Split it."), 422)
    query = {"kind": "skus", "again": "true" if form.first("again") == "true" else None}
    said = await screen.do("start_import", query=query, body=bytes(upload.content), media_type="text/csv")
    if said.problem is not None:
        return await _show(screen, _wrong(said.problem.detail), 422)
    return screen.go(screen.url(f"{_BASE}/{said.value.id}"))


@page("GET", "/settings/skus/import/{import_id}", needs="catalog.write")
async def import_progress(screen: ConsoleScreen) -> Answer:
    """How far an import is, and what became of its rows."""
    one = await screen.ask("read_import", path={"import_id": screen.param("import_id")})
    rows = one.taken + one.refused
    counts = [(word, number(one.counts.get(code, 0))) for code, word in _WORDS]
    return screen.show(
        "settings/import_progress.html",
        one=one,
        state=_STATES[one.state],
        percent=None if one.done is None else int(one.done * 100),
        counts=[*counts, ("Refused", number(one.refused))],
        title=f"{number(one.taken)} of {plural(rows, 'row')} taken" if rows else "No row was read so far",
        here=screen.url(f"{_BASE}/{one.id}"),
        report=screen.url(f"{_BASE}/{one.id}/refused") if one.refused and one.has_report else None,
    )


@page("GET", "/settings/skus/import/{import_id}/refused", needs="catalog.write")
async def import_refused(screen: ConsoleScreen) -> Answer:
    """What was refused, by line, as a file."""
    said = await screen.do("read_import_refused", key="", path={"import_id": screen.param("import_id")})
    if said.problem is not None:
        raise NotFound(said.problem.detail)
    name = (b"content-disposition", b'attachment; filename="refused-rows.csv"')
    return Answer(said.answer.body, 200, (name,), b"text/csv; charset=utf-8")


async def _show(screen: ConsoleScreen, form: Any, status: int = 200) -> Answer:
    found = await screen.do("list_imports", key="", query={"kind": "skus", "limit": _LATEST})
    latest = [] if found.problem is not None else found.value.data
    return screen.show("settings/import.html", status=status, form=form, latest=latest, states=_STATES, base=_BASE)


def _wrong(text: str) -> Any:
    return blank().with_errors({"file": text})


IMPORT_PAGES = [import_form, take_import, import_progress, import_refused]
