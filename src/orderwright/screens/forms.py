"""Forms as structs: what was typed becomes typed values, and what is wrong with each field is said at the field.

    class Receive(msgspec.Struct, frozen=True, kw_only=True):
        sku: Code
        quantity: Annotated[int, Meta(ge=1)]

    form = read_form(Receive, await incoming.form())
    if form.value is None: ...  # form.errors["quantity"] == "Write a whole number of at least 1."

Names may be paths: `lines.0.quantity` is the field `quantity` of the first of `lines`. A field that is left empty
counts as not sent. A field that holds a list takes its values several times (checkboxes).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from orderwright.platform.wording import what_is_wrong
from orderwright.screens.requests import Form, Upload

T = TypeVar("T")
_ITEMS_MAX = 1_000
_MISSING = "This is needed."
_EXPECTED = re.compile(r"expected (a |an )?")


class Filled(msgspec.Struct, Generic[T], frozen=True):
    """A form that was sent. `value` is None when something is wrong; then `errors` says what, by the field's name.

    `typed` is what was typed, to be shown again; `files` are those that came along."""

    value: T | None
    errors: dict[str, str]
    typed: Mapping[str, Sequence[str]]
    files: Mapping[str, Sequence[Upload]]

    def text(self, name: str) -> str:
        """What was typed in a field."""
        return next(iter(self.typed.get(name, ())), "")

    def with_errors(self, errors: Mapping[str, str]) -> Filled[T]:
        """The same form with more that is wrong; no value then."""
        return Filled(None, {**self.errors, **errors}, self.typed, self.files)


def blank(**typed: Any) -> Filled[Any]:
    """A form that was not sent yet, with what stands in it from the start."""
    return Filled(None, {}, {name: _texts(value) for name, value in typed.items() if value is not None}, {})


def read_form(kind: type[T], form: Form) -> Filled[T]:
    """A form as a struct of `kind`, each field by itself, so that all that is wrong is said at once."""
    tree = _tree(form)
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, encoded, hint, required, is_list in _fields(kind):  # type: ignore[arg-type]  # types are hashable
        given = tree.get(encoded)
        if is_list:
            given = [] if given is None else _listed(given)
        elif isinstance(given, list):
            given = given[-1]
        if given is None or given == "":
            if required:
                errors[encoded] = _MISSING
            continue
        if given == [] and not required:
            continue
        try:
            values[name] = msgspec.convert(given, hint, strict=False)
        except msgspec.ValidationError as error:
            path, words = teach(error)
            errors[f"{encoded}.{path}" if path else encoded] = words
    value = kind(**values) if not errors else None
    return Filled(value, errors, form.fields, form.files)


def teach(error: msgspec.ValidationError) -> tuple[str, str]:
    """Where a value is wrong, as a field's name, and what to write instead."""
    wrong = what_is_wrong(error)
    path = re.sub(r"\[(\d+)\]", r".\1", wrong.path).strip(".")
    if wrong.kind == "missing":
        return path, _MISSING
    if wrong.kind == "unknown":
        return path, "This field does not exist here."
    words = wrong.words.partition(", got ")[0]
    if words.startswith("expected "):
        return path, f"Write {words.removeprefix('expected ')}."
    return path, f"{words[:1].upper()}{words[1:]}."


@cache
def _fields(kind: type) -> list[tuple[str, str, Any, bool, bool]]:
    hints = get_type_hints(kind, include_extras=True)
    return [
        (field.name, field.encode_name, hints[field.name], field.required, _is_list(hints[field.name]))
        for field in msgspec.structs.fields(kind)
    ]


def _is_list(hint: Any) -> bool:
    """Whether a field holds a list, or may."""
    if list in (hint, get_origin(hint)):
        return True
    return any(_is_list(part) for part in get_args(hint))


def _tree(form: Form) -> dict[str, Any]:
    """Fields by their paths: `lines.0.sku` is `{"lines": {"0": {"sku": ...}}}`; empty texts are left out."""
    tree: dict[str, Any] = {}
    for path, values in form.fields.items():
        kept = [value.strip() for value in values if value.strip()]
        if not kept or path.startswith("_"):
            continue
        *folders, name = path.split(".")
        place = tree
        for folder in folders:
            if not isinstance(place.get(folder), dict):
                place[folder] = {}
            place = place[folder]
        place[name] = kept if len(kept) > 1 else kept[0]
    return {name: _numbered(value) for name, value in tree.items()}


def _numbered(value: Any) -> Any:
    """Tables whose keys are numbers become lists, in their order."""
    if not isinstance(value, dict):
        return value
    inner = {name: _numbered(item) for name, item in value.items()}
    if inner and all(name.isdecimal() and len(name) <= len(str(_ITEMS_MAX)) for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


def _listed(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given]


def _texts(value: Any) -> list[str]:
    if isinstance(value, bool):
        return ["true"] if value else []
    return [str(item) for item in value] if isinstance(value, (list, tuple)) else [str(value)]
