"""How much roles and people may give or correct without approval, over HTTP."""

from __future__ import annotations

import msgspec

from orderwright.access import SetLimits, list_limits, set_limits
from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.operations import operation
from orderwright.api.verbs import VerbRoute, operations_of
from orderwright.platform.ids import encode_id
from orderwright.platform.limits import Limits, limits_from_json

_TAG = "People"


class LimitsView(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of a `role`, or of a `person` instead of those of their role."""

    role: str | None
    person: str | None
    limits: Limits


class LimitsList(msgspec.Struct, frozen=True):
    """Of roles, then of people. Who is not listed has no limit; `next` is null."""

    data: list[LimitsView]
    next: None = None


@operation("GET", "/v1/limits", tag=_TAG, scope="people.read", answer=LimitsList)
async def read_limits(call: Call) -> Answer:
    """List how much roles and people may give or correct without approval."""
    async with call.database.operator_transaction() as tx:
        rows = await list_limits(tx, call.ctx.merchant)
    views = [
        LimitsView(
            role=row.role,
            person=None if row.person_id is None else encode_id("usr", row.person_id),
            limits=limits_from_json(row.limits),
        )
        for row in rows
    ]
    return json_answer(LimitsList(views))


ROLE_LIMITS = [
    read_limits,
    *operations_of(
        VerbRoute(
            id="set_limit",
            verb=set_limits,
            command=SetLimits,
            one="/v1/limits",
            many="/v1/limits/set",
            tag=_TAG,
            scope="people.write",
            prefix="usr",
            does="Say how much a role or a person may give or correct without approval",
            does_many="Say how much up to 1,000 roles and people may give or correct without approval",
            more="It holds within five seconds. Nobody sets limits that are above their own.",
            natural_key=True,
            operator=True,
            example={"role": "care_agent", "limits": {"refund_max_minor": {"USD": 5_000}, "adjust_max_units": 10}},
        )
    ),
]
