"""Files of pay-outs: our columns and Stripe's, exact amounts, and what is wrong said by line."""

from __future__ import annotations

import io
from datetime import date

import pytest

from orderwright.payments.payouts import ImportPayout, PayoutFile, PayoutLine, read_payout_file
from orderwright.platform.errors import InvalidRequest

OURS = "provider,payout,paid_on,kind,payment,currency,amount,fee\n"
STRIPE = (
    "automatic_payout_id,automatic_payout_effective_at,balance_transaction_id,currency,gross,fee,net,"
    "reporting_category,description,charge_id,payment_intent_id,customer_email\n"
)


def read(text: str) -> PayoutFile:
    return read_payout_file(io.BytesIO(text.encode()))


def told(text: str) -> list[str]:
    return [str(error) for error in read(text).errors]


def test_our_columns() -> None:
    found = read(
        OURS
        + "acmepay,p1,2027-01-31,capture,x1,USD,19.99,0.88\n"
        + "acmepay,p2,2027-01-31,fee,,JPY,-120,\n"
        + "acmepay,p1,2027-01-31,refund,x2,usd,-5,\n"
    )

    assert found.errors == []
    assert found.payouts == [
        (
            2,
            ImportPayout(
                provider="acmepay", reference="p1", currency="USD", paid_on=date(2027, 1, 31),
                lines=[
                    PayoutLine(kind="capture", payment="x1", amount_minor=1999, fee_minor=88),
                    PayoutLine(kind="refund", payment="x2", amount_minor=-500),
                ],
            ),
        ),
        (
            3,
            ImportPayout(
                provider="acmepay", reference="p2", currency="JPY", paid_on=date(2027, 1, 31),
                lines=[PayoutLine(kind="fee", amount_minor=-120)],
            ),
        ),
    ]  # fmt: skip
    assert found.payouts[0][1].total_minor == 1999 - 88 - 500


def test_stripes_report() -> None:
    found = read(
        STRIPE
        + "po_1,2027-01-31 00:00:00,txn_1,usd,19.99,0.88,19.11,charge,Mug,ch_1,pi_1,ada@example.com\n"
        + "po_1,2027-01-31 00:00:00,txn_2,usd,-5.00,0.00,-5.00,refund,Mug,ch_1,pi_1,\n"
        + "po_1,2027-01-31 00:00:00,txn_3,usd,-20.00,15.00,-35.00,dispute,Mug,ch_9,,\n"
        + "po_1,2027-01-31 00:00:00,txn_4,usd,-0.35,0.00,-0.35,fee,Radar,,,\n"
    )

    assert found.errors == []
    [(line, payout)] = found.payouts
    assert (line, payout.provider, payout.reference, payout.currency) == (2, "stripe", "po_1", "USD")
    assert [(one.kind, one.payment, one.amount_minor, one.fee_minor) for one in payout.lines] == [
        ("capture", "pi_1", 1999, 88), ("refund", "pi_1", -500, 0), ("adjustment", "ch_9", -2000, 1500),
        ("fee", None, -35, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("1.5", "KWD", 1500), ("12", "JPY", 12), ("0.10", "USD", 10), ("-0.01", "EUR", -1), ("12.00", "JPY", 12)],
)
def test_amounts_become_minor_units_exactly(amount: str, currency: str, minor: int) -> None:
    [(_, payout)] = read(OURS + f"a,p,2027-01-31,capture,x,{currency},{amount},\n").payouts
    assert payout.lines[0].amount_minor == minor


@pytest.mark.parametrize(
    ("row", "error"),
    [
        (
            "a,p,2027-01-31,capture,x,USD,1.999,",
            "line 2, column amount: '1.999' is not allowed; allowed: at most 2 digits after the point in USD.",
        ),
        (
            "a,p,2027-01-31,capture,x,JPY,1.5,",
            "line 2, column amount: '1.5' is not allowed; allowed: at most 0 digits after the point in JPY.",
        ),
        (
            'a,p,2027-01-31,capture,x,USD,"1,999.00",',
            (
                "line 2, column amount: '1,999.00' is not allowed; allowed: a decimal such as 19.99, with a point and"
                " without thousands separators."
            ),
        ),
        (
            "a,p,31.01.2027,capture,x,USD,1,",
            "line 2, column paid_on: '31.01.2027' is not allowed; allowed: a day such as 2027-01-31.",
        ),
        (
            "a,p,2027-01-31,sale,x,USD,1,",
            "line 2, column kind: 'sale' is not allowed; allowed: capture, refund, fee, adjustment.",
        ),
        (
            "a,p,2027-01-31,capture,x,XXY,1,",
            "line 2, column currency: 'XXY' is not allowed; allowed: a currency of ISO 4217 such as USD.",
        ),
        ("a,p,2027-01-31,capture,x,USD,,", "line 2, column amount: It is empty."),
    ],
)
def test_what_is_wrong_is_said_by_line_and_column(row: str, error: str) -> None:
    found = read(OURS + row + "\na,q,2027-01-31,capture,x,USD,1,\n")

    assert [str(e) for e in found.errors] == [error]
    assert [payout.reference for _, payout in found.payouts] == ["q"]


def test_a_pay_out_with_a_wrong_line_is_left_out_whole() -> None:
    found = read(OURS + "a,p,2027-01-31,capture,x,USD,1,\na,p,2027-01-31,capture,x,USD,much,\n")
    assert (found.payouts, len(found.errors)) == ([], 1)


def test_with_a_line_that_nobody_can_read_no_pay_out_is_known_to_be_whole() -> None:
    found = read(OURS + "a,p,2027-01-31,capture,x,USD,1,\na,p,2027-01-31\n")
    assert (found.payouts, [e.code for e in found.errors]) == ([], ["wrong_cell_count"])


def test_a_pay_out_has_one_day_and_one_currency() -> None:
    found = read(OURS + "a,p,2027-01-31,capture,x,USD,1,\na,p,2027-02-01,capture,x,EUR,1,\n")

    assert found.payouts == []
    assert [str(e) for e in found.errors] == [
        "line 3, column currency: It is USD on line 2 of the same pay-out. Mend one.",
        "line 3, column paid_on: It is 2027-01-31 on line 2 of the same pay-out. Mend one.",
    ]


def test_a_net_that_is_not_gross_less_fee() -> None:
    text = STRIPE + "po_1,2027-01-31,txn_1,usd,19.99,0.88,19.99,charge,,,pi_1,\n"
    assert told(text) == ["line 2, column net: It is not the amount less the fee."]


@pytest.mark.parametrize("header", ["payout,amount\n", "provider,payout,paid_on,kind,currency,amont\n", ""])
def test_a_header_that_cannot_be_understood(header: str) -> None:
    with pytest.raises(InvalidRequest):
        read(header)
