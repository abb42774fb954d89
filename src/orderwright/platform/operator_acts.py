"""Acts on what merchants share: people, roles, keys, sessions, and failures to sign in. Append-only (law T6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID, new_id, new_ids
from orderwright.platform.queries import statement

INSERT_OPERATOR_ACT = statement(__package__, "insert_operator_act", schema="operator")
INSERT_OPERATOR_ACTS = statement(__package__, "insert_operator_acts", schema="operator")


async def record_operator_act(
    tx: Transaction,
    verb: str,
    *,
    actor: str,
    merchant: str | None = None,
    origin: str | None = None,
    subject_kind: str | None = None,
    subject_id: UUID | None = None,
    ok: bool = True,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str | None = None,
    request_id: str | None = None,
) -> UUID:
    """Write down who did what to whom, in the transaction that does it. `tx`: operator schema. One statement.

    `actor` and `origin` are as in Context; `anonymous` is who failed to sign in. `subject_kind` is `person`, `role`,
    `membership`, `session`, `api_key` ...; `ok` is false for what was tried and refused. `before` and `after` are
    those of `difference(...)`, which leaves out personal data: name the fields that hold some (law T5).
    """
    act_id = new_id()
    await INSERT_OPERATOR_ACT.run(
        tx, act_id, merchant, verb, actor, origin, subject_kind, subject_id, ok,
        _json(before), _json(after), reason, request_id,
    )  # fmt: skip
    return act_id


async def record_operator_acts(
    tx: Transaction,
    ctx: Context,
    verb: str,
    subject_kind: str,
    subjects: Sequence[tuple[UUID | None, Mapping[str, Any] | None, Mapping[str, Any] | None]],
) -> None:
    """Write down what a verb did to many: the id of each, with what was before and what is after.

    `tx`: operator schema. One statement, or none where nothing was done."""
    if subjects:
        rows = [
            (new, subject_id, _json(before), _json(after))
            for new, (subject_id, before, after) in zip(new_ids(len(subjects)), subjects, strict=True)
        ]
        await INSERT_OPERATOR_ACTS.run(
            tx, ctx.merchant, verb, ctx.actor, ctx.origin, subject_kind, ctx.reason, ctx.request_id, *columns(rows, 4)
        )


def _json(fields: Mapping[str, Any] | None) -> str | None:
    return None if fields is None else msgspec.json.encode(fields, enc_hook=str).decode()
