"""Customers who may be the same person: who, side by side, what merging moves, and merging."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from orderwright.api import Answer
from orderwright.console import words_consent, words_customers
from orderwright.console.frame import ConsoleScreen
from orderwright.console.words_refusals import refused
from orderwright.screens import Filled, blank, page


class MergeForm(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody means it."""

    sure: bool = False


@page("GET", "/customers/{customer_id}/same", needs="customers.read")
async def same_people_page(screen: ConsoleScreen) -> Answer:
    """Who may be the same person as a customer."""
    path = {"customer_id": screen.param("customer_id")}
    customer, same = await asyncio.gather(
        screen.ask("read_customer", path=path), screen.ask("list_same_people", path=path)
    )
    return screen.show(
        "customers/same.html", customer=customer, same=same.data, name=words_customers.name_of(customer),
        say=words_customers, say_consent=words_consent,
    )  # fmt: skip


@page("GET", "/customers/{customer_id}/merge/{merged_id}", needs="customers.merge")
async def merge_form(screen: ConsoleScreen) -> Answer:
    """Two customers side by side, and what merging them moves."""
    return await _show(screen, blank())


@page("POST", "/customers/{customer_id}/merge/{merged_id}", needs="customers.merge")
async def merge(screen: ConsoleScreen) -> Answer:
    """Merge a customer into another one."""
    form = await screen.form(MergeForm)
    if form.value is None or not form.value.sure:
        return await _show(screen, form.with_errors({"sure": "Tick this: it cannot be undone."}), 422)
    customer_id = screen.param("customer_id")
    said = await screen.do(
        "merge_customer", path={"customer_id": customer_id}, body={"merge": screen.param("merged_id")}
    )
    if said.problem is not None:
        return await _show(screen, form.with_errors({"": refused(said.problem)}), 422)
    screen.say("Merged. The other customer's address leads here from now on.")
    return screen.go(screen.url(f"/customers/{customer_id}"))


async def _show(screen: ConsoleScreen, form: Filled[Any], status: int = 200) -> Answer:
    kept_id, merged_id = screen.param("customer_id"), screen.param("merged_id")
    kept, merged, preview = await asyncio.gather(
        screen.ask("read_customer", path={"customer_id": kept_id}),
        screen.ask("read_customer", path={"customer_id": merged_id}),
        screen.do("preview_merge_customer", path={"customer_id": kept_id}, body={"merge": merged_id}),
    )
    if preview.problem is None and preview.value.code == "already_merged":
        return screen.go(screen.url(f"/customers/{kept.id}"))
    return screen.show(
        "customers/merge.html", status=status, kept=kept, merged=merged, form=form, say=words_customers,
        moves=None if preview.problem is not None else preview.value.details,
        refusal=None if preview.problem is None else refused(preview.problem),
    )  # fmt: skip


CUSTOMER_MERGE_PAGES = [same_people_page, merge_form, merge]
