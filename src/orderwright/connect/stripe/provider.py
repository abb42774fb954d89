"""The adapter of Stripe: cards, by PaymentIntents that are authorized first and captured later.

Before anything is asked about a payment, the payment is looked at: what was done under the same key is answered from
there, however long ago it was (Stripe forgets idempotency keys after a day), and what cannot be is not asked for.
Without multicapture, which few accounts have, Stripe takes money of a payment once: each capture is the
last one, and the standing in its answer says in `released_minor` what it let go of.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta

import structlog
from stripe import HTTPXClient, InvalidRequestError, RequestOptions, StripeClient, StripeError
from stripe.params import PaymentIntentCaptureParams, PaymentIntentCreateParams

from orderwright.connect.stripe.amounts import AmountNotPossible, to_stripe
from orderwright.connect.stripe.errors import UNKNOWN_TOKEN, decline_code, explained, refusal_code
from orderwright.connect.stripe.seen import KEY, PAYMENT, Seen, read_intent, read_refund
from orderwright.connect.stripe.webhook import read_webhook
from orderwright.payments.providers import (
    KEY_REUSED,
    NOT_SUPPORTED,
    UNKNOWN_PAYMENT,
    Answer,
    Ask,
    AskKind,
    Notice,
    Verdict,
)
from orderwright.platform.clock import utc_now

log = structlog.get_logger(__name__)

_CLOCKS_APART = timedelta(seconds=60)  # at most, ours and Stripe's
_KEYS_LIVE = timedelta(hours=20)  # Stripe may forget an idempotency key after 24 hours
_EXPAND = ["latest_charge"]

Do = Callable[[Ask], Awaitable[Answer]]


class StripeProvider:
    """Takes money with Stripe. The token of an authorization is a PaymentMethod (`pm_...`), or a customer and a saved
    one (`cus_...:pm_...`), which is charged without the payer being there. `close` it when done."""

    code = "stripe"

    def __init__(
        self,
        api_key: str,
        webhook_secret: str,
        *,
        api_base: str | None = None,
        timeout_s: float = 20,
        concurrency: int = 8,
    ) -> None:
        for name in ("stripe", "httpx", "httpcore"):  # they log bodies, which hold personal data, and every call
            logging.getLogger(name).setLevel(logging.WARNING)
        self.settled_after_s = 60 + 2 * timeout_s
        self._webhook_secret = webhook_secret
        self._http = HTTPXClient(timeout=timeout_s)
        client = StripeClient(
            api_key,
            http_client=self._http,
            max_network_retries=0,  # what is unknown is looked up
            base_addresses={"api": api_base} if api_base else None,
        )
        self._intents, self._refunds = client.v1.payment_intents, client.v1.refunds
        self._few = asyncio.Semaphore(concurrency)

    async def authorize(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        return await self._each(asks, self._authorize)

    async def increment(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        return await self._each(asks, self._move)

    async def capture(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        return await self._each(asks, self._move)

    async def void(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        return await self._each(asks, self._move)

    async def refund(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        return await self._each(asks, self._move)

    async def fetch(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        references: dict[str, str] = {}
        try:
            references = await self._find([ask for ask in asks if ask.reference is None])
        except StripeError as error:
            log.warning("stripe does not list payments", why=_said(error))
        return await self._each(
            [ask._replace(reference=ask.reference or references.get(ask.key)) for ask in asks], self._look_up
        )

    def parse_webhook(self, merchant: str, headers: Mapping[str, str], body: bytes) -> Notice:
        return read_webhook(headers, body, self._webhook_secret)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close_async()  # type: ignore[no-untyped-call]

    async def _each(self, asks: Sequence[Ask], do: Do) -> list[Answer]:
        return list(await asyncio.gather(*(self._one(ask, do) for ask in asks)))

    async def _one(self, ask: Ask, do: Do) -> Answer:
        """One ask alone: whatever goes wrong with it is its own verdict."""
        try:
            async with self._few:
                return await do(ask)
        except AmountNotPossible as error:
            return Answer(ask.key, Verdict.REFUSED, None, NOT_SUPPORTED, str(error))
        except StripeError as error:
            code = refusal_code(error, ask.kind)
            if code is not None:
                return Answer(ask.key, Verdict.REFUSED, None, code, _said(error))
            log.warning("stripe does not say", key=ask.key, kind=ask.kind, why=_said(error))
        except Exception as error:  # noqa: BLE001 (an answer that cannot be read: nothing is known of this one alone)
            log.error("stripe's answer cannot be read", key=ask.key, kind=ask.kind, error=type(error).__name__)
        return Answer(ask.key, Verdict.UNKNOWN)

    async def _authorize(self, ask: Ask) -> Answer:
        customer, _, method = (ask.token or "").rpartition(":")
        if not method:
            return Answer(ask.key, Verdict.REFUSED, None, UNKNOWN_TOKEN, "There is no token to authorize with.")
        if ask.sent_at is not None and utc_now() - ask.sent_at > _KEYS_LIVE:
            found = await self._find([ask])
            if found:
                return await self._look_up(ask._replace(reference=found[ask.key]))
        params: PaymentIntentCreateParams = {
            "amount": to_stripe(ask.amount_minor, ask.currency),
            "currency": ask.currency.lower(),
            "capture_method": "manual",
            "confirm": True,
            "payment_method": method,
            "allowed_payment_method_types": ["card"],
            "payment_method_options": {
                "card": {"request_incremental_authorization": "if_available", "request_multicapture": "if_available"}
            },
            "metadata": {KEY: ask.key, PAYMENT: ask.payment},
            "expand": _EXPAND,
        }
        if customer:
            params |= {"customer": customer, "off_session": True}
        made = await self._intents.create_async(params, {"idempotency_key": ask.key})
        return _answer(ask, Seen(read_intent(made)))

    async def _move(self, ask: Ask) -> Answer:
        """Anything but an authorization: look, ask for it unless it was done, and say how the payment stands."""
        seen = await self._look(ask.reference)
        known = _answer(ask, seen)
        if known.verdict is not Verdict.UNKNOWN or known.standing is None:
            return known
        code = explained(None, ask, seen)
        if code is not None:  # Stripe would say so too, but for a refund of what is only set aside: that is let go
            return Answer(ask.key, Verdict.REFUSED, seen.standing, code)
        try:
            return _answer(ask, await self._send(ask, seen, to_stripe(ask.amount_minor, ask.currency)))
        except InvalidRequestError as error:
            code, after = refusal_code(error, ask.kind), await self._look(ask.reference)
            return Answer(ask.key, Verdict.REFUSED, after.standing, explained(code, ask, after), _said(error))

    async def _send(self, ask: Ask, seen: Seen, amount: int) -> Seen:
        """Ask Stripe to do it; returns the payment after it."""
        reference, mark = seen.intent.id, {ask.key: f"{ask.kind}:{ask.amount_minor}"}
        options: RequestOptions = {"idempotency_key": ask.key}
        if ask.kind is AskKind.REFUND:
            made = await self._refunds.create_async(
                {"payment_intent": reference, "amount": amount, "metadata": {KEY: ask.key}},
                options,
            )
            return seen.also(read_refund(made))
        if ask.kind is AskKind.VOID:
            found = await self._intents.cancel_async(reference, {"expand": _EXPAND}, options)
        elif ask.kind is AskKind.INCREMENT:
            found = await self._intents.increment_authorization_async(
                reference,
                {"amount": seen.intent.amount + amount, "metadata": mark, "expand": _EXPAND},
                options,
            )
        else:
            params: PaymentIntentCaptureParams = {"amount_to_capture": amount, "metadata": mark, "expand": _EXPAND}
            if seen.multicapture and not ask.final:
                params["final_capture"] = False
            found = await self._intents.capture_async(reference, params, options)
        return await self._with_refunds(Seen(read_intent(found)))

    async def _look_up(self, ask: Ask) -> Answer:
        if ask.reference is None:
            return Answer(ask.key, Verdict.UNKNOWN)
        try:
            return _answer(ask, await self._look(ask.reference))
        except InvalidRequestError as error:
            return Answer(ask.key, Verdict.UNKNOWN, None, UNKNOWN_PAYMENT, _said(error))

    async def _look(self, reference: str | None) -> Seen:
        found = await self._intents.retrieve_async(reference or "", {"expand": _EXPAND})
        return await self._with_refunds(Seen(read_intent(found)))

    async def _with_refunds(self, seen: Seen) -> Seen:
        if not (seen.charge and seen.charge.amount_refunded):
            return seen
        page = await self._refunds.list_async(
            {"payment_intent": seen.intent.id, "limit": 100, "expand": ["data.balance_transaction"]}
        )
        return Seen(seen.intent, [read_refund(found) async for found in page.auto_paging_iter()])

    async def _find(self, asks: Sequence[Ask]) -> dict[str, str]:
        """The PaymentIntents that authorizations made, by key, where Stripe has them. Newest come first, so that it is
        enough to look back to when the first was sent."""
        wanted, sent = {ask.key for ask in asks}, [ask.sent_at for ask in asks if ask.sent_at]
        found: dict[str, str] = {}
        if not sent:
            return found
        since = (min(sent) - _CLOCKS_APART).timestamp()
        page = await self._intents.list_async({"limit": 100})
        async for intent in page.auto_paging_iter():
            if intent.created < since or len(found) == len(wanted):
                break
            key = intent.metadata.to_dict().get(KEY)
            if key in wanted:
                found[key] = intent.id
        return found


def _answer(ask: Ask, seen: Seen) -> Answer:
    """What became of an ask, as Stripe's objects say."""
    standing, done = seen.standing, seen.operation(ask.key)
    if seen.is_pending(ask.key):
        return Answer(ask.key, Verdict.UNKNOWN)
    if ask.kind is AskKind.VOID and standing.released_minor and not standing.capturable_minor:
        return Answer(ask.key, Verdict.DONE, standing)
    if done is None:
        return Answer(ask.key, Verdict.UNKNOWN, standing)
    if (done.kind, done.amount_minor) != (ask.kind, ask.amount_minor):
        return Answer(ask.key, Verdict.REFUSED, standing, KEY_REUSED)
    if done.done:
        return Answer(ask.key, Verdict.DONE, standing)
    code = decline_code(done.code) if ask.kind is AskKind.AUTHORIZE else done.code
    return Answer(ask.key, Verdict.REFUSED, standing, code)


def _said(error: StripeError) -> str:
    """What Stripe said, in codes: its sentences may hold what a payer typed."""
    status = f", HTTP {error.http_status}" if error.http_status else ""
    request = f", request {error.request_id}" if error.request_id else ""
    return f"{type(error).__name__}: {error.code or 'no code'}{status}{request}"
