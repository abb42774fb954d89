"""What is written into the pages from the code: a function without arguments for each part, by the part's name."""

from __future__ import annotations

from collections.abc import Callable

from generators.events import events
from generators.files import catalogue_columns, order_columns
from generators.http import errors, operations, scopes
from generators.programs import commands, metrics, settings
from generators.schema import tables
from generators.states import (
    answer_states,
    approval_states,
    bulk_run_states,
    carrier_claim_states,
    claim_states,
    exchange_states,
    fulfillment_states,
    parcel_states,
    return_states,
)
from generators.verbs import outcome_codes, verbs
from generators.work import audit_checks, holds, stages, waiting

GENERATORS: dict[str, Callable[[], str]] = {
    "answer-states": answer_states,
    "approval-states": approval_states,
    "audit-checks": audit_checks,
    "bulk-run-states": bulk_run_states,
    "carrier-claim-states": carrier_claim_states,
    "catalogue-columns": catalogue_columns,
    "claim-states": claim_states,
    "commands": commands,
    "errors": errors,
    "events": events,
    "exchange-states": exchange_states,
    "fulfillment-states": fulfillment_states,
    "holds": holds,
    "metrics": metrics,
    "operations": operations,
    "order-columns": order_columns,
    "outcome-codes": outcome_codes,
    "parcel-states": parcel_states,
    "return-states": return_states,
    "scopes": scopes,
    "settings": settings,
    "stages": stages,
    "tables": tables,
    "verbs": verbs,
    "waiting": waiting,
}
