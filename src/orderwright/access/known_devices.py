"""Browsers in which somebody has signed in before: guesses made elsewhere do not keep them out.

A browser carries a mark: a random name of its own, and for each person who signed in there a keyed hash of both. With
it their attempts there are counted apart from everybody else's (OWASP, "Slow Down Online Guessing Attacks with Device
Cookies"). The mark opens nothing, says nothing of anybody, and gives who steals it five guesses of their own.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode

from orderwright.platform.ids import UUID

DEVICE_COOKIE = "ow_device"
DEVICE_GOOD_FOR_S = 365 * 86_400
PEOPLE_MAX = 20  # of one browser: those who came last, at a packing table that many share
_MARK = re.compile(rf"[A-Za-z0-9_-]{{22}}(?:\.[A-Za-z0-9_-]{{22}}){{1,{PEOPLE_MAX}}}")


def device_cookie_name(secure: bool) -> str:
    """The cookie's name, as `session_cookie_name`."""
    return f"__Host-{DEVICE_COOKIE}" if secure else DEVICE_COOKIE


def mark_device(hash_key: bytes, mark: str | None, person_id: UUID) -> str:
    """The mark of a browser in which somebody has signed in, made from the one that it had. Pure but for its name."""
    name, *proofs = mark.split(".") if mark is not None and _MARK.fullmatch(mark) else [secrets.token_urlsafe(16)]
    proof = _proof(hash_key, name, person_id)
    others = [other for other in proofs if other != proof]
    return ".".join([name, *others[1 - PEOPLE_MAX :], proof])


def known_device(hash_key: bytes, mark: str | None, person_id: UUID) -> str | None:
    """The name of the browser, when this person has signed in there before. Pure."""
    if mark is None or _MARK.fullmatch(mark) is None:
        return None
    name, *proofs = mark.split(".")
    proof = _proof(hash_key, name, person_id)
    return name if any(hmac.compare_digest(proof, given) for given in proofs) else None


def _proof(hash_key: bytes, name: str, person_id: UUID) -> str:
    said = name.encode() + person_id.bytes
    digest = hashlib.blake2b(said, digest_size=16, key=hash_key[:64], person=b"known device").digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
