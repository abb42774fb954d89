"""A claim in memory: what is decided changes it, and what changed is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from orderwright.platform.ids import UUID
from orderwright.returns.claim_states import CARRIER_TRANSITIONS, CLAIM_TRANSITIONS, CarrierState, ClaimState

ClaimKind = Literal["damaged", "missing", "wrong", "late", "lost"]
Party = Literal["picker", "packer", "carrier", "location", "supplier", "customer", "unknown"]
Resolution = Literal["refund", "allowance", "reship", "replace"]

COMES_BACK = frozenset({"damaged", "lost", "late"})  # kinds whose goods exist, and may turn up after their refund


@dataclass(slots=True, kw_only=True)
class ClaimLine:
    """Units of one line; see the table `claim_line`."""

    claim_id: UUID
    line_n: int
    order_id: UUID
    quantity: int
    credited: int = 0
    replaced: int = 0
    lines_minor: int = 0
    discounts_minor: int = 0
    tax_minor: int = 0
    shipping_minor: int = 0


@dataclass(slots=True, kw_only=True)
class Claim:
    """One claim; see the table `claim`. `before` and `carrier_before` are the states that the row has; None for one
    that is not written yet."""

    id: UUID
    order_id: UUID
    kind: ClaimKind
    state: ClaimState
    party: Party
    location_id: UUID | None
    parcel_id: UUID | None
    carrier_state: CarrierState
    file_by: date | None
    resolution: Resolution | None = None
    reason: str | None = None
    child_order_id: UUID | None = None
    allowance_minor: int = 0
    carrier_reference: str | None = None
    carrier_reason: str | None = None
    expected_minor: int | None = None
    recovered_minor: int = 0
    child_cancelled: bool = False
    before: ClaimState | None = None
    carrier_before: CarrierState | None = None
    lines: dict[int, ClaimLine] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether somebody is still to decide."""
        return self.state is ClaimState.OPEN

    def move_to(self, state: ClaimState) -> None:
        """Change the state, as the table of transitions allows."""
        if state not in CLAIM_TRANSITIONS[self.state]:
            raise ValueError(f"a claim does not go from {self.state} to {state}")
        self.state = state

    def move_carrier_to(self, state: CarrierState) -> None:
        """Change what is asked of the carrier, as the table of transitions allows."""
        if state is not self.carrier_state:
            if state not in CARRIER_TRANSITIONS[self.carrier_state]:
                raise ValueError(f"a carrier claim does not go from {self.carrier_state} to {state}")
            self.carrier_state = state

    def put_down_to(self, party: Party) -> None:
        """Say who caused it. What is the carrier's is to be filed with it, where the parcel is known."""
        self.party = party
        if party == "carrier" and self.carrier_state is CarrierState.NONE and self.parcel_id is not None:
            self.move_carrier_to(CarrierState.DUE)
        elif party != "carrier" and self.carrier_state is CarrierState.DUE:
            self.move_carrier_to(CarrierState.NONE)
