"""Import pay-outs of providers, and match their lines to what moved with us."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec

from orderwright.payments.payouts.contract import ImportPayout
from orderwright.payments.payouts.match import Match, SentLine, match_lines
from orderwright.payments.payouts.queries import (
    APPEND_LINES,
    APPEND_PAYOUTS,
    KNOWN_PAYOUTS,
    LOCK_PAYOUTS,
    MOVEMENTS,
    PAYMENTS_BY_REFERENCE,
    KnownPayoutRow,
)
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.platform.events import NewEvent, append_events
from orderwright.platform.ids import UUID, new_ids
from orderwright.platform.outcomes import Outcome, no

_KEY = tuple[str, str]


class MatchedPayout(NamedTuple):
    """A pay-out that is new, with what each of its lines is."""

    id: UUID
    command: ImportPayout
    content: bytes
    matches: Sequence[Match]

    def counts(self) -> dict[str, int]:
        """How many lines have which code."""
        codes = [match.code for match in self.matches if match.code is not None]
        return {code: codes.count(code) for code in sorted(set(codes))}


async def import_payouts(tx: Transaction, ctx: Context, commands: Sequence[ImportPayout]) -> list[Outcome]:
    """Keep pay-outs, each once by (provider, reference), and match their captures and refunds to ours.

    Permission: `payments.write`, by a caller without limits. Locks: the merchant's pay-outs. Appends
    `payout.imported`. Outcomes, in precedence: `duplicate_in_batch`, `payout_differs` (it was imported with other
    content), `unchanged`, `imported` (`details`: lines by code). Nine statements at most.
    """
    ctx.require("payments.write")
    ctx.require_unlimited("Pay-outs are of all channels and locations.")
    if not commands:
        return []
    await LOCK_PAYOUTS.run(tx)
    known = {
        (row.provider, row.reference): row
        for row in await KNOWN_PAYOUTS.fetch(tx, *columns([(c.provider, c.reference) for c in commands], 2))
    }
    new: dict[_KEY, MatchedPayout] = {}
    outcomes: list[Outcome | UUID] = []
    for command, new_id in zip(commands, new_ids(len(commands)), strict=True):
        key, content = (command.provider, command.reference), _hash(command)
        if key in new:
            outcomes.append(no("duplicate_in_batch", "The same pay-out is named twice in this call. Send each once."))
        elif key in known:
            outcomes.append(_again(known[key], content))
        else:
            new[key] = MatchedPayout(new_id, command, content, ())
            outcomes.append(new_id)
    matched = {payout.id: payout for payout in await _match(tx, list(new.values()))}
    if matched:
        await _write(tx, ctx, list(matched.values()))
    return [o if isinstance(o, Outcome) else _imported(matched[o]) for o in outcomes]


def _hash(command: ImportPayout) -> bytes:
    return blake2b(msgspec.msgpack.encode(command), digest_size=16).digest()


def _again(known: KnownPayoutRow, content: bytes) -> Outcome:
    if known.content == content:
        return Outcome(code="unchanged", id=known.id)
    return no("payout_differs", "This pay-out was imported with other lines. Nothing was changed: ask the provider.")


def _imported(payout: MatchedPayout) -> Outcome:
    return Outcome(code="imported", id=payout.id, details={"lines": len(payout.matches), **payout.counts()})


async def _match(tx: Transaction, payouts: Sequence[MatchedPayout]) -> list[MatchedPayout]:
    """What the lines of new pay-outs are. Two statements, or none."""
    lines = [SentLine(c.provider, c.currency, line) for _, c, _, _ in payouts for line in c.lines]
    wanted = sorted({(sent.provider, sent.line.payment) for sent in lines if sent.line.payment is not None})
    found = await PAYMENTS_BY_REFERENCE.fetch(tx, *columns(wanted, 2)) if wanted else []
    moved = await MOVEMENTS.fetch(tx, [p.id for p in found], sorted({p.order_id for p in found})) if found else []
    matches = iter(match_lines(lines, {(p.provider, p.reference): p for p in found}, moved))
    return [p._replace(matches=[next(matches) for _ in p.command.lines]) for p in payouts]


async def _write(tx: Transaction, ctx: Context, payouts: Sequence[MatchedPayout]) -> None:
    act_id = await record_act(tx, ctx, "import_payouts")
    heads = [
        (p.id, p.command.provider, p.command.reference, p.command.currency, p.command.paid_on, p.command.total_minor,
         p.content, act_id)
        for p in payouts
    ]  # fmt: skip
    await APPEND_PAYOUTS.run(tx, heads)
    await APPEND_LINES.run(tx, list(_rows(payouts)))
    events = []
    for p in payouts:
        data = {
            "provider": p.command.provider, "reference": p.command.reference, "currency": p.command.currency,
            "total_minor": p.command.total_minor, "lines": len(p.command.lines), "codes": p.counts(),
        }  # fmt: skip
        events.append(NewEvent(p.id, 1, "payout.imported", data, ctx.now))
    await append_events(tx, act_id, events)


def _rows(payouts: Iterable[MatchedPayout]) -> Iterator[tuple[Any, ...]]:
    """Rows of `APPEND_LINES`."""
    for payout in payouts:
        for n, (line, match) in enumerate(zip(payout.command.lines, payout.matches, strict=True), 1):
            yield payout.id, n, line.kind, line.payment, line.amount_minor, line.fee_minor, *match
