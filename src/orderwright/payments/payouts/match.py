"""Which capture or refund of ours a line of a pay-out is. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from orderwright.payments.payouts.contract import PayoutLine
from orderwright.platform.ids import UUID


class KnownPayment(NamedTuple):
    """A payment of ours by its provider's reference."""

    provider: str
    reference: str
    id: UUID
    order_id: UUID
    currency: str


class Movement(NamedTuple):
    """A capture (above 0) or refund (below 0) of ours. `taken`: a line of a pay-out is matched to it already."""

    payment_id: UUID
    entry_id: UUID
    amount_minor: int
    taken: bool


class SentLine(NamedTuple):
    """A line with the provider and the currency of its pay-out."""

    provider: str
    currency: str
    line: PayoutLine


class Match(NamedTuple):
    """What a line is. `code` None: it is no capture or refund, so there is nothing to match."""

    code: str | None
    payment_id: UUID | None = None
    order_id: UUID | None = None
    entry_id: UUID | None = None
    ours_minor: int | None = None


def match_lines(
    lines: Sequence[SentLine], payments: Mapping[tuple[str, str], KnownPayment], movements: Sequence[Movement]
) -> list[Match]:
    """Match each line to one movement of the same payment, kind and amount, the oldest first; then what is left to one
    whose amount differs. A movement is matched once, ever: a line for which none is free is a `duplicate`.

    Precedence of codes: `unknown_payment`, `currency_differs`, `matched`, `amount_differs`, `duplicate`.
    """
    free: dict[tuple[UUID, bool], list[Movement]] = {}
    moved: set[tuple[UUID, bool]] = set()
    for movement in movements:
        key = movement.payment_id, movement.amount_minor < 0
        moved.add(key)
        if not movement.taken:
            free.setdefault(key, []).append(movement)
    matches = [_first_look(sent, payments) for sent in lines]
    for exact in (True, False):
        for i, sent in enumerate(lines):
            found = matches[i]
            if found.code != "open" or found.payment_id is None:
                continue
            key = found.payment_id, sent.line.kind == "refund"
            mine = _take(free.get(key, []), sent.line.amount_minor, exact=exact)
            if mine is not None:
                ours = None if exact else mine.amount_minor
                code = "matched" if exact else "amount_differs"
                matches[i] = found._replace(code=code, entry_id=mine.entry_id, ours_minor=ours)
            elif not exact and key in moved:
                matches[i] = found._replace(code="duplicate")
            elif not exact:
                matches[i] = found._replace(code="amount_differs", ours_minor=0)
    return matches


def _first_look(sent: SentLine, payments: Mapping[tuple[str, str], KnownPayment]) -> Match:
    """Whose a line is. The code `open` is for what is still to be matched."""
    line = sent.line
    payment = payments.get((sent.provider, line.payment)) if line.payment is not None else None
    if line.kind not in ("capture", "refund"):
        return Match(None, payment.id, payment.order_id) if payment else Match(None)
    if payment is None:
        return Match("unknown_payment")
    code = "open" if payment.currency == sent.currency else "currency_differs"
    return Match(code, payment.id, payment.order_id)


def _take(free: list[Movement], amount_minor: int, *, exact: bool) -> Movement | None:
    """Take a movement of an amount, or any."""
    for i, movement in enumerate(free):
        if not exact or movement.amount_minor == amount_minor:
            return free.pop(i)
    return None
