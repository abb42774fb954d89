"""What closing, opening and moving locations would come to: it is done, looked at, and undone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from orderwright.catalog import CloseLocation, MoveLocation, OpenLocation
from orderwright.flows.close_locations import close_locations
from orderwright.flows.move_locations import move_locations
from orderwright.flows.open_locations import open_locations
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.outcomes import Outcome

_DONE = frozenset({"closed", "opened", "moved"})


async def preview_closings(tx: Transaction, ctx: Context, commands: Sequence[CloseLocation]) -> list[Outcome]:
    """What closing locations would come to. Nothing is kept.

    Permission: `catalog.write`. Locks: as `close_locations`, until the transaction ends. Appends nothing. Outcomes:
    those of `close_locations`, with `previewed` in place of `closed`.
    """
    return await _preview(tx, ctx, close_locations, commands)


async def preview_openings(tx: Transaction, ctx: Context, commands: Sequence[OpenLocation]) -> list[Outcome]:
    """What opening locations would come to. Nothing is kept.

    Permission: `catalog.write`. Locks: as `open_locations`, until the transaction ends. Appends nothing. Outcomes:
    those of `open_locations`, with `previewed` in place of `opened`.
    """
    return await _preview(tx, ctx, open_locations, commands)


async def preview_moves(tx: Transaction, ctx: Context, commands: Sequence[MoveLocation]) -> list[Outcome]:
    """What moving locations to other pools would come to. Nothing is kept.

    Permission: `catalog.write`. Locks: as `move_locations`, until the transaction ends. Appends nothing. Outcomes:
    those of `move_locations`, with `previewed` in place of `moved`.
    """
    return await _preview(tx, ctx, move_locations, commands)


async def _preview(
    tx: Transaction, ctx: Context, verb: Callable[..., Awaitable[list[Outcome]]], commands: Sequence[Any]
) -> list[Outcome]:
    ctx.require("catalog.write")
    outcomes: list[Outcome] = []
    try:
        async with tx.savepoint():
            outcomes = await verb(tx, ctx, commands)
            raise _Undo
    except _Undo:
        return [msgspec.structs.replace(o, code="previewed") if o.code in _DONE else o for o in outcomes]


class _Undo(Exception):
    """Nothing of a preview is kept."""
