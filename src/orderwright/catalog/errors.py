"""Codes with which an upsert of one entry is refused, and what to do about each."""

from __future__ import annotations

from typing import Any, NamedTuple

from orderwright.platform.versions import VERSION_CONFLICT

REFUSALS: dict[str, str] = {
    "duplicate_in_batch": "An earlier entry of this call has the same code. Send each code once.",
    "version_conflict": VERSION_CONFLICT,
    "channel_not_allowed": "The key is limited to other channels. Use a key for this one, or one without limits.",
    "pools_not_allowed": "A key with limits does not say what its channel sells from. Send `pools` as they are.",
    "location_not_allowed": "The key is limited to other locations. Use a key for this one, or one without limits.",
    "unstorable_value": "A text holds a character that cannot be stored, or is nested too deeply. Correct the field.",
    "metadata_too_large": "The field is over 16,000 bytes as stored. Keep large data elsewhere and refer to it.",
    "gtin_check_digit": "A GTIN has 8, 12, 13 or 14 digits and its last one checks the others. Correct `gtin`.",
    "unknown_currency": "The currency is not one of ISO 4217. Correct it.",
    "unknown_country": "The country is not one of ISO 3166-1 (two letters). Correct `country`.",
    "unknown_time_zone": "The time zone is not in the IANA database. Send a name such as America/New_York.",
    "incomplete_coordinates": "Latitude and longitude belong together. Send both or neither.",
    "unknown_pool": "There is no pool of this code. Create it first, or correct the code.",
    "repeated_pool": "A pool is named twice. Name each once, in the order in which they are to be asked.",
    "kit_without_components": "A kit needs at least one component. Send `components`.",
    "components_not_allowed": "A digital SKU has no components. Leave `components` out, or make it a kit.",
    "repeated_component": "A component is named twice. Name it once, with the sum of the quantities.",
    "nested_kit": "A component is itself a kit. Name what that kit is made of instead.",
    "unknown_component": "There is no SKU of a component's code, nor is one created by this call. Create it first.",
    "kind_change_refused": "A SKU stays stocked, kit or digital for ever. Make a new SKU and deactivate this one.",
    "pool_change_refused": "A location changes its pool by a verb of its own, which moves stock. Send its own `pool`.",
    "active_change_refused": "A location closes and opens by verbs of its own that move stock. Send its own `active`.",
}


class Refusal(NamedTuple):
    """Why one entry was not taken. `details` names the field and the values that are wrong."""

    code: str
    details: dict[str, Any]
