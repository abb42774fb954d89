"""Forms become typed values, and what is wrong is said at the field."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
import pytest
from msgspec import Meta

from orderwright.screens import Form, blank, read_form


class Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    sku: str
    quantity: Annotated[int, Meta(ge=1)]


class Receive(msgspec.Struct, frozen=True, kw_only=True):
    location: Annotated[str, Meta(min_length=2)]
    lines: list[Line] = []
    tags: list[str] = []
    note: str | None = None
    urgent: bool = False
    how: Literal["by_ship", "by_truck"] = "by_truck"


def sent(**fields: str | list[str]) -> Form:
    return Form({n.replace("__", "."): [v] if isinstance(v, str) else v for n, v in fields.items()}, {})


def test_what_was_typed_becomes_typed_values() -> None:
    form = sent(location=" DC1 ", lines__0__sku="MUG", lines__0__quantity="3", lines__1__sku="TEA",
                lines__1__quantity="10", tags=["gift", "vip"], urgent="true", note="")  # fmt: skip

    filled = read_form(Receive, form)

    assert filled.errors == {}
    assert filled.value == Receive(
        location="DC1",
        lines=[Line(sku="MUG", quantity=3), Line(sku="TEA", quantity=10)],
        tags=["gift", "vip"],
        urgent=True,
    )


def test_all_that_is_wrong_is_said_at_once_by_field() -> None:
    form = sent(location="D", lines__0__sku="MUG", lines__0__quantity="0", urgent="perhaps", how="by_air")

    filled = read_form(Receive, form)

    assert filled.value is None
    assert filled.errors == {
        "location": "Write a text of at least 2 characters.",
        "lines.0.quantity": "Write a whole number, at least 1.",
        "urgent": "Write true or false.",
        "how": "'by_air' is none of the words that it takes (see /v1/docs).",
    }
    assert filled.text("location") == "D"


def test_what_is_needed_and_left_empty_is_said() -> None:
    assert read_form(Receive, sent(location="   ", lines__0__sku="MUG")).errors == {
        "location": "This is needed.",
        "lines.0.quantity": "This is needed.",
    }


def test_one_value_of_a_list_is_a_list() -> None:
    filled = read_form(Receive, sent(location="DC1", tags="gift"))
    assert filled.value is not None
    assert filled.value.tags == ["gift"]


def test_lines_stand_in_the_order_of_their_numbers() -> None:
    fields = {f"lines.{n}.{name}": [value] for n in (10, 2, 1) for name, value in (("sku", f"S{n}"), ("quantity", "1"))}
    filled = read_form(Receive, Form({"location": ["DC1"], **fields}, {}))
    assert filled.value is not None
    assert [line.sku for line in filled.value.lines] == ["S1", "S2", "S10"]


@pytest.mark.parametrize("name", ["lines.0", "lines", "lines.0.sku.more", "lines.x.sku", "...", "lines..sku"])
def test_a_field_of_another_shape_is_an_error_and_no_failure(name: str) -> None:
    filled = read_form(Receive, Form({"location": ["DC1"], name: ["x"], "lines.0.sku": ["MUG"]}, {}))
    assert filled.value is None or name == "..."


def test_a_form_that_was_not_sent_holds_what_stands_in_it() -> None:
    form = blank(location="DC1", urgent=True, tags=["a", "b"], note=None)
    assert (form.text("location"), form.text("urgent"), form.typed["tags"]) == ("DC1", "true", ["a", "b"])
    assert form.value is None
    assert form.errors == {}
