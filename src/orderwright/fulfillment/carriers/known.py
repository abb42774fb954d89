"""The carriers that this installation ships with, by code: those that packing may name and the label pump asks."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from orderwright.fulfillment.carriers import Carrier
from orderwright.fulfillment.carriers.builtin import BuiltinCarrier

CARRIERS: Mapping[str, Carrier] = MappingProxyType({"builtin": BuiltinCarrier()})
