"""Settings: where each is found, and the pages of all."""

from __future__ import annotations

from itertools import groupby

from orderwright.api import Answer
from orderwright.console.frame import ConsoleScreen
from orderwright.console.settings_brands import BRAND_CARD, BRAND_PAGES
from orderwright.console.settings_channels import CHANNELS
from orderwright.console.settings_import import IMPORT_PAGES
from orderwright.console.settings_invoices import INVOICING, LEGAL_ENTITIES
from orderwright.console.settings_kinds import SettingKind
from orderwright.console.settings_locations import LOCATIONS
from orderwright.console.settings_pages import pages_of
from orderwright.console.settings_places import PLACE_PAGES
from orderwright.console.settings_pools import POOLS
from orderwright.console.settings_return_policies import RETURN_POLICIES
from orderwright.console.settings_skus import SKUS
from orderwright.console.settings_taxes import CHANNEL_TAXES, TAX_RATES
from orderwright.console.staff import STAFF_CARDS, STAFF_PAGES
from orderwright.screens import Page, page

KINDS: tuple[SettingKind, ...] = (
    CHANNELS, POOLS, LOCATIONS, SKUS, RETURN_POLICIES, TAX_RATES, CHANNEL_TAXES, LEGAL_ENTITIES, INVOICING,
)  # fmt: skip


@page("GET", "/settings")
async def settings_page(screen: ConsoleScreen) -> Answer:
    """Every kind of settings that somebody may look at."""
    cards = [(kind.group, kind.path, kind.title, kind.what, kind.icon) for kind in KINDS if screen.may(kind.needs)]
    after = next((n for n, card in enumerate(cards) if card[0] != BRAND_CARD[0]), len(cards))
    cards[after:after] = [BRAND_CARD[:5]] if screen.may(BRAND_CARD[5]) else []
    cards += [card[:5] for card in STAFF_CARDS if screen.may(card[5])]
    groups = [(group, list(found)) for group, found in groupby(cards, key=lambda card: card[0])]
    return screen.show("settings/index.html", groups=groups)


SETTINGS_PAGES: tuple[Page, ...] = (
    settings_page, *IMPORT_PAGES, *PLACE_PAGES, *BRAND_PAGES,
    *(made for kind in KINDS for made in pages_of(kind)), *STAFF_PAGES,
)  # fmt: skip
