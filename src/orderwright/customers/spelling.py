"""Words of names that are spelled like what was typed: for those who mistype a name, or know a part of it only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from orderwright.platform.db import Transaction
from orderwright.platform.queries import query

LETTERS_MIN = 4  # of a word that others can be like; a shorter one is like far too many
LIKE_MAX = 10  # words that one is like
_LONG = 6  # letters of a word in which two may be wrong
_BETWEEN = frozenset(" '’.-&,")


class LikeRow(NamedTuple):
    """A word of somebody's name beside the typed one that it may be."""

    typed: str
    word: str


WORDS_LIKE = query(__package__, "words_like", LikeRow)


def may_be_misspelled(text: str) -> bool:
    """Whether a text can be a name at all: letters, and what stands between words."""
    return all(letter.isalpha() or letter in _BETWEEN for letter in text.strip())


async def words_like(tx: Transaction, words: Sequence[str]) -> dict[str, list[str]]:
    """For each word (as `words_of` makes them) those of people's and companies' names that it may stand for.

    At most ten, the nearest first; a word of less than four letters stands for itself. One statement, or none.
    """
    long = [word for word in words if len(word) >= LETTERS_MIN]
    found: dict[str, list[str]] = {word: [] for word in long}
    for row in await WORDS_LIKE.fetch(tx, long, [latin(word) for word in long]) if long else []:
        found[row.typed].append(row.word)
    return {word: choose_like(word, found[word]) if word in found else [word] for word in words}


def latin(word: str) -> str:
    """A word with some Latin letter for every other one: enough to find it by, not to tell it from all others."""
    return word if word.isascii() else "".join(c if c.isascii() else chr(97 + ord(c) % 26) for c in word)


def choose_like(typed: str, words: Sequence[str]) -> list[str]:
    """Of some words those that hold what was typed, or differ in a letter (two, if it has six), the nearest first."""
    allowed = 2 if len(typed) >= _LONG else 1
    near = [(1 if typed in word else distance(typed, word, allowed), word) for word in words if word != typed]
    same = [typed] if typed in words else []
    return (same + [word for far, word in sorted(near) if far <= allowed])[:LIKE_MAX]


def distance(one: str, other: str, limit: int) -> int:
    """How many letters to add, leave out, replace or swap with the next to make one word of another; over `limit`, some
    number over it. (Optimal string alignment: L. Boytsov, Indexing methods for approximate dictionary searching, 2011.)
    """
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, its in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > limit and min(before) > limit:
            return limit + 1
    return row[-1]
