"""Who looks at which held order right now, so that two people do not work on the same one without knowing.

Known for a minute after the last look, to all processes: it is a courtesy. What decides is the order: of two who act on
it the later is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orderwright.console.frame import ConsoleScreen
from orderwright.console.order_facts import names_of_colleagues
from orderwright.console.queries import LOOK_AT, LOOK_AWAY, PRUNE_PRESENCE, WHO_LOOKS
from orderwright.platform.ids import decode_id, encode_id
from orderwright.platform.retention import Pruning

PRESENCE = Pruning("presence", PRUNE_PRESENCE)  # of yesterday


async def look_at(screen: ConsoleScreen, order_id: str) -> None:
    """Whoever sees this screen looks at an order now. One statement."""
    async with screen.database.transaction(screen.merchant.code) as tx:
        await LOOK_AT.run(tx, decode_id("ord", order_id), screen.person.person_id)


async def look_away(screen: ConsoleScreen, order_id: str) -> None:
    """They are done with it. One statement."""
    async with screen.database.transaction(screen.merchant.code) as tx:
        await LOOK_AWAY.run(tx, decode_id("ord", order_id), screen.person.person_id)


async def who_looks(screen: ConsoleScreen, order_ids: Sequence[str]) -> Mapping[str, list[str]]:
    """The names of others who look at orders, the first first. One statement, and the names of colleagues."""
    ids = [decode_id("ord", order_id) for order_id in order_ids]
    async with screen.database.transaction(screen.merchant.code, read_only=True) as tx:
        found = await WHO_LOOKS.fetch(tx, ids, screen.person.person_id)
    names = await names_of_colleagues(screen) if found else {}
    looking: dict[str, list[str]] = {order_id: [] for order_id in order_ids}
    for row in found:
        person = encode_id("usr", row.person_id)
        looking[encode_id("ord", row.order_id)].append(names.get(person, "A colleague"))
    return looking
