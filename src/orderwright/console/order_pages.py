"""All pages of one order."""

from __future__ import annotations

from orderwright.console.order_cancel import ORDER_CANCEL
from orderwright.console.order_claims import ORDER_CLAIMS
from orderwright.console.order_edit import ORDER_EDIT
from orderwright.console.order_exchange import ORDER_EXCHANGE
from orderwright.console.order_holds import ORDER_HOLDS
from orderwright.console.order_link import ORDER_LINK
from orderwright.console.order_messages import ORDER_MESSAGES
from orderwright.console.order_money import ORDER_MONEY
from orderwright.console.order_move import ORDER_MOVE
from orderwright.console.order_notes import ORDER_NOTES
from orderwright.console.order_page import ORDER_READING
from orderwright.console.order_returns import ORDER_RETURNS
from orderwright.screens import Page

ONE_ORDER: list[Page] = [
    *ORDER_READING, *ORDER_HOLDS, *ORDER_MOVE, *ORDER_LINK, *ORDER_NOTES, *ORDER_MESSAGES, *ORDER_CANCEL, *ORDER_EDIT,
    *ORDER_MONEY, *ORDER_RETURNS, *ORDER_EXCHANGE, *ORDER_CLAIMS,
]  # fmt: skip
