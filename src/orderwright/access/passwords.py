"""Passwords: kept as Argon2id (RFC 9106), and refused when they are easy to guess.

Hashing is slow and takes memory on purpose (64 MiB, about 50 ms): it runs in threads, two at once, so that a crowd that
signs in, or guesses, slows nothing else. An unknown person costs the same work as a known one: how long an answer takes
tells nobody who has an account.
"""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.resources import files
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from orderwright.access.errors import PasswordRefused
from orderwright.platform.errors import Overloaded

T = TypeVar("T")

LENGTH_MIN, LENGTH_MAX = 12, 200
PARALLEL = 2
WAITING_MAX = 200
_PART_MIN = 3  # letters of a name that a password may not be made of
_REST_MIN = 8  # other letters that make up for one

_hasher = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=1)
_threads = ThreadPoolExecutor(PARALLEL, thread_name_prefix="password")
_waiting = 0


def check_password(password: str, *, about: Iterable[str] = ()) -> None:
    """Raise PasswordRefused for one that is easy to guess. `about`: the person's name and e-mail address."""
    plain = _normal(password)
    if len(plain) < LENGTH_MIN:
        raise PasswordRefused(f"Use {LENGTH_MIN} characters or more: a few words that do not belong together are good.")
    if len(plain) > LENGTH_MAX:
        raise PasswordRefused(f"Use {LENGTH_MAX} characters at most.")
    if "\0" in plain:
        raise PasswordRefused("A password cannot hold this character. Type it on a keyboard.")
    low = plain.casefold()
    if low in _common() or len(set(low)) < 5:
        raise PasswordRefused("This is one of the passwords that are guessed first. Choose one that nobody else has.")
    rest = low
    for part in _parts(about):
        rest = rest.replace(part, "")
    if rest != low and sum(map(str.isalnum, rest)) < _REST_MIN:
        raise PasswordRefused("This is little more than your name or address. Choose one that says nothing of you.")


async def hash_password(password: str) -> str:
    """What is kept of a password. Raises Overloaded when too many wait for theirs."""
    return await _in_thread(lambda: _hasher.hash(_normal(password)))


async def verify_password(password: str, kept: str | None) -> tuple[bool, str | None]:
    """Whether a password is the one that was kept, and what is to be kept instead where hashing is done better now.

    With nothing kept, the answer is no after the same work. Raises Overloaded when too many wait for theirs."""
    return await _in_thread(lambda: _verify(_normal(password), kept))


def _verify(password: str, kept: str | None) -> tuple[bool, str | None]:
    try:
        _hasher.verify(kept if kept is not None else _decoy(), password)
    except (VerificationError, InvalidHashError):
        return False, None
    if kept is None:
        return False, None
    return True, _hasher.hash(password) if _hasher.check_needs_rehash(kept) else None


async def _in_thread(work: Callable[[], T]) -> T:
    global _waiting  # noqa: PLW0603 (one count a process, like the threads themselves)
    if _waiting >= WAITING_MAX:
        raise Overloaded("Too many people sign in at this moment. Try again in a few seconds.")
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads, work)
    finally:
        _waiting -= 1


def _normal(password: str) -> str:
    """The same for what looks the same, whatever keyboard typed it (RFC 8265: NFC for passwords). What is far too long
    is cut: it is refused, or wrong, anyway."""
    return unicodedata.normalize("NFC", password[: LENGTH_MAX * 4])


@cache
def _decoy() -> str:
    return _hasher.hash("nobody has this password")


@cache
def _common() -> frozenset[str]:
    text = (files(__package__) / "common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(text.splitlines())


def _parts(about: Iterable[str]) -> list[str]:
    """The words of names and addresses that are long enough to be recognised."""
    words = (word for text in about for word in re.split(r"[\W_\d]+", _normal(text).casefold()))
    return sorted({word for word in words if len(word) >= _PART_MIN}, key=len, reverse=True)
