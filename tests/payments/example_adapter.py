"""A payment provider's adapter: Tillpay, which does not exist. Its API is the kind that most providers have."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx
import msgspec

from orderwright.payments import providers as port
from orderwright.payments.providers import Answer, Ask, AskKind, Notice, Standing, Verdict, WebhookRefused
from orderwright.platform.clock import utc_now

AT_ONCE_MAX = 16  # calls under way; their limit is 20 a second
TOLERANCE_S = 300

# Their words for what every adapter says alike. What is not listed passes as it is.
CODES = {
    "card_declined": port.DECLINED,
    "card_empty": port.INSUFFICIENT_FUNDS,
    "hold_expired": port.EXPIRED,
    "more_than_held": port.EXCEEDS_AUTHORIZED,
    "more_than_taken": port.EXCEEDS_CAPTURED,
    "closed": port.ALREADY_FINAL,
    "no_such_payment": port.UNKNOWN_PAYMENT,
    "wrong_currency": port.CURRENCY_DIFFERS,
    "key_conflict": port.KEY_REUSED,
}
PATHS = {AskKind.INCREMENT: "raise", AskKind.CAPTURE: "take", AskKind.VOID: "cancel", AskKind.REFUND: "return"}


class TillpayProvider:
    """Tillpay by HTTP. `client` has their address, our API key and a time-out."""

    code = "tillpay"
    settled_after_s = 120.0  # well above the client's time-out: what has not arrived by then never will

    def __init__(
        self, client: httpx.AsyncClient, *, webhook_secret: bytes, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._client = client
        self._webhook_secret = webhook_secret
        self._clock = clock

    async def authorize(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        async def one(ask: Ask) -> Answer:
            body = {"our_id": ask.payment, "amount": ask.amount_minor, "currency": ask.currency, "source": ask.token}
            return await self._send(merchant, ask, "/payments", body)

        return await _all(one, asks)

    async def increment(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        return await self._move(merchant, asks)

    async def capture(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        return await self._move(merchant, asks)

    async def void(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        return await self._move(merchant, asks)

    async def refund(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        return await self._move(merchant, asks)

    async def fetch(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        async def one(ask: Ask) -> Answer:
            found = await self._call("GET", merchant, f"/requests/{ask.key}")
            if found is not None and found.status_code != 404:
                return _answer(ask.key, found.json())
            if found is None or ask.reference is None:
                return Answer(ask.key, Verdict.UNKNOWN)
            payment = await self._call("GET", merchant, f"/payments/{ask.reference}")
            if payment is None or payment.status_code == 404:
                return Answer(ask.key, Verdict.UNKNOWN)
            return Answer(ask.key, Verdict.UNKNOWN, _standing(payment.json()))

        return await _all(one, asks)

    def parse_webhook(self, merchant: str, headers: Mapping[str, str], body: bytes) -> Notice:
        sent, _, signature = headers.get("tillpay-signature", "").partition(".")
        wanted = hmac.digest(self._webhook_secret, sent.encode() + b"." + body, hashlib.sha256).hex()
        if not hmac.compare_digest(wanted.encode(), signature.encode()):
            raise WebhookRefused
        if not sent.isdecimal() or abs(self._clock().timestamp() - int(sent)) > TOLERANCE_S:
            raise WebhookRefused("The webhook is from another time. Check both clocks.")
        try:
            said = msgspec.json.decode(body, type=dict[str, str])
            return Notice(said["id"], said["event"], said.get("payment"))
        except (msgspec.MsgspecError, KeyError):
            raise WebhookRefused("The webhook cannot be read.") from None

    async def _move(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        async def one(ask: Ask) -> Answer:
            body = {"amount": ask.amount_minor, "currency": ask.currency, "last": ask.final, "our_id": ask.payment}
            return await self._send(merchant, ask, f"/payments/{ask.reference}/{PATHS[ask.kind]}", body)

        return await _all(one, asks)

    async def _send(self, merchant: str, ask: Ask, path: str, body: Mapping[str, Any]) -> Answer:
        """Ask for one thing. Only an answer that says yes or no is one."""
        answer = await self._call("POST", merchant, path, json=body, headers={"Idempotency-Key": ask.key})
        return Answer(ask.key, Verdict.UNKNOWN) if answer is None else _answer(ask.key, answer.json())

    async def _call(
        self, method: str, merchant: str, path: str, headers: Mapping[str, str] | None = None, **rest: Any
    ) -> httpx.Response | None:
        """Their answer, or None where none came, or one that is neither yes nor no: too many calls, their defect."""
        headers = {"Tillpay-Account": merchant} | dict(headers or {})
        try:
            answer = await self._client.request(method, path, headers=headers, **rest)
        except httpx.TransportError:  # also a time-out
            return None
        return answer if answer.status_code in (200, 402, 404) else None


async def _all(one: Callable[[Ask], Awaitable[Answer]], asks: Sequence[Ask]) -> list[Answer]:
    """One answer an ask, in order. They take one at a time, so a batch is several calls at once."""
    gate = asyncio.Semaphore(AT_ONCE_MAX)

    async def through(ask: Ask) -> Answer:
        async with gate:
            return await one(ask)

    return list(await asyncio.gather(*map(through, asks)))


def _answer(key: str, said: Mapping[str, Any]) -> Answer:
    """What they said to a request: `{"error": ..., "payment": ...}`, each of which may be null."""
    standing = _standing(said["payment"]) if said["payment"] else None
    if said["error"] is None:
        return Answer(key, Verdict.DONE, standing)
    return Answer(key, Verdict.REFUSED, standing, CODES.get(said["error"], said["error"]))


def _standing(payment: Mapping[str, Any]) -> Standing:
    """Their payment in our words. They count in minor units too; not all do."""
    return Standing(
        reference=payment["id"],
        currency=payment["currency"],
        authorized_minor=payment["held"],
        captured_minor=payment["taken"],
        refunded_minor=payment["returned"],
        released_minor=payment["let_go"],
        expires_at=datetime.fromisoformat(payment["hold_ends"]),
    )
