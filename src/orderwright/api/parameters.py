"""Query strings as structs: typed, bounded, and with no parameter that nobody reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl

import msgspec

from orderwright.api.bodies import explain
from orderwright.api.errors import InvalidParameter, PersonalDataInUrl

PARAMETERS_MAX = 300


def query_decoder(kind: Any, personal: frozenset[str] = frozenset()) -> Callable[[bytes], Any]:
    """A function from a query string to the struct `kind`, or to None when the operation takes no parameters.

    A field that holds a list takes its parameter several times. Raises InvalidParameter, and PersonalDataInUrl for
    the names in `personal`.
    """
    if kind is None:
        return _refuse_any
    hints = get_type_hints(kind, include_extras=True)
    lists = {name for name, hint in hints.items() if _holds(hint, list)}
    texts = {name for name, hint in hints.items() if _holds(hint, str)}

    def read(text: bytes) -> Any:
        values: dict[str, Any] = {}
        for name, value in _pairs(text):
            if name not in hints:
                raise PersonalDataInUrl(parameter=name) if name in personal else _unknown(name)
            if name not in texts and value.strip().lower() == "null":  # leaving it out says that
                raise InvalidParameter(f"The parameter {name} is not null. Leave it out.", parameter=name)
            if name in lists:
                values.setdefault(name, []).append(value)
            elif name in values:
                raise InvalidParameter(f"The parameter {name} is given twice. Send it once.", parameter=name)
            else:
                values[name] = value
        try:
            return msgspec.convert(values, kind, strict=False)
        except msgspec.ValidationError as error:
            wrong = explain(error)
            text_ = str(wrong).replace("The field", "The parameter").replace("The body", "The query")
            raise InvalidParameter(text_, parameter=wrong.details["field"]) from None

    return read


def _refuse_any(text: bytes) -> None:
    if text:
        for name, _ in _pairs(text):
            raise _unknown(name)


def _pairs(text: bytes) -> list[tuple[str, str]]:
    """Names and values, decoded."""
    if text.count(b"&") >= PARAMETERS_MAX:
        raise InvalidParameter(f"There are more than {PARAMETERS_MAX} parameters. Send fewer.")
    try:
        whole = text.decode()
        if "%" in whole or "+" in whole:
            pairs = parse_qsl(whole, keep_blank_values=True, errors="strict")
            decoded = "".join(map("".join, pairs))
        else:  # nothing to decode: a third of the time
            pairs = [(name, value) for name, _, value in [part.partition("=") for part in whole.split("&") if part]]
            decoded = whole
    except UnicodeDecodeError:
        raise InvalidParameter("The query string is not UTF-8 with percent signs. Encode it so.") from None
    if "\0" in decoded:
        raise InvalidParameter("A parameter holds a NUL character. Remove it.")
    return pairs


def _unknown(name: str) -> InvalidParameter:
    return InvalidParameter(
        f"There is no parameter {name[:100]!r} here. Correct its name or leave it out.", parameter=name[:100]
    )


def _holds(hint: Any, kind: type) -> bool:
    """Whether a type is of a kind, or may be, or holds some."""
    return kind in (hint, get_origin(hint)) or any(_holds(part, kind) for part in get_args(hint))
