"""SKUs from a CSV file: sent a thousand rows at a time, with what became of each row."""

from __future__ import annotations

import io
from collections import Counter
from typing import Any

from orderwright.api import Answer
from orderwright.console.frame import ConsoleScreen
from orderwright.console.words import number
from orderwright.screens import blank, page

FILE_MAX = 10_000_000
REFUSED_SHOWN = 200
_WORDS = (("created", "Made"), ("updated", "Changed"), ("unchanged", "Already so"), ("refused", "Refused"))


@page("GET", "/settings/skus/import", needs="catalog.write")
async def import_form(screen: ConsoleScreen) -> Answer:
    """Choose a file, and what it looks like."""
    return screen.show("settings/import.html", form=blank(), results=None)


@page("POST", "/settings/skus/import", needs="catalog.write")
async def take_import(screen: ConsoleScreen) -> Answer:
    """Create and change SKUs as a file says, and answer what became of each row."""
    form = await screen.incoming.form()
    upload = next(iter(form.files.get("file", ())), None)
    if upload is None or not upload.content.strip():
        return screen.show(
            "settings/import.html", status=422, form=_wrong("Choose a CSV file that is not empty."), results=None
        )
    if len(upload.content) > FILE_MAX:
        return screen.show(
            "settings/import.html", status=422, form=_wrong("The file is larger than 10 MB. Split it."), results=None
        )
    said = await screen.do("post_skus", body=io.BytesIO(upload.content).read(), media_type="text/csv")
    if said.problem is not None:
        return screen.show("settings/import.html", status=422, form=_wrong(said.problem.detail), results=None)
    counts = Counter("refused" if not one.ok else one.code for one in said.value.data)
    refused = [one for one in said.value.data if not one.ok]
    return screen.show(
        "settings/import.html",
        form=blank(),
        results={
            "counts": [(word, number(counts[code])) for code, word in _WORDS],
            "rows": len(said.value.data), "done": len(said.value.data) - len(refused),
            "refused": refused[:REFUSED_SHOWN], "more": max(0, len(refused) - REFUSED_SHOWN),
            "title": f"{number(len(said.value.data) - len(refused))} of {number(len(said.value.data))} rows taken",
        },
    )  # fmt: skip


def _wrong(text: str) -> Any:
    return blank().with_errors({"file": text})


IMPORT_PAGES = [import_form, take_import]
