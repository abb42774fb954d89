"""The table of all operations: every address of the interface that is not a screen."""

from __future__ import annotations

from orderwright.api.annotations import ANNOTATIONS
from orderwright.api.approvals import APPROVALS
from orderwright.api.attachments import ATTACHMENTS
from orderwright.api.bulk_runs import BULK_RUNS
from orderwright.api.catalog import CATALOG
from orderwright.api.claim_verbs import CLAIM_VERBS
from orderwright.api.claims import CLAIMS
from orderwright.api.customer_merges import CUSTOMER_MERGES
from orderwright.api.customer_notes import CUSTOMER_NOTES
from orderwright.api.customers import CUSTOMERS
from orderwright.api.decisions import DECISIONS
from orderwright.api.documents import DOCUMENTS
from orderwright.api.draft_orders import DRAFT_ORDERS
from orderwright.api.events import EVENTS
from orderwright.api.exchange_verbs import EXCHANGE_VERBS
from orderwright.api.exchanges import EXCHANGES
from orderwright.api.failures import FAILURES
from orderwright.api.find import FIND
from orderwright.api.floor_work import FLOOR_OPERATIONS
from orderwright.api.flow import FLOW
from orderwright.api.fulfillment_steps import FULFILLMENT_STEPS, TRACKING
from orderwright.api.fulfillments import FULFILLMENTS
from orderwright.api.health import HEALTH
from orderwright.api.holds import HOLDS
from orderwright.api.imports import IMPORTS
from orderwright.api.keys import KEYS
from orderwright.api.location_changes import LOCATION_CHANGES
from orderwright.api.message_verbs import MESSAGE_VERBS
from orderwright.api.messages import MESSAGE_READS
from orderwright.api.money import MONEY
from orderwright.api.money_verbs import MONEY_VERBS
from orderwright.api.operations import Operation
from orderwright.api.order_lists import ORDER_LISTS
from orderwright.api.order_verbs import ORDER_VERBS
from orderwright.api.orders import ORDERS
from orderwright.api.papers import PAPERS
from orderwright.api.payment_webhooks import PAYMENT_WEBHOOKS
from orderwright.api.payouts import PAYOUTS
from orderwright.api.people import PEOPLE
from orderwright.api.people_verbs import PEOPLE_VERBS
from orderwright.api.placing import PLACING
from orderwright.api.preferences import PREFERENCES
from orderwright.api.promises import PROMISES
from orderwright.api.refused import REFUSED
from orderwright.api.return_verbs import RETURN_VERBS
from orderwright.api.returns import RETURNS
from orderwright.api.role_limits import ROLE_LIMITS
from orderwright.api.saved_views import SAVED_VIEWS
from orderwright.api.shoppers import SHOPPERS
from orderwright.api.sourcing import SOURCING
from orderwright.api.statements import STATEMENTS
from orderwright.api.stock import STOCK
from orderwright.api.stock_cards import STOCK_CARDS
from orderwright.api.stock_grid import STOCK_GRID
from orderwright.api.store_credits import STORE_CREDITS
from orderwright.api.supplies import SUPPLIES
from orderwright.api.system import SYSTEM
from orderwright.api.taxes import TAXES
from orderwright.api.trail import TRAIL
from orderwright.api.unmatched_webhooks import UNMATCHED_WEBHOOKS
from orderwright.api.withdrawals import WITHDRAWALS

OPERATIONS: tuple[Operation, ...] = (
    *PROMISES, *PLACING, *DRAFT_ORDERS, *REFUSED, *ORDERS, *ORDER_VERBS, *MONEY, *MONEY_VERBS,
    *PAYMENT_WEBHOOKS, *UNMATCHED_WEBHOOKS, *PAYOUTS, *DOCUMENTS,
    *STORE_CREDITS, *STATEMENTS, *TAXES, *SOURCING, *CUSTOMERS, *CUSTOMER_MERGES, *CUSTOMER_NOTES,
    *CATALOG, *LOCATION_CHANGES, *IMPORTS,
    *STOCK, *STOCK_GRID, *STOCK_CARDS, *SUPPLIES,
    *FLOOR_OPERATIONS, *PAPERS, *FULFILLMENTS,
    *FULFILLMENT_STEPS, *TRACKING, *RETURNS, *RETURN_VERBS, *EXCHANGES, *EXCHANGE_VERBS, *CLAIMS, *CLAIM_VERBS,
    *MESSAGE_READS, *MESSAGE_VERBS, *FIND, *SAVED_VIEWS, *PREFERENCES, *ORDER_LISTS, *BULK_RUNS,
    *ANNOTATIONS, *ATTACHMENTS, *WITHDRAWALS, *SHOPPERS, *PEOPLE, *PEOPLE_VERBS, *EVENTS, *SYSTEM,
    *TRAIL, *KEYS, *APPROVALS, *ROLE_LIMITS, *FAILURES, *FLOW, *HOLDS, *DECISIONS, *HEALTH,
)  # fmt: skip
