"""The steps of fulfillments, each for one and for a thousand, and what carriers say of parcels."""

from __future__ import annotations

from typing import Any

import msgspec

from orderwright.api.operations import Operation
from orderwright.api.verbs import Verb, VerbRoute, operations_of
from orderwright.flows.pack_fulfillments import pack_fulfillments
from orderwright.flows.pick_fulfillments import pick_fulfillments
from orderwright.flows.record_tracking import record_tracking
from orderwright.flows.reject_fulfillments import reject_fulfillments
from orderwright.flows.release_fulfillments import release_fulfillments
from orderwright.flows.ship_fulfillments import ship_fulfillments
from orderwright.flows.start_picks import start_picks
from orderwright.fulfillment import (
    FulfillmentCommand,
    PackFulfillment,
    PickFulfillment,
    RecordTracking,
    RejectFulfillment,
    ShipFulfillment,
)

Step = tuple[str, Verb, type[msgspec.Struct], str, str, dict[str, Any]]

# The path's last word, the verb, its command, what it does, more about it, an example of the body.
_STEPS: tuple[Step, ...] = (
    ("release", release_fulfillments, FulfillmentCommand, "Release {}", "They come onto their locations' lists.", {}),
    ("start-pick", start_picks, FulfillmentCommand, "Begin to pick {}", "Nobody else should from now on.", {}),
    (
        "pick", pick_fulfillments, PickFulfillment, "Report {} as picked",
        "Everything was found but for what `short` says: those units are sourced again elsewhere.",
        {"short": [{"line": 1, "missing": 1}]},
    ),
    (
        "pack", pack_fulfillments, PackFulfillment, "Report {} as packed",
        (
            "What was picked is in one parcel, or in several, each with its units. A label is bought at once for each"
            " without a tracking number of its own; `shipment.labelled` tells when it is there."
        ),
        {"weight_g": 720},
    ),
    (
        "ship", ship_fulfillments, ShipFulfillment, "Report {} as shipped",
        (
            "All its parcels that are still here left with the carrier, or those whose numbers `parcels` says; a"
            " pick-up was handed over at the counter."
        ), {},
    ),
    (
        "reject", reject_fulfillments, RejectFulfillment, "Reject {}",
        "The location will not do it: its units are sourced again elsewhere.", {"reason": "no_capacity"},
    ),
)  # fmt: skip


def _operations(step: Step) -> list[Operation]:
    word, verb, command, does, more, example = step
    return operations_of(
        VerbRoute(
            id=f"{word.replace('-', '_')}_fulfillment",
            verb=verb,
            command=command,
            one=f"/v1/fulfillments/{{fulfillment_id}}/{word}",
            many=f"/v1/fulfillments/{word}",
            tag="Fulfillments",
            scope="fulfillment.work",
            prefix="ful",
            does=does.format("a fulfillment"),
            does_many=does.format("up to 1,000 fulfillments"),
            more=more,
            subject="fulfillment_id",
            example=example,
        )
    )


FULFILLMENT_STEPS = [made for step in _STEPS for made in _operations(step)]
TRACKING = operations_of(
    VerbRoute(
        id="record_tracking",
        verb=record_tracking,
        command=RecordTracking,
        one="/v1/tracking",
        many="/v1/tracking/bulk",
        tag="Fulfillments",
        scope="fulfillment.work",
        prefix="pcl",
        does="Record what a carrier said of a parcel",
        does_many="Record up to 1,000 things that carriers said of parcels",
        more="In any order and as often as they say it: `key`, or else the event itself, tells repetitions.",
        natural_key=True,
        example={
            "tracking_number": "OW1234567890128",
            "code": "out_for_delivery",
            "happened_at": "2026-03-04T07:31:00Z",
            "key": "evt-881",
            "place": "Springfield",
        },
    )
)
