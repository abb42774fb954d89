"""What a writer saw of an entry that is made to be as it is sent, so that the later of two writers is told."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

VERSION_CONFLICT = "It was changed since it was read. Read it again, see what differs, and send its `version`."

# Left out: whatever is there. 0: nothing yet.
SeenVersion = Annotated[int, Meta(ge=0, le=2_147_483_647)]


def differs(seen: int | None, stored: int | None) -> bool:
    """Whether the writer saw another version than is stored (None: nothing is). Pure."""
    return seen is not None and seen != (stored or 0)
