"""Messages to answer: the list, and one after the other by keys: answer, no answer needed, next, back."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from orderwright.api import Answer
from orderwright.console import words_messages
from orderwright.console.frame import ConsoleScreen
from orderwright.console.operations_presence import look_at, look_away, who_looks
from orderwright.console.order_facts import names_of_colleagues
from orderwright.console.order_messages import SHOWN, Seen, Words, conversation
from orderwright.console.words import plural
from orderwright.console.words_refusals import refused
from orderwright.screens import Filled, blank, page

PAGE = 50
LOOKED_THROUGH_MAX = 50  # for one that nobody else looks at
_FLASH = "ow_said"
_Cursor = Annotated[str, Meta(max_length=400)]


class AnswerForm(msgspec.Struct, frozen=True, kw_only=True):
    """An answer, and on what way it is given, or was. `waits`: the message waited when the form was shown."""

    words: Words
    medium: Literal["portal", "phone", "e_mail", "chat", "post"]
    seen: Seen | None = None
    waits: bool = False


class SettleForm(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a message waits; `then`: whether to go on to the next, or to where it was said; `version`: of the message
    when the form was shown."""

    answer: Literal["answered", "not_needed", "awaited"] = "not_needed"
    then: Literal["next", "there"] = "there"
    version: int | None = None


@page("GET", "/messages", needs="messages.read")
async def messages_page(screen: ConsoleScreen) -> Answer:
    """Messages that wait for an answer, the oldest first."""
    after = screen.incoming.asked("after") or None
    found = await screen.ask("list_waiting_messages", query={"after": after, "limit": PAGE})
    seen = await _who_looks(screen, found.data)
    count = plural(found.waiting, "message")
    late = f", {screen.formats.number(found.late)} of them too late" if found.late else ""
    return screen.show(
        "messages/list.html", found=found, seen=seen, now=screen.ctx.now, say=words_messages,
        sub=f"{count}{' or more' if found.at_least else ''} to answer{late}. Customer care looks after them, the"
        " oldest first." if found.waiting else "Customer care looks after what shoppers write.",
        following=screen.url("/messages", after=found.next) if found.next else None,
        first=screen.url("/messages") if after else None,
    )  # fmt: skip


@page("GET", "/messages/next", needs="messages.read")
async def next_message(screen: ConsoleScreen) -> Answer:
    """To the next message whose order nobody else looks at."""
    after, previous = screen.incoming.asked("after") or None, screen.incoming.asked("previous") or None
    found = await screen.ask("list_waiting_messages", query={"after": after, "limit": LOOKED_THROUGH_MAX})
    seen = await _who_looks(screen, found.data)
    for row in found.data:
        if row.id != previous and not seen.get(row.order_id):
            return screen.go(screen.url(f"/messages/{row.id}", after=row.cursor, previous=previous))
    if _FLASH not in screen.incoming.cookies:  # what was just done is said first
        screen.say("That was the last one that nobody else looks at.", "blue")
    return screen.go(screen.url("/messages"))


@page("GET", "/messages/{message_id}", needs="messages.read")
async def message_page(screen: ConsoleScreen) -> Answer:
    """A message with what was said around it, and a place to answer."""
    return await _show(screen, blank())


@page("POST", "/messages/{message_id}/answer", needs="messages.write")
async def answer_message(screen: ConsoleScreen) -> Answer:
    """Answer, or write down what was answered elsewhere, and go on to the next."""
    form = await screen.form(AnswerForm)
    if form.value is None:
        return await _show(screen, form, 422)
    message = await _message(screen)
    body: dict[str, Any] = {
        "direction": "out", "medium": form.value.medium, "words": form.value.words, "if_waiting": form.value.waits,
    }  # fmt: skip
    if form.value.seen is not None:
        body["answers_until"] = form.value.seen.isoformat()
    if message.order_id is not None:
        said = await screen.do("record_message", path={"order_id": message.order_id}, body=body)
    else:
        said = await screen.do("record_customer_message", path={"customer_id": message.customer_id}, body=body)
    if said.problem is not None:
        return await _show(screen, form.with_errors({"": refused(said.problem)}), 422)
    shown = form.value.medium == "portal"
    screen.say("Answered: the shopper sees it in the portal." if shown else "Answered, and written down.")
    return await _next(screen, message)


@page("GET", "/messages/{message_id}/settle", needs="messages.write")
async def settle_form(screen: ConsoleScreen) -> Answer:
    """Say whether a message waits for an answer."""
    wanted = screen.incoming.asked("answer")
    chosen = wanted if wanted in {name for name, _ in words_messages.ANSWERS} else "not_needed"
    return await _settle_page(screen, blank(answer=chosen))


@page("POST", "/messages/{message_id}/settle", needs="messages.write")
async def settle_message(screen: ConsoleScreen) -> Answer:
    """Keep whether a message waits for an answer."""
    form: Filled[SettleForm] = await screen.form(SettleForm)
    if form.value is None:
        return await _settle_page(screen, form, 422)
    message = await _message(screen)
    path = {"message_id": message.id}
    said = await screen.do(
        "settle_message", path=path, body={"answer": form.value.answer, "version": form.value.version}
    )
    if said.problem is not None:
        return await _settle_page(screen, form.with_errors({"": refused(said.problem)}), 422)
    text = dict(words_messages.ANSWERS)[form.value.answer]
    back = "awaited" if message.answer != "awaited" else "not_needed"
    undo = "awaited" if form.value.answer != "awaited" else back
    screen.say(f"{text}.", undo=screen.url(f"/messages/{message.id}/settle", answer=undo))
    return await _next(screen, message) if form.value.then == "next" else screen.go(_there(screen, message))


async def _show(screen: ConsoleScreen, form: Filled[Any], status: int = 200) -> Answer:
    message = await _message(screen)
    after, previous = screen.incoming.asked("after") or None, screen.incoming.asked("previous") or None
    order_id = message.order_id
    said, order, waiting, names, others = await asyncio.gather(
        _around(screen, message),
        screen.find("read_order", path={"order_id": order_id}) if order_id and screen.may("orders.read") else _none(),
        screen.ask("list_waiting_messages", query={"limit": 1}),
        names_of_colleagues(screen),
        _others(screen, message),
    )
    ways = words_messages.WAYS_OF_ORDER if order_id else words_messages.WAYS_OF_NONE
    if not form.typed:
        form = blank(medium=ways[0][0], seen=words_messages.seen(said))
    return screen.show(
        "messages/message.html", status=status, message=message, messages=said, order=order, form=form, ways=ways,
        names=names, others=others, waiting=waiting, now=screen.ctx.now, say=words_messages,
        there=_there(screen, message), going=_going(screen, message),
        next_url=screen.url("/messages/next", after=after, previous=message.id),
        back_url=screen.url(f"/messages/{previous}") if previous else None,
    )  # fmt: skip


async def _settle_page(screen: ConsoleScreen, form: Filled[Any], status: int = 200) -> Answer:
    message = await _message(screen)
    return screen.show(
        "messages/settle.html", status=status, message=message, form=form, say=words_messages,
        there=_there(screen, message),
    )  # fmt: skip


async def _message(screen: ConsoleScreen) -> Any:
    return await screen.ask("read_message", path={"message_id": screen.param("message_id")})


async def _around(screen: ConsoleScreen, message: Any) -> list[Any]:
    """What was said about the same order, or with the same customer; the newest last."""
    if message.order_id is not None:
        return await conversation(screen, message.order_id)
    if not screen.may("customers.read"):
        return [message]
    path = {"customer_id": message.customer_id}
    found = await screen.find("list_messages_of_customer", path=path, query={"limit": SHOWN})
    return [message] if found is None else [one for one in reversed(found.data) if one.order_id is None]


async def _others(screen: ConsoleScreen, message: Any) -> list[str]:
    """Who else looks at the order of a message that waits."""
    if message.order_id is None or message.answer != "awaited":
        return []
    await look_at(screen, message.order_id)
    return list((await who_looks(screen, [message.order_id]))[message.order_id])


async def _who_looks(screen: ConsoleScreen, rows: Any) -> Any:
    ids = list(dict.fromkeys(row.order_id for row in rows if row.order_id is not None))
    return await who_looks(screen, ids) if ids else {}


async def _none() -> None:
    return None


def _there(screen: ConsoleScreen, message: Any) -> str:
    """The page of what a message is about."""
    if message.order_id is not None:
        return screen.url(f"/orders/{message.order_id}")
    return screen.url(f"/customers/{message.customer_id}")


def _going(screen: ConsoleScreen, message: Any) -> dict[str, str]:
    """The addresses of what can be done here, which go on to the next message."""
    after = screen.incoming.asked("after") or None
    return {verb: screen.url(f"/messages/{message.id}/{verb}", after=after) for verb in ("answer", "settle")}


async def _next(screen: ConsoleScreen, message: Any) -> Answer:
    if message.order_id is not None:
        await look_away(screen, message.order_id)
    after = screen.incoming.asked("after") or None
    return screen.go(screen.url("/messages/next", after=after, previous=message.id))


MESSAGE_PAGES = [messages_page, next_message, message_page, answer_message, settle_form, settle_message]
