"""Settings of the catalogue: channels, pools, locations and SKUs, each field explained."""

from __future__ import annotations

from typing import Any

import msgspec

from orderwright.console.settings_fields import Field
from orderwright.console.settings_kinds import Body, SettingKind, without
from orderwright.console.words import number, plural, words

_SERVERS = ("id", "version", "created_at", "updated_at")
_DAYS = tuple((str(n), day) for n, day in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), 1))
_DAY_NAMES = dict(_DAYS)
_FREE = (
    Field(
        name="external_refs",
        label="Numbers elsewhere",
        kind="json",
        group="Beside it",
        help='How other systems call it, as JSON: {"erp": "4711"}.',
    ),
    Field(name="metadata", label="Metadata", kind="json", help="Whatever you want to keep with it, as JSON."),
)


def entry(row: Any) -> dict[str, Any]:
    """An entry of the catalogue as its upsert takes it."""
    return without(msgspec.to_builtins(row), *_SERVERS)


def _id(row: Any) -> str | None:
    return str(row.id)


def _version(row: Any) -> int | None:
    return int(row.version)


def _changed(before: Body | None, after: Body, name: str) -> bool:
    return before is not None and before.get(name) != after.get(name)


def _of_channel(before: Body | None, after: Body) -> list[str]:
    said = []
    if before is None:
        return ["Orders of this channel are taken from now on."] if after.get("active", True) else []
    if _changed(before, after, "buffer"):
        more = int(after.get("buffer") or 0) - int(before.get("buffer") or 0)
        said.append(
            f"Of each SKU the channel can promise {plural(abs(more), 'unit')} {'fewer' if more > 0 else 'more'}."
        )
    if _changed(before, after, "pools"):
        said.append("New orders are promised from these pools, in this order. Promises that were made stay.")
    if _changed(before, after, "active") and not after.get("active", True):
        said.append(
            "New orders of this channel are refused; those that were paid elsewhere are held. Open orders go on."
        )
    if _changed(before, after, "short_line_policy"):
        said.append("It holds for orders that come from now on.")
    if _changed(before, after, "checks"):
        said.append("Orders that come from now on are checked by these limits. What is held stays held.")
    return said


def _of_location(before: Body | None, after: Body) -> list[str]:
    said = []
    if before is None:
        opens = after.get("active", True)
        return ["Stock can be received here, and its pool promises it."] if opens else ["It takes no stock yet."]
    if _changed(before, after, "active"):
        said.append(
            "It opens: stock can be received here, and its pool promises it. It cannot be closed again."
            if after.get("active")
            else "An open location cannot be closed. Set its daily capacity to 0 to send it no more orders."
        )
    if _changed(before, after, "daily_capacity"):
        limit = after.get("daily_capacity")
        said.append(
            "It gets no more orders from now on. What it has to do already goes on."
            if limit == 0
            else f"Sourcing gives it up to {plural(int(limit), 'order')} a day from now on."
            if limit is not None
            else "Sourcing gives it as many orders as come."
        )
    if any(_changed(before, after, name) for name in ("cutoff", "open_weekdays", "holidays")):
        said.append("Promises made from now on go by this calendar. Those that were made stay.")
    if _changed(before, after, "pool"):
        said.append("A location stays in its pool: what is promised there would lose its stock.")
    return said


def _of_sku(before: Body | None, after: Body) -> list[str]:
    said = []
    if before is None:
        return ["Orders that wait for a SKU of this code are looked up again."]
    if _changed(before, after, "active") and not after.get("active", True):
        said.append("New orders for it are refused or held. Its stock and its open orders stay.")
    if _changed(before, after, "price"):
        said.append("Orders keep the price that they came with.")
    if _changed(before, after, "backorder_limit"):
        said.append("It holds for orders that come from now on.")
    if _changed(before, after, "components"):
        said.append("Kits that are ordered from now on are made of these. Orders keep what they were promised.")
    return said


def _yes(row: Body) -> str:
    return "yes" if row.get("active", True) else "no"


CHANNELS = SettingKind(
    path="channels",
    title="Channels",
    one="channel",
    group="Selling",
    icon="building-store",
    what="Where orders come from: what each may promise, from which pools, and what is checked.",
    needs="catalog.read",
    writes="catalog.write",
    lists="list_channels",
    read="read_channel",
    write="put_channel",
    single=True,
    searchable=True,
    paged=True,
    entry=entry,
    id_of=_id,
    version_of=_version,
    history="channel",
    warns=_of_channel,
    empty="No channel yet. Orders come from channels: make the first one.",
    columns=(
        ("Channel", lambda r: r["name"]),
        ("Kind", lambda r: words(r["kind"])),
        ("Currency", lambda r: r["currency"]),
        ("Pools", lambda r: ", ".join(r["pools"])),
        ("Buffer", lambda r: number(r.get("buffer") or 0)),
        ("When short", lambda r: words(r.get("short_line_policy") or "backorder")),
        ("Takes orders", _yes),
    ),
    fields=(
        Field(
            name="code",
            label="Code",
            required=True,
            fixed=True,
            help="How the channel names itself when it sends orders.",
        ),
        Field(name="name", label="Name", required=True, help="How people call it."),
        Field(
            name="kind",
            label="Kind",
            kind="choice",
            required=True,
            default="storefront",
            options=[
                (k, words(k).capitalize() if k not in ("b2b", "pos") else k.upper())
                for k in ("storefront", "marketplace", "social", "app", "pos", "b2b", "agent")
            ],
            help="What a marketplace or a till sends is never refused for what a person can mend: it is held.",
        ),
        Field(name="currency", label="Currency", required=True, default="USD", help="Three letters, such as USD."),
        Field(name="brand", label="Brand", help="Whose name stands on what its customers see."),
        Field(name="active", label="Takes new orders", kind="yes", default=True),
        Field(
            name="pools",
            label="Pools, in the order in which they are asked",
            kind="lines",
            required=True,
            group="What it may promise",
            help="Codes of pools, one a line. Move a line up to have its pool asked earlier.",
        ),
        Field(
            name="buffer",
            label="Buffer",
            kind="whole",
            default=0,
            help="Units of each SKU that this channel leaves unsold, so that another may sell them. 0: none.",
        ),
        Field(
            name="short_line_policy",
            label="What becomes of lines that are short",
            kind="choice",
            required=True,
            default="backorder",
            options=[
                ("backorder", "Take them and wait for supply"),
                ("preorder", "Take them only against dated supply"),
                ("drop", "Drop the line, take the rest"),
                ("reject", "Refuse the order"),
            ],
            help="When nothing can be promised for a line.",
        ),
        Field(
            name="checks.total_max",
            label="Largest total, in minor units",
            kind="whole",
            group="What is held for a person",
            help="10000 is 100.00. An order above it is held. Left out: no limit.",
        ),
        Field(name="checks.quantity_max", label="Most units of one line", kind="whole", help="Left out: no limit."),
        Field(
            name="checks.orders_per_customer_max",
            label="Most orders of one customer",
            kind="whole",
            help="Within the time below. Left out: no limit.",
        ),
        Field(
            name="checks.velocity_window_s",
            label="Within how many seconds",
            kind="whole",
            default=86400,
            help="86400 is a day.",
        ),
        Field(
            name="checks.duplicate_window_s",
            label="Look for the same order within seconds",
            kind="whole",
            default=3600,
            help="The same customer, goods and total. 0: not looked for.",
        ),
        Field(name="checks.address", label="Check addresses", kind="yes", default=True),
        Field(name="checks.phone", label="Check telephone numbers", kind="yes", default=True),
        Field(name="checks.email", label="Check e-mail addresses", kind="yes", default=True),
        Field(name="verify_prices", label="Hold orders whose prices are not the catalogue's", kind="yes"),
        *_FREE,
    ),
)

POOLS = SettingKind(
    path="pools",
    title="Pools",
    one="pool",
    group="Selling",
    icon="box",
    what="Sets of locations that promise together. Each channel says which pools it asks, and in what order.",
    needs="catalog.read",
    writes="catalog.write",
    lists="list_pools",
    read="read_pool",
    write="put_pool",
    single=True,
    searchable=True,
    paged=True,
    entry=entry,
    id_of=_id,
    version_of=_version,
    history="pool",
    columns=(("Pool", lambda r: r["name"]),),
    empty="No pool yet. Locations belong to pools: make the first one.",
    fields=(
        Field(name="code", label="Code", required=True, fixed=True, help="How locations and channels name it."),
        Field(name="name", label="Name", required=True),
        _FREE[1],
    ),
)

LOCATIONS = SettingKind(
    path="locations",
    title="Locations",
    one="location",
    group="Selling",
    icon="building-warehouse",
    what="Places that hold stock: where they are, when they work, and how much they can do in a day.",
    needs="catalog.read",
    writes="catalog.write",
    lists="list_locations",
    read="read_location",
    write="put_location",
    single=True,
    searchable=True,
    paged=True,
    entry=entry,
    id_of=_id,
    version_of=_version,
    history="location",
    warns=_of_location,
    empty="No location yet. Stock lies at locations: make the first one.",
    columns=(
        ("Location", lambda r: r["name"]),
        ("Kind", lambda r: words(r["kind"])),
        ("Pool", lambda r: r["pool"]),
        ("Place", lambda r: ", ".join(filter(None, (r.get("city"), r.get("region"), r["country"])))),
        ("Open", lambda r: " ".join(_DAY_NAMES[str(d)] for d in r.get("open_weekdays") or ())),
        ("Cut-off", lambda r: str(r.get("cutoff") or "16:00")[:5]),
        ("A day", lambda r: "no limit" if r.get("daily_capacity") is None else number(r["daily_capacity"])),
        ("Works", _yes),
    ),
    fields=(
        Field(name="code", label="Code", required=True, fixed=True),
        Field(name="name", label="Name", required=True),
        Field(
            name="kind",
            label="Kind",
            kind="choice",
            required=True,
            default="warehouse",
            options=[
                ("warehouse", "Warehouse"),
                ("store", "Store"),
                ("3pl", "Somebody else's warehouse (3PL)"),
                ("supplier", "Supplier"),
            ],
        ),
        Field(
            name="pool",
            label="Pool",
            kind="choice",
            required=True,
            source="pools",
            fixed=True,
            help="What can be promised here is promised by this pool. A location stays in its pool.",
        ),
        Field(
            name="active",
            label="Works",
            kind="yes",
            default=True,
            help="One that does not work yet takes no stock and promises none. Once it works it stays so: a daily"
            " capacity of 0 sends it no more orders.",
        ),
        Field(name="line1", label="Street and number", group="Where it is"),
        Field(name="line2", label="Further"),
        Field(name="city", label="City"),
        Field(name="region", label="State or province"),
        Field(name="postal_code", label="Postal code"),
        Field(name="country", label="Country", required=True, help="Two letters, such as US.", default="US"),
        Field(
            name="latitude",
            label="Latitude",
            kind="decimal",
            help="Sourcing measures distances from here. Left out: by the postal code.",
        ),
        Field(name="longitude", label="Longitude", kind="decimal"),
        Field(
            name="time_zone",
            label="Time zone",
            required=True,
            default="America/New_York",
            group="When it works",
            help="Such as America/New_York. Its cut-off and days go by it.",
        ),
        Field(name="open_weekdays", label="Open on", kind="many", options=_DAYS, default=[1, 2, 3, 4, 5]),
        Field(name="holidays", label="Closed on", kind="lines", help="Days such as 2026-12-25, one a line."),
        Field(
            name="cutoff",
            label="Cut-off",
            kind="clock",
            default="16:00",
            help="What is released later is due the next open day. By its own clock.",
        ),
        Field(
            name="daily_capacity",
            label="Orders a day",
            kind="whole",
            help="Sourcing gives it no more. 0: none. Left out: no limit.",
        ),
        *_FREE,
    ),
)

SKUS = SettingKind(
    path="skus",
    title="SKUs and kits",
    one="SKU",
    group="Selling",
    icon="barcode",
    what="What is sold and stocked. A kit is made of other SKUs.",
    needs="catalog.read",
    writes="catalog.write",
    lists="list_skus",
    read="read_sku",
    write="put_sku",
    single=True,
    searchable=True,
    paged=True,
    entry=entry,
    id_of=_id,
    version_of=_version,
    history="sku",
    warns=_of_sku,
    csv="post_skus",
    empty="No SKU yet. Make the first one, or import a file.",
    columns=(
        ("SKU", lambda r: r["name"]),
        ("Kind", lambda r: words(r.get("kind") or "stocked")),
        ("Weight, g", lambda r: "" if r.get("weight_g") is None else number(r["weight_g"])),
        (
            "Price",
            lambda r: "" if not r.get("price") else f"{r['price']['amount'] / 100:,.2f} {r['price']['currency']}",
        ),
        (
            "Backorders up to",
            lambda r: "no limit" if r.get("backorder_limit") is None else number(r["backorder_limit"]),
        ),
        ("Sold", _yes),
    ),
    fields=(
        Field(name="code", label="Code", required=True, fixed=True, help="As orders name it."),
        Field(name="name", label="Name", required=True),
        Field(name="gtin", label="GTIN", help="The number behind its barcode: 8 to 14 digits."),
        Field(
            name="kind",
            label="Kind",
            kind="choice",
            required=True,
            default="stocked",
            options=[("stocked", "Stocked"), ("kit", "Kit, made of others"), ("digital", "Digital, needs no stock")],
        ),
        Field(
            name="components",
            label="What a kit is made of",
            kind="pairs",
            pair=("sku", "quantity"),
            whole_pairs=True,
            help="One a line, as code: units. Such as MUG-RED: 2.",
        ),
        Field(name="active", label="Is sold", kind="yes", default=True),
        Field(
            name="backorder_limit",
            label="Backorders up to",
            kind="whole",
            group="When it is short",
            help="Units that may be promised without stock, in each pool. 0: none. Left out: no limit.",
        ),
        Field(
            name="price",
            label="Price of one",
            kind="money",
            group="Price and taxes",
            help="Minor units and currency: 1999 USD is $19.99. Used where a channel checks prices.",
        ),
        Field(name="tax_class", label="Tax class", help="By which rates it is taxed. Left out: the usual ones."),
        Field(name="weight_g", label="Weight, g", kind="whole", group="Measures"),
        Field(name="length_mm", label="Length, mm", kind="whole"),
        Field(name="width_mm", label="Width, mm", kind="whole"),
        Field(name="height_mm", label="Height, mm", kind="whole"),
        Field(
            name="attributes",
            label="Attributes",
            kind="json",
            group="Beside it",
            help='As JSON. Return policies read category, final_sale and withdrawal_exempt: {"category": "mugs"}.',
        ),
        *(_FREE[1], Field(name="external_refs", label="Numbers elsewhere", kind="json")),
    ),
)
