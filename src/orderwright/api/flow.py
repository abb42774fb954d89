"""For those who run it: how much waits where, against its limit, and how much goes through."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.operations import Operation, operation
from orderwright.insights import FLOW_COUNTED_MAX, Unit, merchant, read_flow, read_pace, waiting_states
from orderwright.platform.clock import utc_now


class FlowView(msgspec.Struct, frozen=True, kw_only=True):
    """A state in which something waits. `waiting` is how much, `at_least`: or more. `late` waits longer than
    `max_age_s` (or is past the day by which it was to leave), `set_aside` was given up by a worker. `oldest`: since
    when the first of it waits; null where nothing does. `remedy` says what its `owner` does about what is late."""

    state: str
    owner: str
    what: str
    remedy: str
    max_age_s: int
    waiting: int
    at_least: bool
    late: int
    set_aside: int
    oldest: datetime | None


class Flow(msgspec.Struct, frozen=True):
    """Every state, in the order in which orders pass them; `next` is null."""

    data: list[FlowView]
    next: None = None


class PaceView(msgspec.Struct, frozen=True, kw_only=True):
    """What happened in an hour or a day from `at` on: orders placed; fulfillments allocated, picked, shipped and
    delivered. `median_s` and `p95_s`: seconds from an order's coming to the hand-over of its goods, of what was shipped
    then; null where nothing was."""

    at: datetime
    placed: int
    allocated: int
    picked: int
    shipped: int
    delivered: int
    median_s: float | None
    p95_s: float | None


class PaceList(msgspec.Struct, frozen=True):
    """Oldest first; the last one still runs. `next` is null."""

    data: list[PaceView]
    next: None = None


class ReadPace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`by`: the last 24 hours, or the last 14 days by the merchant's clock."""

    by: Unit = "hour"


@operation("GET", "/v1/system/flow", tag="System", scope="system.read", answer=Flow)
async def read_flow_of_work(call: Call) -> Answer:
    """Read how much waits in each state, against how long it may.

    Of each state up to 10,000 are counted, the oldest first.
    """
    states = [state for state in waiting_states(call.state.settings) if state.name not in _ELSEWHERE]
    found = await call.look(lambda tx: read_flow(tx, utc_now(), states))
    views = []
    for state in states:
        row = found.get(state.name)
        views.append(
            FlowView(
                state=state.name, owner=state.owner, what=state.what, remedy=state.remedy, max_age_s=state.max_age_s,
                waiting=row.waiting if row else 0, at_least=row is not None and row.waiting >= FLOW_COUNTED_MAX,
                late=row.late if row else 0, set_aside=row.set_aside if row else 0, oldest=row.oldest if row else None,
            )
        )  # fmt: skip
    return json_answer(Flow(views))


@operation("GET", "/v1/system/pace", tag="System", scope="system.read", answer=PaceList)
async def read_pace_of_work(call: Call, query: ReadPace) -> Answer:
    """Read how much went through in each of the last hours or days, and how long it took.

    Fulfillments that were made more than 14 days before are not counted.
    """
    found = await merchant(call.database, call.ctx.merchant)
    zone = ZoneInfo(found.time_zone if found is not None else "UTC")
    rows = await call.look(lambda tx: read_pace(tx, utc_now(), query.by, zone))
    return json_answer(PaceList([PaceView(**row._asdict()) for row in rows]))


# Known only by a date that has passed, or seen in another state too: the list of what is stuck has them.
_ELSEWHERE = frozenset({"announced", "undelivered", "withdrawal_unpaid"})

FLOW: list[Operation] = [read_flow_of_work, read_pace_of_work]
