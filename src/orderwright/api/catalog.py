"""The catalogue: SKUs, pools, locations and channels, four families of the same calls."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, NamedTuple, cast
from urllib.parse import unquote_to_bytes

import msgspec
from msgspec import UNSET, Meta, UnsetType

from orderwright import catalog
from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.operations import Decoded, Operation
from orderwright.api.outcomes import REFUSAL_STATUSES, status_of
from orderwright.api.problems import problem
from orderwright.api.shapes import entry_shape, page_shape
from orderwright.api.verbs import Verb, run_verb
from orderwright.catalog import CsvRow, Entry, UpsertOutcome
from orderwright.flows.upsert_channels import upsert_channels
from orderwright.platform.errors import InvalidId, InvalidRequest, NotFound
from orderwright.platform.ids import decode_id, encode_id

UPSERTS_MAX = 1_000  # a transaction


class Family(NamedTuple):
    """One kind of catalogue entry. `has_active`: its lists can be filtered by whether it is switched on."""

    one: str
    many: str
    prefix: str
    command: type[Any]
    upsert: Verb
    page: Callable[..., Awaitable[Any]]
    read: Callable[..., Awaitable[list[Any]]]
    has_active: bool
    example: dict[str, Any]
    csv: str  # an example of a file


class UpsertView(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one entry: `created`, `updated`, `unchanged`, or why it was refused.

    `item` is its code; `id` and `version` are those it has now. `line` is where it stands in a CSV file.
    """

    code: str
    ok: bool
    item: str | None = None
    id: str | None = None
    version: int | None = None
    line: int | UnsetType = UNSET
    message: str | UnsetType = UNSET
    details: dict[str, Any] | UnsetType = UNSET


class Upserts(msgspec.Struct, frozen=True):
    """One outcome for each entry of a bulk call, in the same order."""

    data: list[UpsertView]


class PageView(msgspec.Struct, frozen=True):
    """A page of a list. `next`, unless null, is the `after` of the page that follows."""

    data: list[Any]
    next: str | None


class ListEntries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`q`: what the code begins with, or the name contains. `after`: the `next` of the page before."""

    q: Annotated[str, Meta(max_length=200)] | None = None
    after: Annotated[str, Meta(max_length=100)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class ListActiveEntries(ListEntries, frozen=True, forbid_unknown_fields=True):
    """`active`: only those that are switched on, or off."""

    active: bool | None = None


def operations_of(family: Family) -> list[Operation]:
    """Upsert in bulk (PUT and POST) and singly, list, and read by id or code."""
    view = entry_shape(family.one, family.command)
    return [
        _upsert_many(family, "PUT"),
        _upsert_many(family, "POST"),
        _upsert_one(family),
        _list(family, view),
        _read(family, view),
    ]


def _upsert_many(family: Family, method: str) -> Operation:
    async def run(call: Call, items: Decoded[Any] | None = None) -> Answer:
        if items is None:
            return json_answer(Upserts(await _upsert_csv(call, family)))
        return json_answer(Upserts(await _upsert(call, family, items)))

    name = family.many
    return Operation(
        id=f"{'put' if method == 'PUT' else 'post'}_{name}",
        method=method,
        path=f"/v1/{name}",
        run=run,
        summary=f"Create or replace up to 1,000 {name}",
        description=(
            "Each is addressed by its code and made to be as it is sent: a field that is left out gets its default."
            " Answers one outcome an item, in order. Takes CSV too (Content-Type text/csv, any number of rows): the"
            " header names the fields, outcomes name the line."
        ),
        tag="Catalog",
        scope="catalog.write",
        answer=Upserts,
        item=family.command,
        csv=family.csv,
        example={"data": [family.example]},
    )


def _upsert_one(family: Family) -> Operation:
    async def run(call: Call, body: Any) -> Answer:
        code = _last_segment(call, family)
        if code != body.code:
            raise InvalidRequest("The code in the path and in the body differ. Send the same one.", field="code")
        [outcome] = cast(Sequence[UpsertOutcome], await run_verb(call, family.upsert, [body]))
        if not outcome.ok:
            message, status = outcome.message or "", status_of(outcome.code)
            return problem(outcome.code, status, message, outcome.details, request_id=call.ctx.request_id)
        return json_answer(_view_upsert(outcome, family), 201 if outcome.code == "created" else 200)

    return Operation(
        id=f"put_{family.one}",
        method="PUT",
        path=f"/v1/{family.many}/{{code:path}}",
        run=run,
        summary=f"Create or replace a {family.one}",
        description="It is made to be as it is sent: a field that is left out gets its default.",
        tag="Catalog",
        scope="catalog.write",
        answer=UpsertView,
        also={201: UpsertView},
        body=family.command,
        refusals=REFUSAL_STATUSES,
        example=family.example,
    )


def _list(family: Family, view: Any) -> Operation:
    async def run(call: Call, query: Any) -> Answer:
        more = {"active": query.active} if family.has_active else {}
        page = await call.read(lambda tx: family.page(tx, after=query.after, limit=query.limit, q=query.q, **more))
        return json_answer(PageView([_view(entry, view, family.prefix) for entry in page.data], page.next))

    return Operation(
        id=f"list_{family.many}",
        method="GET",
        path=f"/v1/{family.many}",
        run=run,
        summary=f"List {family.many}",
        description="In the order of their codes.",
        tag="Catalog",
        scope="catalog.read",
        answer=page_shape(family.one, view),
        query=ListActiveEntries if family.has_active else ListEntries,
    )


def _read(family: Family, view: Any) -> Operation:
    async def run(call: Call) -> Answer:
        name = _last_segment(call, family)
        try:
            ids = [decode_id(family.prefix, name)]
        except InvalidId:
            ids = []
        found: list[Entry[Any]] = await call.read(lambda tx: family.read(tx, codes=[name], ids=ids))
        for entry in sorted(found, key=lambda entry: entry.content.code == name):  # an id goes before a code like it
            return json_answer(_view(entry, view, family.prefix))
        raise NotFound(f"There is no {family.one} of this id or code. Check it, and the merchant of the key.")

    return Operation(
        id=f"read_{family.one}",
        method="GET",
        path=f"/v1/{family.many}/{{code:path}}",
        run=run,
        summary=f"Read a {family.one}",
        description="By its id or its code. Percent-encode what a path cannot hold, a slash among them.",
        tag="Catalog",
        scope="catalog.read",
        answer=view,
        refusals=(404,),
    )


async def _upsert(call: Call, family: Family, items: Decoded[Any]) -> list[UpsertView]:
    """Upsert the items that were decoded; the others are answered with what is wrong with them."""
    commands = [item for item in items if not isinstance(item, InvalidRequest)]
    done = iter(cast(Sequence[UpsertOutcome], await run_verb(call, family.upsert, commands)))
    return [
        UpsertView(code="invalid_request", ok=False, message=str(item), details=item.details)
        if isinstance(item, InvalidRequest)
        else _view_upsert(next(done), family)
        for item in items
    ]


async def _upsert_csv(call: Call, family: Family) -> list[UpsertView]:
    """Upsert the rows of a CSV file, a thousand a transaction."""
    stream = io.BytesIO(await call.any_body())
    rows: list[CsvRow[Any]] = await asyncio.to_thread(lambda: list(catalog.read_rows(stream, family.command)))
    views: list[UpsertView] = []
    for start in range(0, len(rows), UPSERTS_MAX):
        chunk = rows[start : start + UPSERTS_MAX]
        made = await _upsert(call, family, [_row_item(row) for row in chunk])
        views += [msgspec.structs.replace(view, line=row.line) for view, row in zip(made, chunk, strict=True)]
    return views


def _row_item(row: CsvRow[Any]) -> Any:
    if row.command is not None:
        return row.command
    columns = [error.column for error in row.errors if error.column]
    return InvalidRequest(" ".join(error.message for error in row.errors), columns=columns)


def _view_upsert(outcome: UpsertOutcome, family: Family) -> UpsertView:
    return UpsertView(
        code=outcome.code,
        ok=outcome.ok,
        item=outcome.item,
        id=None if outcome.id is None else encode_id(family.prefix, outcome.id),
        version=outcome.version,
        message=outcome.message or UNSET,
        details=outcome.details or UNSET,
    )


def _view(entry: Entry[Any], view: Any, prefix: str) -> Any:
    head = encode_id(prefix, entry.id), entry.version, entry.created_at, entry.updated_at
    *content, _seen = msgspec.structs.astuple(entry.content)  # a writer's version is no part of what is stored
    return view(*head, *content)


def _last_segment(call: Call, family: Family) -> str:
    """The id or code in the path as it was sent: what the server decoded can no longer tell a slash within a code."""
    raw: bytes = call.scope.get("raw_path") or b""
    _, _, rest = raw.partition(b"?")[0].partition(f"/v1/{family.many}/".encode())
    try:
        return unquote_to_bytes(rest).decode()
    except UnicodeDecodeError:
        raise InvalidRequest("The path is not UTF-8 with percent signs. Encode it so.") from None


FAMILIES = (
    Family(
        "sku", "skus", "sku", catalog.UpsertSku, catalog.upsert_skus, catalog.list_skus, catalog.read_skus, True,
        {"code": "MUG-BLUE", "name": "Mug, blue", "weight_g": 350, "price": {"amount": 1250, "currency": "USD"}},
        'code,name,kind,components,weight_g,price\nMUG-RED,"Mug, red",stocked,,350,12.50 USD\n'
        "MUG-PAIR,Two red mugs,kit,MUG-RED:2,700,22.00 USD\n",
    ),
    Family(
        "pool", "pools", "pol", catalog.UpsertPool, catalog.upsert_pools, catalog.list_pools, catalog.read_pools,
        False, {"code": "EAST", "name": "East coast"}, "code,name\nEAST,East coast\nWEST,West coast\n",
    ),
    Family(
        "location", "locations", "loc", catalog.UpsertLocation, catalog.upsert_locations, catalog.list_locations,
        catalog.read_locations, True,
        {
            "code": "DC-COLUMBUS", "name": "Columbus", "kind": "warehouse", "pool": "EAST", "country": "US",
            "time_zone": "America/New_York", "line1": "1 Dock Street", "city": "Columbus", "region": "OH",
            "postal_code": "43004", "latitude": 40.0, "longitude": -82.8,
        },
        "code,name,kind,pool,country,time_zone,city,region,postal_code,open_weekdays,cutoff\n"
        "ST-BOSTON,Boston,store,EAST,US,America/New_York,Boston,MA,02110,1;2;3;4;5;6,16:00\n",
    ),
    Family(
        "channel", "channels", "chn", catalog.UpsertChannel, upsert_channels, catalog.list_channels,
        catalog.read_channels, True,
        {"code": "web", "name": "Web shop", "kind": "storefront", "currency": "USD", "pools": ["EAST"]},
        "code,name,kind,currency,pools,buffer\nmarket,Marketplace,marketplace,USD,EAST;WEST,5\n",
    ),
)  # fmt: skip
CATALOG = [made for family in FAMILIES for made in operations_of(family)]
