"""Fields of settings: each with its label, its help, and how what was typed becomes what the operation takes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

Kind = Literal[
    "text", "long", "whole", "decimal", "percent", "yes", "choice", "many", "lines", "pairs", "json", "money", "clock"
]
Option = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One setting. `name` is its path in the body (`checks.total_max`), `kind` how it is typed: `percent` is kept as a
    fraction, `yes` is so or not, `many` are several of `options`, `lines` is a list of texts and `pairs` are label and
    value, one a line; `json` is free. `fixed`: it cannot be changed once it is there. `group`: the heading above it.
    `source`: the list (of the page) that options come from."""

    name: str
    label: str
    help: str = ""
    kind: Kind = "text"
    required: bool = False
    options: Sequence[Option] = ()
    source: str | None = None
    fixed: bool = False
    group: str = ""
    default: Any = None
    pair: tuple[str, str] = ("label", "value")
    whole_pairs: bool = False  # the second of a pair is a whole number


class Mistyped(ValueError):
    """What was typed is not of the field's kind; the text says what to write."""


def get(body: Mapping[str, Any], path: str) -> Any:
    """The value at a path; None where there is none."""
    value: Any = body
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def put(body: dict[str, Any], path: str, value: Any) -> None:
    """Set the value at a path; None takes it away, so that its default holds."""
    *folders, name = path.split(".")
    for folder in folders:
        if not isinstance(body.get(folder), dict):
            body[folder] = {}
        body = body[folder]
    if value is None:
        body.pop(name, None)
    else:
        body[name] = value


def typed(field: Field, value: Any) -> list[str]:  # noqa: PLR0911  # one for each kind
    """A value as it stands in its field."""
    if value is None:
        return []
    match field.kind:
        case "yes":
            return ["true"] if value else []
        case "many":
            return [str(one) for one in value]
        case "percent":
            return [f"{(Decimal(str(value)) * 100).normalize():f}"]
        case "lines":
            return ["\n".join(str(one) for one in value)]
        case "pairs":
            first, second = field.pair
            pairs = value.items() if isinstance(value, Mapping) else [(one[first], one[second]) for one in value]
            return ["\n".join(f"{left}: {right}" for left, right in pairs)]
        case "money":
            return [f"{value['amount']} {value['currency']}"]
        case "clock":
            return [str(value)[:5]]
        case "json":
            return [json.dumps(value, ensure_ascii=False, indent=1)] if value else []
    return [str(value)]


def untyped(field: Field, texts: Sequence[str]) -> Any:  # noqa: PLR0911  # one for each kind
    """What was typed as the value that the operation takes; None where nothing was. Raises Mistyped."""
    if field.kind == "yes":
        return "true" in texts
    if field.kind == "many":
        numbers = all(value.isdecimal() for value, _ in field.options)
        return [int(text) if numbers and text.isdecimal() else text for text in texts if text]
    text = texts[-1].strip() if texts else ""
    if not text:
        return [] if field.kind in ("lines", "pairs") else None
    match field.kind:
        case "whole":
            return _whole(text)
        case "decimal":
            return str(_decimal(text))
        case "percent":
            return str((_decimal(text.removesuffix("%").strip()) / 100).normalize())
        case "lines":
            return [line.strip() for line in text.splitlines() if line.strip()]
        case "pairs":
            return _pairs(field, text)
        case "money":
            amount, _, currency = text.partition(" ")
            if not currency.strip():
                raise Mistyped("Write minor units and a currency, such as 1999 USD.")
            return {"amount": _whole(amount), "currency": currency.strip().upper()}
        case "clock":
            return _clock(text)
        case "json":
            return _json(text)
    return text


def _whole(text: str) -> int:
    plain = text.replace(",", "").replace(" ", "")
    if not plain.removeprefix("-").isdecimal() or len(plain) > 18:
        raise Mistyped("Write a whole number.")
    return int(plain)


def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise Mistyped("Write a number, such as 12.5.") from None
    if not value.is_finite() or len(text) > 40:
        raise Mistyped("Write a number, such as 12.5.")
    return value


def _pairs(field: Field, text: str) -> list[dict[str, Any]]:
    first, second = field.pair
    made = []
    for line in text.splitlines():
        if not line.strip():
            continue
        left, colon, right = line.rpartition(":") if field.whole_pairs else line.partition(":")
        if not colon or not left.strip() or not right.strip():
            raise Mistyped(f"Write one a line, as {first}: {second}.")
        made.append({first: left.strip(), second: _whole(right.strip()) if field.whole_pairs else right.strip()})
    return made


def _clock(text: str) -> str:
    hour, colon, minute = text.partition(":")
    if not (colon and hour.isdecimal() and minute[:2].isdecimal() and int(hour) < 24 and int(minute[:2]) < 60):
        raise Mistyped("Write a time of day, such as 16:00.")
    return f"{int(hour):02}:{int(minute[:2]):02}:00"


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        raise Mistyped('Write JSON, such as {"category": "mugs"}.') from None
