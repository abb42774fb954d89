"""Closing and opening locations, and moving them between pools: each done, and looked at before it is done."""

from __future__ import annotations

from typing import Any

from orderwright.api.operations import Operation
from orderwright.api.verbs import Verb, VerbRoute, operations_of
from orderwright.catalog import CloseLocation, MoveLocation, OpenLocation
from orderwright.flows.close_locations import close_locations
from orderwright.flows.move_locations import move_locations
from orderwright.flows.open_locations import open_locations
from orderwright.flows.preview_places import preview_closings, preview_moves, preview_openings

_FIGURES = (
    " `details` says what came of it: `units` of `skus` SKUs, by how much the pool can promise more or less"
    " (`promisable`), units `taken_off` their allocations to be sourced elsewhere, orders `held`, fulfillments"
    " `finishing` there, SKUs of which a pool owes more than it has (`short_skus`, `short_units`), and what is still"
    " expected there. `by_sku` names the 20 SKUs with most units."
)
_PREVIEW = " Nothing is kept, and `details` says what would come of it, as the call without `/preview` does."


def _route(
    name: str, preview: str, path: str, verbs: tuple[Verb, Verb], command: type[Any], does: tuple[str, str], more: str,
    example: Any,
) -> list[Operation]:  # fmt: skip
    one, many = does
    done = VerbRoute(
        id=name, verb=verbs[0], command=command, one=f"/v1/{path}", many=f"/v1/{path}/bulk", tag="Catalog",
        scope="catalog.write", prefix="loc", does=one, does_many=many, more=more + _FIGURES, example=example,
    )  # fmt: skip
    looked = VerbRoute(
        id=preview, verb=verbs[1], command=command, one=f"/v1/{path}/preview", many=f"/v1/{path}/bulk/preview",
        tag="Catalog", scope="catalog.write", prefix="loc", does=f"Preview: {one[:1].lower()}{one[1:]}",
        does_many=f"Preview: {many[:1].lower()}{many[1:]}", more=more + _PREVIEW, natural_key=True, example=example,
    )  # fmt: skip
    return [*operations_of(done), *operations_of(looked)]


LOCATION_CHANGES: list[Operation] = [
    *_route(
        "close_location", "preview_location_closing", "location-closings", (close_locations, preview_closings),
        CloseLocation, ("Close a location", "Close locations, up to 1,000"),
        "What it has is withheld, and its pool promises as much less. Work that nobody has begun goes elsewhere.",
        {"location": "DC-COLUMBUS"},
    ),
    *_route(
        "open_location", "preview_location_opening", "location-openings", (open_locations, preview_openings),
        OpenLocation, ("Open a location again", "Open locations again, up to 1,000"),
        "What was withheld may be promised again, and those who wait are served.",
        {"location": "DC-COLUMBUS"},
    ),
    *_route(
        "move_location", "preview_location_move", "location-moves", (move_locations, preview_moves), MoveLocation,
        ("Move a location to another pool", "Move locations to other pools, up to 1,000"),
        "What it has is promised by the other pool from now on. What is allocated there stays there.",
        {"location": "DC-COLUMBUS", "pool": "WEST"},
    ),
]  # fmt: skip
