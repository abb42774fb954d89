"""Say on what terms channels take goods back."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from orderwright import catalog
from orderwright.fulfillment import CARRIERS
from orderwright.platform.acts import record_act
from orderwright.platform.changes import Changed, changed, record_changes
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome
from orderwright.returns.book_io import read_policies
from orderwright.returns.commands import PutReturnPolicy, refuse
from orderwright.returns.policy import is_rate
from orderwright.returns.queries import APPEND_POLICIES, LOCK_POLICIES

_BYTES_MAX = 16_000


async def put_return_policies(tx: Transaction, ctx: Context, commands: Sequence[PutReturnPolicy]) -> list[Outcome]:
    """Set the terms of channels, each as a new version. What was asked for before keeps the terms of its day.

    Permission: `returns.override`. Locks: channels. Outcomes, in precedence: `unknown_channel`,
    `channel_not_allowed`, `duplicate_in_batch`, `wrong_rate`, `unknown_time_zone`, `unknown_carrier`,
    `unknown_service`, `too_large`, `unchanged`, `set`
    (`details.version`). Seven statements at most.
    """
    ctx.require("returns.override")
    ctx.require_all_locations("What a channel takes back holds for all locations.")
    channels = await catalog.channels_by_code(tx, [command.channel for command in commands])
    await LOCK_POLICIES.run(tx, [channel.id for channel in channels.values()])
    before = await read_policies(tx, [channel.id for channel in channels.values()])
    outcomes: list[Outcome] = []
    rows: dict[UUID, tuple[UUID, int, str]] = {}
    changes: list[Changed] = []
    for command in commands:
        channel = channels.get(command.channel)
        if channel is None:
            outcomes.append(refuse("unknown_channel", channel=command.channel))
        elif not ctx.may_channel(channel.id):
            outcomes.append(refuse("channel_not_allowed", channel=command.channel))
        elif channel.id in rows:
            outcomes.append(refuse("duplicate_in_batch", channel=command.channel))
        elif not all(map(is_rate, command.terms.rates())):
            outcomes.append(refuse("wrong_rate"))
        elif command.terms.withdrawal.time_zone not in catalog.time_zones():
            outcomes.append(refuse("unknown_time_zone", time_zone=command.terms.withdrawal.time_zone))
        elif (carrier := CARRIERS.get(command.terms.label_carrier)) is None:
            outcomes.append(refuse("unknown_carrier", carriers=sorted(CARRIERS)))
        elif command.terms.label_service not in carrier.services:
            outcomes.append(refuse("unknown_service", services=sorted(carrier.services)))
        elif len(text := msgspec.json.encode(command.terms).decode()) > _BYTES_MAX:
            outcomes.append(refuse("too_large"))
        elif before[channel.id].version and before[channel.id].terms == command.terms:
            outcomes.append(Outcome(code="unchanged", id=channel.id, details={"version": before[channel.id].version}))
        else:
            version = before[channel.id].version + 1
            rows[channel.id] = (channel.id, version, text)
            stood = before[channel.id].terms if before[channel.id].version else None
            changes.append(changed("return_policy", channel.id, stood, command.terms))
            outcomes.append(Outcome(code="set", id=channel.id, details={"version": version}))
    if rows:
        act_id = await record_act(tx, ctx, "put_return_policies")
        await record_changes(tx, act_id, changes)
        await APPEND_POLICIES.run(tx, [(*row, act_id) for row in rows.values()])
    return outcomes
