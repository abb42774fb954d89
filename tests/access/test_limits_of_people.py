"""What a session, or a key, hands to verbs: limits, and where a person came from."""

from __future__ import annotations

from types import MappingProxyType

from orderwright.access import Authenticator, Membership, SignedIn, create_api_key
from orderwright.platform.db import Database
from orderwright.platform.ids import encode_id, new_id
from orderwright.platform.limits import Limits

LIMITS = Limits(refund_max_minor={"USD": 500})


def test_a_session_hands_on_its_limits_and_says_which_it_is() -> None:
    member = Membership("acme", "Acme", "care_agent", "Care agent", frozenset({"*"}), None, None, LIMITS)
    session = new_id()
    one = SignedIn(
        session, new_id(), "Mia", "mia@example.com", None, "en", "auto", bytes(32), MappingProxyType({"acme": member})
    )
    ctx = one.context("acme")
    assert (ctx.limits, ctx.origin) == (LIMITS, f"session:{encode_id('ses', session)}")
    assert ctx.actor == f"user:{encode_id('usr', one.person_id)}"


async def test_a_key_hands_on_its_limits(database: Database) -> None:
    async with database.operator_transaction() as tx:
        made = await create_api_key(tx, "acme", "Key", ["*"], limits=LIMITS)
    checks = Authenticator(database)
    caller = await checks.authenticate(f"Bearer {made.text}")
    assert caller.context().limits == LIMITS
    await checks.close()
