"""Why an order ships from where it does."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.limits import visible_order
from orderwright.api.operations import operation
from orderwright.api.reads import SOURCING_DECISIONS, SOURCING_EXCLUSIONS, DecisionRow, ExcludedRow
from orderwright.platform.db import Transaction


class Candidate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A location that was asked. `covers`: units it has of those wanted. Chosen: `units` it brings; else the `reason`
    against it (`excluded`, `inactive`, `no_capacity`, `covers_less`, `farther`,
    `moved_away`: somebody moved `covers` units to the chosen one)."""

    location: str
    distance_km: float | None
    covers: int
    chosen: bool = False
    units: int | None = None
    reason: str | None = None


class DecisionView(msgspec.Struct, frozen=True, kw_only=True):
    """A sourcing decision. `units` were to be sourced, `sourced` were. `rule`: `complete` (one location has all),
    `split` (several have), `partial`, `none`, `chosen` (somebody said so).

    `candidates`: the chosen locations, then the nearest others, ten in all. `rejected`: how many of all `asked`, by
    reason. `actor`, `on_behalf_of`, `reason` and `request_id` say who decided, for whom, why and in which call.
    """

    n: int
    outcome: str
    rule: str | None
    units: int | None
    sourced: int | None
    asked: int | None
    candidates: list[Candidate]
    rejected: dict[str, int]
    decided_at: datetime
    actor: str
    on_behalf_of: str | None
    reason: str | None
    request_id: str


class Excluded(msgspec.Struct, frozen=True):
    """A location that this order is not offered to again, and why."""

    location: str
    reason: str
    since: datetime


class Decisions(msgspec.Struct, frozen=True):
    """In order. `next`, unless null, is the `after` of the page that follows. `excluded`: locations that rejected the
    order, or were short of it."""

    data: list[DecisionView]
    excluded: list[Excluded]
    next: str | None


class ReadSourcing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`after`: the `next` of the page before, or the `n` of the last decision seen."""

    after: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


@operation(
    "GET", "/v1/orders/{order_id}/sourcing", tag="Orders", scope="sourcing.read", answer=Decisions, refusals=(404,)
)
async def read_sourcing(call: Call, query: ReadSourcing) -> Answer:
    """Read why an order ships from where it does.

    Every decision, with the locations that were asked and why they were rejected.
    """
    rows, excluded = await call.read(lambda tx: _read(tx, call, query))
    shown = rows[: query.limit]
    more = str(shown[-1].n) if len(rows) > query.limit else None
    return json_answer(Decisions([_view(row) for row in shown], [Excluded(*row) for row in excluded], more))


async def _read(tx: Transaction, call: Call, query: ReadSourcing) -> tuple[list[DecisionRow], list[ExcludedRow]]:
    order_id = await visible_order(tx, call)
    rows = await SOURCING_DECISIONS.fetch(tx, order_id, query.after, query.limit + 1)
    return rows, await SOURCING_EXCLUSIONS.fetch(tx, order_id)


def _view(row: DecisionRow) -> DecisionView:
    """A decision as it is read. What its explanation does not say is null: rules change, and what was said stays."""
    told: dict[str, Any] = msgspec.json.decode(row.explanation)
    return DecisionView(
        n=row.n,
        outcome=row.outcome,
        rule=told.get("rule"),
        units=told.get("units"),
        sourced=told.get("sourced"),
        asked=told.get("asked"),
        candidates=msgspec.convert(told.get("candidates", []), list[Candidate]),
        rejected=told.get("rejected", {}),
        decided_at=row.decided_at,
        actor=row.actor,
        on_behalf_of=row.on_behalf_of,
        reason=told.get("why", row.reason),
        request_id=row.request_id,
    )


SOURCING = [read_sourcing]
