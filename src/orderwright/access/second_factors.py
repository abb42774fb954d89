"""The second factor: codes that a device makes anew every 30 seconds (TOTP, RFC 6238), and recovery codes for when the
device is lost. Each code works once.

Secrets are encrypted with a key derived from the installation's (AES-256-GCM, bound to the person): a copy of the
database alone makes no codes. Recovery codes have 78 random bits and are kept by keyed hash.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import secrets
from datetime import datetime
from typing import NamedTuple

import pyotp
import segno
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from orderwright.access.errors import CodeRefused
from orderwright.access.queries import (
    DELETE_RECOVERY_CODES,
    INSERT_RECOVERY_CODES,
    LOCK_SECOND_FACTOR,
    PUT_SECOND_FACTOR,
    TAKE_STEP,
    USE_RECOVERY_CODE,
)
from orderwright.platform.db import Transaction
from orderwright.platform.errors import OrderwrightError
from orderwright.platform.ids import UUID

ISSUER = "Orderwright"
STEP_S = 30
DRIFT_STEPS = 1  # a device's clock may be half a minute off
RECOVERY_CODES = 10
_NONCE_LENGTH = 12
_CODE = re.compile(r"[0-9]{6}")
_RECOVERY_LENGTH = 16
_RECOVERY_ALPHABET = "abcdefghjkmnpqrstvwxyz23456789"  # none of them is taken for another


class FactorKnown(OrderwrightError):
    """There is a second factor already. Remove it first, then set up another."""

    code, http_status = "second_factor_known", 409


class Setup(NamedTuple):
    """What a device is set up with: the secret as people type it, and the same as a picture (SVG) to scan."""

    secret: str
    picture: str

    def __repr__(self) -> str:
        """Without the secret."""
        return "Setup(...)"


async def begin_second_factor(tx: Transaction, person_id: UUID, email: str) -> Setup:
    """Make a secret for a person's device, the same one within an hour. It is asked for only after `take_code`
    confirmed it. `tx`: operator schema. Raises FactorKnown. One statement."""
    fresh = seal(tx.hash_key, person_id, pyotp.random_base32())
    row = await PUT_SECOND_FACTOR.first(tx, person_id, fresh)
    if row is None:
        raise FactorKnown
    secret = unseal(tx.hash_key, person_id, row.secret)
    uri = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)
    return Setup(" ".join(re.findall(".{4}", secret)), _picture(uri))


async def take_code(tx: Transaction, person_id: UUID, code: str, now: datetime) -> None:
    """Take a code of a person's device: it, and those before it, work no more. A first one confirms the device.

    Locks: the second factor. Raises CodeRefused. Two statements."""
    row = await LOCK_SECOND_FACTOR.first(tx, person_id)
    plain = re.sub(r"[\s-]", "", code[:40])
    if row is None or not _CODE.fullmatch(plain):
        raise CodeRefused
    totp = pyotp.TOTP(unseal(tx.hash_key, person_id, row.secret))
    today = int(now.timestamp()) // STEP_S
    fitting = [
        step
        for step in range(today - DRIFT_STEPS, today + DRIFT_STEPS + 1)
        if step > row.last_step and secrets.compare_digest(totp.generate_otp(step), plain)
    ]
    if not fitting:
        raise CodeRefused
    await TAKE_STEP.run(tx, person_id, fitting[0])


async def take_recovery_code(tx: Transaction, person_id: UUID, code: str) -> None:
    """Use one of a person's recovery codes. Raises CodeRefused. One statement."""
    if await USE_RECOVERY_CODE.first(tx, person_id, _recovery_hash(tx.hash_key, person_id, code)) is None:
        raise CodeRefused("This recovery code is wrong, or was used already. Each of them works once.")


def looks_like_recovery(code: str) -> bool:
    """Whether what was typed is meant as a recovery code."""
    return len(re.sub(r"[\s-]", "", code)) > len("000000")


async def renew_recovery_codes(tx: Transaction, person_id: UUID) -> list[str]:
    """New recovery codes, shown once; those before work no more. Two statements."""
    codes = [_random_code() for _ in range(RECOVERY_CODES)]
    await DELETE_RECOVERY_CODES.run(tx, [person_id])
    await INSERT_RECOVERY_CODES.run(tx, person_id, [_recovery_hash(tx.hash_key, person_id, code) for code in codes])
    return ["-".join(re.findall(".{4}", code)) for code in codes]


def _random_code() -> str:
    return "".join(secrets.choice(_RECOVERY_ALPHABET) for _ in range(_RECOVERY_LENGTH))


def seal(key: bytes, person_id: UUID, secret: str) -> bytes:
    """A secret, encrypted for one person's row."""
    nonce = secrets.token_bytes(_NONCE_LENGTH)
    return nonce + _cipher(key).encrypt(nonce, secret.encode(), person_id.bytes)


def unseal(key: bytes, person_id: UUID, sealed: bytes) -> str:
    """A secret as it was. Raises CodeRefused for one that was made with another key."""
    try:
        return _cipher(key).decrypt(sealed[:_NONCE_LENGTH], sealed[_NONCE_LENGTH:], person_id.bytes).decode()
    except InvalidTag:
        raise CodeRefused("Your second factor must be set up anew. Ask an administrator to remove it.") from None


def _cipher(key: bytes) -> AESGCM:
    return AESGCM(hashlib.blake2b(b"second factors", digest_size=32, key=key[:64]).digest())


def _recovery_hash(key: bytes, person_id: UUID, code: str) -> bytes:
    plain = re.sub(r"[\s-]", "", code[:100].lower())
    return hashlib.blake2b(person_id.bytes + plain.encode(), digest_size=32, key=key[:64], person=b"recovery").digest()


def _picture(uri: str) -> str:
    """A QR code as the address of a picture: nothing in it is a style or a script."""
    picture = io.BytesIO()
    segno.make(uri, error="m").save(
        picture, kind="svg", scale=5, border=4, dark="#000", light="#fff", xmldecl=False, svgclass=None, lineclass=None
    )
    return "data:image/svg+xml;base64," + base64.b64encode(picture.getvalue()).decode()
