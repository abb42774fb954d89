"""Codes of a "no" about notes, tags and attachments, and what to do about each."""

from __future__ import annotations

from orderwright.orders.annotations.commands import NOTES_MAX, TAGS_MAX
from orderwright.platform.outcomes import Outcome, no

MESSAGES: dict[str, str] = {
    "order_not_found": "There is no such order. Check the id.",
    "note_not_found": "There is no such note. It may have been removed; read the order's notes again.",
    "too_many_notes": f"An order has at most {NOTES_MAX} notes. Remove some, or add to one of yours.",
    "not_the_author": "Only who wrote a note changes its words. Write another note, or remove this one.",
    "too_many_tags": f"An order has at most {TAGS_MAX} tags. Take some away first.",
    "attachment_not_found": "There is no such file. It may have been removed; list the order's attachments again.",
    "subject_not_found": "The order has no such return or claim. Correct the id, or leave it out.",
    "file_type_refused": "This is no JPEG, PNG, WebP, GIF, PDF or plain UTF-8 text. Send it as one of those.",
    "file_damaged": "The picture is not whole, or not what it begins like. Save it again and send that.",
    "file_empty": "The file is empty. Send it whole.",
    "file_too_large": "The file is larger than this server keeps. Make it smaller; `details` says how large it may be.",
    "too_many_attachments": "The order has as many files as it may. Remove some first.",
    "attachments_too_large": "The order's files would be too large together. Remove some, or make this one smaller.",
}


def refuse(code: str, **details: object) -> Outcome:
    """A "no" with its sentence."""
    return no(code, MESSAGES[code], **details)
