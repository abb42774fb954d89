"""What the portal keeps in a process: merchants and brands, looked up anew after a few seconds."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

from litestar.datastructures import State

from orderwright.api import call_inside
from orderwright.insights import MerchantRow, merchant
from orderwright.platform.context import Context
from orderwright.platform.db import MERCHANT_CODE, Database
from orderwright.screens import Refused
from orderwright.shoppers import Brand

GOOD_FOR_S = 5.0
_KEPT_MAX = 10_000


class PortalBrand(NamedTuple):
    """The brand of a channel as pages need it. `id` is the channel's."""

    id: str
    channel: str
    version: int
    logo_hash: str | None
    brand: Brand


NEUTRAL = PortalBrand("", "", 0, None, Brand(name=""))


class Shop(NamedTuple):
    """A merchant and the brands of its channels, by code."""

    merchant: MerchantRow
    brands: dict[str, PortalBrand]

    def brand(self, channel: str) -> PortalBrand:
        """The brand of a channel; where none was said, of the only one there is; else the merchant's name."""
        if channel in self.brands:
            return self.brands[channel]
        made = [brand for brand in self.brands.values() if brand.version]
        return made[0] if len(made) == 1 else NEUTRAL._replace(brand=Brand(name=self.merchant.name))

    def brand_by_id(self, channel_id: str) -> PortalBrand | None:
        """The brand of a channel by its id."""
        return next((brand for brand in self.brands.values() if brand.id == channel_id), None)


async def shop_of(state: State, code: str) -> Shop | None:
    """A merchant with its brands, or None where there is no such merchant. Five seconds old at most."""
    if not MERCHANT_CODE.match(code):
        return None
    known: dict[str, tuple[float, Shop | None]] = state.setdefault("portal_shops", {})
    entry = known.get(code)
    now_s = time.monotonic()
    if entry is None or now_s - entry[0] > GOOD_FOR_S:
        if len(known) >= _KEPT_MAX:
            known.clear()
        entry = known[code] = now_s, await _read(state, code)
    return entry[1]


async def _read(state: State, code: str) -> Shop | None:
    database: Database = state.database
    row = await merchant(database, code)
    if row is None:
        return None
    said = await call_inside(state, Context(code, "portal:brands", frozenset({"catalog.read"})), "list_brands")
    if said.problem is not None:
        raise Refused(said.problem)
    views: list[Any] = said.value.data
    brands = {
        v.channel: PortalBrand(v.id, v.channel, v.version, None if v.logo is None else v.logo.hash, v.brand)
        for v in views
    }
    return Shop(row, brands)
