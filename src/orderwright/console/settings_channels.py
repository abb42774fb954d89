"""Settings of channels, each field explained."""

from __future__ import annotations

from orderwright.console.settings_entries import FREE, entry, id_of, is_changed, version_of, yes
from orderwright.console.settings_fields import Field
from orderwright.console.settings_kinds import Body, SettingKind
from orderwright.console.words import number, plural, words


def _of_channel(before: Body | None, after: Body) -> list[str]:
    said = []
    if before is None:
        return ["Orders of this channel are taken from now on."] if after.get("active", True) else []
    if is_changed(before, after, "buffer"):
        more = int(after.get("buffer") or 0) - int(before.get("buffer") or 0)
        said.append(
            f"Of each SKU the channel can promise {plural(abs(more), 'unit')} {'fewer' if more > 0 else 'more'}."
        )
    if is_changed(before, after, "pools"):
        said.append("New orders are promised from these pools, in this order. Promises that were made stay.")
    if is_changed(before, after, "active") and not after.get("active", True):
        said.append(
            "New orders of this channel are refused; those that were paid elsewhere are held. Open orders go on."
        )
    if is_changed(before, after, "short_line_policy"):
        said.append("It holds for orders that come from now on.")
    if is_changed(before, after, "checks"):
        said.append("Orders that come from now on are checked by these limits. What is held stays held.")
    return said


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
    id_of=id_of,
    version_of=version_of,
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
        ("Takes orders", yes),
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
        *FREE,
    ),
)
