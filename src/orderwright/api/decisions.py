"""Sourcing decisions that somebody should look at: those that split an order, or found no place for all of it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.cursors import decode_cursor, encode_cursor
from orderwright.api.operations import Operation, operation
from orderwright.api.orders import number_format_of
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.queries import query as sql_query

Poor = Literal["split", "partly_sourced", "unsourced"]
_END = datetime(9999, 1, 1, tzinfo=UTC)
_LAST = UUID(b"\xff" * 16)
_decode_before = msgspec.json.Decoder(tuple[datetime, uuid.UUID]).decode


class PoorDecisionFacts(NamedTuple):
    """A decision, with its explanation as JSON."""

    order_id: UUID
    number: int
    status: str
    n: int
    outcome: str
    explanation: str
    decided_at: datetime


POOR_DECISIONS = sql_query(__package__, "poor_decisions", PoorDecisionFacts)


class PoorDecision(msgspec.Struct, frozen=True, kw_only=True):
    """The `n`-th decision about an order. Of `units` wanted `sourced` found a place, at the locations `chosen`.
    `rejected`: how many locations could not, by reason."""

    order_id: str
    number_text: str
    status: str
    n: int
    outcome: str
    rule: str | None
    units: int | None
    sourced: int | None
    chosen: list[str]
    rejected: dict[str, int]
    decided_at: datetime


class PoorDecisions(msgspec.Struct, frozen=True):
    """Newest first. `next`, unless null, is the `after` of the page that follows."""

    data: list[PoorDecision]
    next: str | None


class ListPoorDecisions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`outcome`: `split` (several locations bring it), `partly_sourced`, `unsourced`; all of them by default. `after`:
    the `next` of the page before."""

    outcome: Annotated[list[Poor], Meta(max_length=3)] = []
    after: Annotated[str, Meta(max_length=200)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


@operation("GET", "/v1/sourcing/decisions", tag="Orders", scope="sourcing.read", answer=PoorDecisions)
async def list_poor_decisions(call: Call, query: ListPoorDecisions) -> Answer:
    """List sourcing decisions that split an order, or found no place for all of it.

    Who is limited to channels or locations reads those of an order by its own address.
    """
    call.ctx.require_unlimited("Sourcing decisions are of all channels and locations.")
    before, before_order = decode_cursor(query.after, _decode_before) if query.after else (_END, _LAST)
    number_format = await number_format_of(call)
    rows = await call.look(
        lambda tx: POOR_DECISIONS.fetch(tx, before, before_order, query.outcome or None, query.limit + 1)
    )
    shown = rows[: query.limit]
    more = encode_cursor((shown[-1].decided_at, shown[-1].order_id)) if len(rows) > query.limit else None
    return json_answer(PoorDecisions([_view(row, number_format) for row in shown], more))


def _view(row: PoorDecisionFacts, number_format: str) -> PoorDecision:
    told: dict[str, Any] = msgspec.json.decode(row.explanation)
    return PoorDecision(
        order_id=encode_id("ord", row.order_id), number_text=number_format.replace("{number}", str(row.number)),
        status=row.status, n=row.n, outcome=row.outcome, rule=told.get("rule"), units=told.get("units"),
        sourced=told.get("sourced"), rejected=told.get("rejected", {}), decided_at=row.decided_at,
        chosen=[str(one["location"]) for one in told.get("candidates", ()) if one.get("chosen")],
    )  # fmt: skip


DECISIONS: list[Operation] = [list_poor_decisions]
