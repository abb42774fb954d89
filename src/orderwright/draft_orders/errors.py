"""Codes of a "no" about draft orders, and what to do about each."""

from __future__ import annotations

from orderwright.platform.outcomes import Outcome, no

DRAFTS_MAX = 500  # of one person or program

MESSAGES: dict[str, str] = {
    "draft_not_found": "There is no such draft order, or it is not for you. It may have been deleted or be too old;"
    " list the drafts again.",
    "unknown_channel": "There is no channel of this code. Choose one of the channels, or leave it out for now.",
    "channel_not_allowed": "You may not take orders of this channel. Choose another.",
    "draft_placed": "This draft was placed already; `details` has the order. Look at it there.",
    "revision_differs": "Somebody saved this draft since you opened it. Look at it as it is now, then decide anew.",
    "draft_too_large": "A draft holds 64,000 bytes at most. Leave something out, or place several orders.",
    "too_many_drafts": f"You have {DRAFTS_MAX} draft orders already. Place or delete some first.",
    "draft_incomplete": "Something is missing before this can be placed. Add what `details` names, then place it.",
}


def refuse(code: str, **details: object) -> Outcome:
    """A "no" with its sentence."""
    return no(code, MESSAGES[code], **details)
