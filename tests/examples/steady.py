"""Answers with what differs from run to run replaced by something fixed and readable: ids, times, what is drawn."""

from __future__ import annotations

import re
from typing import Any

_ID = re.compile(r"\b([a-z]{3})_[0-7][0-9a-hjkmnp-tv-z]{25}\b")
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # of ids, in their order
_FIRST_ID = 2 * 32 + _LETTERS.index("m")  # so that the first id is the one that the examples of bodies have
_DRAWN = (
    (re.compile(r"\bkey:[0-9a-z]{12}\b"), "key:4x7mq2kd9tw3"),
    (re.compile(r"\bow_[0-9a-z]{12}_[\w-]{43}"), "ow_4x7mq2kd9tw3_" + "8f3a1c5e7b9d2046" * 2 + "8f3a1c5e7b9"),
    (re.compile(r"\btoken=[\w-]{43}"), "token=" + "8f3a1c5e7b9d2046" * 2 + "8f3a1c5e7b9"),
    (re.compile(r"\bOW[0-9]{15,}\b"), "OW1234567890128"),
    (re.compile(r"(?<=/link/)[\w-]{54}"), "AaIKdG9XcACGNzNxo0jWE2s27IAAAAABWULlUwF_T9dAldEhYDNmgQ"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "8f3a1c5e7b9d2046" * 4),
)
_CURSOR = re.compile(r"[A-Za-z0-9_-]{25,}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_SENT = ("2026-03-02T14:05:09", "2026-03-04T07:31:00")  # what the story itself says
_TIMES = {
    "due_at": "2026-03-02T21:00:00Z",
    "released_at": "2026-03-02T15:10:22.518042Z",
    "picked_at": "2026-03-02T15:24:51.930611Z",
    "packed_at": "2026-03-02T15:31:07.066240Z",
    "shipped_at": "2026-03-02T16:02:45.741385Z",
    "set_aside_at": "2026-03-02T15:05:10.204133Z",
    "parked_at": "2026-03-02T15:05:10.204133Z",
    "failed_at": "2026-03-02T15:05:10.204133Z",
    "due": "2026-03-02T15:05:12.204133Z",
    "late_since": "2026-03-02T14:20:10.204133Z",
}
_PROMISED = "2026-03-09"
_DAYS = {"closes_on": "2026-03-23", "send_back_by": "2026-03-16", "refund_by": "2026-03-16"}


def steady(answer: Any) -> Any:
    """An answer that is the same whenever it is recorded. Ids are counted in each answer for itself."""
    return _Steady().of(answer, "", 0)


class _Steady:
    def __init__(self) -> None:
        self._ids: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def of(self, value: Any, field: str, n: int) -> Any:
        """A value of a field, within the n-th entry of a list."""
        if isinstance(value, dict):
            return {key: self.of(item, key, n) for key, item in value.items()}
        if isinstance(value, list):
            return [self.of(item, field, i) for i, item in enumerate(value)]
        return self._text(value, field, n) if isinstance(value, str) else value

    def _text(self, text: str, field: str, n: int) -> str:
        if _INSTANT.fullmatch(text):
            return text if text.startswith(_SENT) else _TIMES.get(field, f"2026-03-02T14:{5 + n:02}:10.204133Z")
        if field == "prefix":
            return "4x7mq2kd9tw3"
        if field == "promised_on":
            return _PROMISED
        if field in _DAYS:
            return _DAYS[field]
        if field == "next" and _CURSOR.fullmatch(text) and not _ID.fullmatch(text):
            return "AZyvVX8_cwCfK3pNq1sT7uWxYz0d"
        for drawn, instead in _DRAWN:
            text = drawn.sub(instead, text)
        return _ID.sub(self._id, text)

    def _id(self, found: re.Match[str]) -> str:
        if found[0] not in self._ids:
            n = _FIRST_ID + self._counts.get(found[1], 0)
            self._counts[found[1]] = self._counts.get(found[1], 0) + 1
            self._ids[found[0]] = f"{found[1]}_01j9zqtf0seqbr9w7r1c4rkz{_LETTERS[n // 32]}{_LETTERS[n % 32]}"
        return self._ids[found[0]]
