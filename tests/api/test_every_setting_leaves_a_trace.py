"""Whatever is said anew of settings and of the catalogue leaves a change behind: the fields that differ, before and
after, and nothing where nothing changed."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from orderwright.api.table import OPERATIONS
from tests.helpers.api import Api


class Said(NamedTuple):
    """What is sent, then what differs in what is sent next; which kind of thing it changes."""

    operation: str
    kind: str
    first: dict[str, Any]
    then: dict[str, Any]
    makes_new: bool = True


CHANNEL = {"code": "web", "name": "Web", "kind": "storefront", "currency": "USD", "pools": ["EAST"]}
ENTITY = {"code": "acme", "name": "Acme Inc.", "address": ["1 Main St"], "country": "US", "time_zone": "UTC"}
RATE = {"country": "US", "region": "OH", "name": "State", "rate": "0.0575", "valid_from": "2020-01-01"}

# In an order in which each finds what it needs.
SAID = [
    Said("put_pools", "pool", {"code": "EAST", "name": "East"}, {"name": "East coast"}),
    Said("put_locations", "location", {
        "code": "DC", "name": "Columbus", "kind": "warehouse", "pool": "EAST", "country": "US",
        "time_zone": "America/New_York"}, {"name": "Ohio", "daily_capacity": 50}),
    Said("put_channels", "channel", CHANNEL, {"buffer": 2}),
    Said("put_skus", "sku", {"code": "MUG", "name": "Mug"}, {"weight_g": 350}),
    Said("put_channel_tax", "channel_tax", {"channel": "web", "terms": {"engine": "jurisdictions"}},
         {"terms": {"engine": "as_placed"}}),
    Said("put_return_policy", "return_policy", {"channel": "web", "terms": {"window_days": 60}},
         {"terms": {"window_days": 90}}),
    Said("put_tax_rate", "tax_rate", RATE, {"rate": "0.06"}),
    Said("put_legal_entities_in_bulk", "legal_entity", ENTITY, {"note": "Thank you"}),
    Said("put_channel_invoicing_in_bulk", "channel_invoicing",
         {"channel": "web", "legal_entity": "acme", "invoice_at": "shipment"}, {"invoice_at": "placement"}),
    Said("put_role", "role", {"code": "desk", "name": "Desk", "permissions": ["returns.read"]}, {"name": "Front desk"}),
    Said("set_limit", "limits", {"role": "desk", "limits": {"adjust_max_units": 5}},
         {"limits": {"adjust_max_units": 9}}),
]  # fmt: skip
ELSEWHERE = {
    "put_brands_in_bulk": "tests of the brands",
    "put_saved_view": "tests of the saved views",
    "put_preference": "nowhere: it changes what one person sees, and nothing else",
    "set_membership": "tests of the people",
    "set_consent": "its own history, which nobody changes",
}


async def _say(api: Api, said: Said, values: dict[str, Any]) -> None:
    made = next(m for m in OPERATIONS if m.id == said.operation)
    many = made.item is not None or made.method == "PUT"
    answer = await api.call(made.method, made.path, json={"data": [values]} if many else values)
    assert answer.status_code == 200, answer.text
    assert all(item["ok"] for item in answer.json().get("data", [answer.json()])), answer.text


@pytest.mark.parametrize("wanted", SAID, ids=lambda said: said.kind)
async def test_what_is_said_anew_is_told_with_before_and_after(api: Api, wanted: Said) -> None:
    for said in SAID[: SAID.index(wanted)]:
        await _say(api, said, said.first)
    for values in (wanted.first, wanted.first, wanted.first | wanted.then):  # the second says nothing new
        await _say(api, wanted, values)
    acts = (await api.get("/v1/audit", params={"limit": 200})).json()["data"]
    changes = [change for act in acts for change in act["changes"] if change["kind"] == wanted.kind]
    assert len(changes) == 2
    anew, made = changes
    assert made["before"] is None
    assert made["after"]
    assert anew["before"] != anew["after"]
    assert anew["before"].keys() == anew["after"].keys()


def test_every_operation_that_says_settings_is_walked() -> None:
    singles = {m.id for m in OPERATIONS if m.id.startswith(("put_", "set_"))}
    walked = {said.operation for said in SAID} | ELSEWHERE.keys()
    forms = {f"{name}_in_bulk" for name in walked} | {name.rstrip("s") for name in walked}  # one, and many
    assert singles - walked - forms == set()
