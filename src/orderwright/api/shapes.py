"""Bodies of verbs, made from their commands: what the path names is left out, ids are text."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime
from functools import cache
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from orderwright.api.calls import PATH_IDS
from orderwright.platform.ids import UUID, decode_id

C = TypeVar("C", bound=msgspec.Struct)


def id_form(prefix: str) -> Meta:
    """The form of an id as text: a TypeID of one kind."""
    return Meta(
        pattern=rf"\A{prefix}_[0-7][0-9a-hjkmnp-tv-z]{{25}}\Z", examples=[f"{prefix}_01j9zqtf0seqbr9w7r1c4rkz2m"]
    )  # fmt: skip


OrderIdText = Annotated[str, id_form("ord")]
CustomerIdText = Annotated[str, id_form("cus")]


@cache
def without_subject(command: type[msgspec.Struct], subject: str) -> type[msgspec.Struct]:
    """The body of a single call: the command without the field that the path says."""
    return _define(f"{command.__name__}Body", command, fields_of(command, {subject}))


@cache
def item_shape(command: type[msgspec.Struct], subject: str) -> type[msgspec.Struct]:
    """An item of a bulk call: the command with its subject's id as text."""
    named: list[Any] = [(subject, Annotated[str, id_form(PATH_IDS[subject])])]
    return _define(f"{command.__name__}Item", command, named + fields_of(command, {subject}))


def to_command(command: type[C], body: msgspec.Struct, subject: str, subject_id: UUID | None = None) -> C:
    """The command that a body says, of the subject in the path, or (None) of the one that it names itself."""
    values = {name: getattr(body, name) for name in body.__struct_fields__ if name != subject}
    if subject_id is None:
        subject_id = decode_id(PATH_IDS[subject], getattr(body, subject))
    return command(**{subject: subject_id}, **values)


def _define(name: str, command: type[msgspec.Struct], fields: list[Any]) -> type[msgspec.Struct]:
    return msgspec.defstruct(
        name, fields, frozen=True, kw_only=True, forbid_unknown_fields=True, namespace={"__doc__": command.__doc__}
    )


def fields_of(command: type[msgspec.Struct], without: Set[str] = frozenset()) -> list[Any]:
    """The fields of a struct for `defstruct`, but for some."""
    made: list[Any] = []
    for field in msgspec.structs.fields(command):
        if field.name in without:
            continue
        if field.default_factory is not msgspec.NODEFAULT:
            made.append((field.name, field.type, msgspec.field(default_factory=field.default_factory)))
        elif field.default is not msgspec.NODEFAULT:
            made.append((field.name, field.type, field.default))
        else:
            made.append((field.name, field.type))
    return made


def entry_shape(name: str, command: type[msgspec.Struct]) -> type[msgspec.Struct]:
    """A stored entry as it is read: its command's fields behind its id, version (the one it has) and instants."""
    head: list[Any] = [("id", str), ("version", int), ("created_at", datetime), ("updated_at", datetime)]
    fields = [(field.name, field.type) for field in msgspec.structs.fields(command) if field.name != "version"]
    return msgspec.defstruct(
        name.title(), [*head, *fields], frozen=True, namespace={"__doc__": f"A {name} as it is stored."}
    )


def page_shape(name: str, item: type[msgspec.Struct]) -> type[msgspec.Struct]:
    """A page of a list, for its documentation."""
    doc = "`next`, unless null, is the `after` of the page that follows."
    rows: Any = list.__class_getitem__(item)
    fields: list[Any] = [("data", rows), ("next", str | None)]
    return msgspec.defstruct(f"{name.title()}Page", fields, frozen=True, namespace={"__doc__": doc})
