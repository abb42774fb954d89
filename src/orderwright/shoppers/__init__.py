"""What shoppers do alone: links to their orders, looking one up, answers to delays; and the brand that they see."""

from orderwright.shoppers.brands import (
    Brand,
    BrandTexts,
    Language,
    Look,
    PutBrand,
    StoredBrand,
    put_brands,
    read_brands,
    read_logo,
)
from orderwright.shoppers.colours import TEXT_CONTRAST_MIN, contrast
from orderwright.shoppers.delays import MESSAGES as DELAY_MESSAGES
from orderwright.shoppers.delays import (
    AnswerDelay,
    DelayAnswer,
    read_delays,
    refuse_answer,
    standing_of,
    waiting_lines,
    write_delays,
)
from orderwright.shoppers.images import logo_hash, may_be_photo, picture_type
from orderwright.shoppers.links import Grant, seal, unseal
from orderwright.shoppers.look_up import Found, find_order
from orderwright.shoppers.portal_links import (
    MakePortalLink,
    WithdrawPortalLinks,
    make_portal_links,
    withdraw_portal_links,
)
from orderwright.shoppers.queries import LINK_FACTS, OLD_GUESSES, LinkFacts

__all__ = [
    "DELAY_MESSAGES",
    "LINK_FACTS",
    "OLD_GUESSES",
    "TEXT_CONTRAST_MIN",
    "AnswerDelay",
    "Brand",
    "BrandTexts",
    "DelayAnswer",
    "Found",
    "Grant",
    "Language",
    "LinkFacts",
    "Look",
    "MakePortalLink",
    "PutBrand",
    "StoredBrand",
    "WithdrawPortalLinks",
    "contrast",
    "find_order",
    "logo_hash",
    "make_portal_links",
    "may_be_photo",
    "picture_type",
    "put_brands",
    "read_brands",
    "read_delays",
    "read_logo",
    "refuse_answer",
    "seal",
    "standing_of",
    "unseal",
    "waiting_lines",
    "withdraw_portal_links",
    "write_delays",
]
