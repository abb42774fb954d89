"""Your business: the first merchant of an installation, made by its first administrator."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any
from zoneinfo import available_timezones

import msgspec
from msgspec import Meta

from orderwright.access import InvalidMerchant, make_first_merchant, may_make_first_merchant
from orderwright.api import Answer
from orderwright.console.guests import AccountScreen
from orderwright.screens import Filled, Page, blank, page

_REFUSED = 422
_CODE_MAX = 40
_MISSING = "Write a code of a-z, 0-9 and _, beginning with a letter."
NUMBERS = (
    ("#{number}", "#100001"), ("{number}", "100001"), ("No. {number}", "No. 100001"), ("SO-{number}", "SO-100001"),
)  # fmt: skip
CURRENCIES = (
    ("USD", "US dollar"), ("EUR", "Euro"), ("GBP", "Pound sterling"), ("CHF", "Swiss franc"),
    ("CAD", "Canadian dollar"), ("AUD", "Australian dollar"), ("NZD", "New Zealand dollar"), ("JPY", "Japanese yen"),
    ("SEK", "Swedish krona"), ("NOK", "Norwegian krone"), ("DKK", "Danish krone"), ("PLN", "Polish zloty"),
    ("CZK", "Czech koruna"), ("MXN", "Mexican peso"), ("BRL", "Brazilian real"), ("INR", "Indian rupee"),
    ("SGD", "Singapore dollar"),
)  # fmt: skip


class BusinessForm(msgspec.Struct, frozen=True, kw_only=True):
    """What a business is. Without a code, one is made of the name."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    code: Annotated[str, Meta(max_length=_CODE_MAX)] = ""
    time_zone: Annotated[str, Meta(max_length=60)]
    currency: Annotated[str, Meta(min_length=3, max_length=3)]
    number_format: Annotated[str, Meta(max_length=50)] = "#{number}"


@page("GET", "/me/business")
async def business_page(screen: AccountScreen) -> Answer:
    """Say what your business is; who belongs to one already goes there."""
    if not await may_make_first_merchant(screen.database, screen.person):
        return screen.go("/")
    return _show(screen, blank(time_zone="America/New_York", currency="USD", number_format="#{number}"))


@page("POST", "/me/business")
async def take_business(screen: AccountScreen) -> Answer:
    """Make it, and go to its first page."""
    form = await screen.form(BusinessForm)
    if form.value is None:
        return _show(screen, form, _REFUSED)
    if not await may_make_first_merchant(screen.database, screen.person):
        return screen.go("/")
    value = form.value
    code = value.code.strip() or code_of(value.name)
    if not code:
        return _show(screen, form.with_errors({"code": _MISSING}), _REFUSED)
    try:
        await make_first_merchant(
            screen.database, screen.person, code, name=value.name.strip(), time_zone=value.time_zone,
            currency=value.currency, number_format=value.number_format,
        )  # fmt: skip
    except InvalidMerchant as error:
        return _show(screen, form.with_errors({error.details["field"]: str(error)}), _REFUSED)
    screen.forget()
    screen.say(f"{value.name.strip()} is there. What it needs for its first order is listed here.")
    return screen.go(f"/m/{code}/")


def code_of(name: str) -> str:
    """The code that is proposed for a name: `Müller & Söhne` is `muller_sohne`. Pure."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).lstrip("_0123456789")[:_CODE_MAX].strip("_")


def _show(screen: AccountScreen, form: Filled[Any], status: int = 200) -> Answer:
    zones = [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if "/" in zone or zone == "UTC"]
    currencies = [(code, f"{code}, {word}") for code, word in CURRENCIES]
    return screen.show(
        "sign_in/business.html", status=status, form=form, zones=zones, currencies=currencies, numbers=NUMBERS
    )


BUSINESS: tuple[Page, ...] = (business_page, take_business)
