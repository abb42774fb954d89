"""Settings: where each is found, and the pages of all."""

from __future__ import annotations

from itertools import groupby

from orderwright.api import Answer
from orderwright.console.frame import ConsoleScreen
from orderwright.console.settings_catalog import CHANNELS, LOCATIONS, POOLS, SKUS
from orderwright.console.settings_import import IMPORT_PAGES
from orderwright.console.settings_kinds import SettingKind
from orderwright.console.settings_pages import pages_of
from orderwright.console.settings_terms import CHANNEL_TAXES, INVOICING, LEGAL_ENTITIES, RETURN_POLICIES, TAX_RATES
from orderwright.console.staff import STAFF_CARDS, STAFF_PAGES
from orderwright.screens import Page, page

KINDS: tuple[SettingKind, ...] = (
    CHANNELS, POOLS, LOCATIONS, SKUS, RETURN_POLICIES, TAX_RATES, CHANNEL_TAXES, LEGAL_ENTITIES, INVOICING,
)  # fmt: skip


@page("GET", "/settings")
async def settings_page(screen: ConsoleScreen) -> Answer:
    """Every kind of settings that somebody may look at."""
    cards = [(kind.group, kind.path, kind.title, kind.what, kind.icon) for kind in KINDS if screen.may(kind.needs)]
    cards += [card[:5] for card in STAFF_CARDS if screen.may(card[5])]
    groups = [(group, list(found)) for group, found in groupby(cards, key=lambda card: card[0])]
    return screen.show("settings/index.html", groups=groups)


SETTINGS_PAGES: tuple[Page, ...] = (
    settings_page, *IMPORT_PAGES, *(made for kind in KINDS for made in pages_of(kind)), *STAFF_PAGES,
)  # fmt: skip
