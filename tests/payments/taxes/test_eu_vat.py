"""VAT of the European Union: where a sale is taxed, and at what rate."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from eu_vat_rates_data import get_all_rates, get_rate

from orderwright.payments.taxes import Place, Rounding, TaxedKind, TaxItem, TaxQuestion, TaxShare
from orderwright.payments.taxes.eu_places import TERRITORIES
from orderwright.payments.taxes.eu_rates import VatClass, state_rate
from orderwright.payments.taxes.eu_vat import NOTES, EuVat, EuVatSettings, assess_eu_vat, vat_id_state
from tests.payments.taxes.pages import ids, minor, table

_SALES = table("from", "to", "VAT id", "class", "seller", "tax", "note")
BERLIN, PARIS = Place("DE", None, "10115"), Place("FR", None, "75001")


def place(text: str) -> Place:
    country, _, postal = text.partition(" ")
    return Place(country, None, postal or None)


def a_sale(*items: TaxItem, inclusive: bool = False, to: Place = BERLIN, vat_id: str | None = None) -> TaxQuestion:
    return TaxQuestion("EUR", inclusive, BERLIN, to, date(2026, 5, 1), items, vat_id)


@pytest.mark.parametrize("row", _SALES, ids=ids)
async def test_a_sale_is_taxed_as_the_page_says(row: dict[str, str]) -> None:
    assert row["seller"] in ("", "below the threshold")
    settings = EuVatSettings(below_threshold=bool(row["seller"]), established_in="DE")
    items = [TaxItem("1", 10_000, row["class"] or None)]
    question = TaxQuestion(
        "EUR", False, place(row["from"]), place(row["to"]), date(2026, 5, 1), items, row["VAT id"] or None
    )
    (answer,) = await EuVat(settings).assess([question])
    assert answer.tax_minor == minor(row["tax"], "EUR")
    assert [note.code for note in answer.notes] == ([row["note"]] if row["note"] else [])
    assert all(note.keys == ["1"] and note.message == NOTES[note.code] for note in answer.notes)
    (share,) = answer.taxes["1"]  # a rate of 0 is said, too
    assert share.rate == Decimal(share.amount_minor) / 10_000


def test_the_threshold_is_for_goods_that_leave_from_where_the_seller_is() -> None:
    settings = EuVatSettings(below_threshold=True, established_in="NL")
    assert assess_eu_vat(a_sale(TaxItem("1", 10_000), to=PARIS), settings).tax_minor == 2000
    anywhere = EuVatSettings(below_threshold=True)
    assert assess_eu_vat(a_sale(TaxItem("1", 10_000), to=PARIS), anywhere).tax_minor == 1900


def test_shipping_and_fees_are_taxed_as_the_goods_unless_they_have_a_class() -> None:
    items = [
        TaxItem("a", 6000),
        TaxItem("b", 4000, "reduced"),
        TaxItem("post", 500, kind=TaxedKind.SHIPPING),
        TaxItem("wrap", 300, "reduced", kind=TaxedKind.FEE),
    ]
    taxes = assess_eu_vat(a_sale(*items), EuVatSettings()).taxes
    high, low = Decimal("0.19"), Decimal("0.07")
    assert taxes["post"] == [TaxShare("MwSt", high, 57, "DE"), TaxShare("MwSt", low, 14, "DE")]
    assert taxes["wrap"] == [TaxShare("MwSt", low, 21, "DE")]
    alone = assess_eu_vat(a_sale(items[2]), EuVatSettings()).taxes
    assert alone["post"] == [TaxShare("MwSt", high, 95, "DE")]


def test_inclusive_prices_hold_the_tax_of_where_they_go() -> None:
    question = a_sale(TaxItem("1", 999), TaxItem("2", 999), TaxItem("3", 999), inclusive=True, to=PARIS)
    by_line = assess_eu_vat(question, EuVatSettings())
    by_order = assess_eu_vat(question, EuVatSettings(rounding=Rounding.ORDER))
    assert [by_line.item_tax_minor(key) for key in "123"] == [167, 167, 167]  # 1.665
    assert [by_order.item_tax_minor(key) for key in "123"] == [167, 167, 166]  # 4.995
    assert by_line.taxes["1"] == [TaxShare("TVA", Decimal("0.2"), 167, "FR")]


def test_classes_and_rates_of_the_seller_come_first() -> None:
    settings = EuVatSettings(
        classes={"BOOK": VatClass.REDUCED_LOW},
        rates={("FR", VatClass.REDUCED_LOW): Decimal("0.055"), ("PT-20", VatClass.REDUCED): Decimal("0.09")},
    )
    assert assess_eu_vat(a_sale(TaxItem("1", 10_000, "BOOK"), to=PARIS), settings).tax_minor == 550
    azores = assess_eu_vat(a_sale(TaxItem("1", 10_000, "reduced"), to=Place("PT", None, "9500-001")), settings)
    assert (azores.tax_minor, azores.notes) == (900, [])
    lisbon = assess_eu_vat(a_sale(TaxItem("1", 10_000, "reduced"), to=Place("PT", None, "1000-001")), settings)
    assert lisbon.tax_minor == 1300


def test_notes_hold_no_personal_data() -> None:
    answer = assess_eu_vat(a_sale(TaxItem("1", 10_000), to=PARIS, vat_id="FR12345678901"), EuVatSettings())
    assert "12345678901" not in repr(answer)
    assert "75001" not in repr(answer)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("ATU12345678", "AT"), ("be 0123.456.789", "BE"), ("IE1234567WA", "IE"), ("IE1+12345W", "IE"),
        ("EL123456789", "GR"), ("NL-123456789-B01", "NL"), ("XI123456789", "XI"), ("GR123456789", None),
        ("GB123456789", None), ("CHE123456789", None), ("DE12345678", None), ("DE1234567890", None),
        ("123456789", None), ("DE١٢٣٤٥٦٧٨٩", None), ("", None), ("DE123456789\n", "DE"),
    ],
)  # fmt: skip
def test_the_form_of_vat_ids(text: str, state: str | None) -> None:
    assert vat_id_state(text) == state


def test_every_member_state_has_every_rate_and_none_is_above_a_higher_class() -> None:
    states = [code for code, data in get_all_rates().items() if data["eu_member"]]
    assert len(states) == 27
    for state in states:
        rates = [state_rate(state, vat_class) for vat_class in VatClass]
        standard, reduced, low, lowest, parking, zero, exempt = rates
        assert Decimal("0.15") <= standard <= Decimal("0.27")  # Article 97
        assert standard >= reduced >= low >= lowest >= zero == exempt == 0
        assert low >= Decimal("0.05")  # Article 98(1)
        assert Decimal("0.12") <= parking <= standard  # Article 118
    with pytest.raises(KeyError):
        state_rate("ZZ", VatClass.STANDARD)


def test_territories_with_a_standard_rate_of_their_own_are_in_the_data() -> None:
    own = {territory.country: territory.standard for territory in TERRITORIES if territory.standard is not None}
    assert set(own) == {"AT", "PT"}
    for territory in TERRITORIES:
        data = get_rate(territory.country)
        assert data is not None
        assert territory.standard is None or float(territory.standard * 100) in data["reduced"]
