"""From the filters that few searches have to sources and conditions."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from orderwright.orders import OrderStatus
from orderwright.platform.errors import InvalidId
from orderwright.platform.ids import UUID, decode_id
from orderwright.search.conditions import Further
from orderwright.search.errors import InvalidFilter
from orderwright.search.filters import OrderFilters
from orderwright.search.sources import (
    FIND_ATTENTION,
    FIND_BY_CUSTOMER,
    FIND_BY_HOLD,
    FIND_BY_TAG,
    FIND_HAVING,
    FIND_OPEN_BALANCE,
    FIND_PROMISED,
    Indexed,
    Source,
)

OVER = frozenset({OrderStatus.DELIVERED, OrderStatus.CANCELLED})
_FIRST, _LAST = date(1970, 1, 2), date(9000, 1, 1)


class Understood(NamedTuple):
    """`sources`: where to look. `checked`: something is asked for that no source finds alone."""

    sources: list[Source]
    further: Further
    checked: bool


def understand_further(filters: OrderFilters) -> Understood:
    """The sources and conditions of what few searches ask for. Raises `InvalidFilter`. Pure."""
    further = Further(
        tags=sorted(set(filters.tag)) or None,
        hold_types=sorted(set(filters.hold)) or None,
        late=filters.late,
        promised_from=filters.promised_from,
        promised_to=filters.promised_to,
        total_from=filters.total_from,
        total_to=filters.total_to,
        currency=filters.currency,
        countries=sorted(set(filters.country)) or None,
        customer_id=_customer(filters.customer),
        payments=sorted(set(filters.payment)) or None,
        things=sorted(set(filters.has)) or None,
        kinds=sorted(set(filters.kind)) or None,
        priority_from=filters.priority_from,
        attention=filters.attention,
    )
    if filters.currency is None and (filters.total_from is not None or filters.total_to is not None):
        raise InvalidFilter("Amounts are of a currency. Say which by `currency`.", field="currency")
    sources: list[Source] = []
    if further.customer_id is not None:
        sources.append(Indexed(FIND_BY_CUSTOMER, further.customer_id))
    if further.tags is not None:
        sources.append(Indexed(FIND_BY_TAG, further.tags))
    if further.hold_types is not None:
        sources.append(Indexed(FIND_BY_HOLD, further.hold_types))
    if further.things is not None:
        sources.append(Indexed(FIND_HAVING, further.things))
    if further.payments == ["open_balance"]:
        sources.append(Indexed(FIND_OPEN_BALANCE))
    if filters.attention:
        sources.append(Indexed(FIND_ATTENTION))
    days = filters.promised_from is not None or filters.promised_to is not None
    by_day = filters.late is True or (days and bool(filters.status) and OVER.isdisjoint(filters.status))
    if by_day:
        first, last = filters.promised_from or _FIRST, filters.promised_to or _LAST
        sources.append(Indexed(FIND_PROMISED, first, last, filters.late is True))
    checked = (
        (days and not by_day)
        or filters.late is False
        or filters.attention is False
        or further.payments not in (None, ["open_balance"])
        or any(
            asked is not None
            for asked in (
                further.total_from, further.total_to, further.currency, further.countries, further.kinds,
                further.priority_from,
            )
        )
    )  # fmt: skip
    return Understood(sources, further, checked)


def _customer(text: str | None) -> UUID | None:
    if text is None:
        return None
    try:
        return decode_id("cus", text)
    except InvalidId as error:
        raise InvalidFilter(f"This is no customer's id. {error}", field="customer") from None
