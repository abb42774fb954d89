"""What shoppers do alone, for the portal and for shops with a page of their own: links, look-ups, brands, delays."""

from __future__ import annotations

import math
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.errors import NoSuchOrder, TooManyTries
from orderwright.api.limits import visible_order
from orderwright.api.operations import Items, operation
from orderwright.api.orders import number_format_of
from orderwright.api.outcomes import Outcomes, view_invalid, view_outcome
from orderwright.api.verbs import VerbRoute, operations_of, run_verb
from orderwright.flows.answer_delays import answer_delays
from orderwright.platform.db import Transaction
from orderwright.platform.errors import InvalidRequest, NotFound
from orderwright.platform.fields import NO_NUL
from orderwright.platform.ids import encode_id
from orderwright.search import parse_number
from orderwright.shoppers import (
    AnswerDelay,
    Brand,
    DelayAnswer,
    MakePortalLink,
    PutBrand,
    StoredBrand,
    WithdrawPortalLinks,
    find_order,
    make_portal_links,
    put_brands,
    read_brands,
    read_delays,
    read_logo,
    withdraw_portal_links,
)


class LookUpOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`number` as the shopper typed it, and the e-mail address of who bought it. `client`: the address that the shopper
    comes from, so that one who guesses is slowed down; say it where you ask for others."""

    number: Annotated[str, Meta(min_length=1, max_length=60, pattern=NO_NUL)]
    email: Annotated[str, Meta(min_length=1, max_length=254, pattern=NO_NUL)]
    client: Annotated[str, Meta(min_length=1, max_length=100, pattern=r"\A[0-9A-Fa-f:.]+\Z")] | None = None


class FoundOrder(msgspec.Struct, frozen=True):
    """The order that was looked up."""

    order_id: str


class DelayAnswerView(msgspec.Struct, frozen=True, kw_only=True):
    """What the shopper answered when supply was late. `until`: to which day the shopper waits."""

    answer: str
    until: date | None
    answered_at: datetime


class DelayAnswers(msgspec.Struct, frozen=True):
    """Oldest first; the last one holds. `next` is null."""

    data: list[DelayAnswerView]
    next: None = None


class LogoView(msgspec.Struct, frozen=True, kw_only=True):
    """A logo. `hash` changes with its bytes."""

    media_type: str
    hash: str


class BrandView(msgspec.Struct, frozen=True, kw_only=True):
    """How the portal of a channel looks. `version` 0: as it does before anybody said so."""

    id: str
    channel: str
    version: int
    updated_at: datetime | None
    logo: LogoView | None
    brand: Brand


class Brands(msgspec.Struct, frozen=True):
    """By the channel's code; `next` is null."""

    data: list[BrandView]
    next: None = None


@operation(
    "POST", "/v1/orders/look-up", tag="Shoppers", scope="orders.link", answer=FoundOrder, body=LookUpOrder,
    refusals=(404, 429), example={"number": "#100234", "email": "ada@example.com", "client": "192.0.2.7"},
)  # fmt: skip
async def look_up_order(call: Call, body: LookUpOrder) -> Answer:
    """Find an order by its number and the e-mail address of who bought it.

    An unknown number, another's address and an erased order are answered alike, with 404 `no_such_order`. Misses are
    counted by the number, the e-mail address and the client; after some of them the next try waits, ever longer (429
    `too_many_tries`).
    """
    number = parse_number(body.number, await number_format_of(call))
    found = await call.write(lambda tx: find_order(tx, call.ctx, number, body.email, body.client))
    if found.wait is not None:
        raise TooManyTries(retry_after_s=math.ceil(found.wait.total_seconds()))
    if found.order_id is None:
        raise NoSuchOrder
    return json_answer(FoundOrder(encode_id("ord", found.order_id)))


@operation(
    "GET", "/v1/orders/{order_id}/delay-answers", tag="Shoppers", scope="orders.read", answer=DelayAnswers,
    refusals=(404,),
)  # fmt: skip
async def list_delay_answers(call: Call) -> Answer:
    """Read what the shopper answered when supply was late."""

    async def read(tx: Transaction) -> list[DelayAnswer]:
        order_id = await visible_order(tx, call)
        return (await read_delays(tx, [order_id])).get(order_id, [])

    return json_answer(DelayAnswers([DelayAnswerView(**a._asdict()) for a in await call.read(read)]))


@operation("GET", "/v1/brands", tag="Shoppers", scope="catalog.read", answer=Brands)
async def list_brands(call: Call) -> Answer:
    """List how the portals of channels look."""
    found = await call.read(lambda tx: read_brands(tx, call.ctx))
    return json_answer(Brands([_view(stored) for stored in found]))


@operation(
    "GET", "/v1/brands/{channel}/logo", tag="Shoppers", scope="catalog.read", answer=None, refusals=(404,),
    media_type="image/png",
)  # fmt: skip
async def read_brand_logo(call: Call) -> Answer:
    """Read the logo of a channel: a PNG, JPEG or WebP."""
    row = await call.read(lambda tx: read_logo(tx, call.ctx, call.params["channel"]))
    if row is None:
        raise NotFound("This channel has no logo. Check its code, and what the key is limited to.")
    return Answer(row.logo, media_type=row.logo_type.encode())


@operation(
    "PUT", "/v1/brands", tag="Shoppers", scope="catalog.write", answer=Outcomes,
    example={
        "data": [
            {
                "channel": "web", "name": "Blue Mug", "language": "en",
                "look": {"accent": "#0b4f8a", "accent_text": "#ffffff"},
                "texts": {"en": {"welcome": "Where is my mug?"}, "de": {"welcome": "Wo ist mein Becher?"}},
                "support_email": "help@example.com", "terms_url": "https://example.com/terms", "keep_logo": True,
            }
        ]
    },
)  # fmt: skip
async def put_brands_in_bulk(call: Call, items: Items[PutBrand]) -> Answer:
    """Say how the portals of channels look.

    Each is addressed by its channel and made to be as it is sent. Colours whose text cannot be read are refused. See it
    at `/p/{merchant}?shop={channel}`. Answers one outcome an item, in order.
    """
    told = iter(await run_verb(call, put_brands, [item for item in items if not isinstance(item, InvalidRequest)]))
    return json_answer(
        Outcomes([view_invalid(i) if isinstance(i, InvalidRequest) else view_outcome(next(told), "chn") for i in items])
    )


def _view(stored: StoredBrand) -> BrandView:
    logo = None
    if stored.logo_type is not None and stored.logo_hash is not None:
        logo = LogoView(media_type=stored.logo_type, hash=stored.logo_hash)
    return BrandView(
        id=encode_id("chn", stored.channel_id), channel=stored.channel, version=stored.version,
        updated_at=stored.updated_at, logo=logo, brand=stored.brand,
    )  # fmt: skip


_ROUTES = [
    VerbRoute(
        id="make_portal_link",
        verb=make_portal_links,
        command=MakePortalLink,
        one="/v1/orders/{order_id}/portal-link",
        many="/v1/orders/portal-links",
        tag="Shoppers",
        scope="orders.link",
        prefix="ord",
        does="Make a link by which the shopper sees an order",
        does_many="Make links by which shoppers see up to 1,000 orders",
        more="For messages and for staff. Whoever has the link may do what the shopper may; it is not stored.",
        subject="order_id",
        natural_key=True,
        example={"days": 30},
        as_set=lambda settings: partial(make_portal_links, public_url=_public_url(settings)),
    ),
    VerbRoute(
        id="withdraw_portal_link",
        verb=withdraw_portal_links,
        command=WithdrawPortalLinks,
        one="/v1/orders/{order_id}/portal-link/withdraw",
        many="/v1/orders/portal-links/withdraw",
        tag="Shoppers",
        scope="orders.link",
        prefix="ord",
        does="Withdraw all links to an order",
        does_many="Withdraw all links to up to 1,000 orders",
        more="Those that were made so far; whoever is there by one is sent away. New ones can be made.",
        subject="order_id",
        example={},
    ),
    VerbRoute(
        id="answer_delay",
        verb=answer_delays,
        command=AnswerDelay,
        one="/v1/orders/{order_id}/delay-answer",
        many="/v1/orders/delay-answers",
        tag="Shoppers",
        scope="orders.cancel",
        prefix="ord",
        does="Say what the shopper wants, since supply is late",
        does_many="Say what shoppers of up to 1,000 orders want, since supply is late",
        more="`wait` to a day, `ship_now` what is here and wait for the rest, or `cancel` what waits.",
        subject="order_id",
        example={"answer": "ship_now"},
    ),
]


def _public_url(settings: Any) -> str | None:
    url: str | None = getattr(settings, "public_url", None)
    return url


SHOPPERS = [
    look_up_order,
    list_delay_answers,
    list_brands,
    read_brand_logo,
    put_brands_in_bulk,
    *(made for route in _ROUTES for made in operations_of(route)),
]
