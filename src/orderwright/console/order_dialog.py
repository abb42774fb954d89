"""The dialogs of an order: a form with fields, a preview, what was refused, and asking for approval of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta

from orderwright.api import Answer, Said
from orderwright.console.frame import ConsoleScreen
from orderwright.console.words_refusals import refused
from orderwright.platform.money import exponent
from orderwright.screens import Filled

AMOUNT_MAX = 10**13
MoneyText = Annotated[str, Meta(max_length=20)]  # read by `minor`, which knows the currency
Units = Annotated[int, Meta(ge=0, le=1_000_000)]
_AMOUNT = re.compile(r"[0-9]{1,12}([.,][0-9]{1,4})?")
NOT_AN_AMOUNT = "Write an amount such as 12.50."


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """What a form holds whose action may be above somebody's limit: that they ask for approval, and why."""

    ask: bool = False
    why: Annotated[str, Meta(max_length=200)] | None = None


class Field(NamedTuple):
    """A field of a dialog. `kind`: input, money, select, check, checks, textarea, units, goods, file, files, hidden.
    `options`: pairs of value and word; for `units`, (line, name, how many at most); for `goods`, the rows of SKUs."""

    kind: str
    name: str
    label: str = ""
    help: str = ""
    options: Sequence[Any] = ()
    required: bool = False


class Dialog(NamedTuple):
    """A dialog of an order. `effects`: what it does, known without asking; `preview`: it is asked as it is typed."""

    path: str
    title: str
    button: str
    fields: Sequence[Field] = ()
    effects: Sequence[tuple[str, str]] = ()
    lead: str = ""
    tone: str = "primary"
    preview: bool = False
    approvable: bool = False


def order_path(screen: ConsoleScreen, rest: str = "") -> str:
    """The address of the order's page, or of one below it."""
    return screen.url(f"/orders/{screen.param('order_id')}{rest}")


def path_of(screen: ConsoleScreen) -> dict[str, str]:
    """The order, as operations take it."""
    return {"order_id": screen.param("order_id")}


async def read_order(screen: ConsoleScreen) -> Any:
    """The order that the address names. Raises Refused where there is none."""
    return await screen.ask("read_order", path=path_of(screen))


def show(
    screen: ConsoleScreen, order: Any, dialog: Dialog, form: Filled[Any], *, status: int = 200, above: bool = False
) -> Answer:
    """The dialog with its form; `above`: what was refused is above a limit, and approval may be asked for."""
    return screen.show(
        "orders/dialog.html", status=status, order=order, dialog=dialog, form=form, base=order_path(screen),
        above=above and screen.may("approvals.ask"),
    )  # fmt: skip


def show_refused(
    screen: ConsoleScreen, order: Any, dialog: Dialog, form: Filled[Any], said: Said | None = None
) -> Answer:
    """The dialog again, with what is wrong."""
    above = False
    errors = {name.partition(".")[0] if "[" in name else name: text for name, text in form.errors.items()}
    form = Filled(None, errors, form.typed, form.files)
    if said is not None and said.problem is not None:
        form = form.with_errors({"": refused(said.problem, approvable=dialog.approvable)})
        above = dialog.approvable and said.problem.code == "above_limit"
    return show(screen, order, dialog, form, status=422, above=above)


def done(screen: ConsoleScreen, text: str, *, undo: str | None = None, tone: str = "green") -> Answer:
    """Back to the order, with what happened."""
    screen.say(text, tone, undo=order_path(screen, undo) if undo else None)
    return screen.go(order_path(screen))


async def ask_approval(
    screen: ConsoleScreen, operation: str, body: Mapping[str, Any], why: str | None, *, subject: str | None = None
) -> Said:
    """Ask that somebody approves what was above a limit."""
    asked = {"operation": operation, "body": dict(body), "subject": subject, "reason": why}
    return await screen.do("ask_approval", body={name: value for name, value in asked.items() if value is not None})


def effects(screen: ConsoleScreen, rows: Sequence[tuple[str, str]], title: str = "What this does") -> Answer:
    """What something would do, as the answer to a preview."""
    return screen.show("orders/effects.html", rows=rows, title=title, wrong="")


def no_effects(screen: ConsoleScreen, text: str) -> Answer:
    """Why there is nothing to preview."""
    return screen.show("orders/effects.html", rows=(), title="", wrong=text)


def minor(text: str | None, currency: str) -> int | None:
    """What was typed as an amount, in minor units: 12.5 is 1250 cents. None where it is not one."""
    if text is None or not _AMOUNT.fullmatch(text):
        return None
    value = Decimal(text.replace(",", ".")).scaleb(exponent(currency))
    return int(value) if value == int(value) and 0 <= value <= AMOUNT_MAX else None


def major(amount: int, currency: str) -> str:
    """An amount as it is typed: 1250 cents are 12.50."""
    places = exponent(currency)
    return f"{Decimal(amount).scaleb(-places):.{places}f}"


def chosen(units: Mapping[str, int] | None) -> list[dict[str, int]]:
    """The lines of which units were chosen: `units.L2` is of line 2."""
    found = [(name.removeprefix("L"), count) for name, count in (units or {}).items() if count]
    return [{"line": int(n), "quantity": count} for n, count in found if n.isdecimal() and len(n) < 7]
