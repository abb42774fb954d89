"""The pages of operations: flow, stuck work, holds, sourcing, failed work, refused orders, throughput."""

from __future__ import annotations

from orderwright.console.operations_address import ADDRESS_PAGES
from orderwright.console.operations_board import BOARD_PAGES
from orderwright.console.operations_holds import HOLD_PAGES
from orderwright.console.operations_payments import PAYMENT_PAGES
from orderwright.console.operations_refused import REFUSED_PAGES
from orderwright.console.operations_sourcing import SOURCING_PAGES
from orderwright.console.operations_work import WORK_PAGES
from orderwright.screens import Page

OPERATIONS_PAGES: tuple[Page, ...] = (
    *BOARD_PAGES, *WORK_PAGES, *HOLD_PAGES, *ADDRESS_PAGES, *SOURCING_PAGES, *REFUSED_PAGES,
    *PAYMENT_PAGES,
)  # fmt: skip
