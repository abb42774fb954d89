"""Payment providers: what the system needs of one that moves money. Each provider is one module that fits
`PaymentProvider`; docs/how-to/write-a-payment-adapter.md shows how.

All amounts are integers in minor units of the payment's currency (ISO 4217 exponents, as everywhere).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from orderwright.platform.errors import OrderwrightError


class AskKind(StrEnum):
    """What a provider may be asked to do."""

    AUTHORIZE = "authorize"  # set money aside at the payer
    INCREMENT = "increment"  # set more aside for the same payment
    CAPTURE = "capture"  # take (a part of) what was set aside
    VOID = "void"  # let go of all that was set aside and not taken
    REFUND = "refund"  # give back (a part of) what was taken


class Ask(NamedTuple):
    """One thing asked of a provider about one payment. Sent again, it has the same `key` and the same content."""

    key: str  # idempotency key, `prq_...`
    payment: str  # our id of the payment, `pay_...`
    kind: AskKind
    amount_minor: int  # of a void: what is open as far as we know; all that is open goes
    currency: str
    reference: str | None = None  # the provider's id of the payment; None until it was authorized
    token: str | None = None  # how the payer pays, for `authorize` alone
    final: bool = False  # of a capture: nothing more will be taken, what is left is let go
    sent_at: datetime | None = None  # when it was first sent


class Operation(NamedTuple):
    """Something that a provider did, or refused to do, for a payment. `key` is None where somebody else asked."""

    key: str | None
    kind: AskKind
    amount_minor: int
    done: bool
    code: str | None = None


class Standing(NamedTuple):
    """A payment as its provider has it now. Sums of all that ever happened to it, so they only rise."""

    reference: str
    currency: str
    authorized_minor: int
    captured_minor: int
    refunded_minor: int
    released_minor: int  # voided, lapsed, or let go by a last capture
    expires_at: datetime | None = None  # when what is still set aside lapses
    operations: Sequence[Operation] = ()

    @property
    def capturable_minor(self) -> int:
        """What may still be taken."""
        return self.authorized_minor - self.captured_minor - self.released_minor

    @property
    def refundable_minor(self) -> int:
        """What may still be given back."""
        return self.captured_minor - self.refunded_minor


class Verdict(StrEnum):
    """What became of one thing asked."""

    DONE = "done"
    REFUSED = "refused"  # nothing moved, and asking again with the same key will not change it
    UNKNOWN = "unknown"  # no answer, or one that does not say: it is looked up (`fetch`) until it is known


class Answer(NamedTuple):
    """The answer to one thing asked. `code` and `message` say why it was refused; they hold no personal data.

    `standing` is what the provider has after it; it may be None where nothing is known.
    """

    key: str
    verdict: Verdict
    standing: Standing | None = None
    code: str | None = None
    message: str | None = None


class Notice(NamedTuple):
    """What a verified webhook says: something happened to the payment `reference`. What, is fetched anew."""

    event_id: str  # the provider's; the same when the webhook is sent again
    type: str
    reference: str | None


class WebhookRefused(OrderwrightError):
    """The webhook is not from the provider, or cannot be read. Check the signing secret on both sides."""

    code, http_status = "webhook_refused", 400


# Codes of refusals that every adapter uses, where its provider says such a thing. Others are the provider's own.
DECLINED = "declined"
INSUFFICIENT_FUNDS = "insufficient_funds"
EXPIRED = "authorization_expired"
EXCEEDS_AUTHORIZED = "exceeds_authorized"
EXCEEDS_CAPTURED = "exceeds_captured"
ALREADY_FINAL = "already_final"  # a second last capture, or a capture after it or after a void
UNKNOWN_PAYMENT = "unknown_payment"
CURRENCY_DIFFERS = "currency_differs"
KEY_REUSED = "key_reused"  # the same key with other content
NOT_SUPPORTED = "not_supported"  # the provider cannot do it for this payment


class PaymentProvider(Protocol):
    """A provider of payments. Called outside any database transaction, with a list; answers one a thing, in order.

    An answer is never an exception because of one payment: what went wrong with one is its verdict. An exception
    means that the outcome of all of them is unknown. What is unknown is looked up with `fetch`; where that does not
    know the key `settled_after_s` after it was sent, it never arrived, and is sent again with the same key.
    """

    @property
    def code(self) -> str:
        """The name by which orders know it (`payment.provider`)."""
        ...

    @property
    def settled_after_s(self) -> float:
        """How long something asked may be on its way before it is known never to have arrived."""
        ...

    async def authorize(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]: ...

    async def increment(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]: ...

    async def capture(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]: ...

    async def void(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]: ...

    async def refund(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]: ...

    async def fetch(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        """What became of things asked before, and how their payments stand. `UNKNOWN` with a standing: the provider
        does not know the key. `UNKNOWN` without one: it does not know the payment, or cannot say now."""
        ...

    def parse_webhook(self, merchant: str, headers: Mapping[str, str], body: bytes) -> Notice:
        """Verify and read a webhook. Header names are in lower case. Raises `WebhookRefused`."""
        ...
