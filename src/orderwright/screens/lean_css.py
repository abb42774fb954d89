"""A style sheet without what no page uses: of a design system's rules a console needs one in ten, and the rest would be
the heaviest thing that a first visit loads. Made when it is first asked for, from the templates as they are: there is
no build step, and nothing to forget.

A class counts as used if it stands anywhere in the sources as a word, or begins as one of them that is put together
(`btn-{{ tone }}`, `"toast-" + tone`). So rather too much is kept than too little. Rules without a class are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

_WORD = re.compile(r"-?[A-Za-z_][\w-]*")
_BEGINNING = re.compile(r"(?<![\w-])([A-Za-z][\w-]{2,}-)(?:\{\{|\{%|\{|[\"']\s*\+|[\"']\s*~)")
_CLASS = re.compile(r"\.(-?[A-Za-z_](?:[\w-]|\\.)*)")
_ABSENT = re.compile(r":not\((?:[^()]|\([^()]*\))*\)")
_STRUCTURE = re.compile(r"[{};]|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|/\*.*?\*/|url\([^)]*\)", re.DOTALL)
_QUOTED = re.compile(r"(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|/\*.*?\*/)", re.DOTALL)
_BLANKS, _AROUND = re.compile(r"\s+"), re.compile(r" ?([{};]) ?")
_WITH_RULES = ("@media", "@supports", "@layer", "@container")


def words_of(folders: Iterable[Path], suffixes: tuple[str, ...] = (".html", ".js", ".py")) -> tuple[set[str], set[str]]:
    """The words in all files of these kinds, and the beginnings of those that are put together."""
    words: set[str] = set()
    beginnings: set[str] = set()
    for folder in folders:
        for path in folder.rglob("*"):
            if path.suffix in suffixes and path.is_file():
                text = path.read_text(encoding="utf-8")
                words.update(_WORD.findall(text))
                beginnings.update(_BEGINNING.findall(text))
    return words, beginnings


def lean(css: str, words: set[str], beginnings: set[str]) -> str:
    """The style sheet less the selectors that name a class which is none of the words."""
    starts = tuple(beginnings)

    def used(selector: str) -> bool:
        named = (name.replace("\\", "") for name in _CLASS.findall(_ABSENT.sub("", selector)))
        return all(name in words or name.startswith(starts) for name in named)

    def rules(text: str) -> Iterator[str]:
        for head, body in _split(text):
            if body is None:
                yield head + ";" if head else ""
            elif head.startswith(_WITH_RULES):
                inner = "".join(rules(body))
                yield f"{head}{{{inner}}}" if inner else ""
            elif head.startswith("@"):
                yield f"{head}{{{body}}}"
            else:
                kept = [selector for selector in _selectors(head) if used(selector)]
                yield f"{','.join(kept)}{{{body}}}" if kept else ""

    return "".join(rules(css))


def squeezed(css: str) -> str:
    """A style sheet without its comments and what stands between its rules for people alone."""
    pieces = _QUOTED.split(css)  # every second one is a text in quotes, or a comment
    for at, piece in enumerate(pieces):
        if at % 2 == 0:
            pieces[at] = _AROUND.sub(r"\1", _BLANKS.sub(" ", piece))
        elif piece.startswith("/*"):
            pieces[at] = ""
    return "".join(pieces).strip()


def _split(css: str) -> Iterator[tuple[str, str | None]]:
    """Rules as head and body; statements such as `@charset "utf-8"` have no body."""
    depth = begin = opened = 0
    for found in _STRUCTURE.finditer(css):
        mark = found[0]
        if mark == "{":
            depth += 1
            opened = found.start() if depth == 1 else opened
        elif mark == "}":
            depth -= 1
            if depth == 0:
                yield css[begin:opened].strip(), css[opened + 1 : found.start()]
                begin = found.end()
        elif mark == ";" and depth == 0:
            yield css[begin : found.start()].strip(), None
            begin = found.end()
        elif mark.startswith("/*") and depth == 0 and not css[begin : found.start()].strip():
            begin = found.end()


def _selectors(head: str) -> list[str]:
    """The selectors of a rule, split at the commas that stand in no brackets."""
    parts, depth, begin = [], 0, 0
    for at, mark in enumerate(head):
        depth += (mark in "([") - (mark in ")]")
        if mark == "," and depth == 0:
            parts.append(head[begin:at].strip())
            begin = at + 1
    return [*parts, head[begin:].strip()]
