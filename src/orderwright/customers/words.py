"""The words of a name, so that a person is found by any of them however it is typed."""

from __future__ import annotations

import re
import unicodedata
from itertools import combinations

WORDS_MAX = 12
WORD_LENGTH_MAX = 40
PAIRED_WORDS_MAX = 6

# Letters that Unicode does not take apart into a base letter and a mark, as people without them on their keyboard type
# them. (Casefolding makes ss of the German sharp s.)
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
_NOT_WORD = re.compile(r"[\W_]+")


def words_of(*texts: str | None) -> list[str]:
    """The words of texts, each once, in their order, 12 at most: casefolded, without accents, 40 characters at most.

    Both what is indexed and what is looked for go through here.
    """
    words: dict[str, None] = {}
    for text in texts:
        for word in _NOT_WORD.split(_fold(text)) if text else ():
            if word:
                words[word[:WORD_LENGTH_MAX]] = None
    return list(words)[:WORDS_MAX]


def index_keys(*texts: str | None) -> list[str]:
    """What a person is found by: each word, and each pair of the first six words.

    Pairs are there so that "ada lovelace" need not be looked for among all who are called Ada.
    """
    words = words_of(*texts)
    return words + [pair_key(one, other) for one, other in combinations(words[:PAIRED_WORDS_MAX], 2)]


def pair_key(one: str, other: str) -> str:
    """Two words in one key, the same in either order. Its leading blank keeps pairs apart from words."""
    return f" {min(one, other)} {max(one, other)}"


def is_pair(key: str) -> bool:
    """Whether a key is of two words."""
    return key.startswith(" ")


def _fold(text: str) -> str:
    if text.isascii():  # has no accents: half of the time of a search for a name
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in decomposed if not unicodedata.category(letter).startswith("M"))
    # NFKD may bring capitals back (as of the trade mark sign), so fold once more.
    return bare.casefold().translate(_PLAIN)
