"""The table of rates: written, read, refused, and read from files."""

from __future__ import annotations

import asyncio
import io
from datetime import date
from decimal import Decimal
from typing import Any

import asyncpg
import msgspec
import pytest

from orderwright.payments.taxes import Place, TaxItem, TaxQuestion
from orderwright.payments.taxes.contract import PutTaxRate
from orderwright.payments.taxes.csv_rates import read_rate_rows
from orderwright.payments.taxes.put_tax_rates import put_tax_rates
from orderwright.payments.taxes.read_tax_rates import rates_for, read_tax_rates
from orderwright.platform.db import Database
from orderwright.platform.errors import InvalidRequest, PermissionDenied
from orderwright.platform.ids import new_id
from tests.helpers.contexts import a_context

CTX = a_context()


def a_rate(name: str = "MwSt", rate: str = "0.19", since: str = "2021-01-01", **rest: Any) -> PutTaxRate:
    return PutTaxRate(
        **{"country": "DE", "name": name, "rate": Decimal(rate), "valid_from": date.fromisoformat(since), **rest}
    )


async def put(database: Database, *commands: PutTaxRate, merchant: str = "acme") -> list[str]:
    async with database.transaction(merchant) as tx:
        return [outcome.code for outcome in await put_tax_rates(tx, a_context(merchant), commands)]


async def stored(database: Database, merchant: str = "acme") -> list[tuple[str, str, str]]:
    async with database.transaction(merchant) as tx:
        page = await read_tax_rates(tx, a_context(merchant))
    return [(row.name, f"{row.rate.normalize():f}", f"{row.valid_from}..{row.valid_to or ''}") for row in page.data]


async def test_a_rate_is_created_unchanged_updated_and_removed(database: Database) -> None:
    rate = a_rate()
    assert await put(database, rate) == ["created"]
    assert await put(database, rate, a_rate(rate="0.190")) == ["unchanged", "duplicate_in_batch"]
    assert await put(database, a_rate(rate="0.2", compound=True)) == ["updated"]
    assert await stored(database) == [("MwSt", "0.2", "2021-01-01..")]
    assert await put(database, a_rate(remove=True)) == ["removed"]
    assert await put(database, a_rate(remove=True)) == ["rate_not_found"]
    assert await stored(database) == []
    async with database.transaction("acme") as tx:
        told = await tx.fetch("SELECT type, seq, data ->> 'rate' FROM event ORDER BY seq")
    assert [tuple(event) for event in told] == [
        ("tax_rate.created", 1, "0.19"), ("tax_rate.updated", 2, "0.2"), ("tax_rate.removed", 3, "0.2"),
    ]  # fmt: skip


async def test_a_new_rate_needs_the_end_of_the_one_before_in_any_order(database: Database) -> None:
    assert await put(database, a_rate()) == ["created"]
    new = a_rate(rate="0.21", since="2027-01-01")
    assert await put(database, new) == ["rate_overlaps"]
    assert await put(database, new, a_rate(valid_to=date(2026, 12, 31))) == ["created", "updated"]
    assert await stored(database) == [("MwSt", "0.19", "2021-01-01..2026-12-31"), ("MwSt", "0.21", "2027-01-01..")]
    assert await put(database, a_rate(valid_to=date(2027, 1, 1))) == ["rate_overlaps"]
    assert await put(database, a_rate(since="2026-12-31", valid_to=date(2026, 12, 31))) == ["rate_overlaps"]
    assert await put(database, a_rate(since="2020-01-01", valid_to=date(2021, 1, 1))) == ["rate_overlaps"]
    assert await put(database, a_rate(), msgspec.structs.replace(new, remove=True)) == ["updated", "removed"]
    assert await stored(database) == [("MwSt", "0.19", "2021-01-01..")]


async def test_other_taxes_may_hold_on_the_same_day_and_other_merchants_have_their_own(database: Database) -> None:
    commands = [
        a_rate(), a_rate("Soli"), a_rate(tax_class="food"), a_rate(region="BY"), a_rate(postal_prefix="10"),
        a_rate(country="AT"), a_rate(since="2020-01-01", valid_to=date(2020, 12, 31)),
    ]  # fmt: skip
    assert await put(database, *commands) == ["created"] * 7
    assert await put(database, a_rate(rate="0.5"), merchant="bolt") == ["created"]
    assert await stored(database, "bolt") == [("MwSt", "0.5", "2021-01-01..")]
    assert len(await stored(database)) == 7


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (a_rate(rate="1.01"), "rate_out_of_range"),
        (a_rate(rate="-0.1"), "rate_out_of_range"),
        (a_rate(rate="NaN"), "rate_out_of_range"),
        (a_rate(rate="Infinity"), "rate_out_of_range"),
        (a_rate(rate="0.1234567"), "rate_out_of_range"),
        (a_rate(valid_to=date(2020, 12, 31)), "impossible_period"),
        (a_rate(rate="1", valid_to=date(2021, 1, 1)), "created"),
        (a_rate(rate="0.123456"), "created"),
    ],
)
async def test_what_a_rate_may_be(database: Database, command: PutTaxRate, code: str) -> None:
    assert await put(database, command, a_rate("Other")) == [code, "created"]


async def test_the_database_itself_refuses_two_rates_of_a_tax_on_a_day(database: Database) -> None:
    assert await put(database, a_rate(valid_to=date(2026, 12, 31))) == ["created"]
    insert = (
        "INSERT INTO tax_rate (id, version, country, region, postal_prefix, tax_class, name, rate, applies_to_shipping,"
        " compound, valid_from) VALUES ($1, 1, 'DE', '', '', $2, 'MwSt', 0.2, false, false, $3)"
    )
    with pytest.raises(asyncpg.ExclusionViolationError):
        async with database.transaction("acme") as tx:
            await tx.execute(insert, new_id(), "", date(2026, 12, 31))
    async with database.transaction("acme") as tx:
        await tx.execute(insert, new_id(), "", date(2027, 1, 1))
        await tx.execute(insert, new_id(), "food", date(2026, 12, 31))


async def test_two_callers_at_once_create_a_rate_once(database: Database) -> None:
    found = await asyncio.gather(*(put(database, a_rate()) for _ in range(4)))
    assert sorted(codes[0] for codes in found) == ["created", "unchanged", "unchanged", "unchanged"]


async def test_one_rate_takes_as_many_statements_as_a_thousand(database: Database) -> None:
    for count in (1, 1000):
        for code, rest in (("created", {}), ("updated", {"rate": Decimal("0.2")}), ("removed", {"remove": True})):
            commands = [a_rate(f"T{n}", postal_prefix=f"{n}", **rest) for n in range(count)]
            async with database.transaction("acme") as tx:
                outcomes = await put_tax_rates(tx, CTX, commands)
                assert {outcome.code for outcome in outcomes} == {code}
                assert tx.statements == 7
        questions = [
            TaxQuestion("EUR", False, Place("DE"), Place("DE", None, f"{n}"), date(2026, 1, 1), [TaxItem("1", 1)])
            for n in range(count)
        ]
        async with database.transaction("acme") as tx:
            await rates_for(tx, questions)
            assert tx.statements == 1
    async with database.transaction("acme") as tx:
        assert await put_tax_rates(tx, CTX, []) == []
        assert await rates_for(tx, []) == []
        assert tx.statements == 0


async def test_rates_are_read_in_pages_by_country_and_day(database: Database) -> None:
    old = a_rate(since="2007-01-01", rate="0.16", valid_to=date(2020, 12, 31))
    assert await put(database, a_rate(), old, a_rate(country="AT"), a_rate("Soli")) == ["created"] * 4
    async with database.transaction("acme") as tx:
        pages, after = [], None
        while True:
            page = await read_tax_rates(tx, CTX, after=after, limit=3)
            pages.append([(row.country, row.name, row.valid_from.year) for row in page.data])
            after = page.next
            if after is None:
                break
        assert pages == [[("AT", "MwSt", 2021), ("DE", "MwSt", 2007), ("DE", "MwSt", 2021)], [("DE", "Soli", 2021)]]
        german = await read_tax_rates(tx, CTX, country="DE", on=date(2020, 12, 31))
        assert [(row.name, row.rate) for row in german.data] == [("MwSt", Decimal("0.16"))]
        for wrong in ({"after": "x"}, {"after": '["DE"]'}, {"limit": 0}, {"limit": 501}):
            with pytest.raises(InvalidRequest):
                await read_tax_rates(tx, CTX, **wrong)  # type: ignore[arg-type]


async def test_scopes(database: Database) -> None:
    async with database.transaction("acme") as tx:
        with pytest.raises(PermissionDenied, match=r"taxes\.write"):
            await put_tax_rates(tx, a_context(permissions={"taxes.read"}), [a_rate()])
        with pytest.raises(PermissionDenied, match=r"taxes\.read"):
            await read_tax_rates(tx, a_context(permissions={"taxes.write"}))
        with pytest.raises(PermissionDenied):
            await put_tax_rates(tx, a_context(channels=frozenset({new_id()})), [a_rate()])
        assert (await read_tax_rates(tx, a_context(permissions={"taxes.read"}))).data == []


def rows_of(text: str) -> list[tuple[int, PutTaxRate | None, list[str]]]:
    rows = read_rate_rows(io.BytesIO(text.encode()))
    return [(row.line, row.command, [str(error) for error in row.errors]) for row in rows]


async def test_a_file_of_rates_is_read_and_stored(database: Database) -> None:
    text = (
        "country,region,postal_prefix,tax_class,name,rate,valid_from,valid_to,applies_to_shipping,compound\n"
        "US,IL,606,food,Chicago,1.25 %,2020-01-01,2026-12-31,yes,no\n"
        "\n"
        "DE,,,,MwSt,0.19,2021-01-01,,1,\n"
    )
    chicago = PutTaxRate(
        country="US", region="IL", postal_prefix="606", tax_class="food", name="Chicago", rate=Decimal("0.0125"),
        valid_from=date(2020, 1, 1), valid_to=date(2026, 12, 31), applies_to_shipping=True,
    )  # fmt: skip
    rows = rows_of(text)
    assert rows == [(2, chicago, []), (4, a_rate(applies_to_shipping=True), [])]
    assert await put(database, *[command for _, command, _ in rows if command]) == ["created", "created"]


def test_what_is_wrong_with_a_file_is_told_by_line_and_column() -> None:
    text = (
        "country,name,rate,valid_from,region,compound\n"
        "de,MwSt,19,2021-02-30,Bavaria!,maybe\n"
        "DE,,0.07,2021-01-01,,\n"
        "DE,MwSt,8.12345 %,2021-01-01,,\n"
        "DE,MwSt\n"
        "DE,MwSt,1,2021-01-01,,\n"
        "DE,MwSt,100%,2021-01-01,BY,no\n"
    )
    found = rows_of(text)
    assert [(line, errors) for line, _, errors in found] == [
        (2, [
            "line 2, column country: 'de' is not allowed; allowed: two capital letters (ISO 3166-1).",
            "line 2, column rate: '19' is not allowed; allowed: a fraction such as 0.19, or 19 %.",
            "line 2, column valid_from: '2021-02-30' is not allowed; allowed: a day such as 2027-01-01.",
            ("line 2, column region: 'Bavaria!' is not allowed; "
            "allowed: a code of ISO 3166-2 without the country, such as CA."),
            "line 2, column compound: 'maybe' is not allowed; allowed: yes or no.",
        ]),
        (3, ["line 3, column name: It is empty; allowed: the name of the tax, at most 100 characters."]),
        (4, [
            ("line 4, column rate: '8.12345 %' is not allowed; "
            "allowed: at most 6 decimals as a fraction, 4 in percent."),
        ]),
        (5, ["line 5: The row has 2 cells and the header 6. Was it cut off, or a comma not quoted?"]),
        (6, ["line 6, column rate: '1' is not allowed; allowed: a fraction such as 0.19, or 19 %."]),
        (7, []),
    ]  # fmt: skip
    assert found[-1][1] == a_rate(rate="1", region="BY")
    with pytest.raises(InvalidRequest, match="column rate is missing"):
        rows_of("country,name,valid_from\n")
    with pytest.raises(InvalidRequest, match="Did you mean rate"):
        rows_of("country,name,rates,valid_from\n")
