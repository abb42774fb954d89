"""The states of what is asked of payment providers, as data. A test holds table, CHECK and diagram together (T3)."""

from __future__ import annotations

from enum import StrEnum


def payment_state(authorized_minor: int, released_minor: int, captured_minor: int, refunded_minor: int) -> str:
    """How far a payment came, in one word, from its sums: `pending`, `authorized`, `partly_captured`, `captured`,
    `partly_refunded`, `refunded`, or `voided` where nothing of it was taken. Derived, never stored."""
    if refunded_minor:
        return "refunded" if refunded_minor == captured_minor else "partly_refunded"
    if captured_minor:
        return "partly_captured" if captured_minor + released_minor < authorized_minor else "captured"
    if authorized_minor:
        return "voided" if released_minor == authorized_minor else "authorized"
    return "pending"


class RequestState(StrEnum):
    """Something asked of a provider."""

    WANTED = "wanted"  # written down; nobody was asked yet
    SENT = "sent"  # the provider was asked, or may have been; what became of it is looked up until it is known
    DONE = "done"
    REFUSED = "refused"  # nothing moved


_R = RequestState
REQUEST_TRANSITIONS: dict[RequestState, frozenset[RequestState]] = {
    _R.WANTED: frozenset({_R.SENT}),
    _R.SENT: frozenset({_R.DONE, _R.REFUSED}),
    _R.DONE: frozenset(),
    _R.REFUSED: frozenset(),
}


def sources(target: RequestState) -> list[str]:
    """The states from which `target` may be reached, for `WHERE state = ANY(...)`."""
    return [state.value for state, targets in REQUEST_TRANSITIONS.items() if target in targets]
