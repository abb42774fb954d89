"""How failures are written down: the kind and the place, no values."""

import asyncpg
import pytest

from orderwright.platform.db import Database
from orderwright.platform.errors import InvalidRequest
from orderwright.platform.failures import DESCRIPTION_LENGTH_MAX, backoff, describe_error, where


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("no street for ada@example.com, +41 44 668 18 00"), "ValueError: no street for … …"),
        (ValueError("first line\nCustomer: Ada"), "ValueError: first line"),
        (KeyError("Ada Lovelace"), "KeyError: …"),
        (RuntimeError(), "RuntimeError"),
        (InvalidRequest("lines[3].quantity is 0. Send 1 or more."),
         "InvalidRequest (invalid_request): lines[3].quantity is 0. Send 1 or more."),
        (RuntimeError("x" * 1_000), "RuntimeError: " + "x" * (DESCRIPTION_LENGTH_MAX - 14)),
    ],
)  # fmt: skip
def test_a_description_holds_no_personal_data(error: Exception, said: str) -> None:
    assert describe_error(error) == said


@pytest.mark.parametrize(
    ("sql", "args", "said"),
    [
        (
            "INSERT INTO pool (id, code, name) VALUES (gen_random_uuid(), 'ada@example.com', NULL)",
            [],
            "NotNullViolationError (23502) pool name",
        ),
        (
            "INSERT INTO idempotency (key, request_hash) SELECT 'Ada', '' FROM generate_series(1, 2)",
            [],
            "UniqueViolationError (23505) idempotency idempotency_pkey",
        ),
        ("SELECT 'Ada Lovelace'::date", [], "InvalidDatetimeFormatError (22007)"),
        ("SELECT $1::int", ["Ada Lovelace"], "DataError (22000)"),
    ],
)
async def test_postgresql_quotes_values_and_we_do_not(
    shared_database: Database, sql: str, args: list[str], said: str
) -> None:
    with pytest.raises(asyncpg.PostgresError) as caught:
        async with shared_database.transaction("acme") as tx:
            await tx.execute(sql, *args)

    assert describe_error(caught.value) == said
    assert where(caught.value).startswith("orderwright/platform/db.py:")


def test_pauses_grow_and_end_at_a_quarter_of_an_hour() -> None:
    for attempts, seconds in ((1, 2), (2, 4), (5, 32), (10, 900), (1_000, 900)):
        assert seconds * 0.75 <= backoff(attempts).total_seconds() <= seconds * 1.25
