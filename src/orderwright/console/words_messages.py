"""What the screens say of messages: on what way, who said them, and whether they wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from orderwright.console.words import Badge, plural, span
from orderwright.console.words_events import who

MEDIA: Mapping[str, str] = {
    "portal": "Portal", "phone": "Telephone", "e_mail": "E-mail", "chat": "Chat", "post": "Post",
}  # fmt: skip
# What came on any way may be answered in the portal, where there is an order, or elsewhere; then it is written down.
WAYS_OF_ORDER = (
    ("portal", "Show it to the shopper in the portal"), ("phone", "I called: write it down"),
    ("e_mail", "I sent an e-mail: write it down"), ("chat", "I wrote in a chat: write it down"),
    ("post", "I sent a letter: write it down"),
)  # fmt: skip
WAYS_OF_NONE = WAYS_OF_ORDER[1:]
SAID = (("in", "The customer said it"), ("out", "We said it"))
ELSEWHERE = tuple((name, word) for name, word in MEDIA.items() if name != "portal")
ANSWERS = (
    ("not_needed", "No answer is needed"), ("answered", "It was answered"), ("awaited", "It waits for an answer"),
)  # fmt: skip
NOT_SENT = (
    "It is shown in the portal, at this order. Nothing is e-mailed yet: the shopper sees it when they look there."
)
DELIVERY: Mapping[str, str] = {"sent": "sent", "delivered": "arrived", "failed": "did not arrive"}
_STATES: Mapping[str, Badge] = {
    "answered": Badge("Answered", "green"), "not_needed": Badge("No answer needed", "neutral"),
}  # fmt: skip


def author(message: Any, names: Mapping[str, str]) -> str:
    """Who said it, for staff."""
    if message.author == "shopper":
        return "The customer"
    return "Automatic" if message.author == "system" else who(message.author, None, names)


def written_by(message: Any, names: Mapping[str, str]) -> str:
    """Who wrote down what somebody else said; nothing where that needs no saying."""
    if message.author in ("system", message.recorded_by) or message.recorded_by.startswith("shopper:"):
        return ""
    return f"written down by {who(message.recorded_by, None, names)}"


def state(message: Any, now: datetime) -> Badge | None:
    """Whether a message waits, and how late it is."""
    if message.answer == "awaited":
        return due(message.answer_by, now)
    return _STATES.get(message.answer)


def due(answer_by: datetime, now: datetime) -> Badge:
    """How long there is still to answer: "5 h left", "2 h late"."""
    if now > answer_by:
        return Badge(f"{span(now - answer_by)} late", "red")
    return Badge(f"{span(answer_by - now)} left", "amber")


def waiting(messages: Sequence[Any]) -> list[Any]:
    """Those that wait for an answer."""
    return [one for one in messages if one.answer == "awaited"]


def answers(messages: Sequence[Any]) -> str:
    """What an answer answers: "2 messages that wait"."""
    count = len(waiting(messages))
    return f"{plural(count, 'message')} that {'waits' if count == 1 else 'wait'}" if count else ""


def seen(messages: Sequence[Any]) -> str:
    """Up to when whoever looks knows what was said: an answer answers that, and not what comes meanwhile."""
    came = [one.recorded_at for one in messages if one.direction == "in"]
    return max(came).isoformat() if came else ""
