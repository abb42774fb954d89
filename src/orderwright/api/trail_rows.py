"""What the audit trail reads, by type. Acts of a merchant, and acts on what merchants share, have ids that rise with
time, so that both are one list."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.platform.queries import query


class ActRow(NamedTuple):
    """One call of a verb."""

    id: UUID
    verb: str
    actor: str
    on_behalf_of: str | None
    origin: str | None
    reason: str | None
    cause: str | None
    request_id: str | None
    ok: bool
    recorded_at: datetime


class ChangeRow(NamedTuple):
    """What an act changed of a thing. `before` and `after` are JSON."""

    act_id: UUID
    n: int
    subject_kind: str
    subject_id: UUID
    before: str | None
    after: str | None


class ThingsRow(NamedTuple):
    """How many things an act changed; None: none."""

    act_id: UUID
    things: int | None


class OperatorActRow(NamedTuple):
    """An act on one person, role, key or session. `before` and `after` are JSON."""

    id: UUID
    verb: str
    actor: str
    origin: str | None
    reason: str | None
    request_id: str | None
    ok: bool
    recorded_at: datetime
    subject_kind: str | None
    subject_id: UUID | None
    before: str | None
    after: str | None


class VersionRow(NamedTuple):
    """A change of one thing, with who made it. `before` and `after` are JSON."""

    act_id: UUID
    before: str | None
    after: str | None
    verb: str
    actor: str
    on_behalf_of: str | None
    reason: str | None
    recorded_at: datetime


ACTS_PAGE = query(__package__, "acts_page", ActRow)
ACTS_BY_VERB = query(__package__, "acts_by_verb", ActRow)
ACTS_BY_ACTOR = query(__package__, "acts_by_actor", ActRow)
ACTS_OF_SUBJECT = query(__package__, "acts_of_subject", ActRow)
CHANGES_OF_ACTS = query(__package__, "changes_of_acts", ChangeRow)
REST_OF_CHANGES = query(__package__, "rest_of_changes", ChangeRow)
COUNT_CHANGES = query(__package__, "count_changes", ThingsRow)
HISTORY_OF_SUBJECT = query(__package__, "history_of_subject", VersionRow)
OPERATOR_ACTS_PAGE = query(__package__, "operator_acts_page", OperatorActRow, schema="operator")
