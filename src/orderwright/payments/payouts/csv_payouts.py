"""Read pay-outs from CSV files: the form of our own, and Stripe's itemized payout reconciliation report.

Which it is, the header says. Amounts are decimals in major units (`19.99`), and become minor units by the currency's
ISO 4217 exponent; what does not fit is refused. A pay-out of which a line is wrong is not imported at all, since its
total would be; the others are.

| ours | Stripe's | what it is |
| --- | --- | --- |
| `provider` | (stripe) | the provider's code |
| `payout` | `automatic_payout_id` | its id of the pay-out |
| `paid_on` | `automatic_payout_effective_at` | the day; of a time the date |
| `kind` | `reporting_category` | capture, refund, fee or adjustment; Stripe's other categories are adjustments |
| `payment` | `payment_intent_id`, else `charge_id` | its id of the payment; may be empty |
| `currency` | `currency` | of the amounts, ISO 4217 |
| `amount` | `gross` | what came; below 0: what went |
| `fee` | `fee` | what the provider kept of it; may be empty |
| (`net`) | `net` | amount less fee; checked where it is given |

Other columns of Stripe's are passed over: they may hold personal data.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import BinaryIO, NamedTuple, TypeVar

from orderwright.payments.payouts.contract import LINES_MAX, ImportPayout, LineKind, PayoutLine
from orderwright.platform.cells import CellError
from orderwright.platform.csv_records import CsvRecords, check_header, shown
from orderwright.platform.fields import MINOR_MAX
from orderwright.platform.money import CURRENCIES, exponent
from orderwright.platform.text_lines import RowError

T = TypeVar("T")

_OURS = ("provider", "payout", "paid_on", "kind", "payment", "currency", "amount", "fee", "net")
_NEEDED = ("provider", "payout", "paid_on", "kind", "currency", "amount")
_STRIPE = {
    "automatic_payout_id": "payout", "automatic_payout_effective_at": "paid_on", "reporting_category": "kind",
    "payment_intent_id": "payment", "charge_id": "charge", "currency": "currency", "gross": "amount", "fee": "fee",
    "net": "net",
}  # fmt: skip
_STRIPE_NEEDED = ("automatic_payout_id", "automatic_payout_effective_at", "reporting_category", "currency", "gross")
_KINDS: Mapping[str, LineKind] = {"capture": "capture", "refund": "refund", "fee": "fee", "adjustment": "adjustment"}
_CATEGORIES: Mapping[str, LineKind] = {"charge": "capture", "refund": "refund", "fee": "fee"}
_AMOUNT = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,12})?\Z", re.ASCII)
_DAY = re.compile(r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})([T ][0-9:.+Z-]*)?\Z", re.ASCII)
_TEXT = re.compile(r"[^\x00-\x1f\x7f]{1,100}\Z")


class PayoutFile(NamedTuple):
    """What a file holds: pay-outs with the line on which each begins, and what is wrong, by line."""

    payouts: list[tuple[int, ImportPayout]]
    errors: list[RowError]


class _Head(NamedTuple):
    """What is the same on all lines of a pay-out."""

    provider: str
    reference: str
    currency: str
    paid_on: date


class _Row(NamedTuple):
    number: int
    head: _Head
    line: PayoutLine


def read_payout_file(stream: BinaryIO) -> PayoutFile:
    """Read a file. Raises InvalidRequest when the header cannot be understood, since then no row can."""
    records = CsvRecords(stream)
    cells = [cell.strip().lower() for cell in records.header()]
    stripe = "automatic_payout_id" in cells
    if stripe:
        check_header([cell for cell in cells if cell in _STRIPE], list(_STRIPE), _STRIPE_NEEDED)
        names = [_STRIPE.get(cell, "") for cell in cells]
    else:
        names = check_header(cells, _OURS, _NEEDED)
    errors: list[RowError] = []
    rows: dict[tuple[str, str], list[_Row]] = {}
    spoilt: set[str] = set()
    unreadable = False  # whose line it was, nobody knows
    for number, values, faults in records:
        if faults:
            errors, unreadable = errors + faults, True
            continue
        texts = {name: value.strip() for name, value in zip(names, values, strict=True)}
        row = _Cells(number, texts).read(stripe=stripe)
        if isinstance(row, _Row):
            rows.setdefault((row.head.provider, row.head.reference), []).append(row)
        else:
            errors += row
            spoilt.add(texts["payout"])
    payouts = []
    for (_, reference), mine in rows.items():
        wrong = _do_not_fit(mine)
        errors += wrong
        if not (wrong or unreadable or reference in spoilt):
            payouts.append((mine[0].number, _command(mine)))
    return PayoutFile(payouts, sorted(errors, key=lambda error: error.line))


def _do_not_fit(rows: Sequence[_Row]) -> list[RowError]:
    """What is wrong with the rows of one pay-out together."""
    first = rows[0]
    errors = [
        RowError(row.number, name, f"It is {before} on line {first.number} of the same pay-out. Mend one.", "differs")
        for row in rows
        for name, before, mine in zip(_Head._fields[2:], first.head[2:], row.head[2:], strict=True)
        if mine != before
    ]
    if len(rows) > LINES_MAX:
        message = f"The pay-out has more than {LINES_MAX:,} lines."
        errors.append(RowError(rows[LINES_MAX].number, None, message, "too_many_lines"))
    return errors


def _command(rows: Sequence[_Row]) -> ImportPayout:
    head = rows[0].head
    return ImportPayout(
        provider=head.provider, reference=head.reference, currency=head.currency, paid_on=head.paid_on,
        lines=[row.line for row in rows],
    )  # fmt: skip


class _Cells:
    """The cells of a row by our names of columns, and what is found wrong with them."""

    def __init__(self, number: int, texts: Mapping[str, str]) -> None:
        self._number, self._texts = number, texts
        self._errors: list[RowError] = []

    def read(self, *, stripe: bool) -> _Row | list[RowError]:
        """The row, or what is wrong with it."""
        provider = "stripe" if stripe else self._take("provider", _text)
        head = provider, self._take("payout", _text), self._take("currency", _currency), self._take("paid_on", _day)
        kind = self._take("kind", _category if stripe else _kind)
        payment = next((text for name in ("payment", "charge") if (text := self._texts.get(name))), None)
        if payment is not None and not _TEXT.match(payment):
            self._refuse("payment", payment, "at most 100 characters without control characters")
        currency = head[2]
        if currency is None or kind is None:
            return self._errors
        minor = partial(_minor, currency=currency)
        amount = self._take("amount", minor)
        fee = self._take("fee", minor) if self._texts.get("fee") else 0
        net = self._take("net", minor) if self._texts.get("net") else None
        if amount is None or fee is None or None in head or self._errors:
            return self._errors
        if net is not None and net != amount - fee:
            return [RowError(self._number, "net", "It is not the amount less the fee.", "net_differs")]
        line = PayoutLine(kind=kind, amount_minor=amount, payment=payment, fee_minor=fee)
        return _Row(self._number, _Head._make(head), line)

    def _take(self, name: str, parse: Callable[[str], T]) -> T | None:
        """A cell that must be there; None where it is wrong."""
        text = self._texts.get(name, "")
        if not text:
            self._errors.append(RowError(self._number, name, "It is empty.", "missing_value"))
            return None
        try:
            return parse(text)
        except CellError as error:
            self._refuse(name, text, str(error))
            return None

    def _refuse(self, name: str, text: str, allowed: str) -> None:
        self._errors.append(RowError(self._number, name, f"{shown(text)} is not allowed; allowed: {allowed}."))


def _category(text: str) -> LineKind:
    return _CATEGORIES.get(text, "adjustment")


def _kind(text: str) -> LineKind:
    if text not in _KINDS:
        raise CellError(", ".join(_KINDS))
    return _KINDS[text]


def _text(text: str) -> str:
    if not _TEXT.match(text):
        raise CellError("at most 100 characters without control characters")
    return text


def _day(text: str) -> date:
    found = _DAY.match(text)
    try:
        return date.fromisoformat(found["day"] if found else "")
    except ValueError:
        raise CellError("a day such as 2027-01-31") from None


def _currency(text: str) -> str:
    if text.upper() not in CURRENCIES:
        raise CellError("a currency of ISO 4217 such as USD")
    return text.upper()


def _minor(text: str, currency: str) -> int:
    """A decimal of major units in minor units, exactly."""
    digits = exponent(currency)
    if not _AMOUNT.match(text):
        raise CellError("a decimal such as 19.99, with a point and without thousands separators")
    minor = Decimal(text).scaleb(digits)
    if minor != minor.to_integral_value():
        raise CellError(f"at most {digits} digits after the point in {currency}")
    if abs(minor) > MINOR_MAX:
        raise CellError("an amount of less than ten trillion")
    return int(minor)
