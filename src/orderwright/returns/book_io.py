"""Read the books of orders, and write what changed in them. Callers hold the orders' locks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from orderwright.orders import read_order_money, return_units
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID
from orderwright.platform.work import enqueue_work
from orderwright.returns.books import Goods, OrderBook, Return, ReturnLine
from orderwright.returns.claim_io import read_claims
from orderwright.returns.policy import BUILT_IN, PolicyOf, ReturnTerms
from orderwright.returns.queries import (
    APPEND_INSPECTIONS,
    APPEND_RETURNS,
    CHANGE_RETURNS,
    ORDERS_OF_RETURNS,
    PUT_GOODS,
    PUT_LINES,
    READ_GOODS,
    READ_INSPECTIONS,
    READ_LINES,
    READ_POLICIES,
    READ_RETURNS,
    READ_SOLD,
    GoodsRow,
    InspectionRow,
    OrderOfReturn,
    ReturnLineRow,
    ReturnRow,
    SoldRow,
)
from orderwright.returns.states import ReturnState

_decode_terms = msgspec.json.Decoder(ReturnTerms).decode


async def orders_of_returns(tx: Transaction, return_ids: Iterable[UUID]) -> dict[UUID, OrderOfReturn]:
    """Which orders returns are of, and where they go. One statement."""
    return {row.id: row for row in await ORDERS_OF_RETURNS.fetch(tx, list(set(return_ids)))}


async def read_policies(tx: Transaction, channel_ids: Iterable[UUID]) -> dict[UUID, PolicyOf]:
    """The terms of channels; the built-in ones where nobody has said any. One statement."""
    wanted = set(channel_ids)
    rows = await READ_POLICIES.fetch(tx, list(wanted))
    said = {row.channel_id: PolicyOf(row.version, _decode_terms(row.terms)) for row in rows}
    return {channel_id: said.get(channel_id, BUILT_IN) for channel_id in wanted}


async def read_books(tx: Transaction, order_ids: Iterable[UUID]) -> dict[UUID, OrderBook]:
    """All that has come back of orders, or was claimed. Eight statements."""
    ids = list(order_ids)
    money, lines = await read_order_money(tx, ids)
    sold: dict[UUID, dict[int, list[SoldRow]]] = {}
    for part in await READ_SOLD.fetch(tx, ids):
        sold.setdefault(part.order_id, {}).setdefault(part.line_n, []).append(part)
    returns: dict[UUID, Return] = {row.id: _return(row) for row in await READ_RETURNS.fetch(tx, ids)}
    for line in await READ_LINES.fetch(tx, ids):
        returns[line.return_id].lines[line.line_n] = ReturnLine(**line._asdict())
    for goods in await READ_GOODS.fetch(tx, ids):
        key = (goods.line_n, goods.component_n, goods.location_id)
        returns[goods.return_id].goods[key] = Goods(**goods._asdict())
    for seen in await READ_INSPECTIONS.fetch(tx, list(returns)):
        returns[seen.return_id].inspections.append(seen)
    books = {i: OrderBook(row, {n.n: n for n in lines.get(i, ())}, sold.get(i, {}), {}) for i, row in money.items()}
    for one in returns.values():
        books[one.order_id].returns[one.id] = one
    for claim in await read_claims(tx, ids):
        books[claim.order_id].claims[claim.id] = claim
    return books


def _return(row: ReturnRow) -> Return:
    state = ReturnState(row.state)
    facts = row._asdict() | {"state": state, "terms": _decode_terms(row.terms), "before": state}
    return Return(**facts)


async def write_returns(tx: Transaction, returns: Sequence[Return]) -> None:
    """Write returns with their lines and goods as they are by now, and queue new ones whose label is to be bought. Five
    statements at most."""
    new = [one for one in returns if one.before is None]
    known = [one for one in returns if one.before is not None]
    await APPEND_RETURNS.run(tx, [
        (one.id, one.order_id, one.location_id, one.state.value, one.method, one.tracking_number, one.policy_version,
         msgspec.json.encode(one.terms).decode(), one.label_fee_minor, one.scanned_at,
         one.refund_to)
        for one in new
    ])  # fmt: skip
    wants = [one.id for one in new if one.method == "label" and one.tracking_number is None and one.is_announced]
    await enqueue_work(tx, "return_label", wants)
    if known:
        rows = [(r.id, str(r.before), r.state.value, r.label_fee_minor, r.scanned_at) for r in known]
        await CHANGE_RETURNS.run(tx, *columns(rows, 5))
    lines = [_row(line, ReturnLineRow._fields) for one in returns for line in one.lines.values()]
    if lines:
        await PUT_LINES.run(tx, *columns(lines, 15))
    goods = [_row(g, GoodsRow._fields) for one in returns for g in one.goods.values()]
    if goods:
        await PUT_GOODS.run(tx, *columns(goods, 9))


def _row(thing: object, names: Iterable[str]) -> tuple[object, ...]:
    return tuple(getattr(thing, name) for name in names)


async def write_inspections(tx: Transaction, act_id: UUID, rows: Sequence[InspectionRow]) -> None:
    """Append what was found. One statement, or none."""
    await APPEND_INSPECTIONS.run(tx, [(*row, act_id) for row in rows])


async def count_back(
    tx: Transaction, came: Iterable[tuple[SoldRow, int]], returns: Sequence[Return], gone: Sequence[InspectionRow]
) -> None:
    """Keep `component.returned` with what came and what was sent back. One statement, or none."""
    order_of = {one.id: one.order_id for one in returns}
    units = [(part.order_id, part.line_n, part.component_n, count) for part, count in came]
    units += [
        (order_of[row.return_id], row.line_n, row.component_n, -row.quantity)
        for row in gone
        if row.disposition == "send_back"
    ]
    await return_units(tx, units)
