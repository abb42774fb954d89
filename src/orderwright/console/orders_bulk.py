"""What is done to many orders: to a selection, or to all that a list finds. What it will do, and the start of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta

from orderwright.api import Answer
from orderwright.console import words_order_list as say
from orderwright.console.frame import ConsoleScreen
from orderwright.console.order_filters import hidden_fields
from orderwright.console.orders_look import Look, look
from orderwright.platform.errors import InvalidRequest, NotFound
from orderwright.platform.fields import NO_NUL
from orderwright.screens import Filled, Form, blank, page

SELECTED_MAX = 1_000
COUNTED_UP_TO = 10_000
CHUNK = 100  # orders of one call of a preview
_STEPS_AT_ONCE = 4


class BulkForm(msgspec.Struct, frozen=True, kw_only=True):
    """The selection, or (`all`) all that the filters find, and what the action asks. `word`: the tag (`tag` would be a
    filter)."""

    ids: Annotated[str, Meta(max_length=60_000)] = ""
    all: bool = False
    word: Annotated[str, Meta(max_length=100, pattern=NO_NUL)] | None = None
    note: Annotated[str, Meta(max_length=200, pattern=NO_NUL)] | None = None
    reason: str | None = None


class Action(NamedTuple):
    """An action on many orders, by the name that bulk runs know it by. `done` says it of those where it was done;
    `undo` names the action that takes it back, where there is one."""

    name: str
    word: str
    done: str
    needs: str
    about: str
    undo: str = ""
    undo_word: str = ""
    tone: str = "primary"


ACTIONS = (
    Action("hold", "Hold", "held", "orders.hold",
           "They stop before sourcing, release and shipping, until somebody releases the hold.",
           "release_holds", "Release them again"),
    Action("release_holds", "Release holds", "released", "orders.hold",
           "All open holds of these orders are released. Each goes on where it stopped.", "hold", "Hold them again"),
    Action("release_to_floor", "Release to the floor", "released to the floor", "fulfillment.work",
           "What waits for its location goes on the location's list, to be picked. Held orders stay where they are."),
    Action("tag", "Add tag", "tagged", "orders.note",
           "Colleagues see the tag, and lists can be filtered by it.", "untag", "Remove the tag again"),
    Action("untag", "Remove tag", "untagged", "orders.note",
           "The tag is taken from those that have it.", "tag", "Add the tag again"),
    Action("source", "Source again", "sourced", "sourcing.run",
           "For units that wait for a location one is chosen now, instead of when their turn comes."),
    Action("cancel", "Cancel", "cancelled", "orders.cancel",
           "What is not picked yet is cancelled. Its stock is free again, its money is let go or refunded.",
           tone="danger"),
)  # fmt: skip
BY_NAME = {action.name: action for action in ACTIONS}
REASONS = (
    ("customer_request", "The customer asked"), ("out_of_stock", "Out of stock"), ("fraud", "Fraud"),
    ("price_error", "Wrong price"), ("duplicate", "Ordered twice"), ("other", "Another reason"),
)  # fmt: skip


class Which(NamedTuple):
    """The orders that an action is about: some that were ticked, or all that a list finds."""

    ids: Sequence[str]
    asked: Look | None

    def hidden(self) -> list[tuple[str, str]]:
        """The fields of a form that say the same again."""
        if self.asked is None:
            return [("ids", ",".join(self.ids))]
        return [("all", "true"), ("view", self.asked.view.id), ("set", "1"), *hidden_fields(self.asked.params)]

    def body(self, screen: ConsoleScreen) -> dict[str, Any]:
        """The same as a bulk run is asked."""
        return {"order_ids": list(self.ids)} if self.asked is None else {"filters": self.asked.filters(screen)}


class Effects(NamedTuple):
    """What an action would come to: pairs for people, and of how many orders (in words and as a number)."""

    pairs: Sequence[tuple[str, str]]
    possible: int
    many: str


def actions_for(screen: ConsoleScreen) -> list[Action]:
    """What this person may do to a selection."""
    return [action for action in ACTIONS if screen.may(action.needs)]


@page("POST", "/orders/bulk/{action}", needs="orders.read")
async def bulk_form(screen: ConsoleScreen) -> Answer:
    """What an action will do, before it does it."""
    action = action_named(screen, screen.param("action"))
    form = await screen.form(BulkForm)
    return await _show(screen, action, await _which(screen, form), form)


@page("POST", "/orders/bulk/{action}/run", needs="orders.read")
async def bulk_run(screen: ConsoleScreen) -> Answer:
    """Start it: once for each form, whatever is pressed how often."""
    action = action_named(screen, screen.param("action"))
    form = await screen.form(BulkForm)
    which = await _which(screen, form)
    if form.value is None:
        return await _show(screen, action, which, form, status=422)
    body = {"action": action.name, **which.body(screen)}
    if action.name in ("tag", "untag"):
        body["tag"] = form.value.word or None
    if action.name == "hold":
        body["note"] = form.value.note or None
    if action.name == "cancel":
        body["reason"] = form.value.reason or None
    said = await screen.do("start_bulk_run", body=body)
    if said.problem is not None:
        at = "word" if said.problem.code == "tag_missing" else ""
        return await _show(screen, action, which, form.with_errors({at: said.problem.detail}), status=422)
    return screen.go(screen.url(f"/orders/runs/{said.value.id}"), inside=True)


async def _show(screen: ConsoleScreen, action: Action, which: Which, form: Filled[Any], *, status: int = 200) -> Answer:
    effects = await _effects(screen, action, which)
    shown = form if form.errors else blank(word=form.text("word"), note=form.text("note"), reason=form.text("reason"))
    return screen.show(
        "orders/bulk.html", status=status, action=action, form=shown, effects=effects, reasons=REASONS,
        hidden=which.hidden(), nothing=not effects.possible,
    )  # fmt: skip


async def _which(screen: ConsoleScreen, form: Filled[BulkForm]) -> Which:
    if form.text("all") != "true":
        return Which(_ids(form.text("ids")), None)
    sent: Form = await screen.incoming.form()
    asked = await look(screen, sent.fields)
    if asked.text:
        raise InvalidRequest(
            "What was typed is not kept, so it cannot be done to all that it finds. Set filters, or tick the orders."
        )
    return Which((), asked)


async def _effects(screen: ConsoleScreen, action: Action, which: Which) -> Effects:
    if which.asked is not None:
        return await _effects_of_all(screen, which.asked, priced=action.name == "cancel")
    ids, number = which.ids, screen.formats.number
    many = orders_said(screen, len(ids))
    if action.name != "cancel":
        return Effects([("Orders", number(len(ids)))], len(ids), many)
    chunks = [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
    outcomes: list[Any] = []
    for start in range(0, len(chunks), _STEPS_AT_ONCE):
        outcomes += await asyncio.gather(*(_tried(screen, chunk) for chunk in chunks[start : start + _STEPS_AT_ONCE]))
    tried = [one for chunk in outcomes for one in chunk]
    can = [one for one in tried if one.ok]
    money: dict[str, int] = {}
    for one in can:
        currency = str(one.details.get("currency", ""))
        money[currency] = money.get(currency, 0) - int(one.details.get("difference_minor", 0))
    kept = sum(int(one.details.get("kept", 0)) for one in can)
    pairs = [("Orders that can be cancelled", f"{number(len(can))} of {number(len(ids))}")]
    pairs += [("Charged less", screen.formats.minor(amount, currency)) for currency, amount in sorted(money.items())]
    if kept:
        pairs.append(("Items that are picked already and stay", number(kept)))
    why: dict[str, int] = {}
    for one in tried:
        if not one.ok:
            why[say.refusal(one.code, one.message)] = why.get(say.refusal(one.code, one.message), 0) + 1
    pairs += [(text, number(count)) for text, count in sorted(why.items(), key=lambda pair: -pair[1])]
    return Effects(pairs, len(can), many)


async def _effects_of_all(screen: ConsoleScreen, asked: Look, *, priced: bool) -> Effects:
    """Of all that a list finds: how many there are, and what they come to. Why some stay is told as it is done."""
    filters = asked.filters(screen)
    [found] = (await screen.ask("count_orders", body={"lists": [filters], "up_to": COUNTED_UP_TO})).data
    if found.count is None:
        raise InvalidRequest(found.problem or "This list cannot be counted. Correct its filters.")
    more = "or more " if found.at_least else ""
    pairs = [("Orders that match now", f"{screen.formats.number(found.count)} {more}".strip())]
    if priced:
        sums = await screen.ask("sum_orders", body=filters | {"up_to": COUNTED_UP_TO})
        word = "Their totals, of the newest" if sums.at_least else "Their totals"
        pairs += [(word, screen.formats.money(one.total)) for one in sums.totals]
    pairs.append(("What cannot be done", "stays as it is, and is listed with the reason"))
    many = f"all {screen.formats.number(found.count)} {more}that match"
    return Effects(pairs, found.count, many)


def orders_said(screen: ConsoleScreen, count: int) -> str:
    """How many orders, in words."""
    return f"{screen.formats.number(count)} {'order' if count == 1 else 'orders'}"


async def _tried(screen: ConsoleScreen, ids: Sequence[str]) -> list[Any]:
    body = {"data": [{"order_id": order_id} for order_id in ids]}
    outcomes: list[Any] = (await screen.ask("preview_cancel_in_bulk", body=body)).data
    return outcomes


def _ids(typed: str) -> list[str]:
    ids = list(dict.fromkeys(filter(None, typed.split(","))))
    if not ids:
        raise InvalidRequest("Nothing is selected. Go back and tick some orders.", field="ids")
    if len(ids) > SELECTED_MAX:
        raise InvalidRequest(f"Select {SELECTED_MAX:,} orders at most at once, or all that match.", field="ids")
    return ids


def action_named(screen: ConsoleScreen, name: str) -> Action:
    """An action that this person may do. Raises NotFound, PermissionDenied."""
    action = BY_NAME.get(name)
    if action is None:
        raise NotFound("There is no such page. Go back to the orders.")
    screen.ctx.require(action.needs)
    return action


ORDER_BULK_PAGES = [bulk_form, bulk_run]
