"""Taxes by the table of rates: what the page says, from the table in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from orderwright.payments.taxes import Place, Rounding, TaxedKind, TaxItem, TaxQuestion
from orderwright.payments.taxes.contract import PutTaxRate
from orderwright.payments.taxes.jurisdictions import JurisdictionTaxes, load_jurisdiction_taxes
from orderwright.payments.taxes.put_tax_rates import decide_rates, put_tax_rates
from orderwright.payments.taxes.read_tax_rates import jurisdictions_of
from orderwright.platform.db import Database
from tests.helpers.contexts import a_context
from tests.payments.taxes.pages import Row, minor, percent, table

_RATES = table("country", "region", "postal prefix", "class", "name", "rate", "shipping", "from", "to")
_QUESTIONS = table("to", "on", "item", "class", "amount", "taxes", "note")
BERLIN = Place("DE", None, "10115")


def a_rate(row: Row) -> PutTaxRate:
    return PutTaxRate(
        country=row["country"], region=row["region"] or None, postal_prefix=row["postal prefix"] or None,
        tax_class=row["class"] or None, name=row["name"], rate=percent(row["rate"]),
        applies_to_shipping=row["shipping"] == "yes", valid_from=date.fromisoformat(row["from"]),
        valid_to=date.fromisoformat(row["to"]) if row["to"] else None,
    )  # fmt: skip


def a_question(row: Row) -> TaxQuestion:
    amount, currency = row["amount"].split()
    country, region, *postal = [*row["to"].split(), ""]
    item = TaxItem("1", minor(amount, currency), row["class"] or None, kind=TaxedKind(row["item"]))
    to = Place(country, region or None, " ".join(postal) or None)
    return TaxQuestion(currency, False, BERLIN, to, date.fromisoformat(row["on"]), [item])


async def test_the_questions_of_the_page_by_its_rates(database: Database) -> None:
    questions = [a_question(row) for row in _QUESTIONS]
    async with database.transaction("acme") as tx:
        outcomes = await put_tax_rates(tx, a_context(), [a_rate(row) for row in _RATES])
        assert {outcome.code for outcome in outcomes} == {"created"}
    async with database.transaction("acme") as tx:
        engine = await load_jurisdiction_taxes(tx, questions)
        assert tx.statements == 1
    found = []
    for row, answer in zip(_QUESTIONS, await engine.assess(questions), strict=True):
        currency = row["amount"].split()[1]
        taxes = row["taxes"].split(", ") if row["taxes"] else []
        wanted = [(text.rsplit(" ", 1)[0], minor(text.rsplit(" ", 1)[1], currency)) for text in taxes]
        made = [(share.name, share.amount_minor) for share in answer.taxes["1"]]
        if (made, [note.code for note in answer.notes]) != (wanted, [row["note"]] if row["note"] else []):
            found.append((row, made, answer.notes))
    assert found == []


def engine_of(commands: Sequence[PutTaxRate], rounding: Rounding = Rounding.LINE) -> JurisdictionTaxes:
    return JurisdictionTaxes(decide_rates(commands, []).writes, rounding=rounding)


async def test_shares_tell_their_jurisdiction_and_compound_rates_come_last() -> None:
    since = date(2008, 1, 1)
    engine = engine_of([
        PutTaxRate(country="CA", name="QST", region="QC", rate=percent("9.5 %"), valid_from=since),
        PutTaxRate(country="CA", name="Levy", rate=percent("10 %"), compound=True, valid_from=since),
        PutTaxRate(country="CA", name="City", region="QC", postal_prefix="H2", rate=percent("1 %"), valid_from=since),
        PutTaxRate(country="CA", name="Zone", postal_prefix="H", rate=percent("2 %"), valid_from=since),
    ])  # fmt: skip
    question = TaxQuestion(
        "CAD", False, BERLIN, Place("CA", "CA-QC", "h2y 1c6"), date(2012, 1, 1), [TaxItem("1", 10_000)]
    )
    (answer,) = await engine.assess([question])
    assert [(s.name, s.jurisdiction, s.amount_minor) for s in answer.taxes["1"]] == [
        ("Zone", "CA H", 200), ("QST", "CA-QC", 950), ("City", "CA-QC H2", 100), ("Levy", "CA", 1125),
    ]  # fmt: skip


@pytest.mark.parametrize(("rounding", "taxes"), [(Rounding.LINE, [19, 19, 19]), (Rounding.ORDER, [19, 19, 18])])
async def test_rounding_is_the_engines(rounding: Rounding, taxes: list[int]) -> None:
    engine = engine_of(
        [PutTaxRate(country="DE", name="MwSt", rate=percent("19 %"), valid_from=date(2021, 1, 1))], rounding
    )
    items = [TaxItem(key, 99) for key in "123"]
    (answer,) = await engine.assess([TaxQuestion("EUR", False, BERLIN, BERLIN, date(2026, 1, 1), items)])
    assert [answer.item_tax_minor(key) for key in "123"] == taxes


def test_where_a_place_may_lie() -> None:
    assert jurisdictions_of(Place("DE")) == [("DE", "", "")]
    assert jurisdictions_of(Place("US", "us-il", "60-1")) == [
        ("US", "", ""), ("US", "", "6"), ("US", "", "60"), ("US", "", "601"),
        ("US", "IL", ""), ("US", "IL", "6"), ("US", "IL", "60"), ("US", "IL", "601"),
    ]  # fmt: skip
    assert len(jurisdictions_of(Place("US", None, "1" * 40))) == 11
