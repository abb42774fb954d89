"""The audit trail: who did what, when, from where, what was before and after. As pages, as CSV, and of one thing."""

from __future__ import annotations

import struct
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta

from orderwright.api.answers import Answer, StreamAnswer, json_answer
from orderwright.api.calls import Call
from orderwright.api.cursors import decode_cursor, encode_cursor
from orderwright.api.errors import InvalidParameter
from orderwright.api.operations import operation
from orderwright.api.trail_rows import (
    ACTS_BY_ACTOR,
    ACTS_BY_VERB,
    ACTS_OF_SUBJECT,
    ACTS_PAGE,
    CHANGES_OF_ACTS,
    COUNT_CHANGES,
    HISTORY_OF_SUBJECT,
    OPERATOR_ACTS_PAGE,
    REST_OF_CHANGES,
    ActRow,
    ChangeRow,
    OperatorActRow,
    VersionRow,
)
from orderwright.platform.csv_safe import csv_lines
from orderwright.platform.db import Transaction
from orderwright.platform.errors import InvalidId
from orderwright.platform.ids import UUID, decode_id, encode_id, id_from_time

SHOWN_MAX = 20  # things of one act: an import changes thousands
VERSIONS_MAX = 1_000
CSV_PAGE = 500
_FIRST, _LAST = UUID(bytes(16)), UUID(b"\xff" * 16)
_decode_id = msgspec.json.Decoder(tuple[uuid.UUID]).decode

# What the ids of changed things begin with, by kind.
PREFIXES = {
    "sku": "sku", "pool": "pol", "location": "loc", "channel": "chn", "return_policy": "chn", "channel_tax": "chn",
    "tax_rate": "txr", "legal_entity": "len", "channel_invoicing": "civ", "supply": "sup", "customer": "cus",
    "api_key": "key", "person": "usr", "membership": "usr", "session": "ses", "role": "rol", "limits": "usr",
    "brand": "chn", "saved_view": "viw",
    "bulk_run": "blk", "order_list": "lst", "customer_data": "cus",
}  # fmt: skip

Kind = Annotated[str, Meta(max_length=40, pattern=r"\A[a-z_]+\Z")]
Subject = Annotated[str, Meta(max_length=40)]
InstantText = Annotated[
    str,
    Meta(
        pattern=r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})\Z",
        examples=["2026-03-02T14:00:00Z"],
    ),
]


class ChangeView(msgspec.Struct, frozen=True, kw_only=True):
    """What changed of a thing: the fields that differ. One that is new has no `before`, one that is gone no `after`.
    Personal data is said to differ, not what it was."""

    kind: str
    subject: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class ActView(msgspec.Struct, frozen=True, kw_only=True):
    """One call of a verb: who did it, for whom, why, what caused it. `origin` is a session of a person; from where that
    was begun stands in the list of their sessions. `ok` is false for what was tried and refused, such as a wrong
    password. `changes` are the first twenty; `changed` is how many things there were."""

    id: str
    at: datetime
    verb: str
    actor: str
    on_behalf_of: str | None
    origin: str | None
    reason: str | None
    cause: str | None
    request_id: str | None
    ok: bool
    changed: int
    changes: list[ChangeView]


class ActPage(msgspec.Struct, frozen=True):
    """Newest first. `next`, unless null, is the `after` of the page that follows."""

    data: list[ActView]
    next: str | None


class ActFilter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`actor`: as it is listed (`user:usr_...`, `key:<prefix>`, `pump:<stage>`). `verb`: what was done. `subject`: the
    id of a thing that was changed or that an event tells of; `kind`: as which one (`channel`, `return_policy` ...).
    `since`: at this time or later; `until`: before it."""

    actor: Annotated[str, Meta(max_length=200)] | None = None
    verb: Kind | None = None
    subject: Subject | None = None
    kind: Kind | None = None
    since: InstantText | None = None
    until: InstantText | None = None


class ListActs(ActFilter, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """As `ActFilter`; `after`: the `next` of the page before."""

    after: Annotated[str, Meta(max_length=200)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class ReadHistory(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which thing: its id and, where an id has several settings (a channel), its kind."""

    subject: Subject
    kind: Kind


class VersionView(msgspec.Struct, frozen=True, kw_only=True):
    """A thing as an act left it: what differs, and `whole`, all of it. To bring it back, send its content again; null:
    it was removed."""

    version: int
    act: str
    at: datetime
    verb: str
    actor: str
    on_behalf_of: str | None
    reason: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    whole: dict[str, Any] | None


class History(msgspec.Struct, frozen=True):
    """Newest first; `next` is null. Of more than 1,000 changes the first are read."""

    data: list[VersionView]
    next: None = None


class _Span(NamedTuple):
    """What is asked for, with ids as bounds: an id says when it was made."""

    actor: str | None
    verb: str | None
    subject_id: UUID | None
    kind: str | None
    first: UUID
    before: UUID

    def below(self, before: UUID) -> _Span:
        return self._replace(before=min(self.before, before))


@operation("GET", "/v1/audit", tag="Audit trail", scope="audit.read", answer=ActPage)
async def list_acts(call: Call, query: ListActs) -> Answer:
    """List who did what.

    Newest first: every call of a verb, by people, keys, workers and the command line, with what it changed; and what
    was done to people, roles, keys and sessions. Nothing of it is ever changed or removed.
    """
    span = _span(query)
    if query.after is not None:
        span = span.below(UUID(decode_cursor(query.after, _decode_id)[0].bytes))
    views = await _page(call, span, query.limit + 1)
    shown = views[: query.limit]
    more = encode_cursor((decode_id("act", shown[-1].id),)) if len(views) > query.limit else None
    return json_answer(ActPage(shown, more))


@operation("GET", "/v1/audit.csv", tag="Audit trail", scope="audit.read", answer=None, media_type="text/csv")
async def export_acts(call: Call, query: ActFilter) -> Answer:
    """Export who did what, as CSV.

    A row for each thing that changed, and one for an act that changed none; newest first, as long as it takes. A cell
    that a spreadsheet would run as a formula begins with an apostrophe.
    """
    disposition = (b"content-disposition", b'attachment; filename="audit.csv"')
    return StreamAnswer(
        _export(call, _span(query)), lambda: None, headers=(disposition,), media_type=b"text/csv; charset=utf-8"
    )


@operation("GET", "/v1/audit/history", tag="Audit trail", scope="audit.read", answer=History)
async def read_history(call: Call, query: ReadHistory) -> Answer:
    """Read all versions of a setting or an entry of the catalogue.

    Each with who made it, what differs from the one before, and the whole of it.
    """
    subject_id = _subject_id(query.subject)
    rows = await call.look(lambda tx: HISTORY_OF_SUBJECT.fetch(tx, subject_id, query.kind, VERSIONS_MAX))
    return json_answer(History(versions(rows)[::-1]))


def versions(rows: Sequence[VersionRow]) -> list[VersionView]:
    """Changes put on each other, oldest first. Pure."""
    whole: dict[str, Any] | None = None
    views = []
    for n, row in enumerate(rows, 1):
        before, after = _object(row.before), _object(row.after)
        whole = None if after is None else {**(whole if whole is not None and before is not None else {}), **after}
        views.append(
            VersionView(
                version=n, act=encode_id("act", row.act_id), at=row.recorded_at, verb=row.verb, actor=row.actor,
                on_behalf_of=row.on_behalf_of, reason=row.reason, before=before, after=after, whole=whole,
            )
        )  # fmt: skip
    return views


def _span(query: ActFilter) -> _Span:
    if query.kind is not None and query.subject is None:
        raise InvalidParameter("The parameter kind needs a subject. Send both, or leave it out.", parameter="kind")
    return _Span(
        query.actor,
        query.verb,
        None if query.subject is None else _subject_id(query.subject),
        query.kind,
        _FIRST if query.since is None else _first_id(query.since, "since"),
        _LAST if query.until is None else _first_id(query.until, "until"),
    )


def _first_id(text: str, name: str) -> UUID:
    """The smallest id of an instant."""
    try:
        return id_from_time(datetime.fromisoformat(text))
    except (ValueError, OverflowError, struct.error):  # no such day, or before 1970
        raise InvalidParameter(f"The parameter {name} is no instant since 1970. Correct it.", parameter=name) from None


def _subject_id(text: str) -> UUID:
    try:
        return decode_id(text.rpartition("_")[0], text)
    except InvalidId:
        raise InvalidParameter(
            "The parameter subject is no id. Send it as it was listed.", parameter="subject"
        ) from None


async def _page(call: Call, span: _Span, limit: int) -> list[ActView]:
    """The newest acts of both kinds, merged. Five statements at most."""

    async def own(tx: Transaction) -> list[ActView]:
        acts = await _acts(tx, span, limit)
        ids = [act.id for act in acts]
        changes = await CHANGES_OF_ACTS.fetch(tx, ids, SHOWN_MAX, span.subject_id) if ids else []
        counts = {row.act_id: row.things or 0 for row in (await COUNT_CHANGES.fetch(tx, ids) if ids else [])}
        by_act: dict[UUID, list[ChangeRow]] = {}
        for change in changes:
            by_act.setdefault(change.act_id, []).append(change)
        return [_act_view(act, by_act.get(act.id, []), counts) for act in acts]

    mine = await call.look(own)
    async with call.database.operator_transaction() as tx:
        shared = await OPERATOR_ACTS_PAGE.fetch(
            tx, call.ctx.merchant, span.first, span.before, limit, span.actor, span.verb, span.subject_id, span.kind
        )
    views = [*mine, *map(_operator_view, shared)]
    return sorted(views, key=lambda view: view.id, reverse=True)[:limit]


async def _acts(tx: Transaction, span: _Span, limit: int) -> list[ActRow]:
    bounds = span.first, span.before, limit
    if span.subject_id is not None:
        return await ACTS_OF_SUBJECT.fetch(tx, *bounds, span.subject_id, span.kind, span.actor, span.verb)
    if span.actor is not None:
        return await ACTS_BY_ACTOR.fetch(tx, *bounds, span.actor, span.verb)
    if span.verb is not None:
        return await ACTS_BY_VERB.fetch(tx, *bounds, span.verb)
    return await ACTS_PAGE.fetch(tx, *bounds)


def _act_view(act: ActRow, changes: Sequence[ChangeRow], counts: Mapping[UUID, int]) -> ActView:
    return ActView(
        id=encode_id("act", act.id), at=act.recorded_at, verb=act.verb, actor=act.actor,
        on_behalf_of=act.on_behalf_of, origin=act.origin, reason=act.reason, cause=act.cause,
        request_id=act.request_id, ok=act.ok, changed=counts.get(act.id, 0),
        changes=[_change_view(c.subject_kind, c.subject_id, c.before, c.after) for c in changes],
    )  # fmt: skip


def _operator_view(act: OperatorActRow) -> ActView:
    about = act.subject_kind is not None
    return ActView(
        id=encode_id("act", act.id), at=act.recorded_at, verb=act.verb, actor=act.actor, on_behalf_of=None,
        origin=act.origin, reason=act.reason, cause=None, request_id=act.request_id, ok=act.ok, changed=int(about),
        changes=[_change_view(act.subject_kind or "", act.subject_id, act.before, act.after)] if about else [],
    )  # fmt: skip


def _change_view(kind: str, subject_id: UUID | None, before: str | None, after: str | None) -> ChangeView:
    subject = None if subject_id is None else encode_id(PREFIXES.get(kind, "sub"), subject_id)
    return ChangeView(kind=kind, subject=subject, before=_object(before), after=_object(after))


def _object(text: str | None) -> dict[str, Any] | None:
    return None if text is None else msgspec.json.decode(text)


_COLUMNS = (
    "at", "actor", "on_behalf_of", "origin", "verb", "ok", "reason", "cause", "request_id", "kind", "subject", "before",
    "after", "act",
)  # fmt: skip


async def _export(call: Call, span: _Span) -> AsyncGenerator[bytes, None]:
    """The file, a page at a time: no transaction stays open while somebody reads slowly."""
    yield csv_lines([_COLUMNS])
    while views := await _page(call, span, CSV_PAGE):
        lines: list[bytes] = []
        for view in views:
            lines.append(csv_lines(_rows(view)))
            if view.changed > SHOWN_MAX and span.subject_id is None:  # of an import there are thousands
                yield b"".join(lines)
                lines = []
                async for more in _rest(call, view):
                    yield more
        yield b"".join(lines)
        if len(views) < CSV_PAGE:
            return
        span = span.below(decode_id("act", views[-1].id))


def _rest_from(act_id: UUID, first: int) -> Callable[[Transaction], Awaitable[list[ChangeRow]]]:
    return lambda tx: REST_OF_CHANGES.fetch(tx, act_id, first, CSV_PAGE)


async def _rest(call: Call, view: ActView) -> AsyncGenerator[bytes, None]:
    """What an act changed beyond what a page shows of it."""
    act_id = decode_id("act", view.id)
    for first in range(SHOWN_MAX, view.changed, CSV_PAGE):
        found = await call.look(_rest_from(act_id, first))
        changes = [_change_view(c.subject_kind, c.subject_id, c.before, c.after) for c in found]
        yield csv_lines(_rows(msgspec.structs.replace(view, changes=changes)))


def _rows(view: ActView) -> list[tuple[object, ...]]:
    who = (view.at, view.actor, view.on_behalf_of, view.origin, view.verb, "yes" if view.ok else "no", view.reason,
           view.cause, view.request_id)  # fmt: skip
    nothing = [ChangeView(kind="", subject=None, before=None, after=None)]
    return [
        (*who, change.kind, change.subject, _text(change.before), _text(change.after), view.id)
        for change in view.changes or nothing
    ]


def _text(fields: dict[str, Any] | None) -> str | None:
    return None if fields is None else msgspec.json.encode(fields).decode()


TRAIL = [list_acts, export_acts, read_history]
