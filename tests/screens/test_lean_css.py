"""A style sheet is served without what no page uses, and with all that one does."""

from __future__ import annotations

from pathlib import Path

import pytest

from orderwright.screens import lean, squeezed, words_of

WORDS = ({"card", "btn", "open"}, {"tone-"})


@pytest.mark.parametrize(
    ("css", "left"),
    [
        (".card{color:red}.badge{color:blue}", ".card{color:red}"),
        (".badge,.card>a,h1{margin:0}", ".card>a,h1{margin:0}"),
        (".card.badge{margin:0}", ""),
        (".card:not(.badge){margin:0}", ".card:not(.badge){margin:0}"),
        (".tone-red{color:red}", ".tone-red{color:red}"),
        ("@media print{.badge{x:y}.btn{x:y}}", "@media print{.btn{x:y}}"),
        ("@media print{.badge{x:y}}.btn{x:y}", ".btn{x:y}"),
        ("@keyframes spin{from{x:y}to{x:z}}", "@keyframes spin{from{x:y}to{x:z}}"),
        ('@charset "utf-8";:root{--a:1}', '@charset "utf-8";:root{--a:1}'),
        ("/* a {comment} */.btn{x:y}", ".btn{x:y}"),
        ('.btn::after{content:"}{"}.badge{x:y}', '.btn::after{content:"}{"}'),
        (".btn{background:url(data:image/svg+xml,%7B{}%7D)}", ".btn{background:url(data:image/svg+xml,%7B{}%7D)}"),
        (r".w-1\/2{x:y}.btn{x:y}", ".btn{x:y}"),
        (":is(.card,.badge) a,.open{x:y}", ".open{x:y}"),
    ],
)
def test_rules_stay_whose_classes_are_words(css: str, left: str) -> None:
    assert lean(css, *WORDS) == left


def test_words_are_those_of_templates_and_scripts_put_together_or_not(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text('<a class="btn btn-{{ tone }} is-open">')
    (tmp_path / "page.js").write_text('one.className = "toast-" + tone;')
    (tmp_path / "page.css").write_text(".never{}")
    words, beginnings = words_of([tmp_path])
    assert {"btn", "is-open"} <= words
    assert "never" not in words
    assert beginnings == {"btn-", "toast-"}


def test_what_is_for_people_alone_does_not_travel() -> None:
    css = """/* a { b } */
a::before,
.b > i { content: "/*  {  }  */"; margin: 0 auto; }
@media (width < 10rem) and (hover) { .c { d: 'x  y' } }
"""
    assert squeezed(css) == (
        "a::before, .b > i{content: \"/*  {  }  */\";margin: 0 auto;}@media (width < 10rem) and (hover){.c{d: 'x  y'}}"
    )
