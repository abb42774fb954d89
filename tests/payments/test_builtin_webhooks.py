"""Webhooks of the built-in provider: only what it signed, a short while ago, is read."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from orderwright.payments.providers import Notice, WebhookRefused
from orderwright.payments.providers.builtin import BuiltinProvider, SignedNotice, sign_notice
from orderwright.platform.db import Database

SECRET = b"0123456789abcdef0123456789abcdef"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOTICE = Notice("evt_1", "payment.captured", "bp_1")


class _Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> _Hands:
    """The receiver's clock, at noon."""
    return _Hands()


@pytest.fixture
def provider(shared_database: Database, clock: _Hands) -> BuiltinProvider:
    """A receiver of webhooks; no database is asked."""
    return BuiltinProvider(shared_database, webhook_secret=SECRET, clock=clock)


def signed(body: bytes | None = None, secret: bytes = SECRET, event_id: str = "evt_1") -> SignedNotice:
    """A webhook sent at noon; a body of one's own is signed as properly."""
    made = sign_notice(secret, event_id, "payment.captured", "bp_1", NOON)
    if body is None:
        return made
    text = event_id.encode() + b"." + made.headers["webhook-timestamp"].encode() + b"." + body
    signature = "v1," + base64.b64encode(hmac.digest(secret, text, hashlib.sha256)).decode()
    return SignedNotice(made.headers | {"webhook-signature": signature}, body)


def refused(provider: BuiltinProvider, headers: dict[str, str], body: bytes) -> str:
    """Why a webhook is refused."""
    with pytest.raises(WebhookRefused) as caught:
        provider.parse_webhook("acme", headers, body)
    assert (caught.value.code, caught.value.http_status) == ("webhook_refused", 400)
    return str(caught.value)


def test_the_signature_is_that_of_the_specification() -> None:
    """An example that was computed by `openssl dgst -sha256 -hmac` over `evt_1.1772366400.<body>`."""
    made = sign_notice(SECRET, "evt_1", "payment.captured", "bp_1", NOON)
    assert made.body == b'{"type":"payment.captured","reference":"bp_1"}'
    assert made.headers == {
        "webhook-id": "evt_1",
        "webhook-timestamp": "1772366400",
        "webhook-signature": "v1,eeygup5vusOxJ/KuvEVRTdIAP12B7LbEZJJURhTCcCE=",
    }


def test_what_was_signed_is_read(provider: BuiltinProvider) -> None:
    assert provider.parse_webhook("acme", *signed()) == NOTICE


def test_sent_again_it_is_the_same(provider: BuiltinProvider, clock: _Hands) -> None:
    sent = signed()
    clock.now = NOON + timedelta(minutes=4)
    assert [provider.parse_webhook("acme", *sent), provider.parse_webhook("acme", *sent)] == [NOTICE, NOTICE]


def test_a_notice_may_be_about_no_payment(provider: BuiltinProvider) -> None:
    made = sign_notice(SECRET, "evt_2", "account.updated", None, NOON)
    assert provider.parse_webhook("acme", *made) == Notice("evt_2", "account.updated", None)


def test_one_of_several_signatures_is_enough(provider: BuiltinProvider) -> None:
    old, new = signed(secret=b"the secret before"), signed()
    both = f"v1a,x {old.headers['webhook-signature']} {new.headers['webhook-signature']}"
    assert provider.parse_webhook("acme", new.headers | {"webhook-signature": both}, new.body) == NOTICE


@pytest.mark.parametrize("signature", ["v1,", "v1,AAAA", "é", "v2,x", " "])
def test_a_wrong_signature_is_refused(provider: BuiltinProvider, signature: str) -> None:
    sent = signed()
    message = refused(provider, sent.headers | {"webhook-signature": signature}, sent.body)
    assert message == "The webhook's signature is wrong. Check the signing secret on both sides."


def test_another_secret_is_refused(provider: BuiltinProvider) -> None:
    assert "signature is wrong" in refused(provider, *signed(secret=SECRET + b"x"))


@pytest.mark.parametrize(
    ("header", "value"), [("webhook-id", "evt_2"), ("webhook-timestamp", "1772366401")], ids=["id", "timestamp"]
)
def test_the_signature_covers_the_headers(provider: BuiltinProvider, header: str, value: str) -> None:
    sent = signed()
    assert "signature is wrong" in refused(provider, sent.headers | {header: value}, sent.body)


def test_the_signature_covers_the_body(provider: BuiltinProvider) -> None:
    sent = signed()
    assert "signature is wrong" in refused(provider, sent.headers, sent.body.replace(b"bp_1", b"bp_2"))


@pytest.mark.parametrize("header", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_missing_header_is_refused(provider: BuiltinProvider, header: str) -> None:
    sent = signed()
    without = {name: value for name, value in sent.headers.items() if name != header}
    message = "The webhook lacks a header. Send webhook-id, webhook-timestamp, webhook-signature."
    assert refused(provider, without, sent.body) == message
    assert refused(provider, sent.headers | {header: ""}, sent.body) == message


@pytest.mark.parametrize(("seconds", "is_read"), [(300, True), (301, False), (-300, True), (-301, False)])
def test_five_minutes_are_tolerated(provider: BuiltinProvider, clock: _Hands, seconds: int, is_read: bool) -> None:
    sent = signed()
    clock.now = NOON + timedelta(seconds=seconds)
    if is_read:
        assert provider.parse_webhook("acme", *sent) == NOTICE
    else:
        assert "from another time" in refused(provider, *sent)


@pytest.mark.parametrize("timestamp", ["noon", "-1", "1e9", "9" * 30, "١٧"])
def test_a_timestamp_is_seconds(provider: BuiltinProvider, timestamp: str) -> None:
    body = signed().body
    text = f"evt_1.{timestamp}.".encode() + body
    signature = "v1," + base64.b64encode(hmac.digest(SECRET, text, hashlib.sha256)).decode()
    headers = {"webhook-id": "evt_1", "webhook-timestamp": timestamp, "webhook-signature": signature}
    assert "from another time" in refused(provider, headers, body)


@pytest.mark.parametrize(
    "body",
    [b"", b"payment", b"[]", b"{}", b'{"type": 1}', b'{"type": "x", "reference": 1}', b'{"type": "x\\u0000"}',
     b'{"type": "x"', b'{"type": "\xff"}', b'{"x":' * 1500 + b"1" + b"}" * 1500],
    ids=lambda body: str(body[:30]),
)  # fmt: skip
def test_a_body_that_cannot_be_read_is_refused(provider: BuiltinProvider, body: bytes) -> None:
    message = "The webhook's body cannot be read. Send JSON with a type and a reference."
    assert refused(provider, *signed(body)) == message


def test_a_long_one_is_refused(provider: BuiltinProvider) -> None:
    assert "too long" in refused(provider, *signed(b'{"type": "x"}' + b" " * 10_000))
    assert "too long" in refused(provider, *signed(event_id="e" * 201))


def test_a_secret_is_not_empty(shared_database: Database) -> None:
    with pytest.raises(ValueError, match="known to everybody"):
        BuiltinProvider(shared_database, webhook_secret=b"")
