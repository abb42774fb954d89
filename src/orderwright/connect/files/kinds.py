"""What can be imported: how each kind is read from a file, and by which verb it is stored."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NamedTuple

import msgspec

from orderwright import catalog
from orderwright.catalog import CatalogColumns
from orderwright.connect.files.items import Item, Items
from orderwright.connect.files.json_lines import json_items
from orderwright.connect.files.order_columns import COLUMNS, MINOR
from orderwright.connect.files.order_groups import order_items
from orderwright.connect.files.order_rows import Defaults
from orderwright.connect.files.parquet import parquet_table
from orderwright.connect.files.source import Position, Source
from orderwright.connect.files.tables import Table, csv_table, without
from orderwright.flows.place_orders import place_orders
from orderwright.flows.upsert_channels import upsert_channels
from orderwright.orders import PlaceOrder
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.unstorable import unstorable


class Options(NamedTuple):
    """How a file is to be understood: what it does not say itself, and which of its columns do not count."""

    defaults: Defaults
    ignored: tuple[str, ...] = ()


class Verdict(NamedTuple):
    """What became of one command; `reason` is empty when it was taken."""

    code: str
    taken: bool
    reason: str = ""


def refuse_unstorable(command: Any) -> Verdict:
    """What became of a command that the database cannot take; names the field where it is found."""
    error = unstorable(command)
    field = error.details.get("field")
    return Verdict(error.code, False, str(error) if field is None else f"{error} The field is {field}.")


Open = Callable[[Source, Position, Options], AbstractContextManager[Items[Any]]]
Store = Callable[[Transaction, Context, Sequence[Any]], Awaitable[list[Verdict]]]


class Kind(NamedTuple):
    """A kind of file: the permission that its verb needs; whether one batch may hold the same key twice."""

    name: str
    scope: str
    command: type[msgspec.Struct]
    open: Open
    store: Store
    repeats: bool = False


@contextmanager
def _open_table(source: Source, position: Position, options: Options) -> Iterator[Table]:
    with (csv_table if source.format == "csv" else parquet_table)(source, position) as table:
        yield without(table, options.ignored) if options.ignored else table


@contextmanager
def _open_orders(source: Source, position: Position, options: Options) -> Iterator[Items[PlaceOrder]]:
    if source.format == "jsonl":
        channel = options.defaults.channel
        given = {"channel": channel} if channel is not None else None
        with json_items(
            source, position, PlaceOrder, key=lambda o: o.external_id, size=lambda o: len(o.lines), defaults=given
        ) as items:
            yield items
    else:
        with _open_table(source, position, options) as table:
            yield Items(order_items(table, options.defaults), table.done)


def _open_entries(command: type[Any]) -> Open:
    """Catalogue entries, one a row or line."""

    @contextmanager
    def open_entries(source: Source, position: Position, options: Options) -> Iterator[Items[Any]]:
        if source.format == "jsonl":
            with json_items(source, position, command, key=lambda e: e.code, size=lambda _: 1) as items:
                yield items
        else:
            with _open_table(source, position, options) as table:
                columns = CatalogColumns(table.header, command, table.where)
                code_at = [name.strip().lower() for name in table.header].index("code")
                yield Items(_entry_items(table, columns, code_at), table.done)

    return open_entries


def _entry_items(table: Table, columns: CatalogColumns[Any], code_at: int) -> Iterator[Item[Any]]:
    for row in table.rows:
        code = row.cells[code_at].strip() if code_at < len(row.cells) else ""
        _, command, errors = (0, None, row.errors) if row.errors else columns.read_row(row.line, row.cells)
        yield Item(row.line, code, command, errors, 1, row.end)


class ColumnHelp(NamedTuple):
    """A column that files of a kind may have."""

    name: str
    required: bool
    allowed: str
    help: str


def describe_columns(kind: str) -> list[ColumnHelp]:
    """The columns of a kind, without the `_minor` forms of amounts."""
    if kind == "orders":
        return [
            ColumnHelp(column.name, column.required, column.allowed, column.help)
            for name, column in COLUMNS.items()
            if not name.endswith(MINOR)
        ]
    fields = msgspec.structs.fields(KINDS[kind].command)
    return [ColumnHelp(f.name, f.required, catalog.describe_cell(f.name, f.type), "") for f in fields]


_TOGETHER = "In a table the rows of an order must stand together."
IN_FILES = {
    "totals_do_not_add_up": f"The parts do not make the total. Correct the amounts. {_TOGETHER}",
    "order_differs": f"This external_id is taken by an order with other content. Use a new one. {_TOGETHER}",
}


async def _store_orders(tx: Transaction, ctx: Context, commands: Sequence[PlaceOrder]) -> list[Verdict]:
    outcomes = await place_orders(tx, ctx, commands)
    return [
        Verdict(o.code, o.accepted, "" if o.accepted else _reason(IN_FILES.get(o.code, o.message), o.details))
        for o in outcomes
    ]


def _store_entries(verb: Callable[..., Awaitable[list[catalog.UpsertOutcome]]]) -> Store:
    async def store(tx: Transaction, ctx: Context, commands: Sequence[Any]) -> list[Verdict]:
        outcomes = await verb(tx, ctx, commands)
        return [Verdict(o.code, o.ok, "" if o.ok else _reason(o.message, o.details)) for o in outcomes]

    return store


def _reason(message: str | None, details: dict[str, Any]) -> str:
    """The sentence, and the figures and names that go with it: `(difference: -100, expected: 1999)`."""
    told = ", ".join(f"{name}: {_plain(value)}" for name, value in details.items())
    return f"{message or ''} ({told})".strip() if told else message or ""


def _plain(value: Any) -> str:
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        return " ".join(map(str, value))
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("orders", "orders.place", PlaceOrder, _open_orders, _store_orders, repeats=True),
        Kind("skus", "catalog.write", catalog.UpsertSku, _open_entries(catalog.UpsertSku),
             _store_entries(catalog.upsert_skus)),
        Kind("pools", "catalog.write", catalog.UpsertPool, _open_entries(catalog.UpsertPool),
             _store_entries(catalog.upsert_pools)),
        Kind("locations", "catalog.write", catalog.UpsertLocation, _open_entries(catalog.UpsertLocation),
             _store_entries(catalog.upsert_locations)),
        Kind("channels", "catalog.write", catalog.UpsertChannel, _open_entries(catalog.UpsertChannel),
             _store_entries(upsert_channels)),
    )
}  # fmt: skip
