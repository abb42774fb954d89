"""Operations: a function with a decorator each, from which its route and its documentation are made.

    @operation("GET", "/v1/orders/{order_id}", tag="Orders", scope="orders.read", answer=OrderView)
    async def read_order(call: Call) -> Answer:
        \"\"\"Read an order. ...\"\"\"

A parameter `query` is a struct made of the query string; `body` is one made of the JSON body; `items` are those of a
bulk call, each decoded by itself. (Types that are made at run time are named in the decorator instead.) Who calls is
known before a handler runs, and allowed what `scope` names.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl

import msgspec
from litestar import Request
from litestar.handlers import HTTPRouteHandler

from orderwright.access import OF_ALL
from orderwright.api.answers import Answer
from orderwright.api.bodies import decode, decode_bulk, decode_items
from orderwright.api.calls import Call
from orderwright.api.headers import Headers, on_behalf_of, reason, request_id_of
from orderwright.api.parameters import query_decoder
from orderwright.api.problems import problem_of
from orderwright.platform.context import Context
from orderwright.platform.errors import InvalidRequest
from orderwright.platform.logs import log_context
from orderwright.platform.metrics import HTTP_SECONDS
from orderwright.platform.tracing import span

T = TypeVar("T")
Endpoint = Callable[..., Awaitable[Answer]]


_ITEMS = "items of a bulk call"
# Each item of a bulk call, or what is wrong with it, in the order in which they came.
Decoded = Sequence[T | InvalidRequest]
Items = Annotated[Sequence[T | InvalidRequest], _ITEMS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that can be asked. `answer` is the type of what is answered with `status`, None for no JSON."""

    id: str
    method: str
    path: str
    run: Endpoint
    summary: str
    description: str
    tag: str
    scope: str | None
    answer: Any
    status: int = 200
    also: dict[int, Any] = field(default_factory=dict)  # other good answers
    query: Any = None
    body: Any = None
    item: Any = None  # of a bulk body
    body_optional: bool = False
    refuses: frozenset[str] = frozenset()  # parameters that may hold personal data
    csv: str = ""  # an example of text/csv, where it takes that too
    key_needed: bool = False  # the header Idempotency-Key
    refusals: tuple[int, ...] = ()  # statuses of a business "no"
    example: Any = None  # of the body
    media_type: str = "application/json"
    takes: str = ""  # the media type of a body that is taken as it is


def operation(
    method: str, path: str, *, tag: str, scope: str | None, answer: Any, **rest: Any
) -> Callable[[Endpoint], Operation]:
    """Make an operation of a handler. What it takes is read from its annotations, what it is from its docstring."""

    def make(run: Endpoint) -> Operation:
        hints = get_type_hints(run, include_extras=True)
        summary, _, description = (run.__doc__ or "").strip().partition("\n")
        return Operation(
            id=run.__name__,
            method=method,
            path=path,
            run=run,
            summary=summary.rstrip("."),
            description=" ".join(description.split()),
            tag=tag,
            scope=scope,
            answer=answer,
            **{"query": hints.get("query"), "body": hints.get("body"), "item": _item(hints.get("items"))} | rest,
        )

    return make


def _item(items: Any) -> Any:
    """The T of `Items[T]`."""
    if get_origin(items) is not Annotated:
        return None
    [either] = get_args(get_args(items)[0])
    [kind] = [part for part in get_args(either) if part is not InvalidRequest]
    return kind


def _said_in_address(scope: Any) -> dict[str, str]:
    """The parameters of the path and of the query string, by name."""
    return {**scope["path_params"], **dict(parse_qsl(scope["query_string"].decode("latin-1")))}


def route(made: Operation) -> HTTPRouteHandler:
    """The Litestar handler of an operation."""
    take = taker(made)
    timers: dict[int, Any] = {}
    scope_needed = made.scope
    of_all = scope_needed in OF_ALL

    async def handle(request: Request[Any, Any, Any]) -> Answer:
        began = time.perf_counter()
        scope = request.scope
        headers: Headers = dict(scope["headers"])
        request_id = request_id_of(headers)
        try:
            state = request.app.state
            if scope_needed is None:
                ctx = Context("", "anonymous", request_id=request_id)
            else:
                ctx = await _authenticate(state.authenticator, headers, request_id)
                ctx.require(scope_needed)
                if of_all:
                    ctx.require_unlimited("This is of all channels and locations.")
            with log_context(request_id=request_id, merchant=ctx.merchant), span("request", route=made.path):
                answer = await take(Call(scope, request.receive, headers, state, ctx))
            answer.request_id = request_id
        except Exception as error:  # noqa: BLE001  # every failure is answered with a problem
            answer = problem_of(error, request_id, _said_in_address(scope))
        timer = timers.get(answer.status)
        if timer is None:
            timer = timers[answer.status] = HTTP_SECONDS.labels(made.method, made.path, str(answer.status))
        timer.observe(time.perf_counter() - began)
        return answer

    methods: Any = _methods(made)
    return HTTPRouteHandler(_route_path(made), http_method=methods, name=made.id, include_in_schema=False)(handle)


def options_routes(operations: Sequence[Operation]) -> list[HTTPRouteHandler]:
    """A handler of OPTIONS for each path, which says what else the path takes."""
    taken: dict[str, set[str]] = {}
    for made in operations:
        taken.setdefault(_route_path(made), {"OPTIONS"}).update(_methods(made))
    return [_options_route(path, methods) for path, methods in taken.items()]


def _options_route(path: str, methods: set[str]) -> HTTPRouteHandler:
    allow = ((b"allow", ", ".join(sorted(methods)).encode()),)

    async def handle() -> Answer:
        return Answer(b"", 204, allow, b"text/plain")

    return HTTPRouteHandler(path, http_method="OPTIONS", include_in_schema=False)(handle)


def _methods(made: Operation) -> list[str]:
    return ["GET", "HEAD"] if made.method == "GET" else [made.method]


def _route_path(made: Operation) -> str:
    """The path in Litestar's terms."""
    return made.path if ":" in made.path else made.path.replace("}", ":str}")


async def _authenticate(authenticator: Any, headers: Headers, request_id: str) -> Context:
    given = headers.get(b"authorization")
    caller = await authenticator.authenticate(given.decode("latin-1") if given is not None else None)
    ctx: Context = caller.context(request_id=request_id, on_behalf_of=on_behalf_of(headers), reason=reason(headers))
    return ctx


def taker(made: Operation) -> Callable[[Call], Awaitable[Answer]]:
    """What reads and decodes the inputs that a handler asks for, and calls it."""
    run = made.run
    read_query = query_decoder(made.query, made.refuses)
    read_body = msgspec.json.Decoder(made.body).decode if made.body is not None else None
    read_item = msgspec.json.Decoder(made.item).decode if made.item is not None else None
    optional = made.body_optional

    async def take(call: Call) -> Answer:
        query = read_query(call.scope["query_string"])
        if read_body is not None:
            body = decode(read_body, await call.json_body(optional=optional))
            return await (run(call, body=body) if query is None else run(call, body=body, query=query))
        if read_item is not None and not (made.csv and call.media_type() == "text/csv"):
            bulk = decode(decode_bulk, await call.json_body())
            return await run(call, items=decode_items(read_item, bulk.data))
        return await (run(call) if query is None else run(call, query=query))

    return take
