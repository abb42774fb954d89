"""Codes of a "no" about saved views, and what to do about each."""

from __future__ import annotations

from orderwright.platform.outcomes import Outcome, no

VIEWS_MAX = 100
PREFERENCES_MAX = 50

MESSAGES: dict[str, str] = {
    "view_not_found": "There is no such view of yours. It may have been removed; list the views again.",
    "name_taken": "A view that is always there has this name. Choose another.",
    "filters_refused": "The list cannot be asked for that. Correct the filters; `details` says what is wrong.",
    "personal_data": "A view holds no personal data: no names, e-mail addresses, telephone numbers or free search."
    " Leave the filter out that is named.",
    "version_conflict": "Somebody changed this view since you opened it, or removed it. Look at it as it is now, then"
    " decide anew.",
    "preference_too_long": "This is more than is kept of how one likes a screen. Send less.",
    "too_many_preferences": f"{PREFERENCES_MAX} screens at most are kept. Forget some first.",
    "too_many_views": f"There are {VIEWS_MAX} views of this list already. Remove some first.",
}


def refuse(code: str, **details: object) -> Outcome:
    """A "no" with its sentence."""
    return no(code, MESSAGES[code], **details)
