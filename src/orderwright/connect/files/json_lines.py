"""JSON lines: one JSON object a line, the same as the API takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import msgspec

from orderwright.connect.files.items import Item, Items
from orderwright.connect.files.source import Position, Source
from orderwright.platform.json_values import check_nesting
from orderwright.platform.text_lines import RowError, TextLines
from orderwright.platform.wording import what_is_wrong

T = TypeVar("T", bound=msgspec.Struct)
JSON_LINE_BYTES_MAX = 5_000_000


@contextmanager
def json_items(
    source: Source,
    position: Position,
    kind: type[T],
    *,
    key: Callable[[T], str],
    size: Callable[[T], int],
    defaults: dict[str, Any] | None = None,
) -> Iterator[Items[T]]:
    """The lines of a file from `position` on, as commands of `kind`. Memory holds one line.

    `defaults` are for fields that a line does not have. Empty lines are passed over.
    """
    decode = msgspec.json.Decoder(kind).decode
    given = msgspec.json.encode(defaults)[1:-1] + b"," if defaults else b""

    def items() -> Iterator[Item[T]]:
        lines = TextLines(stream.content, line=position.line, bytes_max=JSON_LINE_BYTES_MAX)
        while (line := lines.take()) is not None:
            n, end = lines.count, Position(position.offset + lines.offset, lines.count)
            text = line.text.strip()
            if line.fault is not None:
                yield Item(n, _key_in(text), None, [line.fault], 1, end)
            elif text:
                try:
                    # Of a field that stands twice the last one counts: a default in front gives way to what is there.
                    raw = text.encode()
                    command = decode(_with_defaults(raw, given))
                    check_nesting(raw)
                except msgspec.MsgspecError as error:
                    yield Item(n, _key_in(text), None, [explain(n, text, error)], 1, end)
                except RecursionError:
                    error_ = RowError(n, None, "The object is nested too deeply. Write it flatter.", "not_json")
                    yield Item(n, _key_in(text), None, [error_], 1, end)
                else:
                    yield Item(n, key(command), command, [], size(command), end)

    with source.open() as stream:
        stream.content.seek(position.offset)
        yield Items(items(), stream.done)


def _with_defaults(raw: bytes, given: bytes) -> bytes:
    if not given or not raw.startswith(b"{") or raw[1:].lstrip().startswith(b"}"):
        return raw
    return b"{" + given + raw[1:]


def explain(line: int, text: str, error: msgspec.MsgspecError) -> RowError:
    """What is wrong with a line, for people; `column` is the path of the field."""
    said = str(error)
    if not isinstance(error, msgspec.ValidationError):
        try:  # once more, since defaults in front of it shift the byte that is named
            msgspec.json.decode(text)
        except msgspec.MsgspecError as plain:
            said = str(plain)
        if "truncated" in said:
            return RowError(line, None, "The line ends before its JSON does. Was the file cut off?", "cut_off")
        reason = said.removeprefix("JSON is malformed: ")
        return RowError(line, None, f"The line is not JSON: {reason}. Write one object a line.", "not_json")
    wrong = what_is_wrong(error)
    if wrong.kind == "missing":
        return RowError(line, wrong.path, "It is missing. Add it.", "missing_value")
    if wrong.kind == "unknown":
        message = "There is no such field. Correct its name or leave it out."
        return RowError(line, wrong.path, message, "unknown_field")
    return RowError(line, wrong.path or None, f"It is wrong: {wrong.words}.")


_KEY = re.compile(r'"(?:external_id|code)"\s*:\s*"([^"\\]{1,100})"')


def _key_in(text: str) -> str:
    """What the line seems to be about."""
    found = _KEY.search(text)
    return found[1] if found else ""
