"""Carriers: what the system needs of one that moves its parcels. Each carrier is one module that fits `Carrier`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from orderwright.fulfillment.papers.contents import Address


class LabelRequest(NamedTuple):
    """A parcel that wants a label. Asking again with the same `idempotency_key` gives the same label, bought once.

    `to`: where it goes, as it was when the label was asked for; None where that was erased, or for a parcel that comes
    back. It is for the carrier alone: neither logged nor kept (law T5).
    """

    idempotency_key: str
    weight_g: int | None = None
    service: str = "standard"
    to: Address | None = None


class LabelFile(NamedTuple):
    """A label to print: PDF, PNG or ZPL."""

    media_type: str
    content: bytes


class LabelResult(NamedTuple):
    """The label of one request. `label` is stored with the parcel for good, so it holds no personal data; `file` is
    what is printed, and erased with the order's address (law T5)."""

    idempotency_key: str
    tracking_number: str
    label: dict[str, Any]
    file: LabelFile | None = None


class Carrier(Protocol):
    """A carrier. Called outside any database transaction, with a list; answers one result a request, in order.

    An exception means that the outcome is unknown: the caller sends the same requests again, with the same keys.
    """

    @property
    def code(self) -> str: ...

    @property
    def services(self) -> frozenset[str]:
        """The codes of what it offers: packing refuses any other."""
        ...

    async def create_labels(self, requests: Sequence[LabelRequest]) -> list[LabelResult]:
        """Buy a label for each parcel, or find the one that was bought before with its key."""
        ...
