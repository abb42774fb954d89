"""What a channel takes back, for how long, at what fee, and when the money goes back."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta, field

from orderwright.platform.fields import NO_NUL, Code, Minor, Slug

RefundOn = Literal["scan", "receipt", "inspection"]
Method = Literal["label", "drop_off"]
Condition = Literal["unopened", "opened", "used", "damaged"]
Grade = Literal["a", "b", "c", "d"]
# Why there is no right of withdrawal from a SKU (Directive 2011/83/EU, article 16 c, d, e, i and m): its attribute
# `withdrawal_exempt`.
Exemption = Literal["custom_made", "perishable", "sealed_hygiene", "sealed_media", "digital_begun"]
Days = Annotated[int, Meta(ge=0, le=3_650)]
_ONE, _NONE = Decimal(1), Decimal(0)


class CategoryTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is different for the SKUs whose attribute `category` is this one. What is left out is as for all."""

    window_days: Days | None = None
    final_sale: bool = False
    restocking_rate: Decimal | None = None


class WithdrawalTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether the customers of a channel are consumers in the EU, who may withdraw (Directive 2011/83/EU), and for how
    long.

    `standard_shipping_minor`: what the least expensive delivery costs; of what an order paid for its own no more goes
    back (article 13(2)). None: all of it. Who was not `informed` has twelve months more (article 10). `time_zone`:
    whose days count, that of the customers.
    """

    enabled: bool = False
    days: Annotated[int, Meta(ge=14, le=365)] = 14
    standard_shipping_minor: Minor | None = None
    informed: bool = True
    time_zone: Annotated[str, Meta(min_length=1, max_length=64, pattern=NO_NUL)] = "UTC"


class ReturnTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The terms of a channel. Rates are fractions of 1, up to six decimals; fees are in the order's minor units.

    The window runs from delivery, or, while nobody knows of one, from `transit_days` after shipping. A SKU whose
    attribute `final_sale` is true is not taken back. Restocking and label fees are not taken for `free_reasons`.
    `grade_rates`: what share of its worth a unit of a grade brings, where money goes back on inspection; without a
    rate, all of it. Without `keep_outbound_shipping` a unit brings its share of what its delivery cost, too; of the
    whole order's no more than `outbound_shipping_max_minor`, where that is said. Who takes store credit for what comes
    back gets `store_credit_bonus_rate` of it on top.
    """

    accepts_returns: bool = True
    window_days: Days = 30
    transit_days: Days = 7
    categories: Annotated[dict[Code, CategoryTerms], Meta(max_length=100)] = field(default_factory=dict)
    conditions: list[Condition] = field(default_factory=lambda: ["unopened", "opened", "damaged"])
    methods: list[Method] = field(default_factory=lambda: ["label", "drop_off"])
    refund_on: RefundOn = "inspection"
    keep_outbound_shipping: bool = True
    outbound_shipping_max_minor: Minor | None = None
    restocking_rate: Decimal = _NONE
    label_fee_minor: Minor = 0
    label_carrier: Code = "builtin"
    label_service: Code = "standard"
    free_reasons: Annotated[list[Slug], Meta(max_length=50)] = field(
        default_factory=lambda: ["damaged", "wrong_item", "not_as_described", "late"]
    )
    grade_rates: dict[Grade, Decimal] = field(default_factory=dict)
    store_credit_bonus_rate: Decimal = _NONE
    exchange_fees: bool = False
    exchange_days: Annotated[int, Meta(ge=1, le=365)] = 14
    withdrawal: WithdrawalTerms = WithdrawalTerms()

    def rates(self) -> list[Decimal]:
        """Every rate that is named."""
        of_categories = [c.restocking_rate for c in self.categories.values() if c.restocking_rate is not None]
        return [self.restocking_rate, self.store_credit_bonus_rate, *self.grade_rates.values(), *of_categories]


class PolicyOf(NamedTuple):
    """The terms that hold for a channel. `version` 0: nobody has said any, the built-in ones."""

    version: int
    terms: ReturnTerms


BUILT_IN = PolicyOf(0, ReturnTerms())


class Article(NamedTuple):
    """What the policy asks about the SKU of a line, and when the last of it left and arrived."""

    category: str | None
    final_sale: bool
    shipped_at: datetime | None
    delivered_at: datetime | None


def is_rate(rate: Decimal) -> bool:
    """Whether it is a fraction of 1 that can be stored."""
    return rate.is_finite() and _NONE <= rate <= _ONE and rate == rate.quantize(Decimal("0.000001"))


def _category(terms: ReturnTerms, article: Article) -> CategoryTerms:
    return terms.categories.get(article.category or "") or CategoryTerms()


def closes_at(terms: ReturnTerms, article: Article) -> datetime | None:
    """Until when it may be asked for; None where nothing has left."""
    begins = article.delivered_at
    if begins is None:
        if article.shipped_at is None:
            return None
        begins = article.shipped_at + timedelta(days=terms.transit_days)
    own = _category(terms, article).window_days
    return begins + timedelta(days=terms.window_days if own is None else own)


def restocking_rate(terms: ReturnTerms, article: Article, reason: str) -> Decimal:
    """What share of its worth is kept for taking a unit back."""
    if reason in terms.free_reasons:
        return _NONE
    own = _category(terms, article).restocking_rate
    return terms.restocking_rate if own is None else own


def refuse_article(terms: ReturnTerms, article: Article, condition: str | None, now: datetime) -> str | None:
    """Why the policy does not take it back: a code, or None. Precedence: `not_returnable`, `final_sale`,
    `window_closed`, `condition_not_accepted`."""
    if not terms.accepts_returns:
        return "not_returnable"
    if article.final_sale or _category(terms, article).final_sale:
        return "final_sale"
    closes = closes_at(terms, article)
    if closes is not None and now > closes:
        return "window_closed"
    if condition is not None and condition not in terms.conditions:
        return "condition_not_accepted"
    return None
