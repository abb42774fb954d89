"""What is printed: laid out by typst, from data alone, the same bytes each time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
import typst

from orderwright.payments.documents import render
from orderwright.payments.documents.amount_texts import address_lines, amount_text, paper_of, rate_text
from orderwright.payments.documents.items import TaxPart
from orderwright.payments.documents.queries import BillToRow, DocumentLineRow, DocumentRow, StatementRow
from orderwright.payments.documents.read_documents import DocumentData, FoundDocument, FoundLine
from orderwright.payments.documents.statement import CurrencyStatement, OrderBalance, Statement
from orderwright.platform.ids import new_id
from tests.helpers.papers import a_company

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
ADA = BillToRow(new_id(), "Ada Lovelace", None, "1 Main St", None, "Springfield", "IL", "62701", "US", False)
PDF_HEAD = b"%PDF-1."


def a_document(
    kind: Any = "invoice", *, name: str = "Lamp", to: BillToRow | None = ADA, lines: int = 1
) -> FoundDocument:
    """100.00 at 19 % a line."""
    corrects = kind == "credit_note"
    row = DocumentRow(
        new_id(), kind, "INV-2026-000042", new_id(), 1, new_id(), 100231, AT, 1, new_id() if corrects else None,
        "INV-2026-000041" if corrects else None, date(2026, 11, 20) if corrects else None, "EUR", 10000 * lines,
        1900 * lines, 11900 * lines, "", new_id(), date(2026, 11, 23), AT,
    )  # fmt: skip
    tax = TaxPart("VAT", Decimal("0.19"), 10000, 1900)
    found = [
        FoundLine(DocumentLineRow(row.id, n, "line", n, "LAMP-1", name, 2, 10000, 1900, 11900, ""), [tax])
        for n in range(1, lines + 1)
    ]
    total = TaxPart("VAT", Decimal("0.19"), 10000 * lines, 1900 * lines)
    return FoundDocument(
        row, DocumentData(False, date(2026, 12, 7), ["reverse_charge"]), found, [total], a_company(), to
    )


async def test_the_same_document_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the machine has no fonts at all: what is needed comes with typst."""
    document = a_document()
    made = await render.render_document(document, "#{number}")
    assert made.startswith(PDF_HEAD)
    assert await render.render_document(document, "#{number}") == made
    bare = typst.Fonts(include_system_fonts=False)
    monkeypatch.setattr(render, "_fonts", lambda: bare)
    assert await render.render_document(document, "#{number}") == made


@pytest.mark.parametrize(
    "evil",
    [
        "#panic()",
        "] #import \"common.typ\": *", "$ x $", "*bold* _it_ `raw` @ref <label>", "\\", "#read(\"/etc/passwd\")",
        "\"}]}", "// gone", "\u202etxet", "a\x00b", "= Title",
    ],
)  # fmt: skip
async def test_what_comes_from_outside_is_text_and_never_markup(evil: str) -> None:
    """As a SKU's name, in the address, in the company's own texts: it is laid out, and stands there as it is."""
    to = ADA._replace(name=evil, line1=evil)
    document = a_document(name=evil, to=to)
    issuer = a_company(name=evil, note=evil, register=evil, address=[evil])
    document = document._replace(issuer=issuer)
    assert (await render.render_document(document, evil + "{number}")).startswith(PDF_HEAD)
    texts = _texts(_queried(render.document_payload(document, "#{number}")))
    assert evil in texts


def _queried(payload: dict[str, Any]) -> Any:
    """What typst reads of the data: the same values."""
    source = b'#let data = json(bytes(sys.inputs.at("data")))\n#metadata(data) <data>'
    found = typst.query(source, "<data>", field="value", one=True,
                        sys_inputs={"data": msgspec.json.encode(payload).decode()})  # fmt: skip
    return msgspec.json.decode(found)


def _texts(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set().union(*map(_texts, value.values()))
    if isinstance(value, list):
        return set().union(*map(_texts, value))
    return {value} if isinstance(value, str) else set()


def test_templates_read_no_text_as_markup() -> None:
    """`eval` and markup mode are what could: neither is there."""
    folder = Path(render.__file__).parent / "templates"
    found = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.typ")}
    assert sorted(found) == ["common.typ", "document.typ", "letter.typ", "statement.typ"]
    for text in found.values():
        assert "eval(" not in text
        assert "read(" not in text
        assert "@preview" not in text


def test_an_invoice_says_what_it_must() -> None:
    payload = render.document_payload(a_document(), "#{number}")
    assert payload["title"] == "Invoice"
    assert payload["facts"] == [
        ["Number", "INV-2026-000042"], ["Date", "2026-11-23"], ["Order", "#100231"], ["Ordered on", "2026-11-23"],
        ["Due on", "2026-12-07"],
    ]  # fmt: skip
    assert payload["to"] == ["Ada Lovelace", "1 Main St", "SPRINGFIELD, IL 62701", "UNITED STATES"]
    assert payload["rows"] == [[{"name": "Lamp", "code": "LAMP-1"}, "2", "19 %", "100.00", "119.00"]]
    assert payload["taxes"] == [["VAT 19 %", "100.00", "19.00"]]
    assert payload["totals"] == [["Net", "100.00"], ["Tax", "19.00"], ["Total EUR", "119.00"]]
    assert payload["notes"][0].startswith("Reverse charge:")
    assert payload["paper"] == "us-letter"
    assert payload["issuer"]["bank"][0] == ["IBAN", "DE02 1203 0000 0000 2020 51"]


def test_a_credit_note_names_its_invoice_and_a_receipt_has_no_taxes() -> None:
    credit = render.document_payload(a_document("credit_note"), "#{number}")
    assert ["Corrects invoice", "INV-2026-000041"] in credit["facts"]
    assert credit["totals"][-1] == ["Credit EUR", "119.00"]
    receipt = render.document_payload(a_document("receipt"), "#{number}")
    assert (receipt["taxes"], receipt["totals"]) == ([], [["Received EUR", "119.00"]])


@pytest.mark.parametrize(("lines", "pages"), [(3, 1), (80, 5)])
def test_many_lines_take_several_pages(lines: int, pages: int) -> None:
    payload = render.document_payload(a_document(lines=lines), "#{number}")
    source = render._TEMPLATES / "document.typ"
    data = {"data": msgspec.json.encode(payload).decode()}
    made = typst.compile(source, root=render._TEMPLATES, format="png", ppi=20.0, sys_inputs=data)
    assert (len(made) if isinstance(made, list) else 1) == pages


async def test_a_statement_is_laid_out_with_and_without_entries() -> None:
    entry = StatementRow(new_id(), 100231, "EUR", "placement", None, None, AT, new_id(), 3998)
    paid = entry._replace(kind="capture", payment_id=new_id(), method="gift_card", amount_minor=-3998)
    one = CurrencyStatement("EUR", 1500, [entry, paid], [OrderBalance(new_id(), 100231, 1500, 3998, 3998, 1500)], 1500)
    statement = Statement(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC), [one])
    payload = render.statement_payload(statement, a_company(), ADA, "#{number}")
    assert payload["facts"] == [["From", "2026-11-01"], ["To", "2026-11-30"], ["Balance EUR", "15.00"]]
    assert payload["currencies"][0]["rows"] == [
        ["2026-11-01", "", "Balance before", "", "15.00"],
        ["2026-11-23", "#100231", "Order", "39.98", "54.98"],
        ["2026-11-23", "#100231", "Payment, gift card", "−39.98", "15.00"],
        ["2026-11-30", "", "Balance after", "", "15.00"],
    ]
    for currencies in ([one], []):
        made = await render.render_statement(
            statement._replace(currencies=currencies), a_company(), None, "#{number}", form="pdf"
        )
        assert made.startswith(PDF_HEAD)


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [(123456789, "USD", "1,234,567.89"), (-5, "EUR", "−0.05"), (1999, "JPY", "1,999"),
     (1234, "KWD", "1.234"), (0, "USD", "0.00")],
)  # fmt: skip
def test_amounts_are_written_with_their_currencys_digits(minor: int, currency: str, text: str) -> None:
    assert amount_text(minor, currency) == text


def test_rates_papers_and_addresses() -> None:
    assert [rate_text(Decimal(r)) for r in ("0.19", "0.190000", "0.0825", "0.1", "0")] == [
        "19 %", "19 %", "8.25 %", "10 %", "0 %",
    ]  # fmt: skip
    assert [paper_of(c) for c in ("US", "CA", "DE", None)] == ["us-letter", "us-letter", "a4", "a4"]
    berlin = ADA._replace(city="Berlin", region=None, postal_code="10115", country="DE")
    assert address_lines(berlin, "DE") == ["Ada Lovelace", "1 Main St", "10115 BERLIN"]
    assert address_lines(ADA._replace(erased=True), "DE") == ["Name and address were erased."]
    assert address_lines(ADA._replace(country=None, city=None), "DE") == ["Ada Lovelace", "1 Main St"]
    assert address_lines(None, "DE") == []
