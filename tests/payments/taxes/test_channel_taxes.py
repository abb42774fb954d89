"""How channels are taxed: said, read, refused; what their engines answer, and in how many statements."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from orderwright import orders
from orderwright.payments import placed_lines
from orderwright.payments.taxes import Place, TaxedKind, TaxItem
from orderwright.payments.taxes.channel_terms import EuVatTerms, PutChannelTax, ShipFrom, TaxTerms, VatRate
from orderwright.payments.taxes.eu_rates import VatClass
from orderwright.payments.taxes.list_channel_taxes import list_channel_taxes
from orderwright.payments.taxes.of_channels import ChannelQuestion, assess_taxes
from orderwright.payments.taxes.put_channel_taxes import put_channel_taxes
from orderwright.payments.taxes.quote_taxes import Destination, QuotedItem, QuoteTaxes, quote_taxes
from orderwright.platform.db import Database
from orderwright.platform.errors import PermissionDenied
from orderwright.platform.ids import UUID, new_id
from tests.builders.orders import a_line, an_order, usd
from tests.flows.test_statement_counts import Counting
from tests.helpers.desk import Desk
from tests.helpers.taxes import GERMANY, a_tax, taxed_by, us_rates

ON = date(2026, 5, 1)
CHICAGO = Place("US", "IL", "60601")


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def a_command(channel: str, engine: Any = "jurisdictions", **terms: Any) -> PutChannelTax:
    return PutChannelTax(channel=channel, terms=TaxTerms(engine=engine, **terms))


async def put(desk: Desk, *commands: PutChannelTax) -> list[str]:
    return [outcome.code for outcome in await desk.run(put_channel_taxes, list(commands))]


async def listed(desk: Desk) -> list[tuple[str, int, str]]:
    async with desk.database.transaction("acme", read_only=True) as tx:
        return [(f.channel, f.version, f.terms.engine) for f in await list_channel_taxes(tx, desk.ctx)]


def a_question(channel_id: UUID, **fields: Any) -> ChannelQuestion:
    defaults: dict[str, Any] = {
        "currency": "USD", "prices_include_tax": False, "ship_to": CHICAGO, "on": ON, "items": [TaxItem("1", 10_000)],
    }  # fmt: skip
    return ChannelQuestion(channel_id, **defaults | fields)


# ---- the setting ----


async def test_each_change_is_a_version(desk: Desk) -> None:
    shop = await desk.shop()
    code = shop.channel.code
    assert await listed(desk) == []
    assert await put(desk, a_command(code)) == ["set"]
    assert await put(desk, a_command(code)) == ["unchanged"]
    assert await put(desk, a_command(code, "eu_vat", ship_from=GERMANY)) == ["set"]
    assert await listed(desk) == [(code, 2, "eu_vat")]
    assert await desk.counts("channel_tax") == {"channel_tax": 2}
    assert await desk.value("SELECT count(*) FROM act WHERE verb = 'put_channel_taxes'") == 2


async def test_what_cannot_be_is_refused(desk: Desk) -> None:
    shop, other = await desk.shop(), await desk.shop()
    code = shop.channel.code
    half = VatRate(area="PT-20", vat_class=VatClass.REDUCED, rate=Decimal("1.5"))
    many = {f"{'c' * 90}{i}": VatClass.REDUCED for i in range(200)}
    assert await put(
        desk,
        a_command("nobody"),
        a_command(code, "eu_vat"),
        a_command(code, "jurisdictions", eu_vat=EuVatTerms()),
        a_command(code, "eu_vat", ship_from=GERMANY, eu_vat=EuVatTerms(rates=[half])),
        a_command(code, "eu_vat", ship_from=GERMANY, eu_vat=EuVatTerms(classes=many)),
        a_command(code),
        a_command(code, "as_placed"),
    ) == [
        "unknown_channel", "ship_from_needed", "terms_of_other_engine", "wrong_rate", "too_large", "set",
        "duplicate_in_batch",
    ]  # fmt: skip
    limited = Desk(desk.database, channels=frozenset({other.channel.id}))
    assert await put(limited, a_command(code, "as_placed"), a_command(other.channel.code)) == [
        "channel_not_allowed", "set",
    ]  # fmt: skip
    assert await listed(limited) == [(other.channel.code, 1, "jurisdictions")]


async def test_it_needs_a_scope_and_no_limits_to_locations(desk: Desk) -> None:
    shop = await desk.shop()
    for ctx in ({"permissions": {"taxes.read"}}, {"locations": frozenset({new_id()})}):
        with pytest.raises(PermissionDenied):
            await put(Desk(desk.database, **ctx), a_command(shop.channel.code))
    with pytest.raises(PermissionDenied):
        await listed(Desk(desk.database, permissions={"taxes.write"}))


# ---- the engines of channels ----


async def test_every_channel_is_answered_by_its_own_engine(desk: Desk) -> None:
    plain, table, union = await desk.shop(), await desk.shop(), await desk.shop()
    await us_rates(desk)
    await taxed_by(desk, table, "jurisdictions")
    await taxed_by(desk, union, "eu_vat", ship_from=GERMANY)
    line = a_line(plain.skus[0].code, 1, 10_000, taxes=[a_tax(900, "Sales tax", "0.09")])
    order_id = await desk.placed(an_order(plain.channel.code, [line], total=usd(10_900)))
    async with desk.database.transaction("acme", read_only=True) as tx:
        _, found = await orders.read_editable(tx, [order_id])
        placed = placed_lines(found[order_id], (await orders.read_charges(tx, [order_id]))[order_id])
        questions = [
            a_question(table.channel.id, items=[TaxItem("1", 10_000), TaxItem("s", 500, kind=TaxedKind.SHIPPING)]),
            a_question(plain.channel.id, placed=placed),
            a_question(union.channel.id, ship_to=Place("FR"), prices_include_tax=True),
            a_question(table.channel.id, ship_to=Place("US", "TX")),
            a_question(union.channel.id, ship_to=Place("")),  # not an export: nobody knows
        ]
        answers = await assess_taxes(tx, questions)
    assert [{key: [(t.name, t.amount_minor) for t in mine] for key, mine in a.taxes.items()} for a in answers] == [
        {"1": [("State", 625), ("County", 175)], "s": []},
        {"1": [("Sales tax", 900)]},
        {"1": [("TVA", 1667)]},
        {"1": []},
        {"1": [("VAT", 0)]},
    ]
    assert [answer.unknown for answer in answers] == [[], [], [], ["1"], ["1"]]


async def test_rates_of_a_territory_are_said_in_the_terms(desk: Desk) -> None:
    shop = await desk.shop()
    await taxed_by(desk, shop, "eu_vat", ship_from=GERMANY)
    azores = a_question(shop.channel.id, ship_to=Place("PT", None, "9500-001"), items=[TaxItem("1", 10_000, "reduced")])

    async def ask() -> tuple[int, list[str]]:
        async with desk.database.transaction("acme", read_only=True) as tx:
            [answer] = await assess_taxes(tx, [azores])
        return answer.tax_minor, answer.unknown

    assert await ask() == (1300, ["1"])
    rate = VatRate(area="PT-20", vat_class=VatClass.REDUCED, rate=Decimal("0.09"))
    await taxed_by(desk, shop, "eu_vat", ship_from=GERMANY, eu_vat=EuVatTerms(rates=[rate]))
    assert await ask() == (900, [])
    terms = EuVatTerms(below_threshold=True, classes={"books": VatClass.REDUCED})
    await taxed_by(desk, shop, "eu_vat", ship_from=ShipFrom(country="DE"), eu_vat=terms)
    azores = azores._replace(items=[TaxItem("1", 10_000, "books")])
    assert await ask() == (700, [])  # of Germany, where the seller stays below the threshold


# ---- quotes ----


def a_quote(channel: str, **fields: Any) -> QuoteTaxes:
    defaults: dict[str, Any] = {
        "channel": channel, "currency": "USD", "on": ON, "items": [QuotedItem(key="1", amount_minor=10_000)],
        "ship_to": Destination(country="US", region="US-IL", postal_code="60601"),
    }  # fmt: skip
    return QuoteTaxes(**defaults | fields)


async def test_a_quote_says_what_would_be_charged(desk: Desk) -> None:
    shop, plain = await desk.shop(), await desk.shop()
    await us_rates(desk)
    await taxed_by(desk, shop, "jurisdictions")
    code = shop.channel.code
    before = await desk.counts("act", "event")
    twice = [QuotedItem(key="1", amount_minor=1), QuotedItem(key="1", amount_minor=2)]
    outcomes = await desk.run(
        quote_taxes,
        [
            a_quote(code),
            a_quote("nobody"),
            a_quote(plain.channel.code),
            a_quote(code, items=twice),
            a_quote(code, ship_to=Destination(country="DE")),
        ],
    )
    assert [outcome.code for outcome in outcomes] == [
        "quoted", "unknown_channel", "engine_needed", "duplicate_key", "quoted",
    ]  # fmt: skip
    assert outcomes[0].details == {
        "currency": "USD", "net_minor": 10_000, "tax_minor": 800, "gross_minor": 10_800,
        "items": [
            {
                "key": "1", "tax_minor": 800,
                "taxes": [
                    {"name": "State", "rate": "0.0625", "amount_minor": 625, "jurisdiction": "US-IL"},
                    {"name": "County", "rate": "0.0175", "amount_minor": 175, "jurisdiction": "US-IL 606"},
                ],
            }
        ],
        "notes": [], "unknown": [],
    }  # fmt: skip
    assert (outcomes[4].details["unknown"], outcomes[4].details["notes"][0]["code"]) == (["1"], "no_rate")
    assert await desk.counts("act", "event") == before


async def test_a_region_that_is_no_code_has_no_rates_of_its_own(desk: Desk) -> None:
    shop = await desk.shop()
    await us_rates(desk)
    await taxed_by(desk, shop, "jurisdictions")
    regions = ["Île-de-France", "I\0L", " us-il "]
    quotes = [a_quote(shop.channel.code, ship_to=Destination(country="US", region=region)) for region in regions]
    assert [o.details["unknown"] for o in await desk.run(quote_taxes, quotes)] == [["1"], ["1"], []]


async def test_a_quote_with_tax_inside_for_a_company_abroad(desk: Desk) -> None:
    shop = await desk.shop()
    await taxed_by(desk, shop, "eu_vat", ship_from=GERMANY)
    to = Destination(country="FR")
    quotes = [
        a_quote(shop.channel.code, ship_to=to, prices_include_tax=True),
        a_quote(shop.channel.code, ship_to=to, vat_id="FR12345678901"),
    ]
    inside, company = await desk.run(quote_taxes, quotes)
    sums = ("net_minor", "tax_minor", "gross_minor")
    assert [[o.details[name] for name in sums] for o in (inside, company)] == [
        [8333, 1667, 10_000],
        [10_000, 0, 10_000],
    ]
    assert [note["code"] for note in company.details["notes"]] == ["reverse_charge"]


# ---- statements ----


async def test_a_hundred_take_as_many_statements_as_one(database: Database) -> None:
    counts = [await run_all(Counting(database), n) for n in (1, 100)]
    assert counts[0] == counts[1] == {"put_channel_taxes": 6, "quote_taxes": 3}


async def run_all(desk: Counting, n: int) -> dict[str, int]:
    shops = [await desk.shop() for _ in range(n)]
    commands = [a_command(shop.channel.code) for shop in shops]
    await desk.step("put_channel_taxes", put_channel_taxes, commands, "set")
    await desk.step("quote_taxes", quote_taxes, [a_quote(shop.channel.code) for shop in shops], "quoted")
    return desk.statements
