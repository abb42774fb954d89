"""Say on what terms channels take goods back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from orderwright import catalog
from orderwright.catalog import ChannelFacts
from orderwright.fulfillment import CARRIERS
from orderwright.platform.acts import record_act
from orderwright.platform.changes import Changed, changed, record_changes
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome
from orderwright.platform.versions import differs
from orderwright.returns.book_io import read_policies
from orderwright.returns.commands import PutReturnPolicy, refuse
from orderwright.returns.policy import PolicyOf, ReturnTerms, is_rate
from orderwright.returns.queries import APPEND_POLICIES, LOCK_POLICIES

_BYTES_MAX = 16_000


async def put_return_policies(tx: Transaction, ctx: Context, commands: Sequence[PutReturnPolicy]) -> list[Outcome]:
    """Set the terms of channels, each as a new version. What was asked for before keeps the terms of its day.

    Permission: `returns.override`. Locks: channels. Outcomes, in precedence: `unknown_channel`,
    `channel_not_allowed`, `duplicate_in_batch`, `version_conflict`, `wrong_rate`, `unknown_time_zone`,
    `unknown_carrier`, `unknown_service`, `too_large`, `unchanged`, `set`
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
        refused = _refuse(ctx, command, channel, rows, before)
        if refused is not None or channel is None:
            outcomes.append(refused or refuse("unknown_channel", channel=command.channel))
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


def _refuse(
    ctx: Context,
    command: PutReturnPolicy,
    channel: ChannelFacts | None,
    rows: Collection[UUID],
    before: Mapping[UUID, PolicyOf],
) -> Outcome | None:
    """Why terms cannot be as they are sent, or None."""
    if channel is None:
        return refuse("unknown_channel", channel=command.channel)
    if not ctx.may_channel(channel.id):
        return refuse("channel_not_allowed", channel=command.channel)
    if channel.id in rows:
        return refuse("duplicate_in_batch", channel=command.channel)
    stands = before[channel.id]
    if differs(command.version, stands.version) and not (stands.version and stands.terms == command.terms):
        return refuse("version_conflict", version=stands.version)
    return _refuse_terms(command.terms)


def _refuse_terms(terms: ReturnTerms) -> Outcome | None:
    if not all(map(is_rate, terms.rates())):
        return refuse("wrong_rate")
    if terms.withdrawal.time_zone not in catalog.time_zones():
        return refuse("unknown_time_zone", time_zone=terms.withdrawal.time_zone)
    if (carrier := CARRIERS.get(terms.label_carrier)) is None:
        return refuse("unknown_carrier", carriers=sorted(CARRIERS))
    if terms.label_service not in carrier.services:
        return refuse("unknown_service", services=sorted(carrier.services))
    return None
