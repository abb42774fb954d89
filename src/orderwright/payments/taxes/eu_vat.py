"""VAT of the European Union on goods: where a sale is taxed, and at what rate.

Sources: Directive 2006/112/EC. Article 32: goods are taxed where their transport begins; 33(a): distance sales to
consumers, where it ends; 59c: where it begins after all, for a seller in one member state with at most EUR 10,000 a
year of them; 138(1): exempt, when the buyer is identified for VAT in another member state (and accounts for it,
Articles 40 and 200); 146(1)(a): exempt, when they leave the Union. Article 78(b): transport is part of what the goods
cost, so shipping and fees without a class of their own are taxed as the goods, in proportion.

Not covered: imports, services, new means of transport, excise goods, margin schemes, and whether a VAT id is valid
beyond its form (ask VIES).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from eu_vat_rates_data import is_eu_member, validate_format

from orderwright.payments.taxes import Rounding, TaxAnswer, TaxedKind, TaxItem, TaxNote, TaxQuestion
from orderwright.payments.taxes.amounts import Portion, Rate, portions_along, tax_portions
from orderwright.payments.taxes.eu_places import NORTHERN_IRELAND, VatPlace, vat_place
from orderwright.payments.taxes.eu_rates import VatClass, state_rate, vat_name

CODE = "eu_vat"
NOTES: dict[str, str] = {
    "reverse_charge": "Exempt intra-Community supply, Article 138 of Directive 2006/112/EC: the buyer accounts for it.",
    "export": "Exempt export, Article 146 of Directive 2006/112/EC.",
    "outside_vat_area": "Exempt: the territory is outside the VAT area, Articles 6 and 146 of Directive 2006/112/EC.",
    "not_from_the_eu": "The goods come from outside the VAT area: VAT is due on import, and none is charged here.",
    "vat_id_malformed": "The VAT id is not of the form of any member state: the buyer is taken for a consumer.",
    "vat_id_of_origin": "The VAT id is of the state that the goods leave: VAT is charged there.",
    "unknown_class": "The class has no VAT class: the standard rate holds. Add it to the engine's classes.",
    "exempt": "Exempt from VAT, Articles 132 and 135 of Directive 2006/112/EC.",
    "territory_rates": "The territory has reduced rates of its own, which are not known: give them to the engine.",
}
_ID_SIGNS = frozenset("+*")  # which Irish ids may hold


@dataclass(frozen=True)
class EuVatSettings:
    """How a seller is taxed. `classes`: VAT class by our tax class, where the names differ. `rates`: what holds instead
    of the data's, by (state or territory such as `PT-20`, VAT class). `below_threshold`: distance sales are taxed where
    the seller is established, as long as goods leave from there (None: wherever they leave from)."""

    below_threshold: bool = False
    established_in: str | None = None
    classes: Mapping[str, VatClass] = field(default_factory=dict)
    rates: Mapping[tuple[str, VatClass], Decimal] = field(default_factory=dict)
    rounding: Rounding = Rounding.LINE


class Supply(NamedTuple):
    """Where a sale is taxed, None for nowhere; and the codes of what there is to say of it."""

    taxed_in: VatPlace | None
    notes: tuple[str, ...] = ()


class EuVat:
    """The engine for VAT of the European Union."""

    code = CODE

    def __init__(self, settings: EuVatSettings | None = None) -> None:
        self._settings = settings or EuVatSettings()

    async def assess(self, questions: Sequence[TaxQuestion]) -> list[TaxAnswer]:
        """One answer a question, in order."""
        return [assess_eu_vat(question, self._settings) for question in questions]


def assess_eu_vat(question: TaxQuestion, settings: EuVatSettings) -> TaxAnswer:
    """The VAT of one question. Pure."""
    supply = place_of_supply(question, settings)
    notes: dict[str, list[str]] = {code: [item.key for item in question.items] for code in supply.notes}
    rates = {item.key: (_rate(supply, item, settings, notes),) for item in question.items}
    lines = [item for item in question.items if item.kind == TaxedKind.LINE]
    goods = [Portion(item.key, item.amount_minor, rates[item.key]) for item in lines]
    portions: list[Portion] = []
    for item in question.items:
        along = item.kind != TaxedKind.LINE and item.tax_class is None and goods
        own = [Portion(item.key, item.amount_minor, rates[item.key])]
        portions += portions_along(item.key, item.amount_minor, goods) if along else own
    taxes = tax_portions(portions, inclusive=question.prices_include_tax, rounding=settings.rounding)
    return TaxAnswer(taxes, [TaxNote(code, NOTES[code], keys) for code, keys in notes.items()])


def place_of_supply(question: TaxQuestion, settings: EuVatSettings) -> Supply:
    """Where the goods of a question are taxed (see the sources above). Pure."""
    origin, destination = vat_place(question.ship_from), vat_place(question.ship_to)
    if origin.state is None:
        return Supply(None, ("not_from_the_eu",))
    if destination.state is None:
        if origin.state == NORTHERN_IRELAND and question.ship_to.country == "GB":
            return Supply(origin)  # within the United Kingdom
        return Supply(None, ("outside_vat_area" if destination.territory else "export",))
    if destination.state == origin.state:
        return Supply(destination)
    identified_in = vat_id_state(question.vat_id) if question.vat_id else None
    if identified_in is not None:
        at_origin = identified_in == origin.state
        return Supply(origin, ("vat_id_of_origin",)) if at_origin else Supply(None, ("reverse_charge",))
    stays = settings.below_threshold and settings.established_in in (None, origin.state)
    return Supply(origin if stays else destination, ("vat_id_malformed",) if question.vat_id else ())


def vat_id_state(vat_id: str) -> str | None:
    """The member state (or XI) of a well-formed VAT id, spaces, dots and hyphens aside; None for any other text."""
    compact = "".join(c for c in vat_id.upper() if (c.isascii() and c.isalnum()) or c in _ID_SIGNS)
    state = "GR" if compact[:2] == "EL" else compact[:2]
    if not (is_eu_member(state) or state == NORTHERN_IRELAND):
        return None
    return state if validate_format(compact) else None


def _rate(supply: Supply, item: TaxItem, settings: EuVatSettings, notes: dict[str, list[str]]) -> Rate:
    """The rate of an item; what there is to say of it goes to `notes`, by code."""
    if supply.taxed_in is None or supply.taxed_in.state is None:
        # An invoice says that the buyer accounts for it, which documents tell by this name.
        return Rate("VAT reverse charge" if "reverse_charge" in supply.notes else "VAT", Decimal(0), None)
    state, territory = supply.taxed_in.state, supply.taxed_in.territory
    vat_class = _class_of(item, settings)
    if vat_class is None:
        notes.setdefault("unknown_class", []).append(item.key)
        vat_class = VatClass.STANDARD
    elif vat_class is VatClass.EXEMPT:
        notes.setdefault("exempt", []).append(item.key)
    rate = settings.rates.get((territory.code if territory else state, vat_class))
    if rate is None and territory is not None:
        if vat_class is VatClass.STANDARD:
            rate = territory.standard
        elif territory.other_rates and vat_class not in (VatClass.ZERO, VatClass.EXEMPT):
            notes.setdefault("territory_rates", []).append(item.key)
    if rate is None:
        rate = settings.rates.get((state, vat_class))
    return Rate(vat_name(state), state_rate(state, vat_class) if rate is None else rate, state)


def _class_of(item: TaxItem, settings: EuVatSettings) -> VatClass | None:
    """The VAT class of an item: standard where it has no class, None where its class is not known."""
    if item.tax_class is None:
        return VatClass.STANDARD
    if item.tax_class in settings.classes:
        return settings.classes[item.tax_class]
    return VatClass(item.tax_class) if item.tax_class in set(VatClass) else None
