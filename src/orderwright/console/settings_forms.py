"""Forms of settings: what stands in them, what was typed, and what a change would do."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from orderwright.api import Problem
from orderwright.console.settings_fields import Field, Mistyped, get, put, typed, untyped
from orderwright.console.settings_kinds import Body, SettingKind
from orderwright.screens import Filled, Form

_MISSING = "This is needed."
_FOR_PROGRAMS = re.compile(r" (Correct it and send the request|Send it) again\.$")
_EXPECTED = re.compile(r"^The field \S+ is wrong: expected ")


def filled(kind: SettingKind, body: Body | None, version: int | None) -> Filled[Any]:
    """A form with what is set, or with the defaults where there is nothing yet."""
    texts = {
        field.name: typed(
            field, field.default if body is None or get(body, field.name) is None else get(body, field.name)
        )
        for field in kind.fields
    }
    for field in kind.fields:  # said to be empty or no: the default is not meant
        if body is not None and field.kind in ("yes", "many") and get(body, field.name) is not None:
            texts[field.name] = typed(field, get(body, field.name))
    return Filled(None, {}, {**texts, "version": [] if version is None else [str(version)]}, {})


def taken(kind: SettingKind, form: Form, before: Body | None) -> tuple[dict[str, Any], dict[str, str]]:
    """The body that was typed, on top of what was there (what the form does not show stays), and what is wrong."""
    body: dict[str, Any] = copy.deepcopy(dict(before or {}))
    errors: dict[str, str] = {}
    for field in kind.fields:
        if field.fixed and before is not None:
            continue
        try:
            value = untyped(field, form.fields.get(field.name, ()))
        except Mistyped as error:
            errors[field.name] = str(error)
            continue
        if field.required and value in (None, [], ""):
            errors[field.name] = _MISSING
        put(body, field.name, value)
    return _without_empty(body), errors


def _without_empty(body: dict[str, Any]) -> dict[str, Any]:
    """Without tables in which nothing is said: `{"ship_from": {}}` is no place."""
    return {
        name: _without_empty(value) if isinstance(value, dict) else value
        for name, value in body.items()
        if value != {} or name in ("metadata", "external_refs", "attributes")
    }


def error_of(kind: SettingKind, problem: Problem) -> dict[str, str]:
    """Where a refusal is said: at its field, if it names one of the form."""
    named = str(problem.details.get("field", ""))
    plain = named.partition("[")[0].removeprefix("data.")
    told = _FOR_PROGRAMS.sub("", problem.detail)
    told = _EXPECTED.sub("Write ", told)
    for field in kind.fields:
        if plain in (field.name, field.name.rpartition(".")[2]) or plain.startswith(f"{field.name}."):
            return {field.name: told}
    return {"": told}


def error_of_field(named: str, text: str, fields: Sequence[str]) -> dict[str, str]:
    """Where a refusal of a form of its own is said: at the field that it names, if the form has it."""
    plain = named.partition("[")[0].removeprefix("data.")
    told = _EXPECTED.sub("Write ", _FOR_PROGRAMS.sub("", text))
    name = next((one for one in fields if plain == one or (plain and plain.endswith(f".{one}"))), "")
    return {name: told}


def differences(fields: Sequence[Field], before: Body | None, after: Body) -> list[tuple[str, str]]:
    """What changes, as pairs of field and "was, becomes"."""
    said = []
    for field in fields:
        old, new = _shown(field, get(before or {}, field.name)), _shown(field, get(after, field.name))
        if old != new:
            said.append(
                (field.label, new or "nothing")
                if before is None
                else (field.label, f"{old or 'nothing'} → {new or 'nothing'}")
            )
    return said


def changed_fields(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[tuple[str, str, str]]:
    """What differs between two versions in the audit trail: field, was, became."""
    names = dict.fromkeys([*(before or {}), *(after or {})])
    both = ((name, _text((before or {}).get(name)), _text((after or {}).get(name))) for name in names)
    return [(name, was, became) for name, was, became in both if was or became]


def _shown(field: Field, value: Any) -> str:
    if field.kind == "yes":
        return "yes" if (value if value is not None else field.default) else "no"
    value = field.default if value is None else value
    options = dict(field.options)
    texts = typed(field, value)
    return ", ".join(options.get(text, text.replace("\n", ", ")) for text in texts)


def _text(value: Any) -> str:
    if value in (None, [], {}):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
