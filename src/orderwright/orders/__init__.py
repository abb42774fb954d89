"""Orders: intake, holds, quantities, status, search."""

from orderwright.orders.answers import (
    accept,
    decode_order,
    identity_hashes,
    keep_refused,
    parents_of,
    placed_events,
    refuse,
)
from orderwright.orders.cancel import CancelLine, CancelOrder, CancelPlan, decide_cancel
from orderwright.orders.contract import PlaceOrder
from orderwright.orders.drafts import Catalogue, Draft, HoldDraft, understand
from orderwright.orders.errors import Refusal
from orderwright.orders.holds import (
    HoldOrder,
    ReleaseHold,
    blocking_holds,
    hold_orders,
    open_holds,
    release_holds,
    write_holds,
)
from orderwright.orders.identities import (
    Claim,
    answer_replay,
    answer_twin,
    claim_identities,
    claims_for,
    find_identities,
    release_identities,
)
from orderwright.orders.needs import (
    NeedRow,
    PendingRow,
    VerificationRow,
    line_quantities,
    pending_components,
    read_needs,
    verification_facts,
)
from orderwright.orders.outcomes import PlaceOutcome
from orderwright.orders.placement import Placement, place_drafts
from orderwright.orders.quantities import (
    QuantityMove,
    add_backorders,
    add_promises,
    backorder_queue,
    lock_orders,
    move_quantities,
    read_backorders,
    read_components,
    read_promises,
    touch_orders,
    understand_lines,
    use_backorders,
    use_promises,
)
from orderwright.orders.queries import BackorderRow, ComponentRow, LockedOrder, PromiseRow
from orderwright.orders.states import OrderStatus
from orderwright.orders.story import OrderStory
from orderwright.orders.write_placements import PlacedOrder, contacts_of, write_placements

__all__ = [
    "BackorderRow",
    "CancelLine",
    "CancelOrder",
    "CancelPlan",
    "Catalogue",
    "Claim",
    "ComponentRow",
    "Draft",
    "HoldDraft",
    "HoldOrder",
    "LockedOrder",
    "NeedRow",
    "OrderStatus",
    "OrderStory",
    "PendingRow",
    "PlaceOrder",
    "PlaceOutcome",
    "PlacedOrder",
    "Placement",
    "PromiseRow",
    "QuantityMove",
    "Refusal",
    "ReleaseHold",
    "VerificationRow",
    "accept",
    "add_backorders",
    "add_promises",
    "answer_replay",
    "answer_twin",
    "backorder_queue",
    "blocking_holds",
    "claim_identities",
    "claims_for",
    "contacts_of",
    "decide_cancel",
    "decode_order",
    "find_identities",
    "hold_orders",
    "identity_hashes",
    "keep_refused",
    "line_quantities",
    "lock_orders",
    "move_quantities",
    "open_holds",
    "parents_of",
    "pending_components",
    "place_drafts",
    "placed_events",
    "read_backorders",
    "read_components",
    "read_needs",
    "read_promises",
    "refuse",
    "release_holds",
    "release_identities",
    "touch_orders",
    "understand",
    "understand_lines",
    "use_backorders",
    "use_promises",
    "verification_facts",
    "write_holds",
    "write_placements",
]
