"""What a key or a role may be allowed to do. A verb names the scope that it needs; `*` holds them all."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from orderwright.access.errors import UnknownScope

EVERYTHING = "*"

SCOPES: dict[str, str] = {
    "orders.read": "Read and search orders, with the people and addresses in them.",
    "orders.place": "Place orders and read what became of them.",
    "orders.draft": "Keep draft orders, and read them, with the people and addresses in them.",
    "orders.cancel": "Cancel what has not been picked yet.",
    "orders.edit": "Change orders that are not picked yet: lines, address, shipping, discounts.",
    "orders.hold": "Hold orders and release their holds.",
    "orders.note": "Write notes on orders, tag them, and attach files to them.",
    "messages.read": "Read what was said with customers: about orders, and about none.",
    "messages.write": "Record what was said with customers, and what they consent to by way of an order; answer them in"
    " the portal, and say what needs no answer.",
    "search.read": "Search in one box, for what the other scopes let one read, and open saved views of lists.",
    "views.write": "Keep views of lists of one's own.",
    "views.share": "Keep views of lists that everyone sees.",
    "orders.link": "Make and withdraw the links by which shoppers see their order, and find one by number and e-mail.",
    "catalog.read": "Read SKUs, locations, pools and channels.",
    "catalog.write": "Create and change SKUs, locations, pools and channels.",
    "stock.read": "Read stock and what can be promised.",
    "stock.write": "Receive and adjust stock.",
    "sourcing.read": "Read where orders ship from and why.",
    "sourcing.run": "Decide where orders ship from.",
    "fulfillment.read": "Read fulfillments, shipments and parcels.",
    "fulfillment.work": "Release, pick, pack, ship, reject and track fulfillments.",
    "taxes.read": "Read rates of taxes, and quote what would be charged.",
    "taxes.write": "Add, change and remove rates of taxes, and say how channels are taxed.",
    "payments.read": "Read payments and the money ledger.",
    "payments.refund": "Refund money.",
    "payments.write": "Record payments, try refused ones again, write balances off.",
    "store_credit.read": "Read what store credit customers have.",
    "store_credit.issue": "Give customers store credit, and correct what they have.",
    "payments.settle": "Capture, refund and void as orders and their goods ask for it.",
    "returns.read": "Read returns and withdrawals, with the address on their acknowledgements, and quote what giving"
    " goods back would bring.",
    "returns.write": "Announce, cancel and close returns, take withdrawals, and say whose parked parcels are.",
    "returns.receive": "Scan, receive and inspect what comes back, and park what nobody expects.",
    "returns.override": "Take goods back against the policy of the channel, and set policies.",
    "claims.read": "Read claims: what went wrong, by whom, and what is asked of carriers.",
    "claims.write": "Make, resolve and reject claims, and follow them up with carriers.",
    "documents.read": "Read invoices, credit notes, receipts and account statements, with the addresses on them.",
    "documents.write": "Say which company invoices the orders of a channel, when, and with what numbers.",
    "documents.issue": "Issue the invoices, credit notes and receipts that orders are missing.",
    "customers.read": "Read customers and their contacts.",
    "customers.write": "Write notes on customers, and keep what they consent to.",
    "customers.merge": "Say that two customers are one person, which nothing undoes.",
    "customers.erase": "Erase the personal data of customers.",
    "people.read": "Read who may sign in, with their e-mail addresses, and what roles there are.",
    "people.write": "Add, change and deactivate people, and say what roles they have and what these allow.",
    "keys.write": "List, make, rotate and revoke API keys that may no more than oneself.",
    "audit.read": "Read who did what, when and from where, with what was before and after.",
    "approvals.ask": "Ask that somebody approves what is above one's limit, and read what oneself asked.",
    "approvals.decide": "Read what others ask for, and approve or reject it within one's own limits.",
    "events.read": "Read the events and the live stream.",
    "system.read": "Read metrics, stuck work and the state of the system.",
    "system.write": "Put work that was given up back into its queue.",
    EVERYTHING: "Everything, now and in later versions.",
}


# What is of all channels and locations at once: of no use to a key that is limited to some, which is refused.
OF_ALL = frozenset(
    {
        "keys.write", "audit.read", "approvals.decide",
        "store_credit.read", "store_credit.issue", "events.read", "system.read", "system.write", "people.read",
        "customers.write", "customers.merge",
        "people.write",
    }
)  # fmt: skip


def check_scopes(scopes: Iterable[str]) -> list[str]:
    """The scopes sorted, each once. Raises UnknownScope for one that does not exist, and when there is none."""
    wanted = sorted(set(scopes))
    if not wanted:
        raise UnknownScope("A key needs at least one scope. Name what it is for, such as orders.place.")
    for scope in wanted:
        if scope not in SCOPES:
            near = difflib.get_close_matches(scope, SCOPES, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(SCOPES)}."
            raise UnknownScope(f"There is no scope {scope[:40]!r}. {hint}", scope=scope[:100])
    return wanted
