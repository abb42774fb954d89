"""People, roles, keys, approvals and the audit trail: the pages of those who run the place."""

from __future__ import annotations

from orderwright.console.staff_approvals import APPROVAL_PAGES
from orderwright.console.staff_audit import AUDIT_PAGES
from orderwright.console.staff_keys import KEY_PAGES
from orderwright.console.staff_limits import LIMIT_PAGES
from orderwright.console.staff_people import PEOPLE_PAGES
from orderwright.console.staff_roles import ROLE_PAGES
from orderwright.screens import Page

# Group, address (below settings, unless it begins with a slash), title, what it is for, icon, permission.
STAFF_CARDS: tuple[tuple[str, str, str, str, str, str], ...] = (
    ("People", "people", "People", "Who signs in, with what role, where, and since when.", "users", "people.read"),
    ("People", "roles", "Roles", "What people may do, by name.", "shield-lock", "people.read"),
    ("People", "keys", "API keys", "What programs may do, where, and until when.", "key", "keys.write"),
    ("People", "/approvals", "Approvals", "What people ask for above their limit.", "circle-check", "approvals.ask"),
    ("People", "/audit", "Audit trail", "Who did what, when and from where.", "history", "audit.read"),
)  # fmt: skip
STAFF_PAGES: tuple[Page, ...] = (*PEOPLE_PAGES, *ROLE_PAGES, *LIMIT_PAGES, *KEY_PAGES, *AUDIT_PAGES, *APPROVAL_PAGES)
