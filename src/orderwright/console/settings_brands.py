"""How the portal of each channel looks: name, logo, colours with their contrast, and texts in each language."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from orderwright.api import Answer
from orderwright.console.frame import ConsoleScreen
from orderwright.console.settings_forms import error_of_field
from orderwright.platform.errors import NotFound
from orderwright.screens import Filled, Form, page
from orderwright.shoppers import TEXT_CONTRAST_MIN, contrast

_BASE = "/settings/brands"
LANGUAGES = (("en", "English"), ("de", "German"), ("es", "Spanish"))
TEXTS = (
    ("welcome", "Above the look-up", "The first thing a shopper reads. Left out: the portal's own words."),
    ("returns", "Where goods are given back", "Such as where to bring parcels."),
    ("footer", "At the end of each page", "Such as the company's address."),
)
COLOURS = (
    ("accent", "Buttons and links", "#1f4fa3"),
    ("accent_text", "Words on buttons", "#ffffff"),
    ("background", "Background", "#ffffff"),
    ("text", "Text", "#1a1d21"),
)
# What is read on what. In a dark room the portal takes a dark background of its own; buttons keep these colours.
PAIRS = (
    ("text", "background", "Text on the background"),
    ("accent_text", "accent", "Words on buttons"),
    ("accent", "background", "Links on the background"),
)
_PLAIN = ("name", "language", "support_email", "support_phone", "help_url", "terms_url", "privacy_url", "imprint_url")
_STRICT = (
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"cache-control", b"private, no-cache"),
)
_CHANGED = "Somebody has changed it since you opened it. This is what you typed: save again to have it your way."


class Contrast(NamedTuple):
    """How well one colour is read on another. `enough`: as WCAG 2.2 asks of text."""

    one: str
    other: str
    word: str
    ratio: str
    enough: bool


@page("GET", "/settings/brands", needs="catalog.read")
async def brands_page(screen: ConsoleScreen) -> Answer:
    """The brands of all channels."""
    found = await screen.ask("list_brands")
    return screen.show("settings/brands.html", brands=found.data)


@page("GET", "/settings/brands/edit", needs="catalog.read")
async def brand_form(screen: ConsoleScreen) -> Answer:
    """The brand of a channel as it is."""
    row = await _found(screen)
    return _show(screen, row, Filled(None, {}, _typed(row), {}))


@page("POST", "/settings/brands/edit", needs="catalog.write")
async def take_brand(screen: ConsoleScreen) -> Answer:
    """Keep what was typed."""
    row, sent = await _found(screen), await screen.incoming.form()
    form: Filled[Any] = Filled(None, {}, sent.fields, sent.files)
    said = await screen.do("put_brands_in_bulk", body={"data": [_body(row, sent)]})
    if said.problem is not None:
        return _show(screen, row, form.with_errors({"": said.problem.detail}), 422)
    [made] = said.value.data
    if made.code == "version_conflict":
        again: Filled[Any] = Filled(None, {"": _CHANGED}, {**sent.fields, "version": [str(row.version)]}, {})
        return _show(screen, row, again, 409)
    if not made.ok:
        return _show(screen, row, form.with_errors(_errors(made)), 422)
    screen.say(f"The portal of {row.channel} looks so from now on.")
    return screen.go(screen.url(f"{_BASE}/edit", channel=row.channel))


@page("GET", "/settings/brands/logo", needs="catalog.read")
async def brand_logo(screen: ConsoleScreen) -> Answer:
    """The logo of a channel: a picture and nothing else."""
    said = await screen.do("read_brand_logo", key="", path={"channel": screen.incoming.asked("channel")})
    if said.problem is not None:
        raise NotFound("This channel has no logo.")
    return Answer(said.answer.body, 200, _STRICT, said.answer.media_type)


async def _found(screen: ConsoleScreen) -> Any:
    channel = screen.incoming.asked("channel")
    for row in (await screen.ask("list_brands")).data:
        if row.channel == channel:
            return row
    raise NotFound("There is no such channel. Go back to the list.")


def _typed(row: Any) -> dict[str, list[str]]:
    """What is set, by field."""
    brand = msgspec.to_builtins(row.brand)
    texts = {name: brand[name] for name in _PLAIN if brand.get(name)}
    texts |= {f"look.{name}": brand["look"][name] for name, _, _ in COLOURS}
    for language, said in brand.get("texts", {}).items():
        texts |= {f"texts.{language}.{name}": text for name, text in said.items() if text}
    return {name: [str(text)] for name, text in texts.items()} | {"version": [str(row.version)]}


def _body(row: Any, sent: Form) -> dict[str, Any]:
    """What was typed, as the operation takes it."""
    body: dict[str, Any] = {name: text for name in _PLAIN if (text := sent.first(name).strip())}
    body["name"] = sent.first("name").strip()
    body["look"] = {name: sent.first(f"look.{name}").strip() or given for name, _, given in COLOURS}
    texts = {
        language: {name: text for name, _, _ in TEXTS if (text := sent.first(f"texts.{language}.{name}").strip())}
        for language, _ in LANGUAGES
    }
    body["texts"] = {language: said for language, said in texts.items() if said}
    upload = next((one for one in sent.files.get("logo", ()) if one.content), None)
    if upload is not None:
        body["logo"] = base64.b64encode(upload.content).decode()
    version = sent.first("version")
    keeps = upload is None and sent.first("remove_logo") != "true"
    return body | {
        "channel": row.channel, "keep_logo": keeps, "version": int(version) if version.isdecimal() else row.version,
    }  # fmt: skip


def _errors(made: Any) -> dict[str, str]:
    """Where a refusal is said."""
    text = made.message or made.code
    if made.code == "low_contrast":
        faint: Mapping[str, float] = made.details.get("contrast", {})
        too_little = "The contrast is {:.1f} to 1; 4.5 to 1 is needed."
        return {f"look.{name}": too_little.format(int(ratio * 10) / 10) for name, ratio in faint.items()}
    if made.code in ("logo_type", "logo_too_large"):
        return {"logo": text.replace("Send it", "Choose it").replace("Send a", "Choose a")}
    return error_of_field(str(made.details.get("field", "")), text, _fields())


def _fields() -> list[str]:
    names = [*_PLAIN, *(f"look.{name}" for name, _, _ in COLOURS)]
    return [*names, *(f"texts.{language}.{name}" for language, _ in LANGUAGES for name, _, _ in TEXTS)]


def contrasts(form: Filled[Any]) -> list[Contrast]:
    """How well what was chosen can be read. What is no colour counts as the given one."""
    given = {name: default for name, _, default in COLOURS}
    look = {name: form.text(f"look.{name}") for name in given}
    chosen = {name: text if _is_colour(text) else given[name] for name, text in look.items()}
    ratios = [(pair, contrast(chosen[pair[0]], chosen[pair[1]])) for pair in PAIRS]
    return [Contrast(*pair, f"{int(ratio * 10) / 10:.1f}", ratio >= TEXT_CONTRAST_MIN) for pair, ratio in ratios]


def _is_colour(text: str) -> bool:
    return len(text) == 7 and text[0] == "#" and all(c in "0123456789abcdefABCDEF" for c in text[1:])


def _show(screen: ConsoleScreen, row: Any, form: Filled[Any], status: int = 200) -> Answer:
    return screen.show(
        "settings/brand.html",
        status=status,
        row=row,
        form=form,
        colours=COLOURS,
        contrasts=contrasts(form),
        languages=LANGUAGES,
        texts=TEXTS,
        address=screen.url(f"{_BASE}/edit", channel=row.channel),
        logo=screen.url(f"{_BASE}/logo", channel=row.channel, v=row.logo.hash) if row.logo else None,
        portal=f"/p/{screen.ctx.merchant}?shop={row.channel}",
        writable=screen.may("catalog.write"),
    )


BRAND_PAGES = [brands_page, brand_form, take_brand, brand_logo]
BRAND_CARD = (
    "Selling", "brands", "Portal looks", "Logo, colours and texts of what shoppers see, by channel.", "world",
    "catalog.read",
)  # fmt: skip
