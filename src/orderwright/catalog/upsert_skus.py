"""Create SKUs and kits and change what is known of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from orderwright.catalog.changes import append_changes, lock_catalog, require_write
from orderwright.catalog.contract import UpsertSku
from orderwright.catalog.entries import Change, Entry, UpsertOutcome, changes_of, decide_upserts, refuse_json_fields
from orderwright.catalog.errors import Refusal
from orderwright.catalog.gtin import gtin_is_valid
from orderwright.catalog.lookups import skus_by_code
from orderwright.catalog.queries import DELETE_KIT_COMPONENTS, INSERT_KIT_COMPONENTS, PUT_SKUS, RAISE_SKU_VERSION
from orderwright.catalog.reading import read_skus
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.platform.money import CURRENCIES

Kinds = Mapping[str, str]  # what a SKU is, by code


async def upsert_skus(tx: Transaction, ctx: Context, commands: Sequence[UpsertSku]) -> list[UpsertOutcome]:
    """Make each SKU be as it is sent, creating it if needed. Components make it a kit; they may be of the same call.

    Orders that were placed keep the components that the kit had then.

    Permission: `catalog.write`, by a caller without limits. Locks: the catalogue, then the rows written. Appends
    `sku.created`, `sku.updated`. Outcomes, in precedence: `duplicate_in_batch`, `version_conflict`, `unstorable_value`,
    `metadata_too_large`, `gtin_check_digit`, `unknown_currency`, `kind_change_refused`, `kit_without_components`,
    `components_not_allowed`, `repeated_component`, `nested_kit`, `unknown_component`, `created`, `unchanged`,
    `updated`.
    """
    require_write(ctx)
    await lock_catalog(tx)
    wanted = [normal_sku(command) for command in commands]
    stored = {entry.content.code: entry for entry in await read_skus(tx, codes=[c.code for c in wanted])}
    named = sorted({part.sku for command in wanted for part in command.components})
    kinds = {facts.code: facts.kind for facts in (await skus_by_code(tx, named)).values()} if named else {}
    decisions = decide_upserts(wanted, stored, partial(refuse_sku, {**kinds_made(wanted, stored), **kinds}))
    if changes := changes_of(decisions):
        await PUT_SKUS.run(tx, *columns([_row(change) for change in changes], 18))
        await RAISE_SKU_VERSION.run(tx)
        await _write_components(tx, changes)
        await append_changes(tx, ctx, "upsert_skus", "sku", changes)
    return [decision.outcome for decision in decisions]


def normal_sku(command: UpsertSku) -> UpsertSku:
    """The same SKU, a kit if it has components and was not said to be something else."""
    if command.components and command.kind == "stocked":
        return msgspec.structs.replace(command, kind="kit")
    return command


def kinds_made(commands: Sequence[UpsertSku], stored: Mapping[str, Entry[UpsertSku]]) -> dict[str, str]:
    """What the new SKUs of a call will be, for those of its kits that are made of them. Of a code the first counts.

    A SKU that is refused is not there. A kit is there as such, refused or not: it cannot be a component either way.
    """
    kinds: dict[str, str] = {}
    seen: set[str] = set()
    for command in commands:
        if command.code not in seen and (
            command.kind == "kit" or refuse_sku({}, command, stored.get(command.code)) is None
        ):
            kinds[command.code] = command.kind
        seen.add(command.code)
    return kinds


def refuse_sku(kinds: Kinds, command: UpsertSku, entry: Entry[UpsertSku] | None) -> Refusal | None:
    """Why a SKU cannot be as it is sent, or None. `kinds` has those of the components that exist or are being made."""
    if refusal := refuse_json_fields(command):
        return refusal
    if command.gtin is not None and not gtin_is_valid(command.gtin):
        return Refusal("gtin_check_digit", {"gtin": command.gtin})
    if command.price is not None and command.price.currency not in CURRENCIES:
        return Refusal("unknown_currency", {"currency": command.price.currency})
    if entry is not None and entry.content.kind != command.kind:
        return Refusal("kind_change_refused", {"kind": entry.content.kind})
    return _refuse_components(kinds, command)


def _refuse_components(kinds: Kinds, command: UpsertSku) -> Refusal | None:
    codes = [part.sku for part in command.components]
    if command.kind == "kit" and not codes:
        return Refusal("kit_without_components", {})
    if command.kind == "digital" and codes:
        return Refusal("components_not_allowed", {})
    if len(set(codes)) < len(codes):
        return Refusal("repeated_component", {"components": sorted({c for c in codes if codes.count(c) > 1})})
    if nested := [code for code in codes if code == command.code or kinds.get(code) == "kit"]:
        return Refusal("nested_kit", {"components": nested})
    if unknown := [code for code in codes if code not in kinds]:
        return Refusal("unknown_component", {"components": unknown})
    return None


async def _write_components(tx: Transaction, changes: Sequence[Change[UpsertSku]]) -> None:
    """Write the components of those kits whose components change: two statements, or none for a batch without any."""
    kits = [c for c in changes if c.content.components and (not c.changed or "components" in c.changed)]
    if not kits:
        return
    parts = [(kit.id, n, part.sku, part.quantity) for kit in kits for n, part in enumerate(kit.content.components, 1)]
    await DELETE_KIT_COMPONENTS.run(tx, [kit.id for kit in kits])
    await INSERT_KIT_COMPONENTS.run(tx, *columns(parts, 4))


def _row(change: Change[UpsertSku]) -> tuple[Any, ...]:
    it, encode = change.content, msgspec.json.encode
    amount, currency = (it.price.amount, it.price.currency) if it.price else (None, None)
    return (
        change.id, change.version, it.code, it.name, it.gtin, it.kind, it.weight_g, it.length_mm, it.width_mm,
        it.height_mm, amount, currency, it.tax_class, it.backorder_limit, it.active, encode(it.attributes).decode(),
        encode(it.external_refs).decode(), encode(it.metadata).decode(),
    )  # fmt: skip
