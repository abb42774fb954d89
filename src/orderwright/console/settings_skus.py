"""Settings of SKUs and kits, each field explained."""

from __future__ import annotations

from orderwright.console.settings_entries import METADATA, entry, id_of, is_changed, version_of, yes
from orderwright.console.settings_fields import Field
from orderwright.console.settings_kinds import Body, SettingKind
from orderwright.console.words import number, words


def _of_sku(before: Body | None, after: Body) -> list[str]:
    said = []
    if before is None:
        return ["Orders that wait for a SKU of this code are looked up again."]
    if is_changed(before, after, "active") and not after.get("active", True):
        said.append("New orders for it are refused or held. Its stock and its open orders stay.")
    if is_changed(before, after, "price"):
        said.append("Orders keep the price that they came with.")
    if is_changed(before, after, "backorder_limit"):
        said.append("It holds for orders that come from now on.")
    if is_changed(before, after, "components"):
        said.append("Kits that are ordered from now on are made of these. Orders keep what they were promised.")
    return said


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
    id_of=id_of,
    version_of=version_of,
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
        ("Sold", yes),
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
        *(METADATA, Field(name="external_refs", label="Numbers elsewhere", kind="json")),
    ),
)
