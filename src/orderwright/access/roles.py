"""Roles: names for what people may do, made of scopes. Some are built in; merchants make others for themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from orderwright.access.scopes import EVERYTHING, SCOPES


class Role(NamedTuple):
    """A role. `description` is a sentence for people; `built_in` ones cannot be changed."""

    code: str
    name: str
    description: str
    permissions: frozenset[str]
    built_in: bool = True


def _role(code: str, name: str, description: str, scopes: str) -> Role:
    return Role(code, name, description, frozenset(scopes.split()))


_READ = " ".join(scope for scope in SCOPES if scope.endswith(".read") and scope not in ("people.read", "audit.read"))
_PURSE = "payments.read documents.read returns.read claims.read store_credit.read"

ADMINISTRATOR = "administrator"

BUILT_IN_ROLES: Mapping[str, Role] = {
    role.code: role
    for role in (
        _role(
            "care_agent", "Care agent",
            "Finds any order, answers the customer, and mends it: edits, holds, cancels, refunds, returns, claims.",
            "orders.read orders.place orders.draft orders.cancel orders.edit orders.hold catalog.read stock.read"
            " sourcing.read fulfillment.read payments.refund store_credit.issue returns.write claims.write"
            " customers.read approvals.ask events.read orders.note search.read views.write messages.read"
            f" messages.write {_PURSE} customers.write orders.link",
        ),
        _role(
            "warehouse", "Warehouse",
            "Picks, packs, ships and takes returns in; sees stock. Best limited to locations.",
            "catalog.read stock.read fulfillment.read fulfillment.work returns.read returns.receive"
            " search.read views.write",
        ),
        _role(
            "planner", "Planner",
            "Sees demand and stock everywhere, receives and adjusts it, and says what is on its way.",
            "orders.read catalog.read catalog.write stock.read stock.write sourcing.read fulfillment.read returns.read"
            " approvals.ask events.read search.read views.write",
        ),
        _role(
            "operations", "Operations manager",
            "Keeps orders flowing: everything of orders, stock, sourcing, fulfillment and returns, and what is stuck.",
            "orders.read orders.place orders.draft orders.cancel orders.edit orders.hold catalog.read catalog.write"
            " stock.read stock.write sourcing.read sourcing.run fulfillment.read fulfillment.work returns.write"
            " returns.receive returns.override claims.write customers.read events.read system.read system.write"
            " people.read customers.write customers.merge"
            " orders.note orders.link search.read views.write views.share messages.read messages.write"
            f" payments.refund approvals.ask approvals.decide {_PURSE}",
        ),
        _role(
            "finance", "Finance",
            "Takes care of payments, refunds, store credit, taxes, invoices and what payment providers paid out.",
            "orders.read catalog.read customers.read taxes.read taxes.write payments.refund payments.write"
            f" payments.settle store_credit.issue documents.write documents.issue events.read"
            f" orders.note search.read views.write approvals.ask approvals.decide messages.read {_PURSE}",
        ),
        _role(
            ADMINISTRATOR, "Administrator",
            "May do everything, now and in later versions: people, roles, keys and settings too.",
            EVERYTHING,
        ),
        _role("read_only", "Read only", "Sees everything of the business and changes nothing.", _READ),
    )
}  # fmt: skip


def permissions_of(role: str, made: Sequence[str] | None) -> frozenset[str]:
    """What a role allows: a built-in one by its code, another by what stands in its row. None left: nothing.

    A scope that later versions do not have any more allows nothing."""
    built_in = BUILT_IN_ROLES.get(role)
    if built_in is not None:
        return built_in.permissions
    return frozenset(made or ()) & SCOPES.keys()


def name_of(role: str, made: str | None) -> str:
    """What people call a role."""
    built_in = BUILT_IN_ROLES.get(role)
    return built_in.name if built_in is not None else made or role


def holds(permissions: frozenset[str], wanted: frozenset[str]) -> bool:
    """Whether `permissions` include all that is `wanted`: nobody gives more than they have."""
    return EVERYTHING in permissions or wanted <= permissions
