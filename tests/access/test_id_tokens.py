"""ID tokens: what is believed, and every way in which one is not."""

from __future__ import annotations

import base64
import hmac
import json
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from orderwright.access import ProviderRefused
from orderwright.access.id_tokens import UnknownSigningKey, check_id_token

NOW = 1_800_000_000
KEY, OTHER = RSAKey.generate_key(2048, {"kid": "one"}), RSAKey.generate_key(2048, {"kid": "two"})
KEYS = KeySet([RSAKey.import_key(KEY.as_dict(private=False))])
GOOD: dict[str, Any] = {
    "iss": "https://id.example", "aud": "orderwright", "sub": "u1", "exp": NOW + 300, "iat": NOW, "nonce": "n",
    "email": "ada@staff.example", "email_verified": True, "name": "Ada Berg",
}  # fmt: skip


def check(token: str, now: float = NOW) -> Any:
    return check_id_token(token, KEYS, "https://id.example", "orderwright", "n", now)


def signed(key: Any = KEY, alg: str = "RS256", kid: str = "one", **changes: Any) -> str:
    claims = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    return jwt.encode({"alg": alg, "kid": kid}, claims, key, algorithms=[alg])


def test_a_good_token_says_who_it_is() -> None:
    assert check(signed()) == ("https://id.example", "u1", "ada@staff.example", "Ada Berg")
    assert "ada" not in repr(check(signed()))


def test_an_address_that_was_not_verified_is_none() -> None:
    for verified in (False, None, "true", 1):
        assert check(signed(email_verified=verified)).email is None


def test_clocks_may_differ_by_a_minute() -> None:
    assert check(signed(exp=NOW - 59)).subject == "u1"
    assert check(signed(iat=NOW + 59, nbf=NOW + 59)).subject == "u1"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"}, {"iss": None}, {"aud": "another"}, {"aud": None}, {"aud": []},
        {"aud": ["orderwright", "another"]}, {"aud": ["orderwright", "another"], "azp": "another"}, {"azp": "another"},
        {"exp": NOW - 61}, {"exp": None}, {"exp": "never"}, {"exp": True}, {"iat": NOW + 61}, {"iat": NOW - 3_700},
        {"iat": None}, {"nbf": NOW + 61}, {"nonce": "other"}, {"nonce": None}, {"nonce": 7}, {"sub": None},
        {"sub": ""}, {"sub": 7}, {"sub": "x" * 256}, {"sub": "a\0b"},
    ],
    ids=str,
)  # fmt: skip
def test_a_claim_that_is_not_as_it_should_be(changes: dict[str, Any]) -> None:
    with pytest.raises(ProviderRefused):
        check(signed(**changes))


def test_several_audiences_name_who_it_is_for() -> None:
    assert check(signed(aud=["another", "orderwright"], azp="orderwright")).subject == "u1"


def test_forged_signatures() -> None:
    with pytest.raises(ProviderRefused):  # another key that says it is this one
        check(signed(OTHER, kid="one"))
    with pytest.raises(UnknownSigningKey):  # another key by its own name
        check(signed(OTHER, kid="two"))
    with pytest.raises(ProviderRefused):
        check(by_hand({"alg": "none"}, b""))
    with pytest.raises(ProviderRefused):
        check(by_hand({"alg": "None", "kid": "one"}, b""))
    with pytest.raises(ProviderRefused):  # the public key as a shared secret
        check(by_hand({"alg": "HS256", "kid": "one"}, KEY.as_pem(private=False)))
    head, body, signature = signed().split(".")
    other_body = signed(sub="u2").split(".")[1]
    for text in (f"{head}.{other_body}.{signature}", f"{head}.{body}.", f"{head}.{body}", "", "a.b.c", "x" * 30_000):
        with pytest.raises(ProviderRefused):
            check(text)


def by_hand(head: dict[str, str], secret: bytes) -> str:
    """A token whose signature is an HMAC, or nothing: as a library would refuse to make it."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (head, GOOD)]
    mac = hmac.digest(secret, ".".join(parts).encode(), "sha256") if secret else b""
    return ".".join([*parts, base64.urlsafe_b64encode(mac).decode().rstrip("=")])
