"""Kinds of settings: what each is for, which operations read and write it, and what a change of it means."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from orderwright.console.settings_fields import Field
from orderwright.screens import Screen

Body = Mapping[str, Any]
Columns = Sequence[tuple[str, Callable[[Body], str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingKind:
    """A kind of settings.

    `lists`: the operation that lists them; `searchable`: it takes `q`; `paged`: it takes `after`. `read`: the one that
    reads one by its code; None where the list is all there is. `entry` makes, of what is listed, the body that `write`
    takes; `single`: `write` takes one, with the code in its path; otherwise it takes `{"data": [...]}`. `code` is the
    field that says which one it is. `history`: as what the audit trail knows it, and `subject`: the id there.
    `warns` says what a change will do, of the body before (None: it is new) and after. `actions`: what else is done
    about one, as pairs of word and the last part of its address.
    """

    path: str
    title: str
    one: str
    what: str
    group: str
    icon: str
    needs: str
    writes: str
    lists: str
    read: str | None = None
    write: str
    single: bool = False
    in_bulk: bool = False
    searchable: bool = False
    paged: bool = False
    code: str = "code"
    fields: Sequence[Field]
    columns: Columns
    entry: Callable[[Any], dict[str, Any]]
    id_of: Callable[[Any], str | None]
    version_of: Callable[[Any], int | None]
    history: str | None = None
    warns: Callable[[Body | None, Body], list[str]] = field(default=lambda before, after: [])
    empty: str = "Nothing is set up here yet."
    csv: str | None = None
    actions: Callable[[Body], Sequence[tuple[str, str]]] = field(default=lambda body: ())
    sources: Callable[[Screen], Any] | None = None


def without(body: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """A body without what the server alone says."""
    return {name: value for name, value in body.items() if name not in names}
