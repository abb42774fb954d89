"""What a failure means and how it is written down: shared by the coalescer, the pumps and the subscribers."""

from __future__ import annotations

import random
import re
import traceback
from datetime import timedelta

import asyncpg

from orderwright.platform.db import RETRYABLE_ERRORS
from orderwright.platform.errors import DatabaseUnavailable, OrderwrightError, OutcomeUnknown

# Nobody's fault: the same work is tried again as it is.
TRANSIENT_ERRORS: tuple[type[Exception], ...] = (*RETRYABLE_ERRORS, DatabaseUnavailable, OutcomeUnknown)
# A value that PostgreSQL or the driver cannot take: a NUL character, a number out of range, a text too long to index.
UNSTORABLE_ERRORS: tuple[type[Exception], ...] = (asyncpg.DataError, asyncpg.ProgramLimitExceededError)
DESCRIPTION_LENGTH_MAX = 300
_BACKOFF_MAX_S = 900.0

_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|\$\d+: .*", re.DOTALL)
_EMAIL = re.compile(r"\S+@\S+")
_DIGITS = re.compile(r"\+?\d[\d ().-]{5,}\d")


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: 2, 4, 8 s ... 15 minutes at most, give or take a quarter."""
    return timedelta(seconds=min(2.0 ** min(attempts, 20), _BACKOFF_MAX_S) * random.uniform(0.75, 1.25))


def describe_error(error: BaseException) -> str:
    """The type and message of an error for people who operate the system, without values that may be personal data.

    PostgreSQL's details and the driver's messages quote rows and arguments: of those only names of constraints,
    tables and columns are kept. From other messages go quoted parts, e-mail addresses and long numbers.
    """
    name = type(error).__name__
    if isinstance(error, asyncpg.PostgresError):
        at = (getattr(error, part, None) for part in ("table_name", "column_name", "constraint_name"))
        return " ".join([f"{name} ({error.sqlstate})" if error.sqlstate else name, *(a for a in at if a)])
    if isinstance(error, OrderwrightError):
        name = f"{name} ({error.code})"
    lines = str(error).strip().splitlines()
    message = _QUOTED.sub("…", lines[0]) if lines else ""
    message = _DIGITS.sub("…", _EMAIL.sub("…", message))
    return f"{name}: {message}"[:DESCRIPTION_LENGTH_MAX] if message else name


def where(error: BaseException) -> str:
    """Where our own code raised or called what raised: `orderwright/flows/place_orders.py:120 place_orders`."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/orderwright/" in frame.filename] or frames
    if not ours:
        return "unknown"
    frame = ours[-1]
    return f"orderwright/{frame.filename.rpartition('/orderwright/')[2]}:{frame.lineno} {frame.name}"
