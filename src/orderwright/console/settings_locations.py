"""Settings of locations, each field explained."""

from __future__ import annotations

from orderwright.console.settings_entries import FREE, entry, id_of, is_changed, version_of, yes
from orderwright.console.settings_fields import Field
from orderwright.console.settings_kinds import Body, SettingKind
from orderwright.console.words import number, plural, words

_DAYS = tuple((str(n), day) for n, day in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), 1))
_DAY_NAMES = dict(_DAYS)


def _of_location(before: Body | None, after: Body) -> list[str]:
    said = []
    if before is None:
        opens = after.get("active", True)
        return ["Stock can be received here, and its pool promises it."] if opens else ["It takes no stock yet."]
    if is_changed(before, after, "daily_capacity"):
        limit = after.get("daily_capacity")
        said.append(
            "It gets no more orders from now on. What it has to do already goes on."
            if limit == 0
            else f"Sourcing gives it up to {plural(int(limit), 'order')} a day from now on."
            if limit is not None
            else "Sourcing gives it as many orders as come."
        )
    if any(is_changed(before, after, name) for name in ("cutoff", "open_weekdays", "holidays")):
        said.append("Promises made from now on go by this calendar. Those that were made stay.")
    return said


def _actions(body: Body) -> list[tuple[str, str]]:
    change = ("Close location", "close") if body.get("active", True) else ("Open again", "open")
    return [change, ("Move to another pool", "move")]


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
    id_of=id_of,
    version_of=version_of,
    history="location",
    warns=_of_location,
    actions=_actions,
    empty="No location yet. Stock lies at locations: make the first one.",
    columns=(
        ("Location", lambda r: r["name"]),
        ("Kind", lambda r: words(r["kind"])),
        ("Pool", lambda r: r["pool"]),
        ("Place", lambda r: ", ".join(filter(None, (r.get("city"), r.get("region"), r["country"])))),
        ("Open", lambda r: " ".join(_DAY_NAMES[str(d)] for d in r.get("open_weekdays") or ())),
        ("Cut-off", lambda r: str(r.get("cutoff") or "16:00")[:5]),
        ("A day", lambda r: "no limit" if r.get("daily_capacity") is None else number(r["daily_capacity"])),
        ("Works", yes),
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
            help="What can be promised here is promised by this pool. Later it is moved by a button of its own.",
        ),
        Field(
            name="active",
            label="Works",
            kind="yes",
            default=True,
            fixed=True,
            help="One that does not work yet takes no stock and promises none. Later, buttons close and open it.",
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
        *FREE,
    ),
)
