"""For those who run it: what is stuck, what was set aside, and putting it back to work."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call, parse_id
from orderwright.api.operations import operation
from orderwright.insights import WAITING, Owner, StuckRow, read_stuck, waiting_states
from orderwright.platform.clock import utc_now
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.pumps import list_set_aside, retry_set_aside

_STATES = {state.name: state for state in WAITING}

StageName = Literal[
    "verify",
    "resolve",
    "source",
    "release",
    "label",
    "backorders",
    "settle",
    "document",
    "pay",
    "watch",
    "return_label",
    "return_scan",
    "exchange",
    "approval",
    "bulk",
    "webhook",
]


StateName = Literal[
    "verify", "resolve", "source", "release", "label", "backorders", "settle", "document", "pay", "watch",
    "return_label", "return_scan", "exchange", "approval", "bulk", "webhook",
    "held", "backordered", "announced", "released", "picking", "picked", "packed", "to_collect", "shipped",
    "undelivered", "unsettled", "return_awaited", "return_uninspected", "return_incomplete", "return_parked",
    "claim_open", "claim_due", "claim_filed", "message_unanswered", "withdrawal_unpaid",
]  # fmt: skip
OwnerName = Literal["operator", "customer_care", "planner", "warehouse", "carrier_desk", "finance", "manager"]


class StuckView(msgspec.Struct, frozen=True, kw_only=True):
    """Something that waits longer than its state allows, and who looks after it.

    It has been in the state since `since`, and is late since `late_since`. `order`, `location` and `sku` are those that
    it is about; `hold` is the type of the hold, `preordered` how many units of a supply preorders wait for. The last
    three are those of a worker's queue.
    """

    state: str
    owner: str
    subject: str
    order: str | None
    number: int | None
    location: str | None
    sku: str | None
    hold: str | None
    preordered: int | None
    since: datetime
    late_since: datetime
    attempts: int
    set_aside_at: datetime | None
    error: str | None


class StuckList(msgspec.Struct, frozen=True):
    """What was set aside first, then the longest late; `next` is null: what does not fit is less late."""

    data: list[StuckView]
    next: None = None


class SetAsideView(msgspec.Struct, frozen=True, kw_only=True):
    """Work that a stage gave up on after so many attempts, and the last error."""

    stage: str
    owner: str
    subject: str
    attempts: int
    entered_at: datetime
    set_aside_at: datetime
    error: str | None


class SetAsideList(msgspec.Struct, frozen=True):
    """Oldest first; `next` is null: what does not fit is younger."""

    data: list[SetAsideView]
    next: None = None


class ListStuck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`owner`: only what this one looks after. `state`: only this one."""

    owner: OwnerName | None = None
    state: StateName | None = None
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100


class ListSetAside(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`stage`: only of this one."""

    stage: StageName | None = None
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100


class RetrySetAside(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Subjects, as they were listed, to put back into the queue of a stage."""

    stage: StageName
    subjects: Annotated[list[Annotated[str, Meta(max_length=40)]], Meta(min_length=1, max_length=1_000)]


class Retried(msgspec.Struct, frozen=True):
    """How many there were."""

    retried: int


@operation("GET", "/v1/system/stuck", tag="System", scope="system.read", answer=StuckList)
async def list_stuck(call: Call, query: ListStuck) -> Answer:
    """List what is stuck.

    Whatever waits longer than its state allows: in a queue, on hold, for supply, at a location, with a carrier.
    """
    states = [
        state
        for state in waiting_states(call.state.settings)
        if query.owner in (None, state.owner) and query.state in (None, state.name)
    ]
    found = await call.read(lambda tx: read_stuck(tx, utc_now(), states, query.limit))
    return json_answer(StuckList([_stuck(row) for row in found.oldest]))


@operation("GET", "/v1/system/set-aside", tag="System", scope="system.read", answer=SetAsideList)
async def list_what_was_set_aside(call: Call, query: ListSetAside) -> Answer:
    """List work that was given up.

    It failed too often and waits for a person: mend the cause, then retry it.
    """
    rows = await call.read(lambda tx: list_set_aside(tx, query.stage, query.limit))
    return json_answer(
        SetAsideList(
            [
                SetAsideView(
                    stage=row.stage,
                    owner=_owner(row.stage),
                    subject=_subject(row.stage, row.subject_id),
                    attempts=row.attempts,
                    entered_at=row.entered_at,
                    set_aside_at=row.set_aside_at,
                    error=row.error,
                )
                for row in rows
            ]
        )
    )


@operation(
    "POST",
    "/v1/system/set-aside/retry",
    tag="System",
    scope="system.write",
    answer=Retried,
    example={"stage": "verify", "subjects": ["ord_01j9zqtf0seqbr9w7r1c4rkz2m"]},
)
async def retry_what_was_set_aside(call: Call, body: RetrySetAside) -> Answer:
    """Put work that was given up back into its queue.

    With its attempts forgotten. What is not set aside any more is left alone, so that repeating it changes nothing.
    """
    prefix = _STATES[body.stage].subject
    ids = [parse_id(prefix, text, f"subjects[{i}]") for i, text in enumerate(body.subjects)]
    return json_answer(Retried(await call.write(lambda tx: retry_set_aside(tx, body.stage, ids))))


def _stuck(row: StuckRow) -> StuckView:
    return StuckView(
        state=row.state,
        owner=_owner(row.state),
        subject=_subject(row.state, row.subject_id),
        order=None if row.order_id is None else encode_id("ord", row.order_id),
        number=row.order_number,
        location=row.location,
        sku=row.sku,
        hold=row.detail if row.state == "held" else None,
        preordered=int(row.detail or 0) if row.state == "announced" else None,
        since=row.since,
        late_since=row.late_since,
        attempts=row.attempts,
        set_aside_at=row.set_aside_at,
        error=row.error,
    )


def _owner(state: str) -> str:
    return _STATES[state].owner if state in _STATES else Owner.OPERATOR


def _subject(state: str, subject_id: UUID) -> str:
    return encode_id(_STATES[state].subject if state in _STATES else "sub", subject_id)


SYSTEM = [list_stuck, list_what_was_set_aside, retry_what_was_set_aside]
