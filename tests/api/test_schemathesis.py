"""Schemathesis against the OpenAPI document: generated requests, good and bad, to a real Granian on loopback.

Two ways for each operation: its coverage cases (each boundary and each way of being wrong, once) and a few random ones.
Derandomized, so that a run is the same each time.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import pytest_asyncio
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode

from orderwright.api.operations import Operation
from orderwright.api.table import OPERATIONS
from orderwright.platform.db import Database
from tests.helpers.api import a_key
from tests.helpers.serve_api import served

EXAMPLES = 4
COVERAGE_MAX = 60  # cases an operation
ENDLESS = "stream_events"
DESCRIBED = [pytest.param(made, id=made.id) for made in OPERATIONS if made.id != ENDLESS]
load_all_checks()


@pytest_asyncio.fixture(scope="module")
async def key(shared_database: Database) -> str:
    """A key that may do everything."""
    return await a_key(shared_database)


@pytest.fixture(scope="module")
def document(shared_database: Database, key: str) -> Iterator[Any]:
    """The document of a server process."""
    with served(shared_database.dsn) as port:
        yield schemathesis.openapi.from_url(f"http://127.0.0.1:{port}/v1/openapi.json")


@pytest.fixture(scope="module")
def session(key: str) -> Iterator[requests.Session]:
    """A connection that is kept, with the key."""
    with requests.Session() as kept:
        kept.headers["Authorization"] = f"Bearer {key}"
        yield kept


def _excluded(made: Operation) -> list[Any]:
    # What a schema cannot say (whether a code is known, whether a cursor is ours) refuses requests that fit it.
    names = ["positive_data_acceptance"]
    if made.item is not None:  # a bulk call takes items that are wrong, and says so in their outcomes
        names.append("negative_data_rejection")
    return [CHECKS.get_one(name) for name in names]


@pytest.mark.parametrize("made", DESCRIBED)
def test_boundaries_and_each_way_of_being_wrong(document: Any, session: requests.Session, made: Operation) -> None:
    operation = document[made.path.replace(":path}", "}")][made.method]
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    config = document.config.generation_for(operation=operation)
    cases = document.iter_coverage_cases(operation, generation_modes=modes, generation_config=config)
    for case in itertools.islice(cases, COVERAGE_MAX):
        case.call_and_validate(session=session, excluded_checks=_excluded(made))


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("made", [made for made in DESCRIBED if made.values[0].scope is not None])
def test_random_requests(document: Any, session: requests.Session, made: Operation, mode: GenerationMode) -> None:
    operation = document[made.path.replace(":path}", "}")][made.method]

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: Any) -> None:
        case.call_and_validate(session=session, excluded_checks=_excluded(made))

    check()
