"""What was said about an order: write to the shopper, and write down a call or a letter."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from orderwright.api import Answer
from orderwright.console import words_messages
from orderwright.console.frame import ConsoleScreen
from orderwright.console.order_dialog import Dialog, Field, done, path_of, read_order, show, show_refused
from orderwright.screens import Filled, blank, page

SHOWN = 50  # messages of a conversation
Words = Annotated[str, Meta(min_length=1, max_length=10_000)]
Seen = Annotated[datetime, Meta(tz=True)]
Elsewhere = Literal["phone", "e_mail", "chat", "post"]


class WriteForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the shopper is to read. `seen`: up to when whoever writes knows what was said; `waits`: some of it waits."""

    words: Words
    seen: Seen | None = None
    waits: bool = False


class SaidForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was said elsewhere, by whom, and on what way."""

    direction: Literal["in", "out"]
    medium: Elsewhere
    words: Words
    needs_answer: bool = False
    seen: Seen | None = None


def said_body(form: SaidForm) -> dict[str, Any]:
    """What was said elsewhere, as the operation takes it."""
    body: dict[str, Any] = {"direction": form.direction, "medium": form.medium, "words": form.words}
    if form.direction == "in":
        return body | {"needs_answer": form.needs_answer}
    return body | ({"answers_until": form.seen.isoformat()} if form.seen is not None else {})


def said_fields(customer: bool = False) -> tuple[Field, ...]:
    """The fields of what was said elsewhere."""
    return (
        Field("select", "direction", "Who said it", options=words_messages.SAID, required=True),
        Field("select", "medium", "How", options=words_messages.ELSEWHERE, required=True),
        Field("textarea", "words", "What was said", "It is erased with the customer's data.", required=True),
        Field("check", "needs_answer", "It still needs an answer", "Then it stands in the messages to answer."),
        *(() if customer else (Field("hidden", "seen"),)),
    )


async def conversation(screen: ConsoleScreen, order_id: str) -> list[Any]:
    """What was said about an order, the newest last."""
    found = await screen.ask("list_messages_of_order", path={"order_id": order_id}, query={"limit": SHOWN})
    return list(reversed(found.data))


def _writing(messages: list[Any]) -> Dialog:
    answers = words_messages.answers(messages)
    return Dialog(
        "/message", "Write to the shopper", "Show it in the portal", lead=words_messages.NOT_SENT,
        fields=(Field("textarea", "words", "What the shopper reads", required=True), Field("hidden", "seen"),
                *([Field("hidden", "waits")] if answers else [])),
        effects=[("Who it is from", "the brand: no name of yours is shown"),
                 *([("Answers", answers)] if answers else [])],
    )  # fmt: skip


SAID = Dialog(
    "/said", "Record a call or letter", "Record it",
    lead="What was said elsewhere, so that colleagues know. The shopper does not see it.", fields=said_fields(),
)  # fmt: skip


@page("GET", "/orders/{order_id}/message", needs="messages.write")
async def message_form(screen: ConsoleScreen) -> Answer:
    """Something to be written to the shopper."""
    order, messages = await _both(screen)
    return show(screen, order, _writing(messages), blank(seen=words_messages.seen(messages), waits="true"))


@page("POST", "/orders/{order_id}/message", needs="messages.write")
async def write_message(screen: ConsoleScreen) -> Answer:
    """Show something to the shopper; what waited is answered by it."""
    form = await screen.form(WriteForm)
    if form.value is None:
        order, messages = await _both(screen)
        return show_refused(screen, order, _writing(messages), form)
    body: dict[str, Any] = {"direction": "out", "medium": "portal", "words": form.value.words}
    body["if_waiting"] = form.value.waits
    if form.value.seen is not None:
        body["answers_until"] = form.value.seen.isoformat()
    said = await screen.do("record_message", path=path_of(screen), body=body)
    if said.problem is not None:
        order, messages = await _both(screen)
        return show_refused(screen, order, _writing(messages), form, said)
    return done(screen, "The shopper sees it in the portal. Nothing was e-mailed.")


@page("GET", "/orders/{order_id}/said", needs="messages.write")
async def said_form(screen: ConsoleScreen) -> Answer:
    """A call or letter to be written down."""
    order, messages = await _both(screen)
    return show(screen, order, SAID, blank(direction="in", medium="phone", seen=words_messages.seen(messages)))


@page("POST", "/orders/{order_id}/said", needs="messages.write")
async def record_said(screen: ConsoleScreen) -> Answer:
    """Write down what was said elsewhere."""
    form: Filled[SaidForm] = await screen.form(SaidForm)
    if form.value is None:
        return show_refused(screen, await read_order(screen), SAID, form)
    said = await screen.do("record_message", path=path_of(screen), body=said_body(form.value))
    if said.problem is not None:
        return show_refused(screen, await read_order(screen), SAID, form, said)
    return done(screen, "Recorded. Colleagues see it at the order.")


async def _both(screen: ConsoleScreen) -> tuple[Any, list[Any]]:
    order = await read_order(screen)
    return order, await conversation(screen, order.id) if screen.may("messages.read") else []


ORDER_MESSAGES = [message_form, write_message, said_form, record_said]
