"""The text of an API key: `ow_<prefix of 12>_<secret of 43>`.

The prefix names the key and is kept in the clear; of the secret (256 random bits in URL-safe base64) only the SHA-256
is kept. A fast hash is enough: nobody can guess 256 bits.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import NamedTuple

PREFIX_LENGTH = 12
_PREFIX_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_SECRET_BYTES = 32
_KEY = re.compile(r"ow_([a-z0-9]{12})_([A-Za-z0-9_-]{43})")


class KeyText(NamedTuple):
    """A key's two parts. Its text form is the whole key; its repr hides the secret."""

    prefix: str
    secret: str

    def __str__(self) -> str:
        return f"ow_{self.prefix}_{self.secret}"

    def __repr__(self) -> str:
        return f"KeyText(ow_{self.prefix}_...)"

    @property
    def secret_hash(self) -> bytes:
        """SHA-256 of the secret, 32 bytes."""
        return hashlib.sha256(self.secret.encode()).digest()


def new_key_text() -> KeyText:
    """A new random key."""
    prefix = "".join(secrets.choice(_PREFIX_ALPHABET) for _ in range(PREFIX_LENGTH))
    return KeyText(prefix, secrets.token_urlsafe(_SECRET_BYTES))


def parse_key_text(text: str) -> KeyText | None:
    """The parts of a key's text, or None when it cannot be one."""
    found = _KEY.fullmatch(text)
    return KeyText(found[1], found[2]) if found else None
