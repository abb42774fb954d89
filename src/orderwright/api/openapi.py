"""The OpenAPI 3.1 document, made from the table of operations and the types that decode and encode them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from importlib.resources import files
from typing import Any

import msgspec

from orderwright import __version__
from orderwright.access import SCOPES
from orderwright.api.bodies import BULK_MAX
from orderwright.api.calls import PATH_IDS
from orderwright.api.events import EventView
from orderwright.api.fulfillments import TrackingView
from orderwright.api.operations import Operation
from orderwright.api.problems import Problem

TAGS = {
    "Orders": "Placing, reading, searching and changing orders.",
    "Money": "Payments, captures and refunds, the ledger of every cent, and balances that people must look at.",
    "Store credit": "What customers have here, where it came from, and what it was spent on.",
    "Documents": "Invoices, credit notes, receipts and account statements, as data and as PDF, and who issues them.",
    "Taxes": "By which engine channels are taxed, the table of rates, and what would be charged.",
    "Customers": "Who orders are from: reading, finding and erasing people.",
    "Catalog": "SKUs, pools, locations and channels, addressed by code.",
    "Stock": "What there is and what can be promised; arrivals and corrections.",
    "Fulfillments": "The work of locations: release, pick, pack, ship; shipments and tracking.",
    "Returns": "What comes back: announced, received, inspected, refunded; parcels that nobody expected; policies.",
    "Audit trail": "Who did what, when and from where, and what was before and after.",
    "Approvals": "What somebody may not do alone: asked for, approved by somebody above, or rejected.",
    "People": "Who may sign in, with which roles, and how much they may give or correct alone.",
    "API keys": "Keys to this interface: made, rotated, revoked.",
    "Exchanges": "What comes back for others, who pays the difference, and when the new goods leave.",
    "Messages": "What was said with customers, on whatever way, and what waits for an answer.",
    "Claims": "What went wrong with goods that left and do not come back; who caused it; what carriers pay for it.",
    "Shoppers": "What shoppers do alone: links to orders, looking one up, answers to delays; and the brand they see.",
    "Events": "What happened, in one order for all readers.",
    "System": "For those who run it.",
    "Health": "For what watches a process.",
}
_ABOUT = """Orderwright takes orders, promises and reserves stock, decides where each line ships from, and follows the
goods to the door.

Ids are typed and rise with time (`ord_01j9...`). Money is in minor units of its currency:
`{"amount": 1999, "currency": "USD"}` is 19.99 dollars. Instants are RFC 3339 in UTC. Lists answer
`{"data": [...], "next": cursor-or-null}`: send `next` as `after` for the page that follows. Bulk calls take
`{"data": [...]}` with up to 1,000 items and answer one outcome an item, in order: one that is wrong does not fail the
others.

Errors are problems after RFC 9457, with a stable `code` and a `detail` that says what to do. A call that is marked so
needs an `Idempotency-Key`: repeated with the same key it is answered again (`Idempotent-Replayed: true`), not done
again, for 30 days at least. After a 503, repeat the call with the same key when the seconds in `Retry-After` are over.
"""
_PROBLEMS = {
    400: "The request is malformed; `details` names the field, parameter or header.",
    401: "A valid API key is missing.",
    403: "The key lacks a scope, or is limited to other channels or locations.",
    404: "There is no such thing.",
    405: "The address does not take this method.",
    409: "The state of things does not allow it, or the Idempotency-Key was used with other content.",
    413: "The body is too large.",
    415: "The body is of another media type.",
    422: "The request is understood, and something in it cannot be.",
    429: "It was tried too often: repeat it after the seconds in Retry-After.",
    500: "Something failed that should not.",
    503: "The server cannot do it now: repeat it after the seconds in Retry-After.",
}
_REF = "#/components/schemas/"
_DECIMAL = r"^-?[0-9]{1,15}(\.[0-9]{1,10})?$"


def document(operations: Sequence[Operation]) -> dict[str, Any]:
    """The whole document."""
    types = list(_types(operations))
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF + "{name}")
    named = dict(zip(map(id, types), schemas, strict=True))
    answers = recorded_answers()
    paths: dict[str, dict[str, Any]] = {}
    for made in operations:
        paths.setdefault(_path(made), {})[made.method.lower()] = _operation(made, named, answers.get(made.id, {}))
    made_document: dict[str, Any] = {
        "openapi": "3.1.1",
        "info": {
            "title": "Orderwright",
            "version": __version__,
            "summary": "Order management: from a channel to a doorstep.",
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": components,
            "parameters": _parameters(),
            "responses": {str(status): _problem(status, text) for status, text in _PROBLEMS.items()},
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key, `ow_...`. Scopes: "
                    + " ".join(f"`{scope}`: {text}" for scope, text in SCOPES.items()),
                }
            },
        },
    }
    return _plain_names(_portable(made_document))


def recorded_answers() -> dict[str, dict[str, Any]]:
    """What each operation answered by status when it was last recorded (`make docs`): the examples of answers."""
    text = (files("orderwright.api") / "examples" / "answers.json").read_bytes()
    return msgspec.json.decode(text, type=dict[str, dict[str, Any]])


def _types(operations: Iterable[Operation]) -> Iterable[Any]:
    seen: set[int] = set()
    for kind in (
        Problem,
        EventView,
        TrackingView,
        *(t for made in operations for t in (made.body, made.item, made.answer, *made.also.values())),
    ):
        if kind is not None and id(kind) not in seen:
            seen.add(id(kind))
            yield kind


def _path(made: Operation) -> str:
    return made.path.replace(":path}", "}")


def _operation(made: Operation, named: dict[int, Any], answers: dict[str, Any]) -> dict[str, Any]:
    parameters = [*_path_parameters(made), *_query_parameters(made)]
    if made.key_needed:
        parameters.append({"$ref": "#/components/parameters/Idempotency-Key"})
    if made.scope is not None:
        parameters += [
            {"$ref": f"#/components/parameters/{name}"}
            for name in ("X-Request-Id", "Orderwright-On-Behalf-Of", "Orderwright-Reason")
        ]
    if made.id == "stream_events":
        parameters.append({"$ref": "#/components/parameters/Last-Event-ID"})
    shown: dict[str, Any] = {
        "operationId": made.id,
        "tags": [made.tag],
        "summary": made.summary,
        "description": _description(made),
        "parameters": parameters,
        "responses": _responses(made, named, answers),
        "security": [] if made.scope is None else [{"key": []}],
    }
    if made.body is not None or made.item is not None:
        shown["requestBody"] = _request_body(made, named)
    if made.takes:
        parameters.append({"$ref": "#/components/parameters/Orderwright-File-Name"})
        shown["requestBody"] = {"required": True, "content": {made.takes: {"schema": {"type": "string"}}}}
    return shown


def _description(made: Operation) -> str:
    parts = [made.description]
    if made.scope is not None:
        parts.append(f"Scope: `{made.scope}`.")
    return "\n\n".join(part for part in parts if part)


def _path_parameters(made: Operation) -> list[dict[str, Any]]:
    found = []
    for name in re.findall(r"\{(\w+)(?::path)?\}", made.path):
        schema: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 100}
        if name in PATH_IDS:
            schema = {"type": "string", "pattern": rf"^{PATH_IDS[name]}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$"}
        found.append({"name": name, "in": "path", "required": True, "schema": schema})
    return found


def _query_parameters(made: Operation) -> list[dict[str, Any]]:
    if made.query is None:
        return []
    [schema], components = msgspec.json.schema_components([made.query])
    own = components[schema["$ref"].rpartition("/")[2]]
    required = set(own.get("required", ()))
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _inline(_nullless(part), components)}
        for name, part in own["properties"].items()
    ]


def _inline(schema: Any, components: dict[str, Any]) -> Any:
    """A schema with what it refers to in place of the references."""
    if isinstance(schema, list):
        return [_inline(item, components) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inline(components[schema["$ref"].rpartition("/")[2]], components)
    return {key: _inline(item, components) for key, item in schema.items()}


def _nullless(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter's schema without null, which a query string cannot say: leaving it out is that."""
    schema = {key: value for key, value in schema.items() if key != "default" or value not in (None, [])}
    options = schema.pop("anyOf", None)
    if options is None:
        return schema
    [rest] = [option for option in options if option != {"type": "null"}]
    return {**rest, **schema}


def _request_body(made: Operation, named: dict[int, Any]) -> dict[str, Any]:
    if made.item is not None:
        schema: dict[str, Any] = {
            "type": "object",
            "properties": {
                "data": {"type": "array", "items": named[id(made.item)], "minItems": 1, "maxItems": BULK_MAX}
            },
            "required": ["data"],
            "additionalProperties": False,
        }
    else:
        schema = named[id(made.body)]
    content: dict[str, Any] = {"application/json": {"schema": schema}}
    if made.example is not None:
        content["application/json"]["example"] = made.example
    if made.csv:
        content["text/csv"] = {"schema": {"type": "string"}, "example": made.csv}
    return {"required": not made.body_optional, "content": content}


def _responses(made: Operation, named: dict[int, Any], answers: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status, kind in {made.status: made.answer, **made.also}.items():
        schema = named[id(kind)] if kind is not None else {"type": "string"}
        found[str(status)] = {
            "description": HTTPStatus(status).phrase,
            "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
            "content": {made.media_type: {"schema": schema}},
        }
        if str(status) in answers:
            found[str(status)]["content"][made.media_type]["example"] = answers[str(status)]
        if made.key_needed:
            found[str(status)]["headers"]["Idempotent-Replayed"] = {
                "description": "`true` when this was answered before.",
                "schema": {"type": "string", "enum": ["true"]},
            }
    for status in sorted(_problem_statuses(made)):
        found.setdefault(str(status), {"$ref": f"#/components/responses/{status}"})
    return found


def _problem_statuses(made: Operation) -> set[int]:
    statuses = {400, 500, *made.refusals}
    if made.scope is not None:
        statuses |= {401, 403, 503}
    if made.body is not None or made.item is not None:
        statuses |= {413, 415, 422}
    if made.key_needed:
        statuses.add(409)
    return statuses


def _problem(status: int, text: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "description": text,
        "content": {"application/problem+json": {"schema": {"$ref": _REF + "Problem"}}},
    }
    if status == 503:
        made["headers"] = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}
    return made


def _parameters() -> dict[str, Any]:
    def header(name: str, text: str, pattern: str, *, required: bool = False) -> dict[str, Any]:
        schema = {"type": "string", "pattern": pattern} if pattern else {"type": "string"}
        return {"name": name, "in": "header", "required": required, "description": text, "schema": schema}

    made = [
        header(
            "Idempotency-Key",
            "A new random text a command; the same one to repeat it.",
            r"^[\x21-\x7e]{1,200}$",
            required=True,
        ),
        header("X-Request-Id", "An id of the request that answers, logs and events then carry, of at most 100 letters,"
               " digits and . _ : / + = -; for anything else there is a new one.", ""),
        header("Orderwright-On-Behalf-Of", "Whom you act for: an id of yours, no personal data.",
               r"^[A-Za-z0-9._:/-]{1,100}$"),
        header("Orderwright-Reason", "Why, in a few words without personal data.", r"^[\x20-\x3f\x41-\x7e]{1,200}$"),
        header("Orderwright-File-Name", "What the file is called, in UTF-8 with percent signs.",
               r"^[A-Za-z0-9._~-]{1,400}$"),
        header("Last-Event-ID", "The position behind which the stream resumes.", r"^[0-9]{1,18}$"),
    ]  # fmt: skip
    return {parameter["name"]: parameter for parameter in made}


def _portable(value: Any) -> Any:
    """Python's dialect of regular expressions in that of JSON Schema, and decimals with the form that they have."""
    if isinstance(value, list):
        return [_portable(item) for item in value]
    if not isinstance(value, dict):
        return value
    made = {key: _portable(item) for key, item in value.items()}
    if isinstance(pattern := made.get("pattern"), str):
        made["pattern"] = pattern.replace(r"\A", "^").replace(r"\Z", "$")
    if made.get("format") == "decimal":
        made |= {"type": ["string", "number"], "pattern": _DECIMAL}  # a number is read as it is spelled
    return made


def _plain_names(whole: dict[str, Any]) -> dict[str, Any]:
    """`OrderView` as `Order`: what a type is called inside helps nobody outside."""
    names = set(whole["components"]["schemas"])
    plain = {name: name.removesuffix("View") for name in names if name.endswith("View")}
    renamed = {name: f"Stored{short}" if short in names else short for name, short in plain.items()}

    def rename(value: Any) -> Any:
        if isinstance(value, list):
            return [rename(item) for item in value]
        if not isinstance(value, dict):
            return value
        made = {key: rename(item) for key, item in value.items()}
        target = made.get("$ref", "")
        if isinstance(target, str) and target.startswith(_REF):
            made["$ref"] = _REF + renamed.get(target.removeprefix(_REF), target.removeprefix(_REF))
        if isinstance(title := made.get("title"), str) and title in renamed:
            made["title"] = renamed[title]
        return made

    schemas = whole["components"]["schemas"]
    whole["components"]["schemas"] = {renamed.get(name, name): schemas[name] for name in sorted(names)}
    result: dict[str, Any] = rename(whole)
    return result
