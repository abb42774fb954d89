"""Where the VAT of the European Union is: which member state a place belongs to for goods, and which places of a member
state do not belong to it at all.

Sources: Directive 2006/112/EC, Article 5 (the territory), Article 6 (territories that are outside), Article 7 (Monaco
is France); Directive (EU) 2020/1756 and the Windsor Framework, Article 8 (Northern Ireland, `XI`, is inside for goods);
Articles 104 and 105 (Jungholz and Mittelberg, Madeira and the Azores have rates of their own). Territories that have a
country code of their own (Åland as AX, Réunion as RE ...) are outside by it; postal codes are for the others.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from eu_vat_rates_data import is_eu_member

from orderwright.payments.taxes import Place

NORTHERN_IRELAND = "XI"
_BELFAST = "BT"  # the postal area of all Northern Ireland


class Territory(NamedTuple):
    """A part of a member state that is known by its postal codes. `standard`: its own standard rate; None: it is
    outside. `other_rates`: its reduced rates differ too, and are not known here."""

    code: str
    country: str
    name: str
    postal_prefixes: tuple[str, ...]
    standard: Decimal | None = None
    other_rates: bool = False


class VatPlace(NamedTuple):
    """Where a place is for VAT. `state`: a member state or XI, None outside. `territory`: where it is special."""

    state: str | None
    territory: Territory | None = None


_FRANCE_OVERSEAS = tuple("971 972 973 974 975 976 977 978 984 986 987 988".split())
TERRITORIES = (
    Territory("ES-CN", "ES", "Canary Islands", ("35", "38")),
    Territory("ES-CE", "ES", "Ceuta", ("51",)),
    Territory("ES-ML", "ES", "Melilla", ("52",)),
    Territory("FI-01", "FI", "Åland Islands", ("22",)),
    Territory("DE-BUESINGEN", "DE", "Büsingen", ("78266",)),
    Territory("DE-HELGOLAND", "DE", "Heligoland", ("27498",)),
    Territory("IT-LIVIGNO", "IT", "Livigno", ("23041",)),
    Territory("IT-CAMPIONE", "IT", "Campione d'Italia", ("22061",)),
    Territory("GR-69", "GR", "Mount Athos", ("63086", "63087")),
    Territory("FR-OVERSEAS", "FR", "French overseas territories", _FRANCE_OVERSEAS),
    Territory("AT-JUNGHOLZ", "AT", "Jungholz and Mittelberg", ("6691", "6991", "6992", "6993"), Decimal("0.19")),
    Territory("PT-30", "PT", "Madeira", ("90", "91", "92", "93", "94"), Decimal("0.22"), True),
    Territory("PT-20", "PT", "Azores", ("95", "96", "97", "98", "99"), Decimal("0.16"), True),
)


def vat_place(place: Place) -> VatPlace:
    """Where a place is for the VAT on goods. Without a postal code it is taken for the mainland."""
    if place.country == "MC":
        return VatPlace("FR")
    if place.country == NORTHERN_IRELAND or (place.country == "GB" and place.postal_key.startswith(_BELFAST)):
        return VatPlace(NORTHERN_IRELAND)
    if not is_eu_member(place.country):
        return VatPlace(None)
    territory = _territory(place)
    if territory is not None and territory.standard is None:
        return VatPlace(None, territory)
    return VatPlace(place.country, territory)


def _territory(place: Place) -> Territory | None:
    digits = "".join(filter(str.isdigit, place.postal_key))  # not the D of D-78266
    for territory in TERRITORIES:
        if territory.country == place.country and digits.startswith(territory.postal_prefixes):
            return territory
    return None
