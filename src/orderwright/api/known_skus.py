"""SKUs as this process has read them: asked for again and again by their codes, they are seldom written.

A code's id never changes, but a name may. So what is known is of one version of all SKUs (`sku_version`), and the
statement that uses it says whether that is still the version, from one snapshot: nothing old is ever answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from orderwright.api.reads import AVAILABILITY_OF_SKUS, KNOWN_SKUS, KnownSku
from orderwright.platform.db import Transaction

KNOWN_MAX = 50_000  # SKUs of all merchants, some 20 MB; beyond that all are forgotten
TRIES = 4


class Availability(NamedTuple):
    """SKUs that exist, in the order of their codes, and records of `AvailabilityOfSku`, whose `place` counts from 1."""

    skus: list[KnownSku]
    records: list[Any]


class _Known(NamedTuple):
    """SKUs of one version, by code."""

    version: int
    skus: dict[str, KnownSku]


class KnownSkus:
    """What one process knows of SKUs, by merchant."""

    def __init__(self) -> None:
        self._of: dict[str, _Known] = {}

    async def availability(self, tx: Transaction, codes: Sequence[str]) -> Availability:
        """What pools can promise of SKUs. `codes`: distinct, sorted; those that no SKU has are left out.

        One statement when all are known, two when not; a few more when SKUs are written meanwhile.
        """
        for left in range(TRIES - 1, -1, -1):
            known = self._of.get(tx.schema)
            skus = _among(known, codes)
            if known is None or len(skus) < len(codes):
                known = await self._learn(tx, known, codes)
                skus = _among(known, codes)
            if not skus:
                return Availability([], [])
            # Who is overtaken again and again answers with the names of a moment ago.
            version = known.version if left else None
            records = await AVAILABILITY_OF_SKUS.records(tx, [sku.id for sku in skus], version)
            if records:
                return Availability(skus, records)
            self._of.pop(tx.schema, None)
        raise AssertionError("unreachable")

    async def _learn(self, tx: Transaction, known: _Known | None, codes: Sequence[str]) -> _Known:
        """What is known, with all of these codes that exist. One statement; two when what was known is old."""
        if sum(len(one.skus) for one in self._of.values()) > KNOWN_MAX:
            self._of.clear()
            known = None
        new = codes if known is None else [code for code in codes if code not in known.skus]
        found = await KNOWN_SKUS.fetch(tx, new)
        if known is not None and found and found[0].version != known.version and len(new) < len(codes):
            found = await KNOWN_SKUS.fetch(tx, codes)
        if not found:
            return known or _Known(0, {})
        version = found[0].version
        if known is None or version != known.version:
            known = self._of[tx.schema] = _Known(version, {})
        known.skus.update((sku.code, sku) for sku in found)
        return known


def _among(known: _Known | None, codes: Sequence[str]) -> list[KnownSku]:
    """What is known of these codes, in their order."""
    return [] if known is None else [sku for sku in map(known.skus.get, codes) if sku is not None]
