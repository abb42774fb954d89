"""What pending lines are by the catalogue of now. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from orderwright.catalog import ChannelFacts, LocationFacts, SkuFacts
from orderwright.inventory import Headroom, Pair
from orderwright.orders.drafts import DraftComponent, HoldDraft, components_of, is_handed_over
from orderwright.orders.needs import PendingRow
from orderwright.orders.quantities import QuantityMove, UnderstoodComponent, UnderstoodLine
from orderwright.orders.queries import BackorderRow, PromiseRow
from orderwright.platform.ids import UUID


class KnownNow(NamedTuple):
    """What the catalogue says by now."""

    skus: Mapping[str, SkuFacts]
    parts: Mapping[UUID, SkuFacts]
    locations: Mapping[UUID, LocationFacts]
    channels: Mapping[UUID, ChannelFacts]  # by order


class Piece(NamedTuple):
    """Pending units of a component that is understood by now."""

    row: PendingRow
    component: DraftComponent


class Understood(NamedTuple):
    """Pieces of lines, and what is to be written of them."""

    pieces: list[Piece]
    lines: list[UnderstoodLine]
    components: list[UnderstoodComponent]


class Resolved(NamedTuple):
    """What becomes of pieces. `handed`: those that left a till, with the location; they stay pending until booked."""

    moves: list[QuantityMove]
    promises: list[PromiseRow]
    backorders: list[BackorderRow]
    handed: list[tuple[Piece, LocationFacts]]


def is_usable(row: PendingRow, now: KnownNow) -> bool:
    """Whether the line is understood: also where what left a till is not sold any more."""
    sku = now.skus.get(row.sku_code)
    return sku is not None and (sku.active or _is_handed(row, now))


def understand_pending(rows: Sequence[PendingRow], now: KnownNow) -> Understood:
    """What the pending units of usable lines are. A line that turns out to be a kit gets the kit's components in its
    one's place."""
    done = Understood([], [], [])
    for row in rows:
        sku = now.skus[row.sku_code]
        if row.sku_id is not None and row.sku_id != sku.id:  # a part of a kit that was understood at placement
            part = now.parts[row.sku_id]
            [component] = components_of(row.line_n, part, row.pending, row.delivery, now.parts)
            done.pieces.append(Piece(row, component._replace(n=row.component_n)))
            continue
        delivery = "digital" if sku.kind == "digital" else row.delivery
        done.lines.append(UnderstoodLine(row.order_id, row.line_n, sku.id, sku.name, delivery))
        made = components_of(row.line_n, sku, row.pending, delivery, now.parts, handed=_is_handed(row, now))
        for component in made:
            per_unit = component.quantity // row.pending
            done.pieces.append(Piece(row, component))
            done.components.append(
                UnderstoodComponent(
                    row.order_id, row.line_n, component.n, component.sku or sku.id, row.ordered * per_unit,
                    row.cancelled * per_unit, component.quantity,
                )
            )  # fmt: skip
    return done


def units_handed(rows: Sequence[PendingRow], now: KnownNow) -> dict[Pair, int]:
    """What left tills, as far as it is understood by now, by SKU and location."""
    losses: dict[Pair, int] = {}
    for row, component in understand_pending([row for row in rows if is_usable(row, now)], now).pieces:
        if component.mode == "handed" and component.sku is not None and row.location_id is not None:
            key = (component.sku, row.location_id)
            losses[key] = losses.get(key, 0) + component.quantity
    return losses


def resolve_pieces(pieces: Sequence[Piece], now: KnownNow, headroom: Headroom) -> Resolved:
    """Promise pieces what there is, in order of arrival, and let the rest wait for supply, whatever the limits. Uses
    `headroom` up."""
    done = Resolved([], [], [], [])
    for piece in pieces:
        row, component = piece
        key = (row.order_id, row.line_n, component.n)
        location = now.locations[row.location_id] if row.location_id is not None else None
        if component.mode == "external" or component.sku is None:
            done.moves.append(QuantityMove(*key, "pending", "external", component.quantity))
        elif component.mode == "handed" and location is not None:
            headroom.hand_over(component.sku, location.pool_id, component.quantity)
            done.handed.append((piece, location))
        else:
            channel = now.channels[row.order_id]
            pool_ids = [location.pool_id] if location is not None else channel.pool_ids
            taken = _promise(headroom, key, component, pool_ids, channel.buffer, done.promises)
            if taken < component.quantity:
                short = component.quantity - taken
                headroom.owe(component.sku, pool_ids[0], short, None)
                done.backorders.append(BackorderRow(*key, pool_ids[0], component.sku, None, row.priority, short))
                done.moves.append(QuantityMove(*key, "pending", "backordered", short))
            done.moves.append(QuantityMove(*key, "pending", "promised", taken))
    return done


def holds_again(left: Sequence[PendingRow], now: KnownNow) -> list[tuple[UUID, HoldDraft]]:
    """The holds of orders with lines that are still unknown or inactive."""
    found: dict[tuple[UUID, str], tuple[list[int], list[str]]] = {}
    for row in left:
        type_ = "inactive_sku" if row.sku_code in now.skus else "unknown_sku"
        lines, codes = found.setdefault((row.order_id, type_), ([], []))
        if row.line_n not in lines:
            lines.append(row.line_n)
            codes.append(row.sku_code)
    return [
        (order_id, HoldDraft(type_, ("source",), {"lines": lines, "skus": codes}))
        for (order_id, type_), (lines, codes) in found.items()
    ]


def _is_handed(row: PendingRow, now: KnownNow) -> bool:
    return is_handed_over(now.channels[row.order_id].kind, row.delivery, row.location_id is not None)


def _promise(
    headroom: Headroom,
    key: tuple[UUID, int, int],
    component: DraftComponent,
    pool_ids: Sequence[UUID],
    buffer: int,
    promises: list[PromiseRow],
) -> int:
    """Promise what there is, pool by pool; returns how many units."""
    taken = 0
    for pool_id in pool_ids:
        got = headroom.take(component.sku, pool_id, component.quantity - taken, buffer)
        if got:
            taken += got
            promises.append(PromiseRow(*key, pool_id, component.sku, got))
    return taken
