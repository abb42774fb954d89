"""The interface about itself: the OpenAPI document, and a page to read made from it, without scripts or network."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
import msgspec
from markupsafe import Markup, escape

from orderwright.api.answers import Answer, encode_json
from orderwright.api.calls import Call
from orderwright.api.openapi import document
from orderwright.api.operations import Operation, operation

_TEMPLATES = files("orderwright.api") / "templates"
_CODE = re.compile(r"`([^`]+)`")


def docs_operations(operations: Sequence[Operation]) -> list[Operation]:
    """`GET /v1/openapi.json` and `GET /v1/docs`, about these operations and themselves."""

    @operation("GET", "/v1/openapi.json", tag="System", scope=None, answer=dict[str, Any])
    async def read_openapi(call: Call) -> Answer:
        """Read this document."""
        return Answer(encode_json(whole()), headers=fresh)

    @operation("GET", "/v1/docs", tag="System", scope=None, answer=None, media_type="text/html")
    async def read_docs(call: Call) -> Answer:
        """Read about this interface in a browser."""
        style = (_TEMPLATES / "docs.css").read_text(encoding="utf-8")
        safe = ((b"content-security-policy", _policy(style).encode()), (b"referrer-policy", b"no-referrer"))
        return Answer(page(style), headers=(*fresh, *safe), media_type=b"text/html; charset=utf-8")

    @cache
    def whole() -> dict[str, Any]:
        return document([*operations, read_openapi, read_docs])

    @cache
    def page(style: str) -> bytes:
        return render(whole(), style).encode()

    fresh = ((b"cache-control", b"max-age=300"),)
    return [read_openapi, read_docs]


def render(whole: dict[str, Any], style: str) -> str:
    """The document as a page: operations by tag, then the schemas."""
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["as_json"] = _as_json
    environment.filters["kind"] = describe
    environment.filters["prose"] = _prose
    template = environment.from_string((_TEMPLATES / "docs.html").read_text(encoding="utf-8"))
    return template.render(whole=whole, style=style, by_tag=_by_tag(whole), resolve=lambda part: _resolve(whole, part))


def describe(schema: dict[str, Any]) -> str:
    """A schema in a few words: `text, at most 100 characters`, `list of Line`."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " or ".join(describe(part) for part in schema["anyOf"])
    if "enum" in schema:
        return "one of " + ", ".join(str(value) for value in schema["enum"])
    kind = schema.get("type", "anything")
    if kind == "array":
        return f"list of {describe(schema.get('items', {}))}"
    words = {"string": "text", "integer": "whole number", "boolean": "true or false", "object": "object"}
    found = [schema.get("format") or words.get(kind, str(kind))]
    bounds = (("minimum", "at least"), ("maximum", "at most"), ("maxLength", "characters at most"))
    found += [f"{text} {schema[key]:,}" for key, text in bounds if key in schema]
    return ", ".join(found)


def _by_tag(whole: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in whole["tags"]}
    for path, methods in whole["paths"].items():
        for method, made in methods.items():
            found[made["tags"][0]].append({"path": path, "method": method.upper(), **made})
    return found


def _resolve(whole: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """What a reference stands for."""
    if "$ref" not in part:
        return part
    found: Any = whole
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return dict(found)


def _as_json(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def _prose(text: str) -> Markup:
    """A sentence with what stands in backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))


def _policy(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    nothing = ("default-src", "base-uri", "form-action", "frame-ancestors")
    return "; ".join([*(f"{name} 'none'" for name in nothing), f"style-src 'sha256-{digest}'"])
