"""The brand's colours as a style sheet, and its logo: kept by browsers, since their addresses change with them."""

from __future__ import annotations

from orderwright.api import Answer
from orderwright.platform.errors import NotFound
from orderwright.portal.pages import Visitor
from orderwright.screens import Refused, page
from orderwright.shoppers import logo_hash

_KEPT = (b"cache-control", b"public, max-age=31536000, immutable")
_STRICT = (
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


def _answer(visitor: Visitor, body: bytes, media_type: bytes, version: str) -> Answer:
    """Kept by browsers and proxies only under the address that names what it is: another process may know a newer
    brand, and anybody may ask for one that is to come."""
    kept = (_KEPT,) if visitor.incoming.asked("v") == version else ()
    return Answer(body, 200, (*kept, *_STRICT), media_type)


@page("GET", "/brand/{channel_id}/look.css")
async def look(visitor: Visitor) -> Answer:
    """The brand's colours. They were checked when they were put, so nothing else can stand in them."""
    brand = visitor.shop.brand_by_id(visitor.param("channel_id")) if visitor.shop else None
    if brand is None:
        raise NotFound("There is no such page.")
    it = brand.brand.look
    css = (
        f":root{{--accent:{it.accent};--on-accent:{it.accent_text};--back:{it.background};--text:{it.text};"
        f"--link:{it.accent}}}"
        "@media(prefers-color-scheme:dark){:root{--back:#14171a;--text:#eceef0;--link:#eceef0}}"
    )
    return _answer(visitor, css.encode(), b"text/css; charset=utf-8", str(brand.version))


@page("GET", "/brand/{channel_id}/logo", needs="catalog.read")
async def logo(visitor: Visitor) -> Answer:
    """The brand's logo: a picture and nothing else."""
    brand = visitor.shop.brand_by_id(visitor.param("channel_id")) if visitor.shop else None
    if brand is None:
        raise NotFound("There is no such page.")
    said = await visitor.do("read_brand_logo", path={"channel": brand.channel})
    if said.problem is not None:
        raise Refused(said.problem)
    return _answer(visitor, said.answer.body, said.answer.media_type, logo_hash(said.answer.body).hex())


PAGES = [look, logo]
