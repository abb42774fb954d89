"""Preferences: how somebody likes their screens. Of each person or program alone, on every device of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.fields import CODE, Slug
from orderwright.platform.outcomes import Outcome
from orderwright.saved_views.errors import PREFERENCES_MAX, refuse
from orderwright.saved_views.queries import DELETE_PREFERENCES, PUT_PREFERENCES, READ_PREFERENCES, PreferenceRow

VALUE_BYTES_MAX = 8_000
Word = Annotated[str, Meta(max_length=60, pattern=CODE)]
Words = Annotated[list[Word], Meta(max_length=100)]
Value = Annotated[dict[Word, Words], Meta(max_length=100)]


class PutPreference(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keep how one likes a screen, by its `name`: lists of words, each by a word. Null forgets it: as by default."""

    name: Slug
    value: Value | None = None


async def read_preferences(tx: Transaction, ctx: Context) -> dict[str, dict[str, list[str]]]:
    """How the caller likes their screens, by name. One statement."""
    rows: list[PreferenceRow] = await READ_PREFERENCES.fetch(tx, ctx.actor)
    return {row.name: msgspec.json.decode(row.value) for row in rows}


async def put_preferences(tx: Transaction, ctx: Context, commands: Sequence[PutPreference]) -> list[Outcome]:
    """Keep how the caller likes their screens. Of one that is named twice the last counts. It leaves no entry in the
    audit trail: it changes what one person sees, and nothing else.

    Permission: `search.read`. Locks: the caller's preferences. Outcomes, in precedence: `preference_too_long`,
    `too_many_preferences`, `forgotten`, `kept`.
    """
    ctx.require("search.read")
    known = {row.name for row in await READ_PREFERENCES.fetch(tx, ctx.actor)}
    outcomes: list[Outcome] = []
    given: dict[str, str | None] = {}
    for command in commands:
        text = None if command.value is None else msgspec.json.encode(command.value).decode()
        if text is not None and len(text.encode()) > VALUE_BYTES_MAX:
            outcomes.append(refuse("preference_too_long"))
            continue
        if text is not None and command.name not in known and len(known) >= PREFERENCES_MAX:
            outcomes.append(refuse("too_many_preferences"))
            continue
        given[command.name] = text
        known.add(command.name)
        outcomes.append(Outcome(code="forgotten" if text is None else "kept"))
    kept = sorted((name, text) for name, text in given.items() if text is not None)
    if kept:
        await PUT_PREFERENCES.run(tx, ctx.actor, [name for name, _ in kept], [text for _, text in kept])
    gone = [name for name, text in given.items() if text is None]
    if gone:
        await DELETE_PREFERENCES.run(tx, ctx.actor, gone)
    return outcomes
