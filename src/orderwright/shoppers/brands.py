"""Brands: how the portal of a channel looks, and what it says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta, field

from orderwright import catalog
from orderwright.platform.acts import record_act
from orderwright.platform.changes import Changed, changed, record_changes
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.platform.fields import NO_NUL, Code, ShortText
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome, no
from orderwright.platform.versions import VERSION_CONFLICT, SeenVersion, differs
from orderwright.shoppers.colours import TEXT_CONTRAST_MIN, contrast
from orderwright.shoppers.images import LOGO_BYTES_MAX, logo_hash, picture_type
from orderwright.shoppers.queries import LOCK_BRANDS, PUT_BRANDS, READ_BRANDS, READ_LOGO, BrandRow, LogoRow

Language = Literal["en", "de", "es"]
Colour = Annotated[str, Meta(pattern=r"\A#[0-9a-fA-F]{6}\Z")]
WebAddress = Annotated[str, Meta(max_length=500, pattern=r"\Ahttps://[^\s\x00-\x1f\"'<>\\]+\Z")]
LongText = Annotated[str, Meta(max_length=2_000, pattern=NO_NUL)]
Support = Annotated[str, Meta(max_length=200, pattern=r"\A[^\x00-\x1f\x7f<>\"]+\Z")]
BASE64_MAX = LOGO_BYTES_MAX * 4 // 3 + 4

MESSAGES: dict[str, str] = {
    "unknown_channel": "There is no channel of this code. Create it first, or correct `channel`.",
    "channel_not_allowed": "The key or role is limited to other channels. Use one for this channel.",
    "duplicate_in_batch": "The same channel is named twice in this call. Send each once.",
    "low_contrast": "The text could not be read on its background. Choose colours with a contrast of 4.5 to 1 or more.",
    "logo_type": "The logo is no PNG, JPEG or WebP of at most 4,000 pixels a side. Send it as one of these.",
    "logo_too_large": "The logo has more than 200,000 bytes. Send a smaller one.",
}


class BrandTexts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a brand says in one language: `welcome` above the look-up, `returns` where goods are given back, `footer` at
    the end of each page. Plain text."""

    welcome: LongText | None = None
    returns: LongText | None = None
    footer: LongText | None = None


class Look(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Colours, as `#rrggbb`. `accent` is that of buttons and links, `accent_text` of the words on buttons."""

    accent: Colour = "#1f4fa3"
    accent_text: Colour = "#ffffff"
    background: Colour = "#ffffff"
    text: Colour = "#1a1d21"


class Brand(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the portal of a channel looks. `language`: in which it speaks to who has not chosen one and whose browser
    wants none of ours."""

    name: ShortText
    look: Look = Look()
    language: Language = "en"
    texts: dict[Language, BrandTexts] = field(default_factory=dict)
    support_email: Annotated[str, Meta(max_length=254, pattern=r"\A[^\s@<>\"]+@[^\s@<>\"]+\Z")] | None = None
    support_phone: Annotated[str, Meta(max_length=40, pattern=r"\A[+0-9 ()/.-]+\Z")] | None = None
    help_url: WebAddress | None = None
    terms_url: WebAddress | None = None
    privacy_url: WebAddress | None = None
    imprint_url: WebAddress | None = None


class PutBrand(Brand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The brand of a channel. `logo`: a PNG, JPEG or WebP in base64; left out: none. `keep_logo`: the one there is.
    `version`: which one the writer saw (0: none); another by now is refused."""

    channel: Code
    logo: Annotated[bytes, Meta(max_length=BASE64_MAX)] | None = None
    keep_logo: bool = False
    version: SeenVersion | None = None


class StoredBrand(NamedTuple):
    """A channel's brand, or, with version 0, what it looks like before anybody said so."""

    channel_id: UUID
    channel: str
    version: int
    brand: Brand
    logo_type: str | None
    logo_hash: str | None
    updated_at: datetime | None


_decode = msgspec.json.Decoder(Brand).decode
_FIELDS = Brand.__struct_fields__


async def read_brands(tx: Transaction, ctx: Context, channels: Sequence[str] | None = None) -> list[StoredBrand]:
    """The brands of channels, all of those that the caller may see unless some are named. One statement."""
    allowed = None if ctx.channels is None else sorted(ctx.channels)
    named = None if channels is None else list(channels)
    return [_stored(row) for row in await READ_BRANDS.fetch(tx, allowed, named)]


async def read_logo(tx: Transaction, ctx: Context, channel: str) -> LogoRow | None:
    """The logo of a channel. One statement."""
    row = await READ_LOGO.first(tx, channel)
    return row if row is not None and ctx.may_channel(row.channel_id) else None


def _stored(row: BrandRow) -> StoredBrand:
    brand = Brand(name=row.channel_name) if row.content is None else _decode(row.content)
    return StoredBrand(
        row.channel_id, row.channel, row.version or 0, brand, row.logo_type, row.logo_hash, row.updated_at
    )


async def put_brands(tx: Transaction, ctx: Context, commands: Sequence[PutBrand]) -> list[Outcome]:
    """Make the brand of each channel be as it is sent.

    Permission: `catalog.write`; a caller that is limited to channels may only say it of those. Locks: channels.
    Outcomes, in precedence: those of `refuse_brand`, `unchanged`, `created`, `updated`. Six statements at most.
    """
    ctx.require("catalog.write")
    ctx.require_all_locations("A brand is of a whole channel.")
    channels = await catalog.channels_by_code(tx, [command.channel for command in commands])
    ids = [channel.id for channel in channels.values()]
    await LOCK_BRANDS.fetch(tx, ids)
    before = {row.channel: row for row in await READ_BRANDS.fetch(tx, ids, None)}
    outcomes: list[Outcome] = []
    rows: dict[str, tuple[Any, ...]] = {}
    changes: list[Changed] = []
    for command in commands:
        channel = channels.get(command.channel)
        may = channel is not None and ctx.may_channel(channel.id)
        refused = refuse_brand(command, before.get(command.channel), may=may, named=command.channel in rows)
        if refused is not None:
            outcomes.append(refused)
            continue
        outcome, row = _change(command, before[command.channel])
        outcomes.append(outcome)
        if row is not None:
            rows[command.channel] = row
            stood = before[command.channel].content
            changes.append(changed("brand", row[0], None if stood is None else _decode(stood), _brand(command)))
    if rows:
        act_id = await record_act(tx, ctx, "put_brands")
        await record_changes(tx, act_id, changes)
        await PUT_BRANDS.run(tx, *columns(list(rows.values()), 7), act_id)
    return outcomes


def refuse_brand(  # noqa: PLR0911  # one return a rule
    command: PutBrand, row: BrandRow | None, *, may: bool, named: bool
) -> Outcome | None:
    """Why a brand cannot be as it is sent, or None. `may`: the caller may touch the channel; `named`: it was before.
    Precedence: `unknown_channel`, `channel_not_allowed`, `duplicate_in_batch`, `version_conflict`, `low_contrast`,
    `logo_too_large`, `logo_type`. Pure."""
    if row is None:
        return no("unknown_channel", MESSAGES["unknown_channel"], channel=command.channel)
    if not may:
        return no("channel_not_allowed", MESSAGES["channel_not_allowed"], channel=command.channel)
    if named:
        return no("duplicate_in_batch", MESSAGES["duplicate_in_batch"], channel=command.channel)
    if differs(command.version, row.version) and _change(command, row)[1] is not None:  # a repetition is none
        return no("version_conflict", VERSION_CONFLICT, version=row.version)
    look = command.look
    pairs = {"text": (look.text, look.background), "accent_text": (look.accent_text, look.accent),
             "accent": (look.accent, look.background)}  # fmt: skip
    faint = {name: round(contrast(*pair), 2) for name, pair in pairs.items() if contrast(*pair) < TEXT_CONTRAST_MIN}
    if faint:
        return no("low_contrast", MESSAGES["low_contrast"], contrast=faint)
    if command.logo is not None and len(command.logo) > LOGO_BYTES_MAX:
        return no("logo_too_large", MESSAGES["logo_too_large"], size_bytes=len(command.logo))
    if command.logo is not None and picture_type(command.logo) is None:
        return no("logo_type", MESSAGES["logo_type"])
    return None


def _brand(command: PutBrand) -> Brand:
    return Brand(**{name: getattr(command, name) for name in _FIELDS})


def _change(command: PutBrand, row: BrandRow) -> tuple[Outcome, tuple[Any, ...] | None]:
    """What becomes of a brand that may be as it is sent, and the row that is written, unless it is so already."""
    brand, logo = _brand(command), command.logo
    digest = None if logo is None else logo_hash(logo)
    keeps = command.keep_logo and logo is None
    same_logo = keeps or row.logo_hash == (None if digest is None else digest.hex())
    if row.content is not None and same_logo and _decode(row.content) == brand:
        return Outcome(code="unchanged", id=row.channel_id, details={"version": row.version}), None
    version = (row.version or 0) + 1
    said = Outcome(code="updated" if row.version else "created", id=row.channel_id, details={"version": version})
    text = msgspec.json.encode(brand).decode()
    kind = None if logo is None else picture_type(logo)
    return said, (row.channel_id, version, text, keeps, logo, kind, digest)
