"""What may be done about claims, each for one and for a thousand."""

from __future__ import annotations

from functools import partial

from orderwright.api.verbs import VerbRoute, operations_of
from orderwright.flows.carrier_claims import file_carrier_claims, settle_carrier_claims
from orderwright.flows.open_claims import open_claims
from orderwright.flows.resolve_claims import reject_claims, resolve_claims
from orderwright.returns import FileCarrierClaim, OpenClaim, RejectClaim, ResolveClaim, SettleCarrierClaim

_ROUTES = [
    VerbRoute(
        id="open_claim",
        verb=open_claims,
        command=OpenClaim,
        one="/v1/orders/{order_id}/claims",
        many="/v1/claims/open",
        tag="Claims",
        scope="claims.write",
        prefix="clm",
        does="Claim goods with which something is wrong",
        does_many="Claim goods of up to 1,000 orders with which something is wrong",
        more="They left, and none are to come back. Who caused it is concluded from how they left, or said (`party`).",
        subject="order_id",
        example={"kind": "damaged", "lines": [{"line": 1, "quantity": 1}]},
        as_set=lambda settings: partial(open_claims, filing_days=settings.carrier_claim_d),
    ),
    VerbRoute(
        id="resolve_claim",
        verb=resolve_claims,
        command=ResolveClaim,
        one="/v1/claims/{claim_id}/resolve",
        many="/v1/claims/resolve",
        tag="Claims",
        scope="claims.write",
        prefix="clm",
        does="Give the customer what was decided",
        does_many="Give the customers of up to 1,000 claims what was decided",
        more="`refund`, an `allowance` for what came late, `reship` (the same goods) or `replace` (others, `items`).",
        subject="claim_id",
        example={"resolution": "refund"},
    ),
    VerbRoute(
        id="reject_claim",
        verb=reject_claims,
        command=RejectClaim,
        one="/v1/claims/{claim_id}/reject",
        many="/v1/claims/reject",
        tag="Claims",
        scope="claims.write",
        prefix="clm",
        does="Reject a claim",
        does_many="Reject up to 1,000 claims",
        more="Nothing comes of it. Its units may be returned, or claimed again.",
        subject="claim_id",
        example={"reason": "not_proven"},
    ),
    VerbRoute(
        id="file_carrier_claim",
        verb=file_carrier_claims,
        command=FileCarrierClaim,
        one="/v1/claims/{claim_id}/carrier/file",
        many="/v1/claims/carrier/file",
        tag="Claims",
        scope="claims.write",
        prefix="clm",
        does="Say that a carrier was asked for money",
        does_many="Say that carriers were asked for money for up to 1,000 claims",
        more="Again too, where it was denied.",
        subject="claim_id",
        example={"amount": {"amount": 1999, "currency": "USD"}, "reference": "CLM-77"},
    ),
    VerbRoute(
        id="settle_carrier_claim",
        verb=settle_carrier_claims,
        command=SettleCarrierClaim,
        one="/v1/claims/{claim_id}/carrier/settle",
        many="/v1/claims/carrier/settle",
        tag="Claims",
        scope="claims.write",
        prefix="clm",
        does="Say what a carrier answered",
        does_many="Say what carriers answered to up to 1,000 claims",
        more="What it paid, or, without `paid`, why it denied. The money is kept on the claim alone.",
        subject="claim_id",
        example={"paid": {"amount": 1999, "currency": "USD"}},
    ),
]

CLAIM_VERBS = [operation for route in _ROUTES for operation in operations_of(route)]
