"""For those who run it: events that a subscriber is stuck on, and jobs that failed for good."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
import structlog
from msgspec import Meta, Raw

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.events import subject_text
from orderwright.api.operations import operation
from orderwright.api.system import Retried
from orderwright.platform.errors import InvalidId, InvalidRequest
from orderwright.platform.events.parking import list_parked, retry_parked, skip_parked
from orderwright.platform.failed_jobs import list_failed_jobs, retry_failed_jobs
from orderwright.platform.ids import UUID, decode_id, encode_id

log = structlog.get_logger(__name__)

JobId = Annotated[int, Meta(ge=0, le=2**63 - 1)]
SubjectText = Annotated[str, Meta(max_length=40)]
SubscriberName = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"\A[a-z0-9_.:-]+\Z")]


class ParkedView(msgspec.Struct, frozen=True, kw_only=True):
    """A subject that a subscriber is stuck on: the event that failed, and how many wait `behind` it."""

    subscriber: str
    subject: str
    event: str
    type: str
    seq: int
    position: int
    attempts: int
    due: datetime
    error: str | None
    parked_at: datetime
    behind: int


class ParkedList(msgspec.Struct, frozen=True):
    """Oldest first; `next` is null: what does not fit is younger."""

    data: list[ParkedView]
    next: None = None


class ListParked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`subscriber`: only of this one."""

    subscriber: SubscriberName | None = None
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100


class RetryParked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Subjects, as they were listed, that a subscriber shall try now."""

    subscriber: SubscriberName
    subjects: Annotated[list[SubjectText], Meta(min_length=1, max_length=1_000)]


class ParkedEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The event that a subject waits for, as it was listed."""

    subject: SubjectText
    seq: Annotated[int, Meta(ge=1, le=2**31 - 1)]


class SkipParked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Events that a subscriber shall never have."""

    subscriber: SubscriberName
    events: Annotated[list[ParkedEvent], Meta(min_length=1, max_length=1_000)]


class Skipped(msgspec.Struct, frozen=True):
    """How many there were."""

    skipped: int


class FailedJobView(msgspec.Struct, frozen=True, kw_only=True):
    """A job that failed for good, with the last error. `data` is what it is about: ids."""

    id: int
    name: str
    attempts: int
    data: Raw
    error: str | None
    created_at: datetime
    failed_at: datetime


class FailedJobPage(msgspec.Struct, frozen=True):
    """Oldest first. `next`, unless null, is the `after` of the page that follows."""

    data: list[FailedJobView]
    next: str | None


class ListFailedJobs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`after`: the `next` of the page before."""

    after: JobId = 0
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100


class RetryJobs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ids of failed jobs, to queue again."""

    ids: Annotated[list[JobId], Meta(min_length=1, max_length=1_000)]


@operation("GET", "/v1/system/parked", tag="System", scope="system.read", answer=ParkedList)
async def list_parked_events(call: Call, query: ListParked) -> Answer:
    """List events that a subscriber is stuck on.

    It failed on them; later events of the same subject wait behind. They are tried again by themselves, with growing
    pauses of up to 15 minutes.
    """
    rows = await call.read(lambda tx: list_parked(tx, query.subscriber, query.limit))
    return json_answer(
        ParkedList(
            [
                ParkedView(
                    subscriber=row.subscriber,
                    subject=subject_text(row.type, row.subject_id),
                    event=encode_id("evt", row.event_id),
                    type=row.type,
                    seq=row.seq,
                    position=row.position,
                    attempts=row.attempts,
                    due=row.due,
                    error=row.error,
                    parked_at=row.parked_at,
                    behind=row.behind,
                )
                for row in rows
            ]
        )
    )


@operation(
    "POST",
    "/v1/system/parked/retry",
    tag="System",
    scope="system.write",
    answer=Retried,
    example={"subscriber": "contact_words", "subjects": ["ord_01j9zqtf0seqbr9w7r1c4rkz2m"]},
)
async def retry_parked_events(call: Call, body: RetryParked) -> Answer:
    """Try parked events now, instead of after their pause.

    What is not parked any more is left alone, so that repeating it changes nothing.
    """
    ids = [_subject_id(text, f"subjects[{i}]") for i, text in enumerate(body.subjects)]
    return json_answer(Retried(await call.write(lambda tx: retry_parked(tx, body.subscriber, ids))))


@operation(
    "POST",
    "/v1/system/parked/skip",
    tag="System",
    scope="system.write",
    answer=Skipped,
    example={"subscriber": "contact_words", "events": [{"subject": "ord_01j9zqtf0seqbr9w7r1c4rkz2m", "seq": 1}]},
)
async def skip_parked_events(call: Call, body: SkipParked) -> Answer:
    """Skip parked events: the subscriber never gets them, and goes on with those behind.

    For events that it can do nothing with. Only the first parked event of a subject may be skipped. It cannot be
    undone; the event itself stays for everybody else.
    """
    events = [(_subject_id(e.subject, f"events[{i}].subject"), e.seq) for i, e in enumerate(body.events)]
    skipped = await call.write(lambda tx: skip_parked(tx, body.subscriber, events))
    log.warning("parked events skipped", subscriber=body.subscriber, count=skipped, actor=call.ctx.actor)
    return json_answer(Skipped(skipped))


@operation("GET", "/v1/system/jobs/failed", tag="System", scope="system.read", answer=FailedJobPage)
async def list_jobs_that_failed(call: Call, query: ListFailedJobs) -> Answer:
    """List jobs that failed for good.

    After so many attempts they wait for a person: mend the cause, then retry them.
    """
    async with call.database.operator_transaction() as tx:
        rows = await list_failed_jobs(tx, call.ctx.merchant, query.after, query.limit + 1)
    shown = rows[: query.limit]
    data = [
        FailedJobView(
            id=row.id,
            name=row.name,
            attempts=row.attempts,
            data=Raw(row.data.encode()),
            error=row.error,
            created_at=row.created_at,
            failed_at=row.failed_at,
        )
        for row in shown
    ]
    return json_answer(FailedJobPage(data, str(shown[-1].id) if len(rows) > query.limit else None))


@operation(
    "POST",
    "/v1/system/jobs/retry",
    tag="System",
    scope="system.write",
    answer=Retried,
    example={"ids": [1201]},
)
async def retry_jobs_that_failed(call: Call, body: RetryJobs) -> Answer:
    """Queue failed jobs again.

    With their attempts forgotten. What waits already, or has not failed, is left alone, so that repeating it changes
    nothing.
    """
    async with call.database.operator_transaction() as tx:
        return json_answer(Retried(await retry_failed_jobs(tx, call.ctx.merchant, body.ids)))


def _subject_id(text: str, field: str) -> UUID:
    """The id of a subject of any kind. Raises InvalidRequest naming the field."""
    try:
        return decode_id(text.rpartition("_")[0], text)
    except InvalidId:
        raise InvalidRequest(f"The field {field} is no id. Send it as it was listed.", field=field) from None


FAILURES = [
    list_parked_events,
    retry_parked_events,
    skip_parked_events,
    list_jobs_that_failed,
    retry_jobs_that_failed,
]
