"""Whether the buyer accounts for the tax of an order, which its invoice must say (Directive 2006/112/EC, 226 no 11a).

Order and channel say it in one of two ways: by a tax of nothing that is named so, or by selling to companies (`b2b`)
without tax from one country of the European Union into another.
"""

from __future__ import annotations

from collections.abc import Sequence

from orderwright.payments.documents.queries import InvoicingRow
from orderwright.payments.documents.tax_split import TaxShare

# The member states, with Monaco, which counts as France for it. (Northern Ireland is GB for us: say it by the tax.)
_EU = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MC MT NL PL PT RO SE SI SK".split()
)  # fmt: skip


def is_reverse_charge(order: InvoicingRow, taxes: Sequence[TaxShare]) -> bool:
    """Whether the buyer accounts for the tax. `taxes`: all shares of all lines."""
    if any(tax.share_minor for tax in taxes):
        return False
    if any("reverse charge" in (tax.name or "").casefold() for tax in taxes):
        return True
    abroad = order.bill_to_country in _EU and order.country in _EU and order.bill_to_country != order.country
    return abroad and order.channel_kind == "b2b"
