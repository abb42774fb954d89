"""Held orders, one after the other, by keys: release, cancel, another address, next, back."""

from __future__ import annotations

import asyncio
from typing import Any

from orderwright.api import Answer
from orderwright.console.frame import ConsoleScreen
from orderwright.console.operations_common import Tab, facts
from orderwright.console.operations_presence import look_at, look_away, who_looks
from orderwright.console.words import number
from orderwright.console.words_operations import hold_name
from orderwright.platform.errors import NotFound
from orderwright.screens import page

LOOKED_THROUGH_MAX = 50  # for one that nobody else looks at
_FLASH = "ow_said"


@page("GET", "/operations/holds", needs="orders.read")
async def holds_page(screen: ConsoleScreen) -> Answer:
    """Open holds, those of the oldest orders first, with how many there are of each type."""
    type_, after = screen.incoming.asked("type"), screen.incoming.asked("after") or None
    found, counts = await asyncio.gather(
        screen.ask("list_open_holds", query={"type": type_ or None, "after": after, "limit": 50}),
        screen.ask("count_holds"),
    )
    total = sum(one.holds for one in counts.data)
    views = [Tab("All", screen.url("/operations/holds"), not type_, number(total) if total else "")]
    views += [
        Tab(hold_name(one.type), screen.url("/operations/holds", type=one.type), one.type == type_, number(one.holds))
        for one in counts.data
    ]
    seen = await who_looks(screen, [row.order_id for row in found.data])
    return screen.show(
        "operations/holds.html",
        **facts(screen, "/holds"),
        found=found.data,
        views=views,
        type=type_,
        seen=seen,
        following=screen.url("/operations/holds", type=type_, after=found.next) if found.next else None,
        first=screen.url("/operations/holds", type=type_) if after else None,
    )


@page("GET", "/operations/holds/next", needs="orders.read")
async def next_hold(screen: ConsoleScreen) -> Answer:
    """To the next held order that nobody else looks at."""
    type_, after = screen.incoming.asked("type") or None, screen.incoming.asked("after") or None
    previous = screen.incoming.asked("previous") or None
    found = await screen.ask("list_open_holds", query={"type": type_, "after": after, "limit": LOOKED_THROUGH_MAX})
    seen = await who_looks(screen, [row.order_id for row in found.data])
    for row in found.data:
        if row.order_id != previous and not seen[row.order_id]:
            return screen.go(
                screen.url(
                    f"/operations/holds/{row.order_id}", type=row.type, only=type_, after=row.cursor, previous=previous
                )
            )
    if _FLASH not in screen.incoming.cookies:  # what was just done is said first
        screen.say("That was the last one that nobody else looks at.", "blue")
    return screen.go(screen.url("/operations/holds", type=type_))


@page("GET", "/operations/holds/{order_id}", needs="orders.read")
async def hold_page(screen: ConsoleScreen) -> Answer:
    """A held order with what matters for its hold, and what can be done about it."""
    order_id = screen.param("order_id")
    only = screen.incoming.asked("only") or None
    order, counts = await asyncio.gather(_order(screen), screen.ask("count_holds"))
    wanted = screen.incoming.asked("type")
    hold = next((one for one in order.holds if one.type == wanted), None) or next(iter(order.holds), None)
    if hold is not None:
        await look_at(screen, order_id)
    seen = await who_looks(screen, [order_id])
    left = sum(one.holds for one in counts.data if only in (None, one.type))
    after, previous = screen.incoming.asked("after") or None, screen.incoming.asked("previous") or None
    going = {"only": only, "after": after, "previous": order_id}
    return screen.show(
        "operations/hold.html",
        **facts(screen, "/holds"),
        order=order,
        hold=hold,
        others=seen[order_id],
        left=left,
        at_least=counts.at_least,
        next_url=screen.url("/operations/holds/next", type=only, after=after, previous=order_id),
        back_url=screen.url(f"/operations/holds/{previous}", only=only) if previous else None,
        list_url=screen.url("/operations/holds", type=only),
        act=lambda verb: screen.url(
            f"/operations/holds/{order_id}/{verb}", type=None if hold is None else hold.type, **going
        ),
    )


@page("POST", "/operations/holds/{order_id}/release", needs="orders.hold")
async def release_held(screen: ConsoleScreen) -> Answer:
    """Release the hold that was looked at, and go on with the next order."""
    type_ = screen.incoming.asked("type") or None
    said = await screen.do("release_hold", path={"order_id": screen.param("order_id")}, body={"type": type_})
    if said.problem is not None:
        return await _told(screen, said.problem)
    again = screen.url(f"/operations/holds/{screen.param('order_id')}/hold", type=type_)
    screen.say(
        f"Released: {hold_name(type_ or 'hold').lower()}. The order goes on.", undo=again, undo_words="Hold it again"
    )
    return await _next(screen)


@page("GET", "/operations/holds/{order_id}/hold", needs="orders.hold")
async def hold_again_form(screen: ConsoleScreen) -> Answer:
    """Say what holding again means."""
    order = await _order(screen)
    return screen.show("operations/hold_again.html", order=order, type=screen.incoming.asked("type"), error=None)


@page("POST", "/operations/holds/{order_id}/hold", needs="orders.hold")
async def hold_again(screen: ConsoleScreen) -> Answer:
    """Hold an order again that was released by mistake."""
    type_ = screen.incoming.asked("type") or "manual"
    said = await screen.do("hold_order", path={"order_id": screen.param("order_id")}, body={"type": type_})
    if said.problem is not None:
        order = await _order(screen)
        detail = said.problem.detail
        return screen.show("operations/hold_again.html", status=422, order=order, type=type_, error=detail)
    screen.say("Held again: it stops before its next step.")
    return screen.go(screen.url(f"/operations/holds/{screen.param('order_id')}", type=type_))


@page("GET", "/operations/holds/{order_id}/cancel", needs="orders.cancel")
async def cancel_held_form(screen: ConsoleScreen) -> Answer:
    """What cancelling comes to, before it is done."""
    return await _show_cancel(screen, None)


@page("POST", "/operations/holds/{order_id}/cancel", needs="orders.cancel")
async def cancel_held(screen: ConsoleScreen) -> Answer:
    """Cancel the order, and go on with the next one."""
    reason = (await screen.incoming.form()).first("reason") or "customer_request"
    said = await screen.do("cancel_order", path={"order_id": screen.param("order_id")}, body={"reason": reason})
    if said.problem is not None:
        return await _show_cancel(screen, said.problem.detail)
    screen.say("The order was cancelled. What was set aside or paid goes back by itself.")
    return await _next(screen)


async def _show_cancel(screen: ConsoleScreen, error: str | None) -> Answer:
    path = {"order_id": screen.param("order_id")}
    order, preview = await asyncio.gather(
        _order(screen), screen.do("preview_cancel", path=path, body={}, key="preview")
    )
    effects: list[tuple[str, str]] = []
    if preview.problem is None:
        told = preview.value.details
        effects = [
            ("Charged less", screen.formats.minor(-int(told.get("difference_minor", 0)), str(told["currency"]))),
            ("Units that stay, since they were picked", number(int(told.get("kept", 0)))),
            ("Stock set aside for it", "is free for others"),
        ]
    elif error is None:
        error = preview.problem.detail
    return screen.show(
        "operations/cancel_held.html",
        status=200 if error is None else 422,
        order=order,
        effects=effects,
        error=error,
        address=screen.incoming.address,
    )


async def _order(screen: ConsoleScreen) -> Any:
    order = await screen.find("read_order", path={"order_id": screen.param("order_id")})
    if order is None:
        raise NotFound("There is no such order, or it is not for you. Go back to the list of holds.")
    return order


async def _told(screen: ConsoleScreen, problem: Any) -> Answer:
    """Somebody else was faster, or it is not allowed: say so, and show the order as it is now."""
    faster = problem.code == "no_such_hold"
    text = "Somebody else has released this hold already. Nothing was changed." if faster else problem.detail
    screen.say(text, "amber")
    if faster:
        return await _next(screen)
    return screen.go(screen.url(f"/operations/holds/{screen.param('order_id')}", type=screen.incoming.asked("type")))


async def _next(screen: ConsoleScreen) -> Answer:
    order_id, only = screen.param("order_id"), screen.incoming.asked("only") or None
    await look_away(screen, order_id)
    after = screen.incoming.asked("after") or None
    return screen.go(screen.url("/operations/holds/next", type=only, after=after, previous=order_id))


HOLD_PAGES = [
    holds_page, next_hold, hold_page, release_held, hold_again_form, hold_again, cancel_held_form, cancel_held,
]  # fmt: skip
