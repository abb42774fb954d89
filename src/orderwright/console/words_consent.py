"""What pages say of consent, and of who may be the same person."""

from __future__ import annotations

from typing import NamedTuple


class Purpose(NamedTuple):
    """A purpose: what it is called, and what consent to it means."""

    word: str
    means: str


class State(NamedTuple):
    """What counts, with the tone of its badge."""

    word: str
    tone: str


PURPOSES = {
    "marketing_email": Purpose(
        "Marketing by e-mail", "News and offers by e-mail. Messages about orders are sent anyway."
    ),
    "marketing_sms": Purpose("Marketing by text message", "News and offers to the telephone."),
    "marketing_post": Purpose("Marketing by post", "Letters, cards and catalogues."),
    "profiling": Purpose("Profiling", "Using what they bought to choose what they are shown."),
}
SOURCES = {
    "staff": "they told a colleague",
    "program": "a program recorded it",
    "portal": "they said so on their order's page",
    "merge": "two customers were merged, of whom one had withdrawn",
}
SAME = {"email": "e-mail address", "phone": "telephone number", "name": "name and postal code"}


def state_of(given: bool | None) -> State:
    """What counts of a purpose."""
    if given is None:
        return State("Never asked", "neutral")
    return State("Consented", "green") if given else State("Withdrawn", "red")


def same_words(same: list[str]) -> str:
    """What two customers have in common: "e-mail address, telephone number"."""
    return ", ".join(SAME[one] for one in same)
