"""Who an order is, for ever: (channel, external id). Claims new ones and answers replays (law T1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from orderwright.orders.errors import REFUSALS
from orderwright.orders.fingerprint import Spelled, differing_fields, fingerprint
from orderwright.orders.outcomes import PlaceOutcome
from orderwright.orders.queries import CLAIM_IDENTITIES, READ_IDENTITIES, RELEASE_IDENTITIES, IdentityRow
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID, new_ids

Key = tuple[UUID, str]


class AskedIdentity(NamedTuple):
    """A draft with the identity it asks for. The first of a batch with a key claims it; the rest are compared."""

    key: Key
    order_id: UUID
    fingerprint: bytes


def claims_for(orders: Sequence[tuple[Key, Spelled]], hash_key: bytes) -> list[AskedIdentity]:
    """A claim for each order, by its key and what it says, with new order ids in order of arrival."""
    return [
        AskedIdentity(key, order_id, fingerprint(said, hash_key))
        for (key, said), order_id in zip(orders, new_ids(len(orders)), strict=True)
    ]


async def claim_identities(
    tx: Transaction, claims: Sequence[AskedIdentity]
) -> tuple[set[UUID], dict[Key, IdentityRow]]:
    """Claim keys in sorted order. Returns the order ids that got theirs, and the earlier orders of the other keys.

    Waits for a concurrent transaction that claims the same key. One statement, two when there are earlier orders.
    """
    first: dict[Key, AskedIdentity] = {}
    for claim in claims:
        first.setdefault(claim.key, claim)
    if not first:
        return set(), {}
    ordered = [first[key] for key in sorted(first)]
    rows = [(c.key[0], c.key[1], c.order_id, c.fingerprint) for c in ordered]
    claimed = {row.order_id for row in await CLAIM_IDENTITIES.fetch(tx, *columns(rows, 4))}
    missed = [c.key for c in ordered if c.order_id not in claimed]
    if not missed:
        return claimed, {}
    found = await READ_IDENTITIES.fetch(tx, *columns(missed, 2))
    return claimed, {(row.channel_id, row.external_id): row for row in found}


async def release_identities(tx: Transaction, keys: Sequence[Key]) -> None:
    """Give back keys claimed in this transaction: a refused order keeps no identity. One statement, or none."""
    if keys:
        await RELEASE_IDENTITIES.run(tx, *columns(keys, 2))


def answer_replay(claim: AskedIdentity, earlier: IdentityRow) -> PlaceOutcome:
    """The first order again when nothing differs; otherwise which fields do."""
    fields = differing_fields(earlier.fingerprint, claim.fingerprint)
    if fields:
        return PlaceOutcome(
            code="order_differs",
            order_id=earlier.order_id,
            number=earlier.number,
            message=REFUSALS["order_differs"],
            details={"fields": fields},
        )
    return PlaceOutcome(code="replayed", order_id=earlier.order_id, number=earlier.number, status=earlier.status)


def differs(first: AskedIdentity, claim: AskedIdentity) -> bool:
    """Whether an order is another than the first of its batch with the same key: where that one is refused, this one
    has its own chance."""
    return bool(differing_fields(first.fingerprint, claim.fingerprint))


def answer_twin(claim: AskedIdentity, first: AskedIdentity, outcome: PlaceOutcome) -> PlaceOutcome:
    """The answer to a later order of the same batch with the same key as `first`, whose outcome is given."""
    if outcome.order_id is None:
        return outcome  # the first was refused, and this is the same order
    row = IdentityRow(
        claim.key[0], claim.key[1], outcome.order_id, first.fingerprint, outcome.number or 0, outcome.status or ""
    )
    return answer_replay(claim, row)


def outcome_for(ctx: Context, outcome: PlaceOutcome) -> PlaceOutcome:
    """What a caller may know of an outcome: not which order differs, where that may be of other locations."""
    if outcome.code == "order_differs" and ctx.locations is not None:
        return msgspec.structs.replace(outcome, order_id=None, number=None)
    return outcome


async def find_identities(tx: Transaction, keys: Sequence[Key]) -> dict[Key, IdentityRow]:
    """The orders that hold these keys. One statement, or none."""
    if not keys:
        return {}
    found = await READ_IDENTITIES.fetch(tx, *columns(keys, 2))
    return {(row.channel_id, row.external_id): row for row in found}
