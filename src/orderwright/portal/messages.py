"""The messages of the portal, gathered from its code and templates: what the `.po` files must have. Run as a module it
writes what is new into them: `python -m orderwright.portal.messages`."""

from __future__ import annotations

from collections.abc import Iterator

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from orderwright.portal.tongues import HERE, LANGUAGES, read_catalog

_WAYS = [("**.py", "python"), ("templates/**.html", "jinja2")]
_KEYWORDS = {"_": None, "N_": None}
_OPTIONS = {"templates/**.html": {"trimmed": "true", "newstyle_gettext": "true"}}


def messages() -> Iterator[tuple[str, int, str]]:
    """Each message with its file and line."""
    found = extract_from_dir(HERE, _WAYS, options_map=_OPTIONS, keywords=_KEYWORDS, comment_tags=())
    for file, line, message, _comments, _context in found:
        if isinstance(message, str) and message:
            yield file, line, message


def template() -> Catalog:
    """All messages, each once, in the order of their files."""
    made = Catalog(domain="portal", fuzzy=False)
    for file, _line, message in sorted(messages()):
        made.add(message, locations=[(file, None)])  # type: ignore[list-item]
    return made


def update(language: str) -> None:
    """Write what is new into a language's file, untranslated, and take out what is gone."""
    known = read_catalog(language)
    made = Catalog(locale=language, domain="portal", fuzzy=False, charset="utf-8")
    made.revision_date = made.creation_date = known.creation_date
    for message in template():
        if message.id:
            old = known.get(message.id)
            made.add(message.id, None if old is None else old.string, locations=message.locations, flags=message.flags)
    with (HERE / "locale" / language / "portal.po").open("wb") as stream:
        write_po(stream, made, width=110, sort_output=False, omit_header=False)


if __name__ == "__main__":
    for each in LANGUAGES:
        if each != "en":
            update(each)
