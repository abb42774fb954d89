"""Languages of the portal: translations by gettext, compiled from the `.po` files in memory, and which one to speak.

English stands in the code itself. A language is a folder in `locale/`; what is said of days, figures and money comes
from the locale data of Babel.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

HERE = Path(__file__).parent
LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Español"}
_LONG_DAY = {"en": "EEEE, MMMM d", "de": "EEEE, d. MMMM", "es": "EEEE, d 'de' MMMM"}
Translate = Callable[..., str]


def N_(text: str) -> str:  # noqa: N802  # what gettext calls it
    """Mark a text to be translated where it is shown."""
    return text


def read_catalog(language: str) -> Catalog:
    """The translations of a language as they are written."""
    with (HERE / "locale" / language / "portal.po").open("rb") as stream:
        return read_po(stream, locale=language, domain="portal")


@cache
def translations(language: str) -> gettext.NullTranslations:
    """The translations of a language; of English none are needed."""
    if language == "en":
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, read_catalog(language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def choose_language(chosen: str, accepted: str, usual: str) -> str:
    """The language to speak: the one that was chosen, else the first that the browser accepts, else the brand's.

    `accepted` is the header Accept-Language (RFC 9110, section 12.5.4).
    """
    if chosen in LANGUAGES:
        return chosen
    wanted: list[tuple[float, int, str]] = []
    for n, part in enumerate(accepted[:500].split(",")):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            weight = 0.0
        language = tag.strip().lower().partition("-")[0]
        if language in LANGUAGES and weight > 0:
            wanted.append((-weight, n, language))
    return min(wanted)[2] if wanted else usual


@cache
def countries(language: str) -> list[tuple[str, str]]:
    """Countries as (code, name in this language), by name."""
    names = Locale.parse(language).territories
    found = [(code, name) for code, name in names.items() if len(code) == 2 and code.isalpha()]
    return sorted((pair for pair in found if pair[0] not in _NO_COUNTRY), key=lambda pair: pair[1].casefold())


_NO_COUNTRY = frozenset({"EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"})


def long_day(day: date, language: str) -> str:
    """Thursday, November 26: as the language writes it."""
    return format_date(day, _LONG_DAY[language], locale=language)


def whole_day(day: date, language: str) -> str:
    """November 26, 2026: a day with its year, for what is kept."""
    return format_date(day, "long", locale=language)


def day_and_time(moment: datetime, zone: str, language: str) -> str:
    """A day with its year and the time of day, with the zone: for what must be exact."""
    return format_datetime(moment, "long", tzinfo=ZoneInfo(zone), locale=language)
