"""All pages of the portal, in one table."""

from __future__ import annotations

from litestar.handlers import HTTPRouteHandler

from orderwright.portal.address import PAGES as ADDRESS
from orderwright.portal.ask import PAGES as ASK
from orderwright.portal.cancel import PAGES as CANCEL
from orderwright.portal.claim import PAGES as CLAIM
from orderwright.portal.consent import PAGES as CONSENT
from orderwright.portal.delay import PAGES as DELAY
from orderwright.portal.exchange import PAGES as EXCHANGE
from orderwright.portal.find import PAGES as FIND
from orderwright.portal.give_back import PAGES as GIVE_BACK
from orderwright.portal.look import PAGES as LOOK
from orderwright.portal.order_page import PAGES as ORDER_PAGE
from orderwright.portal.pages import SITE, STATIC
from orderwright.portal.papers import PAGES as PAPERS
from orderwright.portal.withdraw import PAGES as WITHDRAW
from orderwright.screens import Page, page_route

PORTAL_PAGES: tuple[Page, ...] = (
    *FIND, *ORDER_PAGE, *ADDRESS, *CANCEL, *DELAY, *GIVE_BACK, *EXCHANGE,
    *CLAIM, *ASK, *WITHDRAW, *CONSENT, *PAPERS, *LOOK,
)  # fmt: skip


def portal_routes() -> list[HTTPRouteHandler]:
    """The handlers of the portal and of its files."""
    return [STATIC.route("portal_static"), *(page_route(SITE, made) for made in PORTAL_PAGES)]
