"""The adapter that the how-to page shows keeps the contract, and the page shows it as it is."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from orderwright.payments.providers import AskKind, Notice, PaymentProvider, Verdict, WebhookRefused
from tests.payments.example_adapter import TillpayProvider
from tests.payments.example_service import Tillpay
from tests.payments.provider_contract import (
    ALL_RULES,
    DONE,
    Bench,
    Rule,
    an_ask,
    an_authorization,
    authorized_by_token,
    name_of,
    result,
    sums,
)

ROOT = Path(__file__).resolve().parents[2]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = b"tillpay's secret"


@pytest.fixture
def tillpay() -> Tillpay:
    """The provider."""
    return Tillpay()


@pytest_asyncio.fixture
async def bench(tillpay: Tillpay) -> AsyncIterator[Bench]:
    """A bench with the adapter."""
    async with httpx.AsyncClient(transport=httpx.MockTransport(tillpay), base_url="http://127.0.0.1") as client:
        provider: PaymentProvider = TillpayProvider(client, webhook_secret=SECRET, clock=lambda: NOON)
        yield Bench(provider, "acme", authorized_by_token(provider, "acme", "tok_ok"))


@pytest.mark.parametrize("rule", ALL_RULES, ids=name_of)
async def test_it_keeps_the_contract(bench: Bench, rule: Rule) -> None:
    await rule(bench)


@pytest.mark.parametrize("then", [500, 429, httpx.ReadTimeout("lost"), httpx.ConnectError("lost")], ids=repr)
async def test_no_answer_is_unknown_and_is_looked_up(tillpay: Tillpay, bench: Bench, then: int | Exception) -> None:
    paid = await bench.authorized(1000)
    ask = an_ask(AskKind.CAPTURE, paid, 400)
    tillpay.then = then
    lost = await bench.one(ask)
    [found] = await bench.found(ask)
    tillpay.then = then
    [not_found] = await bench.found(ask)
    assert [result(answer) for answer in (lost, found, not_found)] == [("unknown", None), DONE, ("unknown", None)]
    assert (lost.standing, not_found.standing) == (None, None)
    assert sums(found.standing) == (1000, 400, 0, 0)


async def test_codes_are_ours(bench: Bench) -> None:
    declined, unheard_of = await bench.say(an_authorization(1000, "tok_declined"), an_authorization(1000, "tok_x"))
    assert [result(declined), result(unheard_of)] == [("refused", "declined"), ("refused", "unknown_token")]


async def test_a_merchant_is_an_account(tillpay: Tillpay, bench: Bench) -> None:
    await bench._replace(merchant="bolt").one(an_authorization(1000, "tok_ok"))
    assert tillpay.accounts == {"bolt"}


def signed(body: bytes, sent: str = "1772366400", secret: bytes = SECRET) -> dict[str, str]:
    return {"tillpay-signature": f"{sent}.{hmac.digest(secret, sent.encode() + b'.' + body, hashlib.sha256).hex()}"}


async def test_a_signed_webhook_is_read(bench: Bench) -> None:
    body = b'{"id": "ev_1", "event": "payment.taken", "payment": "till_00000001"}'
    notice = bench.provider.parse_webhook("acme", signed(body), body)
    assert notice == Notice("ev_1", "payment.taken", "till_00000001")


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, b"{}"),
        (signed(b"{}", secret=b"another"), b"{}"),
        (signed(b"{}"), b'{"id": "ev_1"}'),
        (signed(b'{"id": "1", "event": "x"}', sent="1772366099"), b'{"id": "1", "event": "x"}'),
        (signed(b'{"id": "1", "event": "x"}', sent="x"), b'{"id": "1", "event": "x"}'),
        (signed(b"{}"), b"{}"),
        (signed(b"x"), b"x"),
    ],
    ids=["unsigned", "other secret", "other body", "old", "no time", "no id", "no JSON"],
)
async def test_any_other_webhook_is_refused(bench: Bench, headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(WebhookRefused):
        bench.provider.parse_webhook("acme", headers, body)


async def test_an_unknown_authorization_has_no_standing(bench: Bench) -> None:
    [found] = await bench.found(an_authorization(1000, "tok_ok"))
    assert (found.verdict, found.standing) == (Verdict.UNKNOWN, None)


def test_the_page_shows_the_adapter_as_it_is() -> None:
    adapter = (ROOT / "tests/payments/example_adapter.py").read_text(encoding="utf-8")
    page = (ROOT / "docs/how-to/write-a-payment-adapter.md").read_text(encoding="utf-8")
    assert f"```python\n{adapter}```\n" in page
    assert len(adapter.splitlines()) < 200
