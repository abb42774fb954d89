"""Where the demo's merchant sells and ships: two distribution centres and twelve stores, six channels.

Coordinates are those of the cities; streets are made up. Everything comes as the upserts that an API caller would send.
"""

from __future__ import annotations

from datetime import date, time, timedelta
from math import cos, radians
from typing import NamedTuple

from orderwright.catalog import Checks, UpsertChannel, UpsertLocation, UpsertPool


class Merchant(NamedTuple):
    """What `create_merchant` is called with."""

    code: str
    name: str
    time_zone: str
    reporting_currency: str


MERCHANT = Merchant("demo", "Prairie & Pine Provisions", "America/Chicago", "USD")

POOLS = (
    UpsertPool(code="dcs", name="Distribution centres"),
    UpsertPool(code="stores", name="Stores"),
)

CHANNELS = (
    UpsertChannel(
        code="web", name="Web shop", kind="storefront", currency="USD", brand="Prairie & Pine",
        pools=["dcs", "stores"], short_line_policy="backorder",
        checks=Checks(total_max=40_000, quantity_max=48),
    ),
    UpsertChannel(
        code="app", name="Phone app", kind="app", currency="USD", brand="Prairie & Pine",
        pools=["stores", "dcs"], short_line_policy="drop", buffer=1,
        checks=Checks(total_max=40_000, quantity_max=48),
    ),
    UpsertChannel(
        code="bazaar", name="Bazaar marketplace", kind="marketplace", currency="USD",
        pools=["dcs"], short_line_policy="backorder", buffer=3,
        checks=Checks(email=False, phone=False),  # the marketplace hides both
    ),
    UpsertChannel(
        code="social", name="Social shop", kind="social", currency="USD", brand="Pine Kitchen",
        pools=["dcs", "stores"], short_line_policy="preorder", buffer=2,
    ),
    UpsertChannel(
        code="wholesale", name="Kitchens and schools", kind="b2b", currency="USD", brand="Prairie & Pine",
        pools=["dcs"], short_line_policy="reject", buffer=5,
        checks=Checks(total_max=500_000, duplicate_window_s=0),
    ),
    UpsertChannel(
        code="assistant", name="Shopping assistants", kind="agent", currency="USD", brand="Prairie & Pine",
        pools=["dcs", "stores"], short_line_policy="reject",
        checks=Checks(total_max=20_000, quantity_max=24, orders_per_customer_max=20, velocity_window_s=3_600),
    ),
)  # fmt: skip


class _Site(NamedTuple):
    code: str
    name: str
    pool: str
    line1: str
    city: str
    region: str
    postal_code: str
    latitude: float
    longitude: float
    time_zone: str


_SITES = (
    _Site("DC-OHIO", "Columbus distribution centre", "dcs", "4100 Freight Way", "Columbus", "OH", "43217",
          39.8147, -82.9370, "America/New_York"),
    _Site("DC-NEVADA", "Reno distribution centre", "dcs", "900 Basin Rd", "Reno", "NV", "89506",
          39.6519, -119.8785, "America/Los_Angeles"),
    _Site("ST-SEATTLE", "Seattle store", "stores", "210 Ferry Ave", "Seattle", "WA", "98101",
          47.6101, -122.3344, "America/Los_Angeles"),
    _Site("ST-PORTLAND", "Portland store", "stores", "1414 Alder St", "Portland", "OR", "97205",
          45.5207, -122.6886, "America/Los_Angeles"),
    _Site("ST-OAKLAND", "Oakland store", "stores", "77 Harbor St", "Oakland", "CA", "94607",
          37.8071, -122.2851, "America/Los_Angeles"),
    _Site("ST-LOSANGELES", "Los Angeles store", "stores", "3300 Magnolia Ave", "Los Angeles", "CA", "90026",
          34.0787, -118.2606, "America/Los_Angeles"),
    _Site("ST-DENVER", "Denver store", "stores", "58 Aspen Ct", "Denver", "CO", "80205",
          39.7590, -104.9660, "America/Denver"),
    _Site("ST-DALLAS", "Dallas store", "stores", "720 Prairie Rd", "Dallas", "TX", "75201",
          32.7876, -96.7994, "America/Chicago"),
    _Site("ST-MINNEAPOLIS", "Minneapolis store", "stores", "12 Mill St", "Minneapolis", "MN", "55401",
          44.9855, -93.2700, "America/Chicago"),
    _Site("ST-CHICAGO", "Chicago store", "stores", "641 Canal St", "Chicago", "IL", "60607",
          41.8747, -87.6476, "America/Chicago"),
    _Site("ST-ATLANTA", "Atlanta store", "stores", "95 Dogwood Way", "Atlanta", "GA", "30308",
          33.7718, -84.3776, "America/New_York"),
    _Site("ST-MIAMI", "Miami store", "stores", "2001 Bay Dr", "Miami", "FL", "33130",
          25.7679, -80.2028, "America/New_York"),
    _Site("ST-NEWYORK", "New York store", "stores", "384 Orchard St", "New York", "NY", "10002",
          40.7157, -73.9863, "America/New_York"),
    _Site("ST-BOSTON", "Boston store", "stores", "16 Tulip Ln", "Boston", "MA", "02116",
          42.3496, -71.0746, "America/New_York"),
)  # fmt: skip

_HOLIDAY_YEARS = 3


def locations(today: date) -> list[UpsertLocation]:
    """All locations, closed on the holidays of this year and the two that follow.

    Distribution centres work Monday to Saturday and take what comes by 16:00; stores every day, by 14:00, and no more
    than a back room can pack.
    """
    closed = [day for year in range(today.year, today.year + _HOLIDAY_YEARS) for day in _holidays(year)]
    return [_location(site, closed) for site in _SITES]


def nearest_store(latitude: float, longitude: float) -> str:
    """The code of the store nearest to a place, as the crow flies over a flat map: near enough to choose one."""
    east = cos(radians(latitude))
    stores = (site for site in _SITES if site.pool == "stores")
    return min(stores, key=lambda s: (s.latitude - latitude) ** 2 + ((s.longitude - longitude) * east) ** 2).code


def _location(site: _Site, closed: list[date]) -> UpsertLocation:
    store = site.pool == "stores"
    return UpsertLocation(
        code=site.code,
        name=site.name,
        kind="store" if store else "warehouse",
        pool=site.pool,
        country="US",
        time_zone=site.time_zone,
        line1=site.line1,
        city=site.city,
        region=site.region,
        postal_code=site.postal_code,
        latitude=site.latitude,
        longitude=site.longitude,
        open_weekdays=[1, 2, 3, 4, 5, 6, 7] if store else [1, 2, 3, 4, 5, 6],
        holidays=closed,
        cutoff=time(14, 0) if store else time(16, 0),
        daily_capacity=5_000 if store else None,
    )


def _holidays(year: int) -> list[date]:
    """New Year, Independence Day, Thanksgiving (the fourth Thursday of November) and Christmas."""
    november = date(year, 11, 1)
    first_thursday = november + timedelta(days=(3 - november.weekday()) % 7)
    return [date(year, 1, 1), date(year, 7, 4), first_thursday + timedelta(weeks=3), date(year, 12, 25)]
