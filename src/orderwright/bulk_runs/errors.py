"""Codes of a "no" about bulk runs, and what to do about each."""

from __future__ import annotations

from orderwright.platform.outcomes import Outcome, no

UNFINISHED_MAX = 50

MESSAGES: dict[str, str] = {
    "one_source": "Say which orders in one way: `filters`, `order_ids` or `run`.",
    "tag_missing": "Say which tag.",
    "personal_data": "What may name a person is not kept, so a run cannot look for it. Leave the filter out that is"
    " named, or select the orders.",
    "run_not_found": "There is no such run, or it is not yours. List the runs again.",
    "run_unfinished": "That run is not at its end yet. Wait for it, or cancel it first.",
    "run_finished": "The run is at its end already. Read its results.",
    "too_many_runs": f"There are {UNFINISHED_MAX} runs under way already. Wait for some of them, or cancel some.",
}


def refuse(code: str, **details: object) -> Outcome:
    """A "no" with its sentence."""
    return no(code, MESSAGES[code], **details)
