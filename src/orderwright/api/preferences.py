"""Preferences: how one likes one's screens, on every device."""

from __future__ import annotations

import msgspec

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.operations import Operation, operation
from orderwright.api.verbs import VerbRoute, operations_of
from orderwright.saved_views import PutPreference, put_preferences, read_preferences


class Preference(msgspec.Struct, frozen=True, kw_only=True):
    """How one likes a screen: lists of words, each by a word."""

    name: str
    value: dict[str, list[str]]


class Preferences(msgspec.Struct, frozen=True):
    """By name; `next` is null."""

    data: list[Preference]
    next: None = None


@operation("GET", "/v1/preferences", tag="System", scope="search.read", answer=Preferences)
async def list_preferences(call: Call) -> Answer:
    """List how one likes one's screens: columns of lists, tiles of the first page. Nobody else's."""
    kept = await call.look(lambda tx: read_preferences(tx, call.ctx))
    return json_answer(Preferences([Preference(name=name, value=value) for name, value in kept.items()]))


PREFERENCES: list[Operation] = [
    list_preferences,
    *operations_of(
        VerbRoute(
            id="put_preference",
            verb=put_preferences,
            command=PutPreference,
            one="/v1/preferences",
            many="/v1/preferences/bulk",
            tag="System",
            scope="search.read",
            prefix="prf",
            does="Keep how one likes a screen",
            does_many="Keep how one likes up to 1,000 screens",
            more="`home`: `order` and `hidden` of the tiles of the first page. `list_orders`: `hidden` columns and"
            " `density` of the list of orders. Of oneself alone.",
            natural_key=True,
            example={"name": "home", "value": {"order": ["orders", "stock"], "hidden": ["orders.returns"]}},
        )
    ),
]
