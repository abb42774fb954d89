"""Catalogue files: what is read, and what is said of a file that is wrong."""

from __future__ import annotations

import io
from datetime import date, time

import pytest

from orderwright.catalog import (
    Checks,
    KitPart,
    Price,
    UpsertChannel,
    UpsertLocation,
    UpsertPool,
    UpsertSku,
    read_rows,
    read_skus,
    upsert_skus,
)
from orderwright.platform.db import Database
from orderwright.platform.errors import InvalidRequest
from tests.builders.catalog import accepted
from tests.helpers.contexts import a_context


def rows_of(text: str | bytes, kind: type = UpsertSku) -> list[tuple[int, object, list[str]]]:
    data = text.encode() if isinstance(text, str) else text
    return [(row.line, row.command, [str(error) for error in row.errors]) for row in read_rows(io.BytesIO(data), kind)]


def test_a_full_row_of_each_kind() -> None:
    sku = (
        "code,name,gtin,kind,weight_g,price,tax_class,backorder_limit,active,attributes,external_refs,metadata\n"
        'S1,"A ""big"", blue\nmug",4006381333931,stocked,250,19.99 USD,standard,7,no,"{""colour"": ""blue""}",'
        '"{""erp"": ""1""}","{""n"": [1, null]}"\n'
    )
    assert rows_of(sku) == [
        (
            2,
            UpsertSku(
                code="S1", name='A "big", blue\nmug', gtin="4006381333931", weight_g=250, price=Price(1999, "USD"),
                tax_class="standard", backorder_limit=7, active=False, attributes={"colour": "blue"},
                external_refs={"erp": "1"}, metadata={"n": [1, None]},
            ),
            [],
        )
    ]  # fmt: skip
    assert rows_of("code,name,components\nK1,Set, MUG:B:2 ; TEA-100;SPOON:12\n")[0][1] == UpsertSku(
        code="K1", name="Set", components=[KitPart("MUG:B", 2), KitPart("TEA-100", 1), KitPart("SPOON", 12)]
    )
    location = (
        "code,name,kind,pool,country,time_zone,latitude,longitude,open_weekdays,holidays,cutoff,daily_capacity,active\n"
        "L1,Dock,3pl,P,DE,Europe/Berlin,52.5,-13.25,1;2;6,2026-12-25;2027-01-01,9:30,200,yes\n"
    )
    assert rows_of(location, UpsertLocation)[0][1] == UpsertLocation(
        code="L1", name="Dock", kind="3pl", pool="P", country="DE", time_zone="Europe/Berlin", latitude=52.5,
        longitude=-13.25, open_weekdays=[1, 2, 6], holidays=[date(2026, 12, 25), date(2027, 1, 1)], cutoff=time(9, 30),
        daily_capacity=200, active=True,
    )  # fmt: skip
    channel = (
        "code,name,kind,currency,pools,buffer,verify_prices,short_line_policy,checks\n"
        'C1,Shop,pos,JPY,P1;P2,3,1,reject,"{""total_max"": 5000}"\n'
    )
    assert rows_of(channel, UpsertChannel)[0][1] == UpsertChannel(
        code="C1", name="Shop", kind="pos", currency="JPY", pools=["P1", "P2"], buffer=3, verify_prices=True,
        short_line_policy="reject", checks=Checks(total_max=5000),
    )  # fmt: skip
    assert rows_of("name,code\nMain,P1\n", UpsertPool)[0][1] == UpsertPool(code="P1", name="Main")


def test_byte_order_mark_line_ends_spaces_case_and_empty_lines() -> None:
    text = "\ufeff Code ,NAME,active\r\n A , Äpfel ,TRUE\r\n\r\nB,Birnen,\r\n"
    assert rows_of(text) == [(2, UpsertSku(code="A", name="Äpfel"), []), (4, UpsertSku(code="B", name="Birnen"), [])]


@pytest.mark.parametrize(
    ("cells", "price"),
    [
        ("19.99 USD,", Price(1999, "USD")),
        ("19.9 usd,", Price(1990, "USD")),
        ("1999 JPY,", Price(1999, "JPY")),
        ("1.234 KWD,KWD", Price(1234, "KWD")),
        ("19 USD,", Price(1900, "USD")),
        ("1999,USD", Price(1999, "USD")),
        (",USD", None),
        ("0,EUR", Price(0, "EUR")),
    ],
)
def test_prices(cells: str, price: Price | None) -> None:
    [(_, command, errors)] = rows_of(f"code,name,price,currency\nA,A,{cells}\n")
    assert (command, errors) == (UpsertSku(code="A", name="A", price=price), [])


FORM = "an amount with its currency such as 19.99 USD, or whole minor units with the column `currency`"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("19.999 USD,", "'19.999 USD' is not allowed; allowed: at most 2 decimals in USD."),
        ("19.5 JPY,", "'19.5 JPY' is not allowed; allowed: at most 0 decimals in JPY."),
        ("1999,", f"'1999' is not allowed; allowed: {FORM}."),
        ("19.99,USD", f"'19.99' is not allowed; allowed: {FORM}."),
        ("-1 USD,", f"'-1 USD' is not allowed; allowed: {FORM}."),
        ("$5,USD", f"'$5' is not allowed; allowed: {FORM}."),
        ("5 XXX,", f"'5 XXX' is not allowed; allowed: {FORM}."),
        ("99999999999999999 USD,", f"'99999999999999999 USD' is not allowed; allowed: {FORM}."),
        ("5 USD,EUR", "'5 USD' is not allowed; allowed: the same currency as in the column `currency`."),
    ],
)
def test_prices_that_are_none(cells: str, said: str) -> None:
    assert rows_of(f"code,name,price,currency\nA,A,{cells}\n") == [(2, None, [f"line 2, column price: {said}"])]


def test_every_error_of_a_row_is_told_and_its_neighbours_are_read() -> None:
    text = (
        "code,name,kind,weight_g,active,components,metadata,gtin\n"
        "A,Fine,,,,,,\n"
        'B,,thing,-1,perhaps,MUG:0,"[1]",12\n'
        "C,Fine too,,1.5,,;,{,\n"
        "D,Fine,kit,5,0,X,{},\n"
    )
    a, b, c, d = rows_of(text)
    assert a == (2, UpsertSku(code="A", name="Fine"), [])
    assert b[2] == [
        "line 3, column name: It is empty; allowed: a text of at most 500 characters without control characters.",
        "line 3, column gtin: '12' is not allowed; allowed: 8 to 14 digits.",
        "line 3, column kind: 'thing' is not allowed; allowed: one of digital, kit, stocked.",
        (
            "line 3, column components: 'MUG:0' is not allowed; "
            "allowed: codes and units such as MUG-B:2;TEA-100:1, at most 100."
        ),
        "line 3, column weight_g: '-1' is not allowed; allowed: a whole number from 0 to 100,000,000.",
        "line 3, column active: 'perhaps' is not allowed; allowed: yes or no.",
        "line 3, column metadata: '[1]' is not allowed; allowed: a JSON object.",
    ]
    assert [error.split(":")[0] for error in c[2]] == [
        "line 4, column components", "line 4, column weight_g", "line 4, column metadata",
    ]  # fmt: skip
    assert d == (
        5,
        UpsertSku(code="D", name="Fine", kind="kit", weight_g=5, active=False, components=[KitPart("X")]),
        [],
    )


@pytest.mark.parametrize(
    ("column", "text", "allowed"),
    [
        ("cutoff", "25:00", "a local time such as 16:00"),
        ("cutoff", "16:00Z", "a local time such as 16:00"),
        ("latitude", "nan", "a number from -90 to 90"),
        ("latitude", "91", "a number from -90 to 90"),
        ("country", "Germany", "two capital letters (ISO 3166-1)"),
        ("open_weekdays", "1;8", "days such as 1;2;3;4;5, Monday is 1"),
        ("holidays", "25.12.2026", "dates such as 2026-12-25;2027-01-01"),
        ("postal_code", "1" * 21, "a text of at most 20 characters without control characters"),
        ("name", "a\0b", "a text of at most 200 characters without control characters"),
        ("external_refs", "[]", "a JSON object of texts"),
    ],
)
def test_cells_of_locations_that_are_wrong(column: str, text: str, allowed: str) -> None:
    cells = {"code": "L", "name": "N", "kind": "store", "pool": "P", "country": "US", "time_zone": "UTC"} | {
        column: text
    }
    [(_, command, errors)] = rows_of(f"{','.join(cells)}\n{','.join(cells.values())}\n", UpsertLocation)
    assert command is None
    assert [error.split("; allowed: ")[1] for error in errors] == [allowed + "."]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty. Its first line names the columns."),
        (b"code;name\nA;B\n", "line 1: The columns are not parted by commas. Save the file as CSV with commas."),
        (b"code,nmae\n", "line 1, column 'nmae': There is no such field. Did you mean name?"),
        (b"code,name,\n", "line 1, column '': There is no such field. Allowed: code, name, metadata."),
        (b"code,name,code\n", "line 1, column code: It is there twice. Keep one of them."),
        (b"code\nA\n", "line 1: The column name is missing. Allowed: code, name, metadata."),
        (
            "code,name\nA,B\n".encode("utf-16"),
            "line 1: Byte 1 of the line (0xff) is not UTF-8. Save the file as UTF-8.",
        ),
        (
            b'code,"name\n',
            (
                'line 1: A quotation mark is not closed; the line was not read. Close it with ", '
                'and write "" for one in a text.'
            ),
        ),
    ],
)
def test_headers_that_are_wrong(data: bytes, said: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        rows_of(data, UpsertPool)
    assert str(raised.value) == said


def test_a_byte_of_another_encoding_costs_its_row_alone() -> None:
    data = "code,name\nA,Äpfel\n".encode() + "B,Bäume\n".encode("latin-1") + b'C,"one\ntw\xff o"\nD,Dorf\n'
    rows = rows_of(data)
    assert [(line, command.code if isinstance(command, UpsertSku) else None) for line, command, _ in rows] == [
        (2, "A"), (3, None), (4, None), (6, "D"),
    ]  # fmt: skip
    assert rows[1][2] == ["line 3: Byte 4 of the line (0xe4) is not UTF-8. Save the file as UTF-8."]
    assert rows[2][2] == ["line 5: Byte 3 of the line (0xff) is not UTF-8. Save the file as UTF-8."]


def test_a_file_that_was_cut_off() -> None:
    assert rows_of("code,name,active\nA,Fine,yes\nB,Cut\n")[1][2] == [
        "line 3: The row has 2 cells and the header 3. Was it cut off, or a comma not quoted?"
    ]
    assert [row[2] for row in rows_of('code,name\nA,Fine\nB,"Cut\nhere')[1:]] == [
        [f"line 3: {NOT_CLOSED}"],
        ["line 4: The row has 1 cells and the header 2. Was it cut off, or a comma not quoted?"],
    ]


NOT_CLOSED = 'A quotation mark is not closed; the line was not read. Close it with ", and write "" for one in a text.'


def test_a_quotation_mark_that_is_not_closed_costs_its_line_alone() -> None:
    rows = rows_of('code,name\nA,"open\nB,Fine\nC,"quoted"\nD,Fine\n')
    assert [(row[0], row[2]) for row in rows] == [(2, [f"line 2: {NOT_CLOSED}"]), (3, []), (4, []), (5, [])]


def test_a_quotation_mark_that_another_line_closes_costs_its_line_alone() -> None:
    rows = rows_of('code,name\nA,"open\nB,",x\nC,Fine\nD,"two\nlines"\n')
    assert [(row[0], row[2]) for row in rows] == [
        (2, ["line 2: The row has 3 cells and the header 2. Was it cut off, or a comma not quoted?"]),
        (3, [f"line 3: {NOT_CLOSED}"]),
        (4, []),
        (5, []),
    ]


def test_a_file_without_lines_is_not_read_into_memory() -> None:
    endless = io.BytesIO(b"code,name\n" + b"x" * 3_000_000)
    rows = list(read_rows(endless, UpsertPool))
    assert [str(error) for row in rows for error in row.errors] == ["line 2: The line is over 1,000,000 bytes."]


def test_a_line_that_is_too_long_costs_itself_alone() -> None:
    rows = rows_of(b"code,name\nA," + b"x" * 1_500_000 + b"\nB,Fine\n", UpsertPool)
    assert [(line, errors) for line, _, errors in rows] == [(2, ["line 2: The line is over 1,000,000 bytes."]), (3, [])]


def test_rows_come_as_they_are_read() -> None:
    class Endless(io.RawIOBase):
        lines = 0

        def readline(self, size: int | None = -1) -> bytes:
            self.lines += 1
            return b"code,name\n" if self.lines == 1 else f"P{self.lines},Pool\n".encode()

    stream = Endless()
    rows = read_rows(stream, UpsertPool)  # type: ignore[arg-type]
    assert [next(rows).line for _ in range(3)] == [2, 3, 4]
    assert stream.lines == 4


async def test_a_file_becomes_a_catalogue(database: Database) -> None:
    data = io.BytesIO(b"code,name,components,price\nSET,Set,MUG:2;TEA,30 EUR\nMUG,Mug,,12 EUR\nTEA,Tea,,9.5 EUR\n")
    commands = [row.command for row in read_rows(data, UpsertSku) if row.command]
    async with database.transaction("acme") as tx:
        accepted(await upsert_skus(tx, a_context(), commands))
        [entry] = await read_skus(tx, codes=["SET"])
    assert entry.content == UpsertSku(
        code="SET", name="Set", kind="kit", components=[KitPart("MUG", 2), KitPart("TEA")], price=Price(3000, "EUR")
    )
