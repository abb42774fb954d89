"""The portal's languages: nothing untranslated, no placeholder broken, days and countries as each language has them."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from orderwright.portal.messages import messages
from orderwright.portal.refusals import SENTENCES
from orderwright.portal.tongues import (
    HERE,
    LANGUAGES,
    choose_language,
    countries,
    long_day,
    read_catalog,
    translations,
)

OTHERS = [language for language in LANGUAGES if language != "en"]
OWN_SCRIPT = re.compile(r"""<script src="\{\{ static\('[a-z_]+\.js'\) \}\}" defer></script>""")  # a file of our own
HOLES = re.compile(r"%\((\w+)\)s")


def said() -> set[str]:
    return {message for _, _, message in messages()}


def test_messages_are_found_in_code_and_templates() -> None:
    found = said()
    assert {"Find my order", "It is cancelled. What you paid for it goes back to you.", "Too small"} <= found
    assert len(found) > 250
    assert set(SENTENCES.values()) <= found


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_is_translated_with_the_same_holes_and_nothing_is_left_over(language: str) -> None:
    catalog = read_catalog(language)
    known = {str(message.id): str(message.string) for message in catalog if message.id}
    assert known.keys() == said()
    assert [text for text, string in known.items() if not string.strip()] == []
    assert [text for text, it in known.items() if sorted(HOLES.findall(text)) != sorted(HOLES.findall(it))] == []
    assert [message.id for message in catalog if message.id and message.fuzzy] == []
    assert [text for text, string in known.items() if re.sub(HOLES, "", string).count("%")] == []


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_written_is_what_is_said(language: str) -> None:
    for message in read_catalog(language):
        if message.id:
            assert translations(language).gettext(str(message.id)) == message.string


def test_texts_shout_at_nobody() -> None:
    texts = said() | {str(m.string) for language in OTHERS for m in read_catalog(language) if m.id}
    assert [text for text in texts if "!" in text or "please" in text.lower() or "bitte" in text.lower()] == []


@pytest.mark.parametrize(
    ("chosen", "accepted", "usual", "spoken"),
    [
        ("", "de-DE,de;q=0.9,en;q=0.8", "en", "de"),
        ("es", "de-DE", "en", "es"),
        ("xx", "de-DE", "en", "de"),
        ("", "en;q=0.3, es;q=0.7", "de", "es"),
        ("", "fr-FR, ja", "de", "de"),
        ("", "de;q=0, es;q=x", "en", "en"),
        ("", "", "es", "es"),
        ("", ";;;,,,q=", "en", "en"),
    ],
)
def test_a_language_is_chosen_then_accepted_then_the_brand_s(
    chosen: str, accepted: str, usual: str, spoken: str
) -> None:
    assert choose_language(chosen, accepted, usual) == spoken


def test_days_and_countries_are_the_language_s() -> None:
    day = date(2026, 11, 26)
    assert {language: long_day(day, language) for language in LANGUAGES} == {
        "en": "Thursday, November 26", "de": "Donnerstag, 26. November", "es": "jueves, 26 de noviembre",
    }  # fmt: skip
    names: Any = {language: dict(countries(language)) for language in LANGUAGES}
    assert [names[language]["DE"] for language in LANGUAGES] == ["Germany", "Deutschland", "Alemania"]
    assert all("EU" not in named and "419" not in named for named in names.values())


def test_the_style_sheet_is_small_and_nothing_is_inline() -> None:
    assert (HERE / "static" / "portal.css").stat().st_size < 20_000
    for template in (HERE / "templates").glob("*.html"):
        text = OWN_SCRIPT.sub("", template.read_text(encoding="utf-8"))
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|\|\s*safe\b", text), template.name
