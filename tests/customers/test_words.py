"""The words that a person is found by."""

from __future__ import annotations

import pytest

from orderwright.customers import index_keys, words_of


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (("Ada Lovelace", "Analytical Engines Ltd."), ["ada", "lovelace", "analytical", "engines", "ltd"]),
        (("José Muñoz-García", None), ["jose", "munoz", "garcia"]),
        (("STRASSE Straße", None), ["strasse"]),
        (("Søren Łukasz Ægir Þór", None), ["soren", "lukasz", "aegir", "thor"]),
        (("İstanbul", "IŞIK ışık"), ["istanbul", "isik"]),
        (("山田 太郎", "株式会社テスト"), ["山田", "太郎", "株式会社テスト"]),
        (("Νίκος", "Иван Ёлкин"), ["νικοσ", "иван", "елкин"]),
        (("O'Brien & Sons_1984", None), ["o", "brien", "sons", "1984"]),
        (("e\u0301clair \ufb01ne", None), ["eclair", "fine"]),
        ((None, "", " - "), []),
        (("x" * 100, None), ["x" * 40]),
        ((" ".join(str(n) for n in range(20)), "never"), [str(n) for n in range(12)]),
        (("Ada ada ADA", "Ada"), ["ada"]),
    ],
)
def test_words(texts: tuple[str | None, ...], words: list[str]) -> None:
    assert words_of(*texts) == words


def test_a_folded_word_stays_as_it_is() -> None:
    for text in ("Straße", "İIıi", "Łódź", "ﬁancée", "Ǆ", "K", "™", "Ελλάς"):
        for word in words_of(text):
            assert words_of(word) == [word]


def test_keys_are_words_and_pairs_of_the_first_six() -> None:
    assert index_keys("Zoe Ada", None) == ["zoe", "ada", " ada zoe"]
    assert index_keys("Ada", "Ada") == ["ada"]
    assert len(index_keys("a b c d", "e f g h")) == 8 + 15
    assert index_keys(None) == []
