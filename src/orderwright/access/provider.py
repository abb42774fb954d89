"""A provider of identities (OpenID Connect Core 1.0): the code flow with PKCE (RFC 7636), state and nonce.

What it says of itself and its keys is asked for seldom, with limits of time and size, and believed for a while. A key
that is not known is looked for again at most once a minute.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

import httpx
import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from joserfc.jwk import KeySet

from orderwright.access.id_tokens import Identity, ProviderRefused, UnknownSigningKey, check_id_token

METADATA_GOOD_FOR_S = 3_600.0
KEYS_GOOD_FOR_S = 900.0
KEYS_AGAIN_S = 60.0
TIMEOUT_S = 10.0
ANSWER_MAX_BYTES = 1_000_000
FLOW_GOOD_FOR_S = 600
_NONCE_LENGTH = 12


class ProviderSettings(NamedTuple):
    """Which provider, and who we are to it. `secret` is None for a public client."""

    issuer: str
    client_id: str
    secret: str | None
    scopes: str

    def __repr__(self) -> str:
        """Without the secret."""
        return f"ProviderSettings({self.issuer}, {self.client_id})"


class Flow(msgspec.Struct, frozen=True):
    """What is remembered while somebody is at the provider: sealed in a cookie of theirs. `next` is a local address."""

    state: str
    nonce: str
    verifier: str
    next: str
    until: float


class _Metadata(NamedTuple):
    authorization: str
    token: str
    keys: str
    post_secret: bool


class Provider:
    """One provider, for one process. `hash_key` is the installation's: flows are sealed with a key derived from it.

    `transport` is for a server that needs another way to the network."""

    def __init__(
        self,
        settings: ProviderSettings,
        hash_key: bytes,
        *,
        clock: Callable[[], float] = time.time,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.settings = settings
        self._clock = clock
        self._transport = transport
        self._cipher = AESGCM(hashlib.blake2b(b"provider flows", digest_size=32, key=hash_key[:64]).digest())
        self._metadata: tuple[float, _Metadata] | None = None
        self._keys: tuple[float, KeySet] | None = None
        self._turn = asyncio.Lock()

    async def begin(self, back: str, next_address: str) -> tuple[str, str]:
        """Where to send somebody, and the cookie that they bring back from there. `back`: our own whole address.

        Raises ProviderRefused when the provider cannot be asked."""
        metadata = await self._read_metadata()
        flow = Flow(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            next=next_address,
            until=self._clock() + FLOW_GOOD_FOR_S,
        )
        challenge = base64.urlsafe_b64encode(hashlib.sha256(flow.verifier.encode()).digest()).decode().rstrip("=")
        asked = {
            "response_type": "code", "client_id": self.settings.client_id, "redirect_uri": back,
            "scope": self.settings.scopes, "state": flow.state, "nonce": flow.nonce, "code_challenge": challenge,
            "code_challenge_method": "S256",
        }  # fmt: skip
        joined = "&" if "?" in metadata.authorization else "?"
        return f"{metadata.authorization}{joined}{urlencode(asked)}", self._seal(flow)

    async def finish(self, back: str, cookie: str | None, said: Mapping[str, str]) -> tuple[Identity, str]:
        """Who came back, and where they wanted to go. `said`: the query string that the provider sent them with.

        Raises ProviderRefused, with a sentence, for anything that is not as it should be."""
        flow = self._unseal(cookie)
        if flow is None or flow.until < self._clock() or not _same(flow.state, said.get("state", "")):
            raise ProviderRefused("This took too long, or was begun in another window. Begin again.")
        if "iss" in said and said["iss"] != self.settings.issuer:  # RFC 9207: another provider's answer
            raise ProviderRefused("The answer came from another provider. Begin again.")
        if "error" in said or not said.get("code"):
            raise ProviderRefused("The provider did not sign you in. Begin again, or sign in by password.")
        metadata = await self._read_metadata()
        token = await self._redeem(metadata, said["code"], back, flow.verifier)
        return await self._check(metadata, token, flow.nonce), flow.next

    async def _check(self, metadata: _Metadata, token: str, nonce: str) -> Identity:
        """Check an ID token; with keys asked for anew where it was signed with one that is not known."""
        settings, now = self.settings, self._clock()
        try:
            keys = await self._read_keys(metadata, KEYS_GOOD_FOR_S)
            return check_id_token(token, keys, settings.issuer, settings.client_id, nonce, now)
        except UnknownSigningKey:
            keys = await self._read_keys(metadata, KEYS_AGAIN_S)
            return check_id_token(token, keys, settings.issuer, settings.client_id, nonce, now)

    async def _redeem(self, metadata: _Metadata, code: str, back: str, verifier: str) -> str:
        """The ID token that a code is good for, once."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
        auth: httpx.BasicAuth | None = None
        if self.settings.secret is None:
            form["client_id"] = self.settings.client_id
        elif metadata.post_secret:
            form |= {"client_id": self.settings.client_id, "client_secret": self.settings.secret}
        else:
            auth = httpx.BasicAuth(*(_quoted(text) for text in (self.settings.client_id, self.settings.secret)))
        found = await self._ask("POST", metadata.token, data=form, auth=auth)
        token = found.get("id_token")
        if not isinstance(token, str):
            raise ProviderRefused("The provider did not say who you are. Begin again.")
        return token

    async def _read_metadata(self) -> _Metadata:
        async with self._turn:
            if self._metadata is None or self._metadata[0] + METADATA_GOOD_FOR_S < self._clock():
                issuer = self.settings.issuer
                found = await self._ask("GET", issuer.rstrip("/") + "/.well-known/openid-configuration")
                if found.get("issuer") != issuer:
                    raise ProviderRefused("The provider calls itself otherwise. Correct the setting oidc_issuer.")
                ways = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
                made = _Metadata(
                    self._address(found, "authorization_endpoint"),
                    self._address(found, "token_endpoint"),
                    self._address(found, "jwks_uri"),
                    "client_secret_basic" not in ways and "client_secret_post" in ways,
                )
                self._metadata = self._clock(), made
            return self._metadata[1]

    def _address(self, found: Mapping[str, Any], name: str) -> str:
        """An address of the provider's: by https where its own is."""
        address = found.get(name)
        if not isinstance(address, str) or not address.startswith(("https://", "http://")):
            raise ProviderRefused("The provider's description of itself cannot be read. Check the setting oidc_issuer.")
        if self.settings.issuer.startswith("https://") and not address.startswith("https://"):
            raise ProviderRefused("The provider would have us come without https. Check the setting oidc_issuer.")
        return address

    async def _read_keys(self, metadata: _Metadata, good_for_s: float) -> KeySet:
        async with self._turn:
            if self._keys is None or self._keys[0] + good_for_s < self._clock():
                found = await self._ask("GET", metadata.keys)
                try:
                    keys = KeySet.import_key_set(found)  # type: ignore[arg-type]
                except Exception as error:  # whatever the library makes of what a stranger sent
                    raise ProviderRefused("The provider's keys cannot be read. Begin again later.") from error
                self._keys = self._clock(), keys
            return self._keys[1]

    async def _ask(self, method: str, address: str, **rest: Any) -> dict[str, Any]:
        """Ask the provider for a JSON object, of a limited size, within limited time, and follow it nowhere else."""
        body = b""
        try:
            async with (
                asyncio.timeout(TIMEOUT_S),
                httpx.AsyncClient(transport=self._transport, timeout=TIMEOUT_S, follow_redirects=False) as client,
                client.stream(method, address, headers={"accept": "application/json"}, **rest) as answer,
            ):
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > ANSWER_MAX_BYTES:
                        raise ProviderRefused("The provider's answer is too large. Begin again later.")
                if answer.status_code != httpx.codes.OK:
                    raise ProviderRefused("The provider refused. Begin again, or sign in by password.")
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError) as error:
            raise ProviderRefused("The provider does not answer. Try again later, or sign in by password.") from error
        try:
            return msgspec.json.decode(body, type=dict[str, Any])
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise ProviderRefused("The provider's answer cannot be read. Begin again later.") from error

    def _seal(self, flow: Flow) -> str:
        nonce = secrets.token_bytes(_NONCE_LENGTH)
        sealed = nonce + self._cipher.encrypt(nonce, msgspec.json.encode(flow), None)
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def _unseal(self, cookie: str | None) -> Flow | None:
        try:
            raw = base64.urlsafe_b64decode((cookie or "") + "=" * (-len(cookie or "") % 4))
            return msgspec.json.decode(self._cipher.decrypt(raw[:_NONCE_LENGTH], raw[_NONCE_LENGTH:], None), type=Flow)
        except (InvalidTag, ValueError, msgspec.MsgspecError):  # not ours
            return None


def _same(ours: str, said: str) -> bool:
    """Whether what came back is what was sent, in the same time for any; `said` may be any text at all."""
    return secrets.compare_digest(ours.encode(), said.encode(errors="replace"))


def _quoted(text: str) -> str:
    """As RFC 6749 section 2.3.1 has it in the header."""
    return urlencode({"": text})[1:]
