"""Why a search cannot be answered."""

from __future__ import annotations

from orderwright.platform.errors import InvalidRequest


class InvalidCursor(InvalidRequest):
    """The cursor is not one of this list. Send the `next` of the page before with the same filters, or leave it out."""

    code = "invalid_cursor"


class InvalidFilter(InvalidRequest):
    """A filter cannot be understood. Correct the one that is named."""

    code = "invalid_filter"
