"""Health and metrics: for what watches this process, outside any merchant."""

from __future__ import annotations

import asyncio
import ipaddress
from importlib.resources import files
from typing import Any, Literal

import msgspec

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.operations import operation
from orderwright.api.reads import SCHEMA_VERSION
from orderwright.platform import metrics
from orderwright.platform.failures import describe_error

CHECK_LIMIT_S = 2.0
_REVISIONS = files("orderwright.platform") / "migrations" / "operator" / "sql"
_FORWARDED = (b"forwarded", b"x-forwarded-for", b"x-real-ip", b"via")


class Live(msgspec.Struct, frozen=True):
    """This process answers."""

    status: Literal["ok"] = "ok"


class Check(msgspec.Struct, frozen=True):
    """Whether one thing that is needed is there; `message` says what to do when it is not."""

    name: str
    ok: bool
    message: str | None = None


class Readiness(msgspec.Struct, frozen=True):
    """Whether this process can do its work: `status` is ok when every check is."""

    status: Literal["ok", "not_ready"]
    checks: list[Check]


@operation("GET", "/health/live", tag="Health", scope=None, answer=Live)
async def health_live(call: Call) -> Answer:
    """Say that this process answers.

    It looks at nothing else: restart the process when this fails.
    """
    return json_answer(Live())


@operation("GET", "/health/ready", tag="Health", scope=None, answer=Readiness, also={503: Readiness})
async def health_ready(call: Call) -> Answer:
    """Say whether this process can do its work.

    The database answers, its schema is that of this version, and the workers run where they should. Send no requests
    here while this is 503.
    """
    checks = [await _check_database(call), _check_workers(call)]
    if all(check.ok for check in checks):
        return json_answer(Readiness("ok", checks))
    return json_answer(Readiness("not_ready", checks), 503, ((b"retry-after", b"1"),))


@operation("GET", "/metrics", tag="Health", scope=None, answer=None, media_type="text/plain", refusals=(401, 403))
async def read_metrics(call: Call) -> Answer:
    """Read what the process measures, for Prometheus.

    From this machine without a key; from elsewhere, or through a proxy, with one that has `system.read`.
    """
    if not _is_local(call):
        given = call.headers.get(b"authorization")
        caller = await call.state.authenticator.authenticate(given.decode("latin-1") if given else None)
        caller.context(request_id=call.ctx.request_id).require("system.read")
    text, media_type = metrics.render()
    return Answer(text, media_type=media_type.encode())


def expected_revision() -> str:
    """The operator schema's newest revision in this version."""
    names = [entry.name for entry in _REVISIONS.iterdir() if entry.name.endswith(".sql")]
    return max(names).partition("_")[0]


async def _check_database(call: Call) -> Check:
    try:
        async with asyncio.timeout(CHECK_LIMIT_S), call.database.operator_transaction() as tx:
            found = await SCHEMA_VERSION.first(tx)
    except Exception as error:  # noqa: BLE001  # whatever it is, the database is of no use now
        return Check("database", False, f"The database does not answer ({describe_error(error)}). Start it.")
    if found is None or found.revision != expected_revision():
        return Check("database", False, "The schema is of another version. Run `orderwright migrate`.")
    return Check("database", True)


def _check_workers(call: Call) -> Check:
    if call.state.settings.run_workers and call.database.on_work is None:
        return Check("workers", False, "The workers of this process do not run. Restart it.")
    return Check("workers", True)


def _is_local(call: Call) -> bool:
    """Whether the request comes from this machine, and was not passed on from elsewhere."""
    client: Any = call.scope.get("client")
    if client is None:
        return True  # a Unix socket
    try:
        address = ipaddress.ip_address(client[0])
    except ValueError:
        return False
    return address.is_loopback and not any(name in call.headers for name in _FORWARDED)


HEALTH = [health_live, health_ready, read_metrics]
