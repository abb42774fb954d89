"""Pages of a kind of settings: the list, the form, what a change would do, and what was changed by whom."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from orderwright.api import Answer, Problem
from orderwright.console.frame import ConsoleScreen
from orderwright.console.settings_forms import changed_fields, differences, error_of, filled, taken
from orderwright.console.settings_kinds import Body, SettingKind
from orderwright.console.settings_map import map_of
from orderwright.platform.errors import NotFound
from orderwright.screens import Filled, Form, Page, blank, page

PAGE = 100
SCANNED_MAX = 20  # pages that are looked through for one entry of a list that cannot be read by its code
_SOURCES = {
    "pools": ("list_pools", "code"),
    "channels": ("list_channels", "code"),
    "companies": ("list_legal_entities", ""),
}
_BY_CHANNEL = ("return_policy", "channel_tax")


def pages_of(kind: SettingKind) -> list[Page]:
    """The pages of a kind of settings."""
    address = f"/settings/{kind.path}"

    def made(method: str, path: str, needs: str, name: str, run: Callable[[ConsoleScreen], Awaitable[Answer]]) -> Page:
        run.__name__ = f"{name}_{kind.path.replace('-', '_')}"
        return page(method, address + path, needs=needs)(run)

    async def show_list(screen: ConsoleScreen) -> Answer:
        return await _show_list(screen, kind)

    async def show_new(screen: ConsoleScreen) -> Answer:
        form = filled(kind, None, None)  # with what the address proposes
        asked = {field.name: list(screen.incoming.query.get(field.name, ()))[:1] for field in kind.fields}
        proposed = {name: texts for name, texts in asked.items() if texts}
        form = Filled(form.value, form.errors, {**form.typed, **proposed}, form.files)
        return await _show_form(screen, kind, form, None)

    async def take_new(screen: ConsoleScreen) -> Answer:
        return await _take(screen, kind, None)

    async def show_one(screen: ConsoleScreen) -> Answer:
        row = await _found(screen, kind)
        return await _show_form(screen, kind, filled(kind, kind.entry(row), kind.version_of(row)), row)

    async def take_one(screen: ConsoleScreen) -> Answer:
        return await _take(screen, kind, await _found(screen, kind))

    async def preview(screen: ConsoleScreen) -> Answer:
        row = await _found(screen, kind) if screen.incoming.asked("code") else None
        before = None if row is None else kind.entry(row)
        after, errors = taken(kind, await screen.incoming.form(), before)
        return screen.show("settings/preview.html", effects=_effects(kind, before, after), errors=errors)

    async def history(screen: ConsoleScreen) -> Answer:
        return await _show_history(screen, kind)

    pages = [
        made("GET", "", kind.needs, "list", show_list),
        made("GET", "/new", kind.writes, "new", show_new),
        made("POST", "/new", kind.writes, "new", take_new),
        made("GET", "/edit", kind.needs, "edit", show_one),
        made("POST", "/edit", kind.writes, "edit", take_one),
        made("POST", "/preview", kind.writes, "preview", preview),
    ]
    return [*pages, made("GET", "/history", "audit.read", "history", history)] if kind.history else pages


async def _show_list(screen: ConsoleScreen, kind: SettingKind) -> Answer:
    asked, after = screen.incoming.asked("q")[:200], screen.incoming.asked("after") or None
    query: dict[str, Any] = {"limit": PAGE, "after": after} if kind.paged else {}
    if kind.searchable and asked:
        query["q"] = asked
    found = await screen.ask(kind.lists, query=query)
    rows: list[dict[str, Any]] = [
        {"code": _code(kind, row), "body": kind.entry(row), "version": kind.version_of(row)} for row in found.data
    ]
    following = getattr(found, "next", None)
    return screen.show(
        "settings/list.html",
        kind=kind,
        rows=rows,
        q=asked,
        places=map_of([row["body"] for row in rows]) if kind.path == "locations" else None,
        following=screen.url(f"/settings/{kind.path}", q=asked, after=following) if following else None,
        first=screen.url(f"/settings/{kind.path}", q=asked) if after else None,
    )


async def _show_form(
    screen: ConsoleScreen, kind: SettingKind, form: Filled[Any], row: Any, status: int = 200, theirs: Any = None
) -> Answer:
    code = None if row is None else _code(kind, row)
    base = f"/settings/{kind.path}"
    if row is not None:  # what cannot be changed is not sent with the form
        stands = filled(kind, kind.entry(row), None).typed
        fixed = {field.name: stands[field.name] for field in kind.fields if field.fixed}
        form = Filled(form.value, form.errors, {**form.typed, **fixed}, form.files)
    return screen.show(
        "settings/form.html",
        status=status,
        kind=kind,
        form=form,
        code=code,
        version=None if row is None else kind.version_of(row),
        theirs=theirs,
        address=screen.url(f"{base}/new") if code is None else screen.url(f"{base}/edit", code=code),
        preview=screen.url(f"{base}/preview", code=code),
        history=screen.url(f"{base}/history", code=code)
        if code and kind.history and screen.may("audit.read")
        else None,
        options=await _options(screen, kind),
        writable=screen.may(kind.writes),
        actions=[
            (word, screen.url(f"{base}/{path}", code=code))
            for word, path in (kind.actions(kind.entry(row)) if code and screen.may(kind.writes) else ())
        ],
    )


async def _take(screen: ConsoleScreen, kind: SettingKind, row: Any) -> Answer:
    """Keep what was typed, unless somebody else changed the entry since the form was shown: the later one is told."""
    sent = await screen.incoming.form()
    before = None if row is None else kind.entry(row)
    body, errors = taken(kind, sent, before)
    form: Filled[Any] = Filled(None, errors, sent.fields, sent.files)
    if errors:
        return await _show_form(screen, kind, form, row, 422)
    if row is None and kind.read is not None and await screen.find(kind.read, path={"code": str(body[kind.code])}):
        text = f"There is a {kind.one} of this code already. Open that one, or choose another code."
        return await _show_form(screen, kind, form.with_errors({kind.code: text}), row, 422)
    now = None if row is None else kind.version_of(row)
    if now is not None and sent.first("version") != str(now):
        return await _show_theirs(screen, kind, sent, row, body)
    problem = await _write(screen, kind, {**body, "version": now or 0})
    if problem is not None and problem.code == "version_conflict" and row is not None:  # changed while it was sent
        row = await _found(screen, kind)
        return await _show_theirs(screen, kind, sent, row, body)
    if problem is not None:
        there = f"There is a {kind.one} of this already. Open that one, or choose another."
        errors = {kind.code: there} if problem.code == "version_conflict" else error_of(kind, problem)
        return await _show_form(screen, kind, form.with_errors(errors), row, 422)
    named = body.get(kind.code) if row is None else _code(kind, row)
    screen.say(
        f"{kind.one[:1].upper()}{kind.one[1:]} {named or ''} was {'made' if row is None else 'changed'}.".replace(
            "  ", " "
        )
    )
    return screen.go(screen.url(f"/settings/{kind.path}"))


async def _show_theirs(screen: ConsoleScreen, kind: SettingKind, sent: Form, row: Any, body: dict[str, Any]) -> Answer:
    """The form again, with what another one made of the entry meanwhile."""
    text = "Somebody has changed it since you opened it. What differs stands above: save again to have it your way."
    fields = {**sent.fields, "version": [str(kind.version_of(row) or 0)]}
    told: Filled[Any] = Filled(None, {"": text}, fields, sent.files)
    return await _show_form(screen, kind, told, row, 409, differences(kind.fields, kind.entry(row), body))


async def _write(screen: ConsoleScreen, kind: SettingKind, body: dict[str, Any]) -> Problem | None:
    sent = {name: value for name, value in body.items() if name != "id"}
    if kind.single:
        said = await screen.do(kind.write, path={"code": str(body[kind.code])}, body=sent)
        return said.problem
    said = await screen.do(kind.write, body={"data": [sent]} if kind.in_bulk else sent)
    if said.problem is not None or not kind.in_bulk:
        return said.problem
    [made] = said.value.data
    if made.ok:
        return None
    return Problem(
        type="", title=made.code, status=422, code=made.code, detail=made.message or made.code, request_id="",
        details=made.details,
    )  # fmt: skip


async def _show_history(screen: ConsoleScreen, kind: SettingKind) -> Answer:
    row = await _found(screen, kind)
    subject = kind.id_of(row)
    if kind.history in _BY_CHANNEL:
        channel = await screen.find("read_channel", path={"code": _code(kind, row)})
        subject = None if channel is None else channel.id
    versions: list[Any] = []
    if subject is not None:
        found = await screen.ask("read_history", query={"subject": subject, "kind": kind.history})
        versions = [(one, changed_fields(one.before, one.after)) for one in found.data]
    return screen.show("settings/history.html", kind=kind, code=_code(kind, row), versions=versions)


async def _found(screen: ConsoleScreen, kind: SettingKind) -> Any:
    """The entry that the address names. Raises NotFound."""
    code = screen.incoming.asked("code")
    if kind.read is not None:
        row = await screen.find(kind.read, path={"code": code}) if code else None
        if row is not None:
            return row
    else:
        after = None
        for _ in range(SCANNED_MAX):
            page_of = await screen.ask(kind.lists, query={"limit": 200, "after": after} if kind.paged else {})
            for row in page_of.data:
                if _code(kind, row) == code:
                    return row
            after = getattr(page_of, "next", None)
            if after is None:
                break
    raise NotFound(f"There is no such {kind.one}. Go back to the list.")


async def _options(screen: ConsoleScreen, kind: SettingKind) -> dict[str, Sequence[tuple[str, str]]]:
    """What the choices of a form are, by the field's name."""
    wanted = [field for field in kind.fields if field.source is not None]
    found = await asyncio.gather(*(_source(screen, str(field.source)) for field in wanted))
    return {field.name: options for field, options in zip(wanted, found, strict=True)}


async def _source(screen: ConsoleScreen, source: str) -> list[tuple[str, str]]:
    operation, _ = _SOURCES[source]
    said = await screen.do(operation, key="", query={} if source == "companies" else {"limit": 200})
    if said.problem is not None:
        return []
    if source == "companies":
        return [(row.entity.code, f"{row.entity.name} ({row.entity.code})") for row in said.value.data]
    return [(row.code, f"{row.name} ({row.code})") for row in said.value.data]


def _effects(kind: SettingKind, before: Body | None, after: Body) -> list[tuple[str, str]]:
    differs = differences(kind.fields, before, after) if before is not None else []
    if before is not None and not differs:
        return []
    return [*differs, *(("What it does", text) for text in kind.warns(before, after))]


def _code(kind: SettingKind, row: Any) -> str:
    body = kind.entry(row)
    return str(body.get(kind.code, ""))


def empty_form() -> Filled[Any]:
    """A form with nothing in it."""
    return blank()
