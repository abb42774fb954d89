"""Ask about an order, and read the answers: what was said in the portal, and no word of what was said elsewhere."""

from __future__ import annotations

from typing import Any

from orderwright.api import Answer
from orderwright.portal.pages import Shopper, also
from orderwright.portal.refusals import refusal_words
from orderwright.screens import page

WORDS_MAX = 2_000  # of a shopper; staff may answer at more length
SHOWN = 100


async def conversation(shopper: Shopper, most: int = SHOWN) -> list[Any]:
    """What was said in the portal about this order, the newest last."""
    found = await shopper.ask(
        "list_messages_of_order", path={"order_id": shopper.order_id}, query={"medium": "portal", "limit": most}
    )
    return [one for one in reversed(found.data) if one.words is not None]


@also("messages.read")
@page("GET", "/o/{order_id}/messages", needs="messages.write")
async def messages_form(shopper: Shopper) -> Answer:
    """What was said, and a place to write."""
    return await _form(shopper)


@also("messages.read")
@page("POST", "/o/{order_id}/messages", needs="messages.write")
async def ask_about_order(shopper: Shopper) -> Answer:
    """Keep what the shopper says, once however often the form is sent."""
    form = await shopper.incoming.form()
    words = form.first("words").replace("\r\n", "\n").strip()
    if not words:
        return await _form(shopper, shopper._("Write what you want to know."), 422)
    if len(words) > WORDS_MAX or "\0" in words:
        return await _form(shopper, shopper._("Write at most %(count)s characters.", count=WORDS_MAX), 422)
    body = {"direction": "in", "medium": "portal", "words": words}
    said = await shopper.do("record_message", path={"order_id": shopper.order_id}, body=body)
    if said.problem is not None:
        _, sentence = refusal_words(said.problem, shopper._)
        return await _form(shopper, sentence, 429 if said.problem.code == "too_many_at_once" else 409)
    shopper.say(shopper._("We have your message. You find the answer here."))
    return shopper.go(shopper.at("/messages"))


async def _form(shopper: Shopper, error: str | None = None, status: int = 200) -> Answer:
    return shopper.show(
        "messages.html", status=status, error=error, messages=await conversation(shopper), order=shopper.order,
        most=WORDS_MAX,
    )  # fmt: skip


PAGES = [messages_form, ask_about_order]
