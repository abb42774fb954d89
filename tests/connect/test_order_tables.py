"""Tables of orders: what rows become, what is said of those that are wrong, and what else they cost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from orderwright.connect.files import KINDS, Defaults, Options, find_source
from orderwright.connect.files.items import Item
from orderwright.connect.files.source import START, Position
from orderwright.orders import PlaceOrder
from orderwright.orders.contract import (
    Address,
    Amount,
    Charge,
    Discount,
    Line,
    Person,
    ReportedPayment,
    SignedAmount,
    Tax,
    UnitPrice,
)
from orderwright.platform.errors import InvalidRequest

HEADER = "external_id,currency,placed_at,total,sku,quantity,unit_price"
DEFAULTS = Defaults("web", ZoneInfo("UTC"))
DIFFERS = "is not what the order's first row"


def read(
    path: Path, defaults: Defaults = DEFAULTS, start: Position = START, ignored: tuple[str, ...] = ()
) -> list[Item[PlaceOrder]]:
    with KINDS["orders"].open(find_source(path), start, Options(defaults, ignored)) as reading:
        return list(reading.items)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "orders.csv"


def items_of(file: Path, text: str | bytes, defaults: Defaults = DEFAULTS) -> list[Item[PlaceOrder]]:
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return read(file, defaults)


def told(items: Sequence[Item[PlaceOrder]]) -> list[tuple[int, str, list[str]]]:
    """Line, external_id and errors of each item."""
    return [(item.line, item.key, [f"{e.code} {e}" for e in item.errors]) for item in items]


def test_every_column_of_an_order(file: Path) -> None:
    order = {
        "external_id": "A-1", "channel": "shop", "currency": "EUR", "placed_at": "2026-03-01T09:30:00+01:00",
        "total": "54.38", "kind": "wholesale", "parent": "ord_x", "prices_include_tax": "no", "priority": "-3",
        "requested_ship_on": "2026-03-02", "requested_delivery_on": "2026-03-05", "tags": "gift; rush",
        "metadata": '"{""n"": [1]}"', "customer_id": "77", "customer_name": "Ada", "customer_email": "ada@example.com",
        "customer_phone": "+49 30 1", "ship_to_name": "Bob", "ship_to_company": "Co", "ship_to_email": "b@example.com",
        "ship_to_phone": "1", "ship_to_line1": "Weg 1", "ship_to_line2": "II", "ship_to_city": "Bonn",
        "ship_to_region": "NW", "ship_to_postal_code": "53111", "ship_to_country": "DE", "ship_to_latitude": "50.7",
        "ship_to_longitude": "-7.1", "bill_to_country": "AT", "shipping": "4.90", "shipping_name": "Express",
        "shipping_tax": "0.93", "fee": "1", "fee_name": "Wrap", "fee_tax": "0.19", "discount": "2.50",
        "discount_code": "SUMMER", "discount_name": "Summer", "tax": "0.50", "tax_name": "City", "tax_rate": "0.01",
        "rounding": "-0.01", "payment": "54.38", "payment_method": "card", "payment_state": "captured",
        "payment_provider": "Pay", "payment_reference": "p1",
    }  # fmt: skip
    line = {
        "sku": "MUG", "quantity": "2", "unit_price": "19.985", "line_reference": "l1", "line_name": "A mug",
        "delivery": "pickup", "location": "L1", "line_discount": "1.00", "line_discount_code": "TWO",
        "line_tax": "7.40", "line_tax_name": "VAT", "line_tax_rate": "0.19",
    }  # fmt: skip
    columns = order | line
    second = dict.fromkeys(order, "") | {"external_id": "A-1", "sku": "TEA", "quantity": "1", "unit_price": "3"}
    second |= {name: "" for name in line if name not in second}
    rows = [",".join(columns), ",".join(columns.values()), ",".join(second[name] for name in columns)]

    [item] = items_of(file, "\n".join(rows))

    eur = lambda amount: Amount(amount, "EUR")  # noqa: E731
    assert item.errors == []
    assert item.command == PlaceOrder(
        channel="shop", external_id="A-1", currency="EUR", placed_at=datetime(2026, 3, 1, 8, 30, tzinfo=UTC),
        total=eur(5438), kind="wholesale", parent="ord_x", prices_include_tax=False, priority=-3,
        requested_ship_on=date(2026, 3, 2), requested_delivery_on=date(2026, 3, 5), tags=["gift", "rush"],
        metadata={"n": [1]},
        customer=Person(external_id="77", name="Ada", email="ada@example.com", phone="+49 30 1"),
        ship_to=Address(country="DE", name="Bob", company="Co", email="b@example.com", phone="1", line1="Weg 1",
                        line2="II", city="Bonn", region="NW", postal_code="53111", latitude=50.7, longitude=-7.1),
        bill_to=Address(country="AT"),
        shipping=[Charge(amount=eur(490), name="Express", taxes=[Tax(amount=eur(93))])],
        fees=[Charge(amount=eur(100), name="Wrap", taxes=[Tax(amount=eur(19))])],
        discounts=[Discount(amount=eur(250), code="SUMMER", name="Summer")],
        taxes=[Tax(amount=eur(50), name="City", rate=Decimal("0.01"))],
        rounding=SignedAmount(-1, "EUR"),
        payments=[ReportedPayment(method="card", state="captured", amount=eur(5438), provider="Pay", reference="p1")],
        lines=[
            Line(sku="MUG", quantity=2, unit_price=UnitPrice(Decimal("1998.5"), "EUR"), reference="l1", name="A mug",
                 delivery="pickup", location="L1", discounts=[Discount(amount=eur(100), code="TWO")],
                 taxes=[Tax(amount=eur(740), name="VAT", rate=Decimal("0.19"))]),
            Line(sku="TEA", quantity=1, unit_price=UnitPrice(300, "EUR")),
        ],
    )  # fmt: skip
    assert (item.line, item.size, item.end) == (2, 2, Position(file.stat().st_size, 3))


def test_minor_units_currencies_without_decimals_and_times_without_an_offset(file: Path) -> None:
    text = (
        "external_id,currency,placed_at,total_minor,sku,quantity,unit_price_minor\n"
        "A,JPY,2026-07-01 09:30:00,500,X,1,500\n"
        "B,USD,2026-12-01,1999,X,1,1999\n"
    )
    a, b = items_of(file, text, Defaults("web", ZoneInfo("Europe/Zurich")))
    assert a.command is not None
    assert b.command is not None
    assert a.command.total == Amount(500, "JPY")
    assert a.command.placed_at == datetime(2026, 7, 1, 7, 30, tzinfo=UTC)
    assert b.command.placed_at == datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
    assert b.command.lines[0].unit_price == UnitPrice(1999, "USD")
    [c] = items_of(file, f"{HEADER}\nC,KWD,2026-07-01T00:00:00Z,1.234,X,1,1.234\n")
    assert c.command is not None
    assert c.command.total == Amount(1234, "KWD")


def test_every_wrong_cell_is_told_and_the_neighbours_are_taken(file: Path) -> None:
    text = (
        HEADER + ",ship_to_city,payment_method,line_tax_rate\n"
        "A,USD,2026-01-01T00:00:00Z,1.00,X,1,1.00,,,\n"
        "B,USD,yesterday,1.005,X,none,$1,Bonn,barter,x\n"
        "B,,,,,0,,,,\n"
        "C,usd,2026-01-01T00:00:00Z,1,X,1,1,,,\n"
        "D,USD,2026-01-01T00:00:00Z,1.00,X,1,1.00,,,\n"
    )
    assert told(items_of(file, text)) == [
        (2, "A", []),
        (
            3,
            "B",
            [
                (
                    "invalid_value line 3, column placed_at: 'yesterday' is not allowed; "
                    "allowed: a time such as 2026-03-01T09:30:00Z."
                ),
                "invalid_value line 3, column total: '1.005' is not allowed; allowed: at most 2 decimals in USD.",
                (
                    "invalid_value line 3, column payment_method: 'barter' is not allowed; allowed: one of "
                    "bank_transfer, card, "
                    "cash, cash_on_delivery, gift_card, invoice, marketplace, store_credit, wallet."
                ),
                (
                    "missing_value line 3, column ship_to_country: It is empty; "
                    "allowed: two capital letters of ISO 3166-1 such as US."
                ),
                (
                    "missing_value line 3, column payment_state: It is empty; "
                    "allowed: one of authorized, captured, pending."
                ),
                "missing_value line 3, column payment: It is empty; allowed: an amount such as 19.99, not below 0.",
                (
                    "invalid_value line 3, column quantity: 'none' is not allowed; "
                    "allowed: a whole number from 1 to 1,000,000."
                ),
                (
                    "invalid_value line 3, column unit_price: '$1' is not allowed; "
                    "allowed: an amount such as 19.99, not below 0."
                ),
                "invalid_value line 3, column line_tax_rate: 'x' is not allowed; allowed: a fraction such as 0.19.",
                (
                    "missing_value line 4, column sku: It is empty; "
                    "allowed: a text of at most 100 characters without control characters."
                ),
                "missing_value line 4, column unit_price: It is empty; allowed: an amount such as 19.99, not below 0.",
                (
                    "invalid_value line 4, column quantity: '0' is not allowed; "
                    "allowed: a whole number from 1 to 1,000,000."
                ),
            ],
        ),
        (
            5,
            "C",
            [
                (
                    "invalid_value line 5, column currency: 'usd' is not allowed; "
                    "allowed: three capital letters of ISO 4217 such as USD."
                )
            ],
        ),
        (6, "D", []),
    ]


def test_rows_of_one_order_must_agree(file: Path) -> None:
    text = (
        f"{HEADER}\n"
        "A,USD,2026-01-01T00:00:00Z,3.00,X,1,1.00\n"
        "A,USD,2026-01-01T00:00:00Z,3.00,Y,1,1.00\n"
        "A,,,4.00,Z,1,1.00\n"
    )
    assert told(items_of(file, text)) == [
        (2, "A", ["row_differs line 4, column total: '4.00' is not what the order's first row (line 2) says."])
    ]


def test_an_order_of_too_many_rows_is_not_kept_in_memory(file: Path) -> None:
    row = "A,USD,2026-01-01T00:00:00Z,1001.00,X,1,1.00\n"
    [item, after] = items_of(file, f"{HEADER}\n{row * 1_002}{row.replace('A', 'B', 1)}")
    assert told([item]) == [
        (2, "A", ["too_many_lines line 1002: The order has more than 1,000 rows. Split it into several orders."])
    ]
    assert item.size == 1_000
    assert (after.line, after.key) == (1_004, "B")


ROW = "{},USD,2026-01-01T00:00:00Z,{},X,1,1.00\n"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # a row that mentions an order belongs to it, before and behind
        (["A", "A,USD,cut off", "B"], [(2, "A", ["wrong_cell_count 3"]), (4, "B", [])]),
        (["A", "B,USD,cut off", "B"], [(2, "A", []), (4, "B", ["wrong_cell_count 3"])]),
        # between two rows of an order, whatever it says
        (["A", "nonsense", "A", "B"], [(2, "A", ["wrong_cell_count 3"]), (5, "B", [])]),
        # one that mentions neither costs itself alone
        (["A", "C,USD,cut off", "B"], [(2, "A", []), (3, "", ["wrong_cell_count 3"]), (4, "B", [])]),
        # behind one that mentions the next order nothing is told before that order is
        (["A", "C,x", "B,x", "D,x", "B"], [(2, "A", []), (3, "", ["wrong_cell_count 3"]),
                                           (6, "B", ["wrong_cell_count 4", "wrong_cell_count 5"])]),
        (["A", "C,x", "A,x", "B"], [(2, "A", ["wrong_cell_count 3", "wrong_cell_count 4"]), (5, "B", [])]),
        # a row without an id that starts no order of its own is the order's before it
        (["A", ",,,,Y,1,1.00", "B"], [(2, "A", ["missing_value 3"]), (4, "B", [])]),
        (["A", ROW.format("", "9.00").strip(), "B"], [(2, "A", []), (3, "", ["missing_value 3"]), (4, "B", [])]),
        (["x", "A"], [(2, "", ["wrong_cell_count 2"]), (3, "A", [])]),
        (["A", "x"], [(2, "A", []), (3, "", ["wrong_cell_count 3"])]),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_read_costs_the_order_that_it_may_be_of(
    file: Path, rows: list[str], expected: list[tuple[int, str, list[str]]]
) -> None:
    lines = [ROW.format(row, "1.00") if len(row) == 1 and row.isupper() else row + "\n" for row in rows]
    items = items_of(file, HEADER + "\n" + "".join(lines))
    assert [(i.line, i.key, [f"{e.code} {e.line}" for e in i.errors]) for i in items] == expected


def test_bytes_of_another_encoding_cost_their_order_alone(file: Path) -> None:
    text = HEADER + ",ship_to_name,ship_to_country\n"
    for key, name in (("A", "Jörg"), ("B", "Jürgen"), ("C", "Änne")):
        text += f"{key},USD,2026-01-01T00:00:00Z,1.00,X,1,1.00,{name},DE\n"
    lines = text.encode().splitlines(keepends=True)
    lines[2] = text.splitlines(keepends=True)[2].encode("latin-1")
    assert told(items_of(file, b"\xef\xbb\xbf" + b"".join(lines))) == [
        (2, "A", []),
        (3, "B", ["not_utf8 line 3: Byte 43 of the line (0xfc) is not UTF-8. Save the file as UTF-8."]),
        (4, "C", []),
    ]


def test_a_quotation_mark_that_is_not_closed_costs_its_order_alone(file: Path) -> None:
    text = HEADER + ",line_name\n"
    for key, name in (("A", '"a 6"" ruler"'), ("B", '"a 6" ruler'), ("C", '"two\nlines"'), ("D", '"open')):
        text += f"{key},USD,2026-01-01T00:00:00Z,1.00,X,1,1.00,{name}\n"
    items = items_of(file, text)
    assert [(i.line, i.key, [f"{e.code} {e.line}" for e in i.errors]) for i in items] == [
        (2, "A", []), (3, "", ["not_csv 3"]), (4, "C", []), (6, "", ["not_csv 6"]),
    ]  # fmt: skip
    assert items[2].command is not None
    assert items[2].command.lines[0].name == "two\nlines"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "The file is empty. Its first line names the columns."),
        (
            f"{HEADER},ship_to_citty\n",
            "line 1, column 'ship_to_citty': There is no such field. Did you mean ship_to_city?",
        ),
        (f"{HEADER},sku\n", "line 1, column sku: It is there twice. Keep one of them."),
        (f"{HEADER},total_minor\n", "line 1: There are both total and total_minor. Keep one of them."),
        (
            HEADER.replace(",total", "") + "\n",
            "line 1: The column total is missing: what the customer pays in all; must be what the parts make.",
        ),
        (
            HEADER.replace(",", ";") + "\n",
            "line 1: The columns are not parted by commas. Save the file as CSV with commas.",
        ),
    ],
)
def test_headers_that_are_wrong(file: Path, text: str, said: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        items_of(file, text)
    assert str(raised.value) == said


def test_a_file_that_names_no_channel_needs_one(file: Path) -> None:
    with pytest.raises(InvalidRequest, match="Add it, or name the channel with --channel"):
        items_of(file, f"{HEADER}\n", Defaults(None, ZoneInfo("UTC")))


def test_columns_that_are_to_be_ignored(file: Path) -> None:
    file.write_text(f"{HEADER},Weather\nA,USD,2026-01-01T00:00:00Z,1.00,X,1,1.00,sunny\nA,cut off\n")
    [item] = read(file, ignored=("weather",))
    assert told([item]) == [
        (
            2,
            "A",
            ["wrong_cell_count line 3: The row has 2 cells and the header 8. Was it cut off, or a comma not quoted?"],
        )
    ]
    with pytest.raises(InvalidRequest, match="line 1: There is no column 'wether' to be ignored"):
        read(file, ignored=("wether",))


def test_reading_may_go_on_behind_any_item(file: Path) -> None:
    """Given a file with every kind of fault, then from the end of any item the rest reads the same."""
    rows = ["A", "A", "A,cut", "B,x", "B", "?", "C", ",,,,Y,1,1.00", "D", '"', "D", "E,\xfc", "F", "x", "y"]
    lines = [ROW.format(row, "1.00") if len(row) == 1 and row.isupper() else row + "\n" for row in rows]
    file.write_bytes((HEADER + "\r\n" + "".join(lines)).encode("latin-1"))
    items = read(file)
    assert [item.key for item in items] == ["A", "B", "", "C", "D", "", "F", "", ""]
    for i, item in enumerate(items):
        assert read(file, start=item.end) == items[i + 1 :]
