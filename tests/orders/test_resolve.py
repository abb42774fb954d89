"""What pending lines are by the catalogue of now, what becomes of their units, and what is held again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from orderwright.catalog import SkuFacts
from orderwright.inventory import Headroom
from orderwright.orders import (
    BackorderRow,
    HoldDraft,
    KnownNow,
    PendingRow,
    PromiseRow,
    QuantityMove,
    UnderstoodComponent,
    UnderstoodLine,
    holds_again,
    is_usable,
    resolve_pieces,
    understand_pending,
    units_handed,
)
from orderwright.platform.ids import new_ids
from tests.builders.facts import some_balance, some_channel, some_kit, some_location, some_sku

ORDER, POOL, SPARE = new_ids(3)
SHOP = some_location(POOL)
MUG, LID, OLD = some_sku(), some_sku(), some_sku(active=False)
FILE = some_sku(kind="digital")
SET = some_kit((MUG, 2), (LID, 1))


def now(kind: str = "storefront", buffer: int = 0) -> KnownNow:
    channel = some_channel(POOL, SPARE, kind=kind, buffer=buffer)
    skus = {sku.code: sku for sku in (MUG, OLD, FILE, SET)}
    return KnownNow(skus, {MUG.id: MUG, LID.id: LID}, {SHOP.id: SHOP}, {ORDER: channel})


def pending(sku: SkuFacts | str, units: int = 3, **fields: Any) -> PendingRow:
    code = sku if isinstance(sku, str) else sku.code
    values = {
        "order_id": ORDER, "line_n": 1, "component_n": 1, "sku_id": None, "sku_code": code, "ordered": units,
        "cancelled": 0, "pending": units, "delivery": "ship", "location_id": None, "priority": 0,
        "placed_at": datetime(2030, 3, 1, tzinfo=UTC), "channel_id": ORDER, "held": False,
    }  # fmt: skip
    return PendingRow(**values | fields)


AT_TILL = {"delivery": "pickup", "location_id": SHOP.id}


def test_what_is_sold_by_now_is_usable_and_what_left_a_till_also_where_it_is_not() -> None:
    assert is_usable(pending(MUG), now())
    assert not is_usable(pending("NONE"), now())
    assert not is_usable(pending(OLD), now())
    assert is_usable(pending(OLD, **AT_TILL), now("pos"))


def test_a_line_that_turns_out_to_be_a_kit_gets_its_components() -> None:
    pieces, lines, components = understand_pending([pending(SET, 2, ordered=3, cancelled=1)], now())
    assert lines == [UnderstoodLine(ORDER, 1, SET.id, SET.name, "ship")]
    assert components == [
        UnderstoodComponent(ORDER, 1, 1, MUG.id, 6, 2, 4),
        UnderstoodComponent(ORDER, 1, 2, LID.id, 3, 1, 2),
    ]
    assert [(p.component.n, p.component.sku, p.component.quantity) for p in pieces] == [(1, MUG.id, 4), (2, LID.id, 2)]


def test_a_part_of_a_kit_that_was_understood_keeps_its_place() -> None:
    pieces, lines, components = understand_pending([pending(SET, 4, component_n=2, sku_id=LID.id)], now())
    assert (lines, components) == ([], [])
    assert [(p.component.n, p.component.sku, p.component.quantity) for p in pieces] == [(2, LID.id, 4)]


def test_there_is_promised_pool_by_pool_and_the_rest_waits() -> None:
    headroom = Headroom([some_balance(MUG, POOL, 2), some_balance(MUG, SPARE, 2)])
    pieces = understand_pending([pending(MUG, 5)], now(buffer=1)).pieces
    done = resolve_pieces(pieces, now(buffer=1), headroom)
    key = (ORDER, 1, 1)
    assert done.promises == [PromiseRow(*key, POOL, MUG.id, 1), PromiseRow(*key, SPARE, MUG.id, 1)]
    assert done.backorders == [BackorderRow(*key, POOL, MUG.id, None, 0, 3)]
    assert done.moves == [
        QuantityMove(*key, "pending", "backordered", 3),
        QuantityMove(*key, "pending", "promised", 2),
    ]
    assert done.handed == []


def test_what_needs_no_stock_is_external() -> None:
    done = resolve_pieces(understand_pending([pending(FILE)], now()).pieces, now(), Headroom([]))
    assert done.moves == [QuantityMove(ORDER, 1, 1, "pending", "external", 3)]


def test_what_left_a_till_stays_pending_until_it_is_booked() -> None:
    till = now("pos")
    rows = [pending(MUG, **AT_TILL)]
    done = resolve_pieces(understand_pending(rows, till).pieces, till, Headroom([]))
    assert (done.moves, done.promises, done.backorders) == ([], [], [])
    assert [(piece.component.quantity, location) for piece, location in done.handed] == [(3, SHOP)]
    assert units_handed([*rows, pending("NONE")], till) == {(MUG.id, SHOP.id): 3}
    assert units_handed([pending(MUG)], now()) == {}


def test_what_is_still_not_known_is_held_again_by_reason() -> None:
    rows = [
        pending("NONE"),
        pending(OLD, line_n=2),
        pending("GONE", line_n=3),
        pending("GONE", line_n=3, component_n=2),
    ]
    assert holds_again(rows, now()) == [
        (ORDER, HoldDraft("unknown_sku", ("source",), {"lines": [1, 3], "skus": ["NONE", "GONE"]})),
        (ORDER, HoldDraft("inactive_sku", ("source",), {"lines": [2], "skus": [OLD.code]})),
    ]
