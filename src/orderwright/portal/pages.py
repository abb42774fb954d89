"""Screens of the portal: of visitors, who have not said yet which order they mean, and of shoppers, who have."""

from __future__ import annotations

import gettext
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import Environment

from orderwright.api import Answer, Problem, call_inside, problem_of
from orderwright.platform.context import Context
from orderwright.platform.db import Database
from orderwright.platform.errors import NotFound
from orderwright.platform.money import Money
from orderwright.portal.refusals import refusal_words
from orderwright.portal.state import NEUTRAL, PortalBrand, Shop, shop_of
from orderwright.portal.tongues import LANGUAGES, choose_language, day_and_time, long_day, translations, whole_day
from orderwright.portal.visits import form_key, open_visit, order_path
from orderwright.screens import (
    ForgedForm,
    Formats,
    Incoming,
    Page,
    Refused,
    Screen,
    Site,
    StaticFiles,
    cookie,
    environment,
)

HERE = Path(__file__).parent
STATIC = StaticFiles("/portal-static", [HERE / "static"])
LANGUAGE_COOKIE = "ow_language"
VISITOR_COOKIE = "ow_visitor"
_YEAR_S = 31_536_000
CONFIRM = "confirm"
# Pages that do more than read need what they do, and what their preview does.
ALSO: dict[str, frozenset[str]] = {}


@cache
def _templates(language: str) -> Environment:
    made = environment([HERE / "templates"], {"static": STATIC.url, "LANGUAGES": LANGUAGES})
    made.add_extension("jinja2.ext.i18n")
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    return made


class PortalScreen(Screen):
    """A page of the portal: in the brand's look and the shopper's language."""

    def __init__(
        self, incoming: Incoming, ctx: Context, *, shop: Shop | None, brand: PortalBrand, csrf_key: bytes,
        zone: str = "UTC",
    ) -> None:  # fmt: skip
        asked = incoming.asked("lang")
        chosen = asked or incoming.cookies.get(LANGUAGE_COOKIE, "")
        self.language = choose_language(chosen, incoming.header("accept-language"), brand.brand.language)
        self.shop = shop
        self.brand = brand
        self._translations: gettext.NullTranslations = translations(self.language)
        super().__init__(
            incoming, ctx, templates=_templates(self.language), formats=Formats(self.language, zone), csrf_key=csrf_key
        )
        if asked in LANGUAGES and shop is not None:  # of a merchant that there is: its code may stand in a header
            self.add_header(cookie(LANGUAGE_COOKIE, asked, secure=incoming.secure, max_age_s=_YEAR_S, path=self.home))

    @property
    def home(self) -> str:
        """The address of the look-up."""
        return f"/p/{self.ctx.merchant}"

    def _(self, text: str, **values: Any) -> str:
        """A text in the shopper's language."""
        said = self._translations.gettext(text)
        return said % values if values else said

    def money(self, amount: int, currency: str) -> str:
        """An amount in minor units, as money."""
        return self.formats.money(Money(amount, currency))

    def day(self, day: Any) -> str:
        """A day of the week and of the month; of a moment, where the shopper is."""
        return long_day(self._local(day), self.language)

    def whole_day(self, day: Any) -> str:
        """A day with its year; of a moment, where the shopper is."""
        return whole_day(self._local(day), self.language)

    def _local(self, day: Any) -> Any:
        return day.astimezone(self.formats.zone) if isinstance(day, datetime) else day

    def moment(self, moment: Any, zone: str | None = None) -> str:
        """A day with its year, the time and the zone."""
        return day_and_time(moment, zone or self.formats.zone_name, self.language)

    def frame(self) -> Mapping[str, Any]:
        """What stands around every page."""
        texts = self.brand.brand.texts.get(self.language)  # type: ignore[call-overload]
        own = f"{self.home}/brand/{self.brand.id}"
        return {
            "brand": self.brand.brand, "texts": texts, "lang": self.language, "home": self.home,
            "logo": f"{own}/logo?v={self.brand.logo_hash}" if self.brand.logo_hash else None,
            "look": f"{own}/look.css?v={self.brand.version}" if self.brand.version else None,
            "day": self.day, "moment": self.moment, "order_address": None,
            "shop_code": self.brand.channel if self.incoming.asked("shop") == self.brand.channel else "",
        }  # fmt: skip

    def render(self, template: str, *, part: str | None = None, **facts: Any) -> str:
        """A page, always the whole: nothing here asks for a part of one."""
        return super().render(template, part=None, **facts)

    def problem_page(self, status: int, title: str, *sentences: str) -> Answer:
        """A page that says why it goes no further, and where it does."""
        return self.show("message.html", status=status, title=title, sentences=sentences, back=None)


class Visitor(PortalScreen):
    """Somebody of whom nothing is known."""


class Shopper(PortalScreen):
    """A shopper, at one order. Whatever is asked is asked of that order: its id is put into every path, and what lists
    answer is of it alone."""

    def __init__(self, *args: Any, order: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.order = order
        self.order_id: str = order.id

    def frame(self) -> Mapping[str, Any]:
        """What stands around every page."""
        return {**super().frame(), "order_address": self.at(), "typed": self.incoming.sent}

    def at(self, place: str = "") -> str:
        """An address of this order."""
        return order_path(self.ctx.merchant, self.order_id) + place

    async def of_order(self, operation: str, **query: Any) -> Sequence[Any]:
        """All that a list has of this order, up to 200."""
        answer = await self.ask(operation, query={"order": self.order_id, "limit": 200, **query})
        found: Sequence[Any] = answer.data
        return [one for one in found if self.order_id in (one.order_id, getattr(one, "new_order_id", None))]

    async def own(self, operation: str, wanted: str) -> Any:
        """The one of a list of this order's things that has an id. Raises NotFound for another order's."""
        for one in await self.of_order(operation):
            if one.id == wanted:
                return one
        raise NotFound("There is no such page.")

    async def try_out(self, operation: str, body: Any) -> tuple[Any, Problem | None]:
        """What a preview of this order says, or why not."""
        said = await self.do(operation, path={"order_id": self.order_id}, body=body)
        return (None if said.problem else said.value.details), said.problem

    async def confirmed(self) -> bool:
        """Whether the form that was sent is the second step."""
        return (await self.incoming.form()).first("step") == CONFIRM

    def confirm(
        self, title: str, sentences: Sequence[str], *, items: Sequence[str], fields: Sequence[tuple[str, str]],
        button: str, back: str, serious: bool = False, sentences_first: bool = False,
    ) -> Answer:  # fmt: skip
        """What would happen, and the button that makes it."""
        return self.show(
            "confirm.html", title=title, sentences=sentences, items=items, fields=fields, button=button,
            back=self.at(back), serious=serious, sentences_first=sentences_first,
        )  # fmt: skip

    def refused(self, problem: Problem | str, back: str = "") -> Answer:
        """Why a verb said no, in the shopper's words."""
        title, sentence = refusal_words(problem, self._)
        return self.show("message.html", status=409, title=title, sentences=[sentence], back=self.at(back))


def also(*permissions: str) -> Callable[[Page], Page]:
    """What a page does beyond its `needs`, to show what it would come to."""

    def mark(made: Page) -> Page:
        ALSO[made.id] = ALSO.get(made.id, frozenset()) | set(permissions)
        return made

    return mark


async def open_screen(incoming: Incoming, page: Page, request_id: str) -> Screen | Answer:
    """The screen of whoever asks; those without a good cookie are sent to the look-up."""
    code = incoming.path_params["merchant"]
    shop = await shop_of(incoming.state, code)
    if shop is None:
        raise NotFound("There is no such page.")
    needs = frozenset() if page.needs is None else frozenset({page.needs})
    order_id = incoming.path_params.get("order_id")
    if order_id is None:
        return visitor(incoming, shop, code, needs, request_id)
    visit = await open_visit(incoming, code, order_id, needs | ALSO.get(page.id, frozenset()), request_id)
    if visit is None:
        outside = visitor(incoming, shop, code, frozenset(), request_id)
        return outside.show("find.html", status=403, number="", email="", error=None, again=True)
    said = await call_inside(incoming.state, visit.ctx, "read_order", path={"order_id": order_id})
    if said.problem is not None:
        raise Refused(said.problem)
    order = said.value
    return Shopper(
        incoming, visit.ctx, shop=shop, brand=shop.brand(order.channel), csrf_key=visit.csrf_key,
        zone=order.promise_zone or shop.merchant.time_zone, order=order,
    )  # fmt: skip


def visitor(incoming: Incoming, shop: Shop | None, code: str, permissions: frozenset[str], request_id: str) -> Visitor:
    """The screen of somebody of whom nothing is known. Their forms are theirs by a cookie that says nothing."""
    database: Database = incoming.state.database
    secret = incoming.cookies.get(VISITOR_COOKIE, "")
    fresh = not 20 <= len(secret) <= 100
    if fresh:
        secret = secrets.token_urlsafe(24)
    ctx = Context(code, "shopper:unknown", permissions, request_id=request_id)
    brand = NEUTRAL if shop is None else shop.brand(incoming.asked("shop"))
    made = Visitor(incoming, ctx, shop=shop, brand=brand, csrf_key=form_key(secret, database.hash_key))
    if fresh and shop is not None:
        made.add_header(cookie(VISITOR_COOKIE, secret, secure=incoming.secure, path=made.home))
    return made


async def fail(incoming: Incoming, screen: Screen | None, error: Exception, request_id: str) -> Answer:
    """A page that says what to do about an error."""
    if not isinstance(screen, PortalScreen):
        screen = visitor(incoming, None, incoming.path_params["merchant"], frozenset(), request_id)
    if isinstance(error, ForgedForm):
        return screen.problem_page(
            403, screen._("This page is too old"),
            screen._("Nothing was done. Load the page again and send it once more."),
        )  # fmt: skip
    if isinstance(error, NotFound) or (isinstance(error, Refused) and error.status == 404):
        return screen.problem_page(
            404, screen._("There is no such page"), screen._("Check the address, or look your order up.")
        )
    if isinstance(error, Refused) and isinstance(screen, Shopper):
        return screen.refused(error.problem)
    status = error.status if isinstance(error, Refused) else problem_of(error, request_id).status
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return screen.problem_page(
            status, screen._("The photos are too large"),
            screen._("Send fewer at once, or smaller ones. You can add more afterwards."),
        )  # fmt: skip
    return screen.problem_page(
        status, screen._("This did not work"),
        screen._("Nothing was lost. Try again in a minute; what you sent is not done twice."),
    )  # fmt: skip


SITE = Site(prefix="/p/{merchant}", open=open_screen, fail=fail)
