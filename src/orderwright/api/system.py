"""For those who run it: what is stuck, what was set aside, and putting it back to work."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call, parse_id
from orderwright.api.operations import operation
from orderwright.flows.stages import stages
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.pumps import list_set_aside, retry_set_aside, stuck

STAGES = {stage.name: stage for stage in stages()}
# What the queue of each stage holds.
_SUBJECTS = {"verify": "ord", "resolve": "ord", "source": "ord", "release": "ful", "label": "shp", "backorders": "sku"}

StageName = Literal["verify", "resolve", "source", "release", "label", "backorders"]


class StuckView(msgspec.Struct, frozen=True, kw_only=True):
    """Work that has been in a stage for longer than it may take. `owner` is who looks after it."""

    stage: str
    owner: str
    subject: str
    entered_at: datetime
    due: datetime
    attempts: int
    set_aside_at: datetime | None
    error: str | None


class StuckList(msgspec.Struct, frozen=True):
    """Oldest first; `next` is null: what does not fit is younger."""

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
    """How many at most."""

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
    """List work that does not go on.

    What has been in a stage for longer than the stage allows, set aside or not.
    """
    rows = await call.read(lambda tx: stuck(tx, list(STAGES.values()), query.limit))
    return json_answer(
        StuckList(
            [
                StuckView(
                    stage=row.stage,
                    owner=_owner(row.stage),
                    subject=_subject(row.stage, row.subject_id),
                    entered_at=row.entered_at,
                    due=row.due,
                    attempts=row.attempts,
                    set_aside_at=row.set_aside_at,
                    error=row.error,
                )
                for row in rows
            ]
        )
    )


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
    prefix = _SUBJECTS[body.stage]
    ids = [parse_id(prefix, text, f"subjects[{i}]") for i, text in enumerate(body.subjects)]
    return json_answer(Retried(await call.write(lambda tx: retry_set_aside(tx, body.stage, ids))))


def _owner(stage: str) -> str:
    known = STAGES.get(stage)
    return known.owner if known is not None else "operations"


def _subject(stage: str, subject_id: UUID) -> str:
    return encode_id(_SUBJECTS.get(stage, "sub"), subject_id)


SYSTEM = [list_stuck, list_what_was_set_aside, retry_what_was_set_aside]
