"""Whether a message waits for an answer, as data. A test holds table, CHECK and diagram together (law T3)."""

from __future__ import annotations

from enum import StrEnum


class AnswerState(StrEnum):
    """Whether somebody has to answer a message."""

    NONE = "none"  # it asks for nothing, or we said it ourselves
    AWAITED = "awaited"  # somebody is to answer
    ANSWERED = "answered"
    NOT_NEEDED = "not_needed"  # somebody decided that no answer is needed


_S = AnswerState
ANSWER_TRANSITIONS: dict[AnswerState, frozenset[AnswerState]] = {
    _S.AWAITED: frozenset({_S.ANSWERED, _S.NOT_NEEDED}),
    _S.ANSWERED: frozenset({_S.AWAITED, _S.NOT_NEEDED}),
    _S.NOT_NEEDED: frozenset({_S.AWAITED, _S.ANSWERED}),
    _S.NONE: frozenset({_S.AWAITED}),
}
