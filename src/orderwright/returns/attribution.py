"""Who is likely to have caused what is claimed, from how the goods left. Pure; staff may say otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome
from orderwright.returns.claim_commands import OpenClaim, refuse_claim
from orderwright.returns.claim_queries import SentRow
from orderwright.returns.claims import ClaimKind, Party


class Cause(NamedTuple):
    """Who caused it, where the goods left from, in which parcel, and until when its carrier takes claims."""

    party: Party
    location_id: UUID | None
    parcel_id: UUID | None
    file_by: date | None


def find_cause(command: OpenClaim, sent: Iterable[SentRow], filing_days: int) -> Cause | Outcome:
    """The cause of a claim. `sent`: how the lines of its order left; `filing_days`: how long after shipping a carrier
    takes claims. Precedence: `unknown_parcel`, `parcel_needed` (what is the carrier's, of lines in several parcels)."""
    lines = {line.line for line in command.lines}
    rows = [row for row in sent if row.line_n in lines]
    if command.tracking_number is not None:
        rows = [row for row in rows if row.tracking_number == command.tracking_number]
        if {row.line_n for row in rows} != lines:
            return refuse_claim("unknown_parcel")
    parcels = list(dict.fromkeys(row.parcel_id for row in rows if row.parcel_id is not None))
    party = command.party or propose_party(command.kind, rows)
    if party == "carrier" and len(parcels) > 1:
        numbers = sorted({row.tracking_number for row in rows if row.tracking_number is not None})
        return refuse_claim("parcel_needed", tracking_numbers=numbers)
    places = {row.location_id for row in rows}
    parcel_id = parcels[0] if len(parcels) == 1 else None
    left = next((row.shipped_at for row in rows if row.parcel_id == parcel_id and row.shipped_at is not None), None)
    return Cause(
        party,
        rows[0].location_id if len(places) == 1 else None,
        parcel_id,
        None if parcel_id is None or left is None else left.date() + timedelta(days=filing_days),
    )


def propose_party(kind: ClaimKind, rows: Sequence[SentRow]) -> Party:
    """What was missing was not packed, what is wrong was picked wrong; what left late is its location's, and what else
    happened to a parcel its carrier's. Goods that were handed over at a counter have no carrier."""
    if not rows or (kind in ("missing", "wrong") and len({row.location_id for row in rows}) > 1):
        return "unknown"
    if kind == "missing":
        return "packer"
    if kind == "wrong":
        return "picker"
    if any(row.parcel_id is None for row in rows):
        return "location"
    if kind == "late" and any(row.shipped_at is not None and row.shipped_at > row.due_at for row in rows):
        return "location"
    return "carrier"
