"""Codes with which the verbs of documents refuse, and what to do about each."""

from __future__ import annotations

REFUSALS: dict[str, str] = {
    "duplicate_in_batch": "An earlier item of this call has the same code. Send each once.",
    "unknown_country": "The country is not in ISO 3166-1. Send its two letters, such as DE.",
    "unknown_time_zone": "The time zone is not in the IANA database. Send a name such as Europe/Berlin.",
    "impossible_pattern": "A pattern of numbers holds {n} or {n:06} once, {year} at most once, and else letters, digits"
    " and / . _ -, with no digit before the first brace. Correct the field that is named.",
    "patterns_alike": "Two kinds of documents would have the same numbers. Let each pattern begin in its own way.",
    "unknown_channel": "There is no channel of this code. Create it first, or correct `channel`.",
    "unknown_legal_entity": "There is no company of this code. Put it first, or correct `legal_entity`.",
    "channel_not_allowed": "The key is limited to other channels. Use one that is not.",
}
