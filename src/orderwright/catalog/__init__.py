"""The catalogue: SKUs, kits, locations, pools and channels. Other slices import only what stands here."""

from orderwright.catalog.contract import (
    Checks,
    KitPart,
    Price,
    UpsertChannel,
    UpsertLocation,
    UpsertPool,
    UpsertSku,
)
from orderwright.catalog.csv_cells import describe as describe_cell
from orderwright.catalog.csv_rows import CatalogColumns, CsvRow, read_rows
from orderwright.catalog.entries import Entry, UpsertOutcome
from orderwright.catalog.errors import REFUSALS
from orderwright.catalog.lookups import (
    ChannelFacts,
    LocationFacts,
    SkuFacts,
    channels_by_code,
    channels_by_id,
    hold_locations_by_code,
    hold_locations_by_id,
    locations_by_code,
    locations_by_id,
    locations_by_pool,
    lock_skus,
    skus_by_code,
    skus_by_id,
)
from orderwright.catalog.place_commands import (
    CloseLocation,
    MoveLocation,
    OpenLocation,
    PlaceCommand,
    PlaceRow,
    decide_places,
    refuse_place,
)
from orderwright.catalog.places import time_zones
from orderwright.catalog.places_of_pools import PlaceChange, change_places, lock_places
from orderwright.catalog.put_channels import put_channels
from orderwright.catalog.reading import (
    Page,
    list_channels,
    list_locations,
    list_pools,
    list_skus,
    read_channels,
    read_locations,
    read_pools,
    read_skus,
)
from orderwright.catalog.tax_places import LocationPlace, places_of_locations
from orderwright.catalog.upsert_locations import upsert_locations
from orderwright.catalog.upsert_pools import upsert_pools
from orderwright.catalog.upsert_skus import upsert_skus

__all__ = [
    "REFUSALS",
    "CatalogColumns",
    "ChannelFacts",
    "Checks",
    "CloseLocation",
    "CsvRow",
    "Entry",
    "KitPart",
    "LocationFacts",
    "LocationPlace",
    "MoveLocation",
    "OpenLocation",
    "Page",
    "PlaceChange",
    "PlaceCommand",
    "PlaceRow",
    "Price",
    "SkuFacts",
    "UpsertChannel",
    "UpsertLocation",
    "UpsertOutcome",
    "UpsertPool",
    "UpsertSku",
    "change_places",
    "channels_by_code",
    "channels_by_id",
    "decide_places",
    "describe_cell",
    "hold_locations_by_code",
    "hold_locations_by_id",
    "list_channels",
    "list_locations",
    "list_pools",
    "list_skus",
    "locations_by_code",
    "locations_by_id",
    "locations_by_pool",
    "lock_places",
    "lock_skus",
    "places_of_locations",
    "put_channels",
    "read_channels",
    "read_locations",
    "read_pools",
    "read_rows",
    "read_skus",
    "refuse_place",
    "skus_by_code",
    "skus_by_id",
    "time_zones",
    "upsert_locations",
    "upsert_pools",
    "upsert_skus",
]
