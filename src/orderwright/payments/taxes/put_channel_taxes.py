"""Say how the orders of channels are taxed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from orderwright import catalog
from orderwright.payments.taxes.channel_errors import REFUSALS
from orderwright.payments.taxes.channel_terms import PutChannelTax, TaxTerms
from orderwright.payments.taxes.of_channels import read_channel_taxes
from orderwright.payments.taxes.put_tax_rates import WRITE_PERMISSION, is_rate
from orderwright.payments.taxes.queries import APPEND_CHANNEL_TAXES, LOCK_CHANNELS
from orderwright.platform.acts import record_act
from orderwright.platform.changes import Changed, changed, record_changes
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome, no
from orderwright.platform.versions import VERSION_CONFLICT, differs

_BYTES_MAX = 16_000


async def put_channel_taxes(tx: Transaction, ctx: Context, commands: Sequence[PutChannelTax]) -> list[Outcome]:
    """Set by which engine channels are taxed, each as a new version. It holds for what changes from now on: what orders
    were charged stays.

    Permission: `taxes.write`; a caller that is limited to channels may only say it of those. Locks: channels. Outcomes,
    in precedence: `unknown_channel`, `channel_not_allowed`, `duplicate_in_batch`, `ship_from_needed`,
    `terms_of_other_engine`, `wrong_rate`, `too_large`, `unchanged`, `version_conflict`, `set`
    (`details.version`). Six statements at most.
    """
    ctx.require(WRITE_PERMISSION)
    ctx.require_all_locations("How a channel is taxed holds for all locations.")
    channels = await catalog.channels_by_code(tx, [command.channel for command in commands])
    await LOCK_CHANNELS.run(tx, [channel.id for channel in channels.values()])
    before = await read_channel_taxes(tx, [channel.id for channel in channels.values()])
    outcomes: list[Outcome] = []
    rows: dict[UUID, tuple[UUID, int, str]] = {}
    changes: list[Changed] = []
    for command in commands:
        text = msgspec.json.encode(command.terms).decode()
        why = _refuse(ctx, command, channels, rows, text)
        if why is not None:
            outcomes.append(no(why, REFUSALS[why], channel=command.channel))
            continue
        channel_id = channels[command.channel].id
        version, terms = before[channel_id]
        if version and terms == command.terms:
            outcomes.append(Outcome(code="unchanged", id=channel_id, details={"version": version}))
        elif differs(command.version, version):
            outcomes.append(no("version_conflict", VERSION_CONFLICT, version=version))
        else:
            rows[channel_id] = (channel_id, version + 1, text)
            changes.append(changed("channel_tax", channel_id, terms if version else None, command.terms))
            outcomes.append(Outcome(code="set", id=channel_id, details={"version": version + 1}))
    if rows:
        act_id = await record_act(tx, ctx, "put_channel_taxes")
        await record_changes(tx, act_id, changes)
        await APPEND_CHANNEL_TAXES.run(tx, [(*row, act_id) for row in rows.values()])
    return outcomes


def _refuse(
    ctx: Context,
    command: PutChannelTax,
    channels: Mapping[str, catalog.ChannelFacts],
    rows: Mapping[UUID, object],
    text: str,
) -> str | None:
    """Why a command cannot be, in precedence; None if it can."""
    channel = channels.get(command.channel)
    if channel is None:
        return "unknown_channel"
    if not ctx.may_channel(channel.id):
        return "channel_not_allowed"
    if channel.id in rows:
        return "duplicate_in_batch"
    return _impossible(command.terms) or ("too_large" if len(text) > _BYTES_MAX else None)


def _impossible(terms: TaxTerms) -> str | None:
    """Why terms cannot be."""
    if terms.engine == "eu_vat" and terms.ship_from is None:
        return "ship_from_needed"
    if terms.engine != "eu_vat" and terms.eu_vat is not None:
        return "terms_of_other_engine"
    return None if all(map(is_rate, terms.rates())) else "wrong_rate"
