"""Names that nobody has as they were typed: orders of those who are called something like it."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright.customers import LETTERS_MIN, may_be_misspelled, pair_key, words_like, words_of
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.search.sources import FIND_BY_ANY_NAME, Indexed, Source, Span


class Alike:
    """Orders by words of a name, each spelled somewhat like it (`customers.words_like`)."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._found: Indexed | None = None

    async def take(self, tx: Transaction, span: Span, limit: int) -> list[UUID]:
        """See `Source`. One statement, and at first one to find the words."""
        if self._found is None:
            self._found = _by_any_name(await words_like(tx, self._words))
        return await self._found.take(tx, span, limit)


class Otherwise:
    """Orders of one source; where that has none at all, of another. So no page mixes the two."""

    def __init__(self, first: Source, instead: Source) -> None:
        self.first, self._instead = first, instead

    async def take(self, tx: Transaction, span: Span, limit: int) -> list[UUID]:
        """See `Source`. The second source is only asked when the first has nothing."""
        found = await self.first.take(tx, span, limit)
        return found or await self.otherwise(tx, span, limit)

    async def otherwise(self, tx: Transaction, span: Span, limit: int) -> list[UUID]:
        """What to take when the first source had nothing within a span."""
        if span != Span() and await self.first.take(tx, Span(), 1):
            return []
        return await self._instead.take(tx, span, limit)


def or_alike(source: Source, typed: str) -> Source:
    """A source, and where it has nothing the orders of names spelled like what was typed, if that can be a name."""
    words = words_of(typed) if may_be_misspelled(typed) else []
    if not any(len(word) >= LETTERS_MIN for word in words):
        return source
    return Otherwise(source, Alike(words))


def _by_any_name(choices: dict[str, list[str]]) -> Indexed:
    """The source of orders that have, for each word typed, one of those that it may stand for.

    The two longest, paired, lead to the orders, as for `filters.read_name`; the others are looked up for each.
    """
    groups = [choices[word] for word in sorted(choices, key=len, reverse=True)]
    if len(groups) == 1:
        return Indexed(FIND_BY_ANY_NAME, groups[0], [])
    longest, second, *others = groups
    keys = sorted({pair_key(one, other) for one in longest for other in second if one != other})
    return Indexed(FIND_BY_ANY_NAME, keys, [" ".join(group) for group in others])
