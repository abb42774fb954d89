"""ID tokens (OpenID Connect Core 1.0, 3.1.3.7): who a provider says somebody is, checked to the last claim. Pure."""

from __future__ import annotations

import secrets
from typing import Any, NamedTuple, TypeGuard

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from orderwright.platform.errors import OrderwrightError

# Signatures by a key pair only: never `none`, never a shared secret, whose name a forger could choose.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
SKEW_S = 60
AGE_MAX_S = 3_600
TOKEN_MAX = 20_000
_SUBJECT_MAX = 255


class ProviderRefused(OrderwrightError):
    """The provider did not say who you are in a way that can be believed. Begin again, or sign in by password."""

    code, http_status = "provider_refused", 403


class UnknownSigningKey(ProviderRefused):
    """The provider signed with a key that is not known yet. Begin again."""


class Identity(NamedTuple):
    """Who somebody is to a provider. `email` only where the provider verified it."""

    issuer: str
    subject: str
    email: str | None
    name: str | None

    def __repr__(self) -> str:
        """Without personal data."""
        return f"Identity({self.issuer})"


def check_id_token(token: str, keys: KeySet, issuer: str, client_id: str, nonce: str, now: float) -> Identity:
    """Who a token is about. Raises ProviderRefused unless signature, issuer, audience, times and nonce are right, and
    UnknownSigningKey for one that is signed with a key that is not among `keys`."""
    if len(token) > TOKEN_MAX:
        raise ProviderRefused
    try:
        decoded = jwt.decode(token, keys, algorithms=list(ALGORITHMS))
    except InvalidKeyIdError:
        raise UnknownSigningKey from None
    except (JoseError, ValueError, KeyError, TypeError):
        raise ProviderRefused from None
    claims: dict[str, Any] = decoded.claims
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    issued, expires, since = (claims.get(name) for name in ("iat", "exp", "nbf"))
    subject, said = claims.get("sub"), claims.get("nonce")
    good = (
        claims.get("iss") == issuer
        and client_id in audiences
        and (len(audiences) == 1 or "azp" in claims)
        and claims.get("azp", client_id) == client_id
        and _is_moment(expires)
        and now < expires + SKEW_S
        and _is_moment(issued)
        and issued - SKEW_S <= now <= issued + AGE_MAX_S + SKEW_S
        and (since is None or (_is_moment(since) and since - SKEW_S <= now))
        and isinstance(said, str)
        and secrets.compare_digest(said.encode(), nonce.encode())
        and isinstance(subject, str)
        and 0 < len(subject) <= _SUBJECT_MAX
        and subject.isprintable()
    )
    if not good or not isinstance(subject, str):
        raise ProviderRefused
    email, name = claims.get("email"), claims.get("name")
    return Identity(
        issuer,
        subject,
        email if isinstance(email, str) and claims.get("email_verified") is True else None,
        name if isinstance(name, str) and name.strip() else None,
    )


def _is_moment(value: object) -> TypeGuard[float]:
    """Whether a claim is a number of seconds, as JSON has them."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)
