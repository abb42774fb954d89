"""What Stripe shows of a payment: the few fields of its objects that are read, and what they mean for us.

Each thing done leaves its key at Stripe: an authorization in `orderwright_key`, a refund in its own metadata, a capture
or an increment as metadata `<key>: <kind>:<minor units>` of the PaymentIntent, written by the same call that does it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Self

import msgspec
import stripe

from orderwright.connect.stripe.amounts import from_stripe
from orderwright.payments.providers import AskKind, Operation, Standing

KEY, PAYMENT = "orderwright_key", "orderwright_payment"  # in metadata


class _Status(msgspec.Struct):
    status: str


class _Card(msgspec.Struct):
    capture_before: int | None = None
    multicapture: _Status | None = None


class _Method(msgspec.Struct):
    card: _Card | None = None


class _Charge(msgspec.Struct):
    status: str
    captured: bool = False
    amount_refunded: int = 0
    payment_method_details: _Method | None = None


class _Failure(msgspec.Struct):
    code: str | None = None
    decline_code: str | None = None


class Intent(msgspec.Struct):
    """A PaymentIntent. Amounts are as Stripe counts them."""

    id: str
    status: str
    amount: int
    currency: str
    created: int
    metadata: dict[str, str]
    latest_charge: _Charge | str | None = None
    amount_received: int | None = None
    amount_capturable: int | None = None
    cancellation_reason: str | None = None
    last_payment_error: _Failure | None = None


class _Movement(msgspec.Struct):
    type: str


class Refund(msgspec.Struct):
    """A refund. What a partial capture lets go of is listed as one too."""

    amount: int
    status: str
    metadata: dict[str, str] | None = None
    payment_intent: str | None = None
    failure_reason: str | None = None
    balance_transaction: _Movement | str | None = None

    @property
    def is_release(self) -> bool:
        """Whether it gives back what was never taken."""
        movement = self.balance_transaction
        return self.payment_intent is None or (
            isinstance(movement, _Movement) and movement.type == "partial_capture_reversal"
        )


class Seen:
    """A payment as Stripe has it. Raises AmountNotPossible or msgspec.ValidationError for what cannot be read."""

    def __init__(self, intent: Intent, refunds: Sequence[Refund] = ()) -> None:
        self.intent, self.refunds = intent, refunds
        self.currency = intent.currency.upper()
        charge = intent.latest_charge
        self.charge = charge if isinstance(charge, _Charge) and charge.status == "succeeded" else None

    @property
    def lapsed(self) -> bool:
        """Whether it was let go because nobody took it in time."""
        return self.intent.cancellation_reason in ("automatic", "expired")

    @property
    def multicapture(self) -> bool:
        """Whether it may be captured more than once."""
        card = self._card
        return bool(card and card.multicapture and card.multicapture.status == "available")

    @property
    def code(self) -> str | None:
        """Why nothing was set aside, in Stripe's words."""
        failure = self.intent.last_payment_error
        if self.intent.status == "requires_action":
            return "authentication_required"
        return (failure.decline_code or failure.code) if failure else None

    @cached_property
    def standing(self) -> Standing:
        """Its sums. After the last capture, and without multicapture that is any, the rest counts as released."""
        intent, given = self.intent, [r for r in self.refunds if not r.is_release]
        authorized = intent.amount if self.charge else 0
        captured, capturable = intent.amount_received, intent.amount_capturable
        if captured is None:  # what old versions of the API, and Stripe's stand-ins, leave out
            let_go = sum(r.amount for r in self.refunds if r.is_release)
            captured = authorized - let_go if self.charge and self.charge.captured else 0
        if capturable is None:
            capturable = authorized if intent.status == "requires_capture" else 0
        refunded = min(sum(r.amount for r in given if r.status == "succeeded"), captured)
        before = self._card.capture_before if self._card and capturable else None
        return Standing(
            intent.id,
            self.currency,
            self._minor(authorized),
            self._minor(captured),
            self._minor(refunded),
            self._minor(authorized - captured - capturable),
            datetime.fromtimestamp(before, UTC) if before else None,
            self._operations(authorized, captured, given),
        )

    def operation(self, key: str) -> Operation | None:
        """What was done under a key."""
        return next((o for o in self.standing.operations if o.key == key), None)

    def is_pending(self, key: str) -> bool:
        """Whether Stripe itself does not know yet what becomes of it."""
        refunds = (r.status for r in self.refunds if (r.metadata or {}).get(KEY) == key)
        mine = self.intent.metadata.get(KEY) == key
        return (mine and self.intent.status in ("processing", "requires_confirmation")) or any(
            status in ("pending", "requires_action") for status in refunds
        )

    def also(self, refund: Refund) -> Self:
        """With one refund more."""
        return type(self)(self.intent, [*(r for r in self.refunds if r != refund), refund])

    def _operations(self, authorized: int, captured: int, given: Sequence[Refund]) -> list[Operation]:
        marks = [
            Operation(key, AskKind(kind), int(minor), True)
            for key, value in self.intent.metadata.items()
            for kind, _, minor in [value.partition(":")]
            if key.startswith("prq_")
        ]
        raised = sum(m.amount_minor for m in marks if m.kind is AskKind.INCREMENT)
        others = self._minor(captured) - sum(m.amount_minor for m in marks if m.kind is AskKind.CAPTURE)
        first = self._minor(self.intent.amount) - raised
        key = self.intent.metadata.get(KEY)
        return [
            Operation(key, AskKind.AUTHORIZE, first, bool(authorized), None if authorized else self.code),
            *marks,
            *([Operation(None, AskKind.CAPTURE, others, True)] if others > 0 else []),
            *(
                Operation(
                    (r.metadata or {}).get(KEY),
                    AskKind.REFUND,
                    self._minor(r.amount),
                    r.status == "succeeded",
                    r.failure_reason,
                )
                for r in given
            ),
        ]

    @property
    def _card(self) -> _Card | None:
        details = self.charge.payment_method_details if self.charge else None
        return details.card if details else None

    def _minor(self, amount: int) -> int:
        return from_stripe(amount, self.currency)


def read_intent(found: stripe.PaymentIntent) -> Intent:
    """The fields of a PaymentIntent that are used."""
    return msgspec.convert(found.to_dict(), Intent)


def read_refund(found: stripe.Refund) -> Refund:
    """The fields of a refund that are used."""
    return msgspec.convert(found.to_dict(), Refund)
