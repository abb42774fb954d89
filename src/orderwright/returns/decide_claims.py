"""What may be claimed, and what the customer gets for it, to the cent. Pure (laws G4 and M2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from orderwright.orders.contract import Amount
from orderwright.payments import Account, Charges, Entry, charge_entries
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome
from orderwright.returns.attribution import Cause
from orderwright.returns.books import OrderBook
from orderwright.returns.claim_commands import (
    ClaimedLine,
    FileCarrierClaim,
    OpenClaim,
    RejectClaim,
    ResolveClaim,
    SettleCarrierClaim,
    refuse_claim,
)
from orderwright.returns.claim_states import CARRIER_TRANSITIONS, CarrierState, ClaimState
from orderwright.returns.claims import Claim, ClaimLine
from orderwright.returns.policy import ReturnTerms
from orderwright.returns.worth import worth_of

SENDS = ("reship", "replace")
_WITH_SHIPPING = ReturnTerms(keep_outbound_shipping=False)
_GOODS_ONLY = ReturnTerms(keep_outbound_shipping=True)


class ClaimCredit(NamedTuple):
    """`units` of a line whose money a claim gives back."""

    line_n: int
    units: int
    worth: Charges


def refuse_open(book: OrderBook, command: OpenClaim) -> Outcome | None:
    """Why units cannot be claimed, or None. Precedence: `duplicate_line`; by line `unknown_line`, `not_shipped`,
    `exceeds_claimable`."""
    named = [line.line for line in command.lines]
    if len(set(named)) < len(named):
        return refuse_claim("duplicate_line", line=next(n for n in named if named.count(n) > 1))
    for line in command.lines:
        if not book.parts(line.line):
            return refuse_claim("unknown_line", line=line.line)
        if not book.sent(line.line):
            return refuse_claim("not_shipped", line=line.line)
    return _exceeds(book, command.kind, command.lines)


def _exceeds(book: OrderBook, kind: str, lines: Iterable[ClaimedLine], but: UUID | None = None) -> Outcome | None:
    for line in lines:
        claimable = book.claimable(line.line, kind, but)
        if line.quantity > claimable:
            return refuse_claim("exceeds_claimable", line=line.line, claimable=claimable)
    return None


def new_claim(book: OrderBook, claim_id: UUID, command: OpenClaim, cause: Cause) -> Claim:
    """A claim as it was made. Changes the book."""
    claim = Claim(
        id=claim_id, order_id=command.order_id, kind=command.kind, state=ClaimState.OPEN, party="unknown",
        location_id=cause.location_id, parcel_id=cause.parcel_id, carrier_state=CarrierState.NONE,
        file_by=cause.file_by,
    )  # fmt: skip
    for line in command.lines:
        claim.lines[line.line] = ClaimLine(
            claim_id=claim_id, line_n=line.line, order_id=command.order_id, quantity=line.quantity
        )
    claim.put_down_to(cause.party)
    book.claims[claim_id] = claim
    return claim


def refuse_resolve(book: OrderBook, claim: Claim, command: ResolveClaim) -> Outcome | None:
    """Why a claim cannot be resolved so, or None. Precedence: `wrong_state`, `items_needed`, `line_not_claimed`,
    `nothing_to_send`; of an allowance `amount_needed`, `allowance_for_late_only`, `currency_differs`, `exceeds_worth`;
    `exceeds_claimable` (units came back, or are announced), `nothing_to_refund`."""
    wrong = _refuse_form(claim, command)
    if wrong is None and (command.resolution == "allowance" or command.amount is not None):
        wrong = _refuse_allowance(book, claim, command)
    if wrong is not None:
        return wrong
    lines = [ClaimedLine(line=line.line_n, quantity=line.quantity) for line in claim.lines.values()]
    exceeds = _exceeds(book, claim.kind, lines, claim.id)
    if exceeds is None and command.resolution == "refund" and not _worth_of_claim(book, claim):
        return refuse_claim("nothing_to_refund")
    return exceeds


def _refuse_form(claim: Claim, command: ResolveClaim) -> Outcome | None:
    if not claim.is_open:
        return refuse_claim("wrong_state", state=claim.state.value)
    if bool(command.items) != (command.resolution == "replace"):
        return refuse_claim("items_needed")
    unknown = next((n for n in command.refund_lines if n not in claim.lines), None)
    if unknown is not None or (command.refund_lines and command.resolution not in SENDS):
        return refuse_claim("line_not_claimed", line=unknown or command.refund_lines[0])
    if command.resolution in SENDS and not sent_lines(claim, command):
        return refuse_claim("nothing_to_send")
    return None


def _refuse_allowance(book: OrderBook, claim: Claim, command: ResolveClaim) -> Outcome | None:
    if command.resolution != "allowance" or command.amount is None or not command.amount.amount:
        return refuse_claim("amount_needed")
    if claim.kind != "late":
        return refuse_claim("allowance_for_late_only", kind=claim.kind)
    if (wrong := _refuse_currency(book, command.amount)) is not None:
        return wrong
    most = _worth_of_claim(book, claim)
    return refuse_claim("exceeds_worth", worth=most) if command.amount.amount > most else None


def _refuse_currency(book: OrderBook, amount: Amount) -> Outcome | None:
    if amount.currency == book.order.currency:
        return None
    return refuse_claim("currency_differs", currency=book.order.currency)


def _worth_of_claim(book: OrderBook, claim: Claim) -> int:
    """What the claimed units and their delivery cost, in minor units."""
    taxed = book.order.prices_include_tax
    return sum(
        worth_of(book.order, book.lines[n], 0, line.quantity, _WITH_SHIPPING).total(prices_include_tax=taxed)
        for n, line in claim.lines.items()
    )


def sent_lines(claim: Claim, command: ResolveClaim) -> list[int]:
    """The lines whose goods are sent again, or others for them."""
    return [n for n in claim.lines if n not in command.refund_lines] if command.resolution in SENDS else []


def worth_of_resolution(book: OrderBook, claim: Claim, command: ResolveClaim) -> int:
    """What of the order's money a resolution gives, in minor units; goods that are sent again are none."""
    if command.resolution == "allowance":
        return command.amount.amount if command.amount is not None else 0
    terms, sent = _terms(claim, command), sent_lines(claim, command)
    taxed = book.order.prices_include_tax
    return sum(
        worth_of(book.order, book.lines[n], book.credited(n), line.quantity, terms).total(prices_include_tax=taxed)
        for n, line in claim.lines.items()
        if n not in sent
    )


def _terms(claim: Claim, command: ResolveClaim) -> ReturnTerms:
    with_shipping = command.with_shipping
    if with_shipping is None:
        with_shipping = claim.kind in ("late", "lost")
    return _WITH_SHIPPING if with_shipping else _GOODS_ONLY


def resolve(book: OrderBook, claim: Claim, command: ResolveClaim, child_id: UUID | None) -> list[ClaimCredit]:
    """Give the customer what was decided: units are credited from the front of the line, after those that were before.
    `child_id`: the order of what is sent. Changes the claim."""
    terms, sent, made = _terms(claim, command), sent_lines(claim, command), []
    for n, line in claim.lines.items():
        if n in sent:
            line.replaced = line.quantity
        elif command.resolution != "allowance":
            worth = worth_of(book.order, book.lines[n], book.credited(n), line.quantity, terms)
            made.append(_credit(line, worth))
    claim.resolution, claim.child_order_id = command.resolution, child_id
    if command.amount is not None:
        claim.allowance_minor = command.amount.amount
    claim.move_to(ClaimState.RESOLVED)
    if command.party is not None:
        claim.put_down_to(command.party)
    return made


def _credit(line: ClaimLine, worth: Charges) -> ClaimCredit:
    line.credited = line.quantity
    line.lines_minor, line.discounts_minor = worth.lines, worth.discounts
    line.tax_minor, line.shipping_minor = worth.tax, worth.shipping
    return ClaimCredit(line.line_n, line.quantity, worth)


def entries_of_claim(book: OrderBook, claim: Claim, made: Sequence[ClaimCredit]) -> list[Entry]:
    """The entries that take charges back, or give a part of them up."""
    taxed = book.order.prices_include_tax
    entries = [
        entry
        for credit in made
        for entry in charge_entries(
            claim.order_id, Charges().less(credit.worth), "claim", prices_include_tax=taxed, subject_id=claim.id
        )
    ]
    if claim.allowance_minor:
        entries.append(
            Entry(claim.order_id, Account.ALLOWANCES, Account.RECEIVABLE, claim.allowance_minor, "claim_allowance",
                  subject_id=claim.id)
        )  # fmt: skip
    return entries


def reject(claim: Claim, command: RejectClaim) -> Outcome | None:
    """Nothing comes of it, or why that cannot be said (`wrong_state`). Changes the claim."""
    if not claim.is_open:
        return refuse_claim("wrong_state", state=claim.state.value)
    claim.reason = command.reason
    claim.move_to(ClaimState.REJECTED)
    if claim.carrier_state is CarrierState.DUE:
        claim.move_carrier_to(CarrierState.NONE)
    return None


def file_with_carrier(book: OrderBook, claim: Claim, command: FileCarrierClaim) -> Outcome | None:
    """The carrier was asked, or why it cannot have been. Changes the claim. Precedence: `no_parcel`, `wrong_state`,
    `currency_differs`, `carrier_amount_needed`."""
    if claim.parcel_id is None:
        return refuse_claim("no_parcel")
    if CarrierState.FILED not in CARRIER_TRANSITIONS[claim.carrier_state]:
        return refuse_claim("wrong_state", carrier_state=claim.carrier_state.value)
    if (wrong := _refuse_carrier_amount(book, command.amount)) is not None:
        return wrong
    claim.expected_minor = command.amount.amount
    claim.carrier_reference = command.reference or claim.carrier_reference
    claim.carrier_reason = None
    claim.move_carrier_to(CarrierState.FILED)
    return None


def settle_with_carrier(book: OrderBook, claim: Claim, command: SettleCarrierClaim) -> Outcome | None:
    """What the carrier answered, or why it cannot have. Changes the claim. Precedence: `wrong_state`,
    `currency_differs`, `carrier_amount_needed`."""
    if claim.carrier_state is not CarrierState.FILED:
        return refuse_claim("wrong_state", carrier_state=claim.carrier_state.value)
    if command.paid is None:
        claim.carrier_reason = command.reason
        claim.move_carrier_to(CarrierState.DENIED)
        return None
    if (wrong := _refuse_carrier_amount(book, command.paid)) is not None:
        return wrong
    claim.recovered_minor = command.paid.amount
    claim.move_carrier_to(CarrierState.PAID)
    return None


def _refuse_carrier_amount(book: OrderBook, amount: Amount) -> Outcome | None:
    wrong = _refuse_currency(book, amount)
    return wrong if wrong is not None or amount.amount else refuse_claim("carrier_amount_needed")
