"""Units of lines that were chosen in a form: a field `q<line>` each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from orderwright.portal.actions import Choice
from orderwright.screens import Form


class Chosen(NamedTuple):
    """Units of a line that somebody chose."""

    line: int
    quantity: int
    choice: Choice


def chosen_of(form: Form, choices: Sequence[Choice]) -> list[Chosen]:
    """What was chosen: of each line that may be, from none to all of its units. Anything else counts as none."""
    found: list[Chosen] = []
    for choice in choices:
        text = form.first(f"q{choice.line}")
        quantity = int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0
        if 0 < quantity <= choice.units:
            found.append(Chosen(choice.line, quantity, choice))
    return found


def words_of(chosen: Sequence[Chosen]) -> list[str]:
    """What was chosen, for people."""
    return [f"{one.quantity} × {one.choice.name}" for one in chosen]


def fields_of(chosen: Sequence[Chosen]) -> list[tuple[str, str]]:
    """What was chosen, to be sent again."""
    return [(f"q{one.line}", str(one.quantity)) for one in chosen]


def pick(form: Form, name: str, allowed: Sequence[str]) -> str:
    """A choice among some: the first of them where another, or none, was sent."""
    sent = form.first(name)
    return sent if sent in allowed else allowed[0]
