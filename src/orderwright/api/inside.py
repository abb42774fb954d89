"""Operations called from within the process: what the screens stand on, so that there is no second path to the data.

A call from within is checked like one from outside: scope, limits, shapes, Idempotency-Key, and it is answered with the
same bytes. Only who calls is known already.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from litestar.datastructures import State

from orderwright.access import OF_ALL
from orderwright.api.answers import Answer, StreamAnswer, encode_json
from orderwright.api.calls import Call
from orderwright.api.operations import Operation, taker
from orderwright.api.problems import Problem, decode_problem, problem_of
from orderwright.api.table import OPERATIONS
from orderwright.platform.context import Context

GOOD_BELOW = 300
_JSON = b"application/json"


class Said(msgspec.Struct, frozen=True):
    """What an operation answered: `value` of the type that it is documented with, or the `problem`. `answer` is what
    was to be sent: bytes and media type, of what is no JSON too."""

    status: int
    value: Any
    problem: Problem | None
    answer: Answer

    @property
    def ok(self) -> bool:
        """Whether it was done, or found."""
        return self.problem is None


@cache
def operations_by_id() -> Mapping[str, Operation]:
    """Every operation by its id."""
    return {made.id: made for made in OPERATIONS}


@cache
def _take(name: str) -> tuple[Operation, Callable[[Call], Awaitable[Answer]], dict[int, Any]]:
    made = operations_by_id()[name]
    types = {made.status: made.answer, **made.also}
    return made, taker(made), {status: msgspec.json.Decoder(kind).decode for status, kind in types.items() if kind}


async def call_inside(
    state: State,
    ctx: Context,
    name: str,
    *,
    path: Mapping[str, str] | None = None,
    query: Mapping[str, Any] | None = None,
    body: Any = None,
    key: str | None = None,
    media_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> Said:
    """Ask an operation by its id as `ctx`. `body` is what JSON is made of, or bytes that are sent as they are.

    Nothing that an operation refuses or fails with is raised: it is in `problem`, and what nobody foresaw is logged.
    """
    made, take, decoders = _take(name)
    raw = body if isinstance(body, bytes) else b"" if body is None else encode_json(body)
    sent = {b"content-type": media_type.encode(), b"content-length": b"%d" % len(raw)}
    if key is not None:
        sent[b"idempotency-key"] = key.encode()
    sent |= {n.lower().encode("latin-1"): v.encode("latin-1") for n, v in (headers or {}).items()}
    values = {n: v for n, v in (query or {}).items() if v is not None}
    address = raw_address = made.path.replace(":path}", "}")
    for part, value in (path or {}).items():
        address = address.replace(f"{{{part}}}", value)
        raw_address = raw_address.replace(f"{{{part}}}", quote(value, safe=""))
    scope = {
        "type": "http", "method": made.method, "path": address, "raw_path": raw_address.encode(),
        "path_params": dict(path or {}),
        "query_string": urlencode(values, doseq=True).encode(), "headers": list(sent.items()),
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": raw, "more_body": False}

    try:
        if made.scope is not None:
            ctx.require(made.scope)
            if made.scope in OF_ALL:
                ctx.require_unlimited("This is of all channels and locations.")
        answer = await take(Call(scope, receive, sent, state, ctx))
    except Exception as error:  # noqa: BLE001  # as from outside: every failure is answered with a problem
        answer = problem_of(error, ctx.request_id, {**(path or {}), **values})
    if answer.status >= GOOD_BELOW:
        return Said(answer.status, None, decode_problem(answer.body), answer)
    decode = decoders.get(answer.status) if answer.media_type == _JSON else None
    return Said(answer.status, decode(answer.body) if decode else None, None, answer)


def stream_of(events: AsyncGenerator[bytes, None], closed: Callable[[], None]) -> StreamAnswer:
    """Server-sent events as an answer; `closed` is called once, when they end or the reader leaves."""
    return StreamAnswer(events, closed)
