"""What the screens of settings, people, keys, approvals and the audit trail say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from orderwright.console.words import Badge, plural, words
from orderwright.platform.money import Money


class PersonVerb(NamedTuple):
    """Something that can be done about a person: its operation, button, what it does, and what is said afterwards."""

    operation: str
    word: str
    effects: tuple[tuple[str, str], ...]
    done: str
    tone: str = "primary"


PERSON_VERBS: Mapping[str, PersonVerb] = {
    "reset": PersonVerb(
        "reset_person", "Make the address to choose a password",
        (("An address", "is shown once, works once, and for 24 hours"), ("Their password", "stays until then")),
        "",
    ),
    "end-sessions": PersonVerb(
        "end_person_sessions", "End all sessions",
        (("Everywhere that they are signed in", "they are signed out within five seconds"),),
        "All their sessions ended.",
    ),
    "remove-second-factor": PersonVerb(
        "remove_second_factor", "Remove the second factor",
        (("Who lost their device", "signs in by password alone"), ("Their sessions", "end")),
        "The second factor was removed.", "danger",
    ),
    "deactivate": PersonVerb(
        "deactivate_person", "Deactivate the person",
        (("Signing in", "is not possible any more"), ("Their sessions", "end within five seconds"),
         ("What they did", "stays")),
        "The person was deactivated.", "danger",
    ),
    "reactivate": PersonVerb(
        "reactivate_person", "Let them sign in again",
        (("Signing in", "is possible again, with the role that they had"),),
        "They may sign in again.",
    ),
    "erase": PersonVerb(
        "erase_person", "Erase the person",
        (("Name, e-mail address and devices", "are erased for good"), ("What they did", "stays, under their id"),
         ("Taking it back", "is not possible")),
        "The person was erased.", "danger",
    ),
    "leave": PersonVerb(
        "end_membership", "Take their role here",
        (("At this merchant", "they may do nothing any more"), ("Their account", "stays")),
        "They have no role here any more.", "danger",
    ),
}  # fmt: skip
KEY_EFFECTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "rotate": (
        ("A new text", "is shown once"), ("The old text", "is good for a day more, so that programs can change over"),
        ("Name, permissions and limits", "stay"),
    ),
    "revoke": (("Programs that use the key", "are refused within five seconds"), ("Taking it back", "is not possible")),
}  # fmt: skip
_PERSON_STATES = {
    "active": Badge("Active", "green"), "invited": Badge("Invited", "neutral"),
    "deactivated": Badge("Deactivated", "red"),
}  # fmt: skip
_KEY_STATES = {
    "works": Badge("Works", "green"),
    "expired": Badge("Expired", "amber"),
    "revoked": Badge("Revoked", "red"),
}
_APPROVALS = {
    "waiting": Badge("Waiting", "amber"), "approved": Badge("Approved", "green"), "rejected": Badge("Rejected", "red"),
    "expired": Badge("Expired", "neutral"), "failed": Badge("Could not be done", "red"),
}  # fmt: skip
_ACTORS = {"user": "Person", "key": "API key", "pump": "Worker", "cli": "Command line", "provider": "Provider"}
_GROUPS = {
    "orders": "Orders", "search": "Orders", "views": "Orders", "catalog": "Catalogue", "stock": "Stock",
    "sourcing": "Sourcing and fulfillment", "fulfillment": "Sourcing and fulfillment", "payments": "Money",
    "store_credit": "Money", "taxes": "Money", "documents": "Money", "returns": "Returns and claims",
    "claims": "Returns and claims", "customers": "Customers", "people": "People and keys", "keys": "People and keys",
    "audit": "People and keys", "approvals": "People and keys", "events": "System", "system": "System", "*": "All",
}  # fmt: skip


def verbs_for(person: Any) -> list[tuple[str, PersonVerb]]:
    """What can be done about a person as they are."""
    off = person.state == "deactivated"
    names = ["reset", "end-sessions", *(["remove-second-factor"] if person.has_second_factor else [])]
    names += ["reactivate" if off else "deactivate", "leave", *(["erase"] if off else [])]
    return [(name, PERSON_VERBS[name]) for name in names]


def person_state(state: str) -> Badge:
    """Whether somebody may sign in."""
    return _PERSON_STATES.get(state, Badge(words(state).capitalize(), "neutral"))


def key_state(state: str) -> Badge:
    """Whether a key works."""
    return _KEY_STATES.get(state, Badge(words(state).capitalize(), "neutral"))


def approval_state(state: str) -> Badge:
    """What became of what somebody asked for."""
    return _APPROVALS.get(state, Badge(words(state).capitalize(), "neutral"))


def limited(channels: Any, locations: Any) -> str:
    """Where a role or a key is good."""
    parts = [", ".join(codes) for codes in (channels, locations) if codes is not None]
    return "only " + "; ".join(parts) if parts else "everywhere"


def key_limits(limits: Any) -> list[str]:
    """How much a key may give or correct without approval, a line a kind; none where there is no limit."""
    said = []
    for word, amounts in (("refunds", limits.refund_max_minor), ("store credit", limits.credit_max_minor)):
        if amounts is not None:
            up_to = ", ".join(str(Money(minor, currency)) for currency, minor in sorted(amounts.items()))
            said.append(f"{word} up to {up_to}" if up_to else f"no {word}")
    if limits.adjust_max_units is not None:
        said.append(f"corrections up to {plural(limits.adjust_max_units, 'unit')}")
    return said


def holder(actor_said: str | None, names: Mapping[str, str]) -> str:
    """Who answers for what a key does."""
    if actor_said is None:
        return "who runs the installation"
    return names.get(actor_said) or " ".join(part for part in actor(actor_said) if part)


def actor(text: str) -> tuple[str, str]:
    """Who did something: what kind of actor, and which one."""
    kind, _, name = text.partition(":")
    return _ACTORS.get(kind, words(kind).capitalize()), name


def grouped_scopes(scopes: Mapping[str, str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Permissions with their sentences, by what they are about."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for scope, sentence in scopes.items():
        groups.setdefault(_GROUPS.get(scope.partition(".")[0], "Other"), []).append((scope, sentence))
    return list(groups.items())


def field_of(code: str, details: Mapping[str, Any]) -> str:
    """At which field of a person's form a refusal is said."""
    named = str(details.get("field", ""))
    if named in ("email", "name", "role", "channels", "locations"):
        return named
    return {"email_taken": "email", "exceeds_own_role": "role", "role_not_found": "role",
            "channel_not_found": "channels", "location_not_found": "locations"}.get(code, "")  # fmt: skip


def operation_name(name: str) -> str:
    """What is asked for, in words: `refund_order` is "Refund order"."""
    return words(name).capitalize()


def pairs(body: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """A body as pairs of what and how, flat."""
    made: list[tuple[str, str]] = []
    for name, value in body.items():
        label = f"{prefix}{words(str(name))}"
        if isinstance(value, Mapping):
            if set(value) == {"amount", "currency"}:
                made.append((label.capitalize(), _flat(value)))
            else:
                made += pairs(value, f"{label}, ")
        elif isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
            made += [(f"{label} {n}".capitalize(), _flat(one)) for n, one in enumerate(value, 1)]
        elif isinstance(value, list):
            made.append((label.capitalize(), ", ".join(_flat(one) for one in value)))
        elif value is not None:
            made.append((label.capitalize(), _flat(value)))
    return made


def _flat(value: Any) -> str:
    if isinstance(value, Mapping) and set(value) == {"amount", "currency"} and isinstance(value["amount"], int):
        return str(Money(value["amount"], str(value["currency"])))
    if isinstance(value, Mapping) and "change" in value:
        rest = {name: item for name, item in value.items() if name != "change"}
        return f"{words(str(value['change']))}: {_flat(rest)}"
    if isinstance(value, Mapping):
        return " ".join(f"{words(str(name))} {_flat(item)}" for name, item in value.items())
    return words(value) if isinstance(value, str) else str(value)
