"""Settings of pools, each field explained."""

from __future__ import annotations

from orderwright.console.settings_entries import METADATA, entry, id_of, version_of
from orderwright.console.settings_fields import Field
from orderwright.console.settings_kinds import SettingKind

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
    id_of=id_of,
    version_of=version_of,
    history="pool",
    columns=(("Pool", lambda r: r["name"]),),
    empty="No pool yet. Locations belong to pools: make the first one.",
    fields=(
        Field(name="code", label="Code", required=True, fixed=True, help="How locations and channels name it."),
        Field(name="name", label="Name", required=True),
        METADATA,
    ),
)
