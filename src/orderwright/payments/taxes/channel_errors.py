"""Codes with which the taxes of a channel are refused, and what to do about each."""

from __future__ import annotations

REFUSALS: dict[str, str] = {
    "unknown_channel": "There is no channel of this code. Create it first, or correct `channel`.",
    "channel_not_allowed": "The key or role is limited to other channels. Use one for this channel.",
    "duplicate_in_batch": "An earlier item of this call is of the same channel. Send each once.",
    "ship_from_needed": "VAT depends on where goods leave from. Add `ship_from`.",
    "terms_of_other_engine": "`eu_vat` is for the engine of that name. Choose it, or leave these terms out.",
    "wrong_rate": "A rate is a fraction of 1, from 0 to 1, with six decimals at most.",
    "too_large": "The terms are too long. Name fewer classes and rates.",
}
