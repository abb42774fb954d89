"""What is done to a selection of orders: what it will do, then chunk by chunk, with what became of each order."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta

from orderwright.api import Answer
from orderwright.console import words_order_list as say
from orderwright.console.frame import ConsoleScreen
from orderwright.platform.errors import InvalidRequest, NotFound
from orderwright.platform.fields import NO_NUL
from orderwright.screens import KEY_FIELD, Filled, blank, page

SELECTED_MAX = 1_000
CHUNK = 100  # orders of one call: a chunk takes well under a second, so that progress is seen
_STEPS_AT_ONCE = 4


class BulkForm(msgspec.Struct, frozen=True, kw_only=True):
    """The selection, and what the action asks. `n`: which of the chunks this is."""

    ids: Annotated[str, Meta(max_length=60_000)]
    tag: Annotated[str, Meta(max_length=100, pattern=NO_NUL)] | None = None
    note: Annotated[str, Meta(max_length=200, pattern=NO_NUL)] | None = None
    reason: str | None = None
    n: Annotated[int, Meta(ge=0, le=SELECTED_MAX)] = 0


class Action(NamedTuple):
    """An action on many orders. `operation` is its bulk form; `done` says it of those where it was done; `undo` names
    the action that takes it back, where there is one."""

    name: str
    word: str
    done: str
    operation: str
    needs: str
    about: str
    undo: str = ""
    undo_word: str = ""
    tone: str = "primary"


ACTIONS = (
    Action("hold", "Hold", "held", "hold_order_in_bulk", "orders.hold",
           "They stop before sourcing, release and shipping, until somebody releases the hold.",
           "release", "Release them again"),
    Action("release", "Release holds", "released", "release_hold_in_bulk", "orders.hold",
           "All open holds of these orders are released. Each goes on where it stopped.", "hold", "Hold them again"),
    Action("tag", "Add tag", "tagged", "tag_order_in_bulk", "orders.note",
           "Colleagues see the tag, and lists can be filtered by it.", "untag", "Remove the tag again"),
    Action("untag", "Remove tag", "untagged", "tag_order_in_bulk", "orders.note",
           "The tag is taken from those that have it.", "tag", "Add the tag again"),
    Action("source", "Source again", "sourced", "source_order_in_bulk", "sourcing.run",
           "For units that wait for a location one is chosen now, instead of when their turn comes."),
    Action("cancel", "Cancel", "cancelled", "cancel_order_in_bulk", "orders.cancel",
           "What is not picked yet is cancelled. Its stock is free again, its money is let go or refunded.",
           tone="danger"),
)  # fmt: skip
BY_NAME = {action.name: action for action in ACTIONS}
REASONS = (
    ("customer_request", "The customer asked"), ("out_of_stock", "Out of stock"), ("fraud", "Fraud"),
    ("price_error", "Wrong price"), ("duplicate", "Ordered twice"), ("other", "Another reason"),
)  # fmt: skip


class Result(NamedTuple):
    """What became of one order."""

    order_id: str
    ok: bool
    text: str


def actions_for(screen: ConsoleScreen) -> list[Action]:
    """What this person may do to a selection."""
    return [action for action in ACTIONS if screen.may(action.needs)]


@page("POST", "/orders/bulk/{action}", needs="orders.read")
async def bulk_form(screen: ConsoleScreen) -> Answer:
    """What an action will do to the selection, before it does it."""
    action = _action(screen)
    form = await screen.form(BulkForm)
    ids = _ids(form)
    effects = await _effects(screen, action, ids)
    shown = blank(ids=",".join(ids), tag=form.text("tag"), note=form.text("note"))
    return screen.show(
        "orders/bulk.html", action=action, form=shown, ids=ids, effects=effects, reasons=REASONS, chunk=CHUNK,
        nothing=not effects.possible,
    )  # fmt: skip


@page("POST", "/orders/bulk/{action}/run", needs="orders.read")
async def bulk_run(screen: ConsoleScreen) -> Answer:
    """Do it to some of the selection: once for each key, whatever is pressed how often."""
    action = _action(screen)
    form = await screen.form(BulkForm)
    ids = _ids(form)
    assert form.value is not None
    if action.name in ("tag", "untag") and not form.value.tag:
        raise InvalidRequest("Say which tag.", field="tag")
    key = (await screen.incoming.form()).first(KEY_FIELD)[:120] or None
    results: list[Result] = []
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        own = None if key is None else f"{key}-{form.value.n}-{start}"
        body = {"data": [_command(action, order_id, form.value) for order_id in some]}
        said = await screen.do(action.operation, body=body, key=own)
        if said.problem is not None:
            results += [Result(one, False, said.problem.detail) for one in some]
            continue
        for order_id, outcome in zip(some, said.value.data, strict=True):
            text = action.done if outcome.ok else say.refusal(outcome.code, outcome.message)
            results.append(Result(order_id, outcome.ok, _done(text, outcome)))
    return screen.show("orders/bulk_done.html", action=action, results=results, done=sum(one.ok for one in results))


class Effects(NamedTuple):
    """What an action would come to: pairs for people, and to how many orders it can be done at all."""

    pairs: Sequence[tuple[str, str]]
    possible: int


async def _effects(screen: ConsoleScreen, action: Action, ids: Sequence[str]) -> Effects:
    count = screen.formats.number
    if action.name != "cancel":
        return Effects([("Orders", count(len(ids)))], len(ids))
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
    pairs = [("Orders that can be cancelled", f"{count(len(can))} of {count(len(ids))}")]
    pairs += [("Charged less", screen.formats.minor(amount, currency)) for currency, amount in sorted(money.items())]
    if kept:
        pairs.append(("Items that are picked already and stay", count(kept)))
    why: dict[str, int] = {}
    for one in tried:
        if not one.ok:
            why[say.refusal(one.code, one.message)] = why.get(say.refusal(one.code, one.message), 0) + 1
    pairs += [(text, count(number)) for text, number in sorted(why.items(), key=lambda pair: -pair[1])]
    return Effects(pairs, len(can))


async def _tried(screen: ConsoleScreen, ids: Sequence[str]) -> list[Any]:
    body = {"data": [{"order_id": order_id} for order_id in ids]}
    outcomes: list[Any] = (await screen.ask("preview_cancel_in_bulk", body=body)).data
    return outcomes


def _command(action: Action, order_id: str, form: BulkForm) -> dict[str, Any]:
    command: dict[str, Any] = {"order_id": order_id}
    if action.name == "tag":
        command["add"] = [form.tag]
    elif action.name == "untag":
        command["remove"] = [form.tag]
    elif action.name == "cancel" and form.reason:
        command["reason"] = form.reason
    elif action.name == "hold" and form.note:
        command["note"] = form.note
    return command


def _done(text: str, outcome: Any) -> str:
    kept = outcome.details.get("kept") if outcome.ok else None
    return f"{text}; {kept} picked already and stay" if kept else text


def _ids(form: Filled[BulkForm]) -> list[str]:
    ids = [] if form.value is None else list(dict.fromkeys(filter(None, form.value.ids.split(","))))
    if not ids:
        raise InvalidRequest("Nothing is selected. Go back and tick some orders.", field="ids")
    if len(ids) > SELECTED_MAX:
        raise InvalidRequest(f"Select {SELECTED_MAX:,} orders at most at once.", field="ids")
    return ids


def _action(screen: ConsoleScreen) -> Action:
    action = BY_NAME.get(screen.param("action"))
    if action is None:
        raise NotFound("There is no such page. Go back to the orders.")
    screen.ctx.require(action.needs)
    return action


ORDER_BULK_PAGES = [bulk_form, bulk_run]
