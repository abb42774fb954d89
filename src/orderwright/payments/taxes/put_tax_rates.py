"""Add, change and remove rates of taxes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from orderwright.payments.taxes.contract import PutTaxRate
from orderwright.payments.taxes.errors import REFUSALS
from orderwright.payments.taxes.queries import (
    DELETE_TAX_RATES,
    LOCK_TAX_RATES,
    PUT_TAX_RATES,
    READ_RATES_OF_TAXES,
    TaxRateRow,
)
from orderwright.platform.acts import record_act
from orderwright.platform.changes import Changed, changed, record_changes
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.platform.events import NewEvent, append_events
from orderwright.platform.ids import UUID, new_ids
from orderwright.platform.outcomes import Outcome, no
from orderwright.platform.versions import VERSION_CONFLICT, differs

WRITE_PERMISSION = "taxes.write"
_DECIMALS_MAX = 6
_Tax = tuple[str, str, str, str, str]
_Live = dict[date, TaxRateRow]  # the rates of one tax, by first day


class RateDecisions(NamedTuple):
    """One outcome a command, and what is to be done, in the order in which no two rates of a tax ever meet."""

    outcomes: list[Outcome]
    removals: list[TaxRateRow]
    writes: list[TaxRateRow]


async def put_tax_rates(tx: Transaction, ctx: Context, commands: Sequence[PutTaxRate]) -> list[Outcome]:
    """Make each rate be as it is sent, creating it if needed. A rate is known by its tax and its first day.

    A new rate from a day on needs the end of the one before it: send both, in any order. Orders keep what they were
    charged.

    Permission: `taxes.write`, by a caller without limits. Locks: the merchant's rates, then the rows written. Appends
    `tax_rate.created`, `tax_rate.updated`, `tax_rate.removed`. Outcomes, in precedence: `duplicate_in_batch`,
    `rate_out_of_range`, `impossible_period`, `version_conflict`, `rate_not_found`, `rate_overlaps`, `removed`,
    `created`, `unchanged`, `updated`.
    """
    ctx.require(WRITE_PERMISSION)
    ctx.require_unlimited("Rates of taxes are of all channels and locations.")
    if not commands:
        return []
    await LOCK_TAX_RATES.run(tx)
    stored = await READ_RATES_OF_TAXES.fetch(tx, *columns([command.tax for command in commands], 5))
    decisions = decide_rates(commands, stored)
    if decisions.removals:
        await DELETE_TAX_RATES.run(tx, [row.id for row in decisions.removals])
    if decisions.writes:
        await PUT_TAX_RATES.run(tx, *columns(decisions.writes, len(TaxRateRow._fields)))
    if decisions.removals or decisions.writes:
        act_id = await record_act(tx, ctx, "put_tax_rates")
        await record_changes(tx, act_id, changes_of_rates(decisions, {row.id: row for row in stored}))
        await append_events(tx, act_id, list(_events(ctx, decisions)))
    return decisions.outcomes


def decide_rates(commands: Sequence[PutTaxRate], stored: Iterable[TaxRateRow]) -> RateDecisions:
    """Decide each command against the rates that its tax has. Pure but for the new ids.

    Removals come first and then the rest by first day, so that what ends makes room for what begins.
    """
    live: defaultdict[_Tax, _Live] = defaultdict(dict)
    for row in stored:
        live[row.tax][row.valid_from] = row
    outcomes: list[Outcome | None] = [_refuse(command) for command in commands]
    seen: set[tuple[_Tax, date]] = set()
    for i, command in enumerate(commands):
        key = command.tax, command.valid_from
        if key in seen:
            outcomes[i] = no("duplicate_in_batch", REFUSALS["duplicate_in_batch"])
        seen.add(key)
    removals: list[TaxRateRow] = []
    writes: list[TaxRateRow] = []
    spare = new_ids(len(commands))
    order = sorted(range(len(commands)), key=lambda i: (not commands[i].remove, commands[i].valid_from))
    for i in order:
        if outcomes[i] is not None:
            continue
        command = commands[i]
        rates = live[command.tax]
        old = rates.get(command.valid_from)
        if differs(command.version, old.version if old else None) and not _is_so(command, old):
            outcomes[i] = no("version_conflict", VERSION_CONFLICT, version=old.version if old else None)
        elif command.remove:
            outcomes[i] = _remove(command, rates, removals)
        else:
            row = TaxRateRow(spare[i], 1, *command.tax, command.rate, *_flags(command))
            outcomes[i] = _write(row, rates, writes)
    return RateDecisions([outcome for outcome in outcomes if outcome is not None], removals, writes)


def changes_of_rates(decisions: RateDecisions, stored: Mapping[UUID, TaxRateRow]) -> list[Changed]:
    """What the audit trail keeps of rates that are removed, changed or new. Pure."""
    gone = [changed("tax_rate", row.id, _content(row), None) for row in decisions.removals]
    return gone + [changed("tax_rate", row.id, _content(stored.get(row.id)), _content(row)) for row in decisions.writes]


def _content(row: TaxRateRow | None) -> dict[str, object] | None:
    return None if row is None else {n: v for n, v in row._asdict().items() if n not in {"id", "version"}}


def _refuse(command: PutTaxRate) -> Outcome | None:
    """Why a command cannot be, whatever is stored."""
    if not is_rate(command.rate):
        return no("rate_out_of_range", REFUSALS["rate_out_of_range"])
    if command.valid_to is not None and command.valid_to < command.valid_from:
        return no("impossible_period", REFUSALS["impossible_period"])
    return None


def is_rate(rate: Decimal) -> bool:
    """Whether it is a fraction from 0 to 1 that can be stored."""
    return rate.is_finite() and 0 <= rate <= 1 and rate == round(rate, _DECIMALS_MAX)


def _remove(command: PutTaxRate, rates: _Live, removals: list[TaxRateRow]) -> Outcome:
    row = rates.pop(command.valid_from, None)
    if row is None:
        return no("rate_not_found", REFUSALS["rate_not_found"])
    removals.append(row)
    return Outcome(code="removed", id=row.id)


def _write(row: TaxRateRow, rates: _Live, writes: list[TaxRateRow]) -> Outcome:
    old = rates.get(row.valid_from)
    if met := [other for other in rates.values() if other is not old and _meet(row, other)]:
        first = met[0].valid_from.isoformat()
        return no("rate_overlaps", REFUSALS["rate_overlaps"], valid_from=first)
    if old is not None:
        row = row._replace(id=old.id, version=old.version)
        if row == old:
            return Outcome(code="unchanged", id=old.id)
        row = row._replace(version=old.version + 1)
    rates[row.valid_from] = row
    writes.append(row)
    return Outcome(code="created" if old is None else "updated", id=row.id)


def _is_so(command: PutTaxRate, old: TaxRateRow | None) -> bool:
    """Whether a rate is as it is sent: a repetition is no conflict."""
    if old is None or command.remove:
        return False
    return old == TaxRateRow(old.id, old.version, *command.tax, command.rate, *_flags(command))


def _meet(one: TaxRateRow, other: TaxRateRow) -> bool:
    """Whether two rates of a tax hold on the same day."""
    ends, other_ends = one.valid_to or date.max, other.valid_to or date.max
    return one.valid_from <= other_ends and other.valid_from <= ends


def _flags(command: PutTaxRate) -> tuple[bool, bool, date, date | None]:
    return command.applies_to_shipping, command.compound, command.valid_from, command.valid_to


def _events(ctx: Context, decisions: RateDecisions) -> Iterable[NewEvent]:
    for row in (*decisions.removals, *decisions.writes):
        data = {
            "country": row.country, "region": row.region or None, "postal_prefix": row.postal_prefix or None,
            "tax_class": row.tax_class or None, "name": row.name or None, "rate": f"{row.rate.normalize():f}",
            "valid_from": row.valid_from.isoformat(),
        }  # fmt: skip
        if row in decisions.removals:
            yield NewEvent(row.id, row.version + 1, "tax_rate.removed", data, ctx.now)
        elif row.version == 1:
            yield NewEvent(row.id, row.version, "tax_rate.created", data, ctx.now)
        else:
            yield NewEvent(row.id, row.version, "tax_rate.updated", data, ctx.now)
