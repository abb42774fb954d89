"""A session for a person, made of a new token."""

from __future__ import annotations

import secrets
from typing import Literal, NamedTuple

from orderwright.access.queries import INSERT_SESSION
from orderwright.access.session_tokens import AWAITS_S, LIVES_S, new_token, token_hash
from orderwright.access.sessions import storable
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, new_id

MadeBy = Literal["password", "provider", "link", "demo"]


class NewSession(NamedTuple):
    """A session that was made, and its token: the only time that it is there to be seen. `awaits` is what it lacks."""

    id: UUID
    person_id: UUID
    token: str
    awaits: str | None

    def __repr__(self) -> str:
        """Without the token, which must not come into any log."""
        return f"NewSession({self.id}, awaits={self.awaits})"


async def start_session(
    tx: Transaction,
    person_id: UUID,
    made_by: MadeBy,
    *,
    awaits: str | None = None,
    address: str | None = None,
    device: str | None = None,
) -> NewSession:
    """Make a session, for 14 days at most; one that awaits a second factor, for ten minutes. `tx`: operator schema.
    One statement."""
    token, session_id = new_token(), new_id()
    await INSERT_SESSION.run(
        tx, session_id, token_hash(token), person_id, secrets.token_bytes(32), awaits, made_by,
        LIVES_S if awaits is None else AWAITS_S, storable(address, 100), storable(device, 300), awaits is None,
    )  # fmt: skip
    return NewSession(session_id, person_id, token, awaits)
