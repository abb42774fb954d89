"""One fulfillment on the floor, and its steps: release, pick, pack, ship, reject."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from orderwright.api import Answer
from orderwright.console import words_floor
from orderwright.console.floor_made import find_made as _read
from orderwright.console.floor_parcels import PackForm, pack_body, parcels_typed
from orderwright.console.frame import ConsoleScreen
from orderwright.fulfillment import carriers_with_pages
from orderwright.platform.clock import utc_now
from orderwright.platform.fields import QUANTITY_MAX
from orderwright.screens import READS_CODES, Filled, blank, page

_BACK_TO_LIST = frozenset({"ship", "reject"})
_DONE_STATES = frozenset({"shipped", "delivered", "rejected", "cancelled"})
Step = Literal["release", "start-pick", "pick", "pack", "ship"]


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """How many units of a component were found."""

    line: Annotated[int, Meta(ge=1)]
    component: Annotated[int, Meta(ge=1)]
    found: Annotated[int, Meta(ge=0, le=QUANTITY_MAX)]


class PickForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, line by line. `short_reason`: why not all; `sure`: that the rest is not there is meant."""

    lines: list[Counted] = []
    short_reason: Literal["missing", "damaged", "elsewhere"] | None = None
    sure: bool = False


class ShipForm(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of the parcels that left, none: all. `checked`: what was looked at when a pick-up was handed over."""

    parcels: list[Annotated[int, Meta(ge=1)]] = []
    checked: Annotated[str, Meta(max_length=100)] | None = None


class RejectForm(msgspec.Struct, frozen=True, kw_only=True):
    """Why this location does not do it."""

    reason: Literal["out_of_stock", "no_capacity", "closed", "damaged", "other"]


@page("GET", "/floor/{fulfillment_id}", needs="fulfillment.read")
async def floor_fulfillment_page(screen: ConsoleScreen) -> Answer:
    """What is to be done with a fulfillment next."""
    return await _show(screen, blank())


@page("GET", "/floor/{fulfillment_id}/now", needs="fulfillment.read")
async def floor_now_part(screen: ConsoleScreen) -> Answer:
    """How far it is by now, told to a page that shows an older version."""
    made = await _read(screen)
    shown = screen.incoming.asked("version")
    begun = made.state == "picking" and shown == str(made.version - 1)  # whoever looks may have begun it by a scan
    changed = shown not in ("", str(made.version)) and not begun
    return screen.show("floor/now.html", **await _now(screen, made, changed=changed))


@page("POST", "/floor/{fulfillment_id}/release", needs="fulfillment.work")
async def floor_release(screen: ConsoleScreen) -> Answer:
    """Put it on the list to pick."""
    return await _step(screen, "release", blank(), {})


@page("POST", "/floor/{fulfillment_id}/start-pick", needs="fulfillment.work")
async def floor_start_pick(screen: ConsoleScreen) -> Answer:
    """Say that it is being picked."""
    return await _step(screen, "start-pick", blank(), {})


@page("POST", "/floor/{fulfillment_id}/pick", needs="fulfillment.work")
async def floor_pick(screen: ConsoleScreen) -> Answer:
    """Report what was found; what is missing is sourced again, once that is meant."""
    form = await screen.form(PickForm)
    if form.value is None:
        return await _show(screen, form, 422)
    made = await _read(screen)
    found = {(one.line, one.component): one.found for one in form.value.lines}
    short = []
    for line in made.lines:
        missing = line.quantity - found.get((line.line, line.component), 0)
        if missing > 0:
            short.append({"line": line.line, "component": line.component, "missing": missing})
    if short and made.state in ("released", "picking") and not (form.value.sure and form.value.short_reason):
        said = {"short_reason": "Say why, or count on."} if form.value.sure else {"": "Not everything was counted."}
        return await _show(screen, form.with_errors(said), 422, made=made, short=short)
    reason = form.value.short_reason
    if short and reason is not None:
        screen.ctx = screen.ctx.because(reason=dict(words_floor.SHORT_REASONS)[reason])
    return await _step(screen, "pick", form, {"short": short} if short else {})


@page("POST", "/floor/{fulfillment_id}/pack", needs="fulfillment.work")
async def floor_pack(screen: ConsoleScreen) -> Answer:
    """Report it as packed, in one parcel or several; or show the form with more of them."""
    form = await screen.form(PackForm)
    if form.text("parcels_shown"):
        return await _show(screen, Filled(None, {}, form.typed, {}))
    if form.value is None:
        return await _show(screen, form, 422)
    return await _step(screen, "pack", form, pack_body(form.value))


@page("POST", "/floor/{fulfillment_id}/ship", needs="fulfillment.work")
async def floor_ship(screen: ConsoleScreen) -> Answer:
    """Parcels left, or the shopper has the goods; what was checked then is noted."""
    form = await screen.form(ShipForm)
    if form.value is None:
        return await _show(screen, form, 422)
    if "checked" in form.typed:
        checked = dict(words_floor.CHECKED).get(form.value.checked or "")
        if checked is None:
            return await _show(screen, form.with_errors({"checked": "Say what you checked."}), 422)
        screen.ctx = screen.ctx.because(reason=f"Checked: {checked}")
    return await _step(screen, "ship", form, {"parcels": form.value.parcels} if form.value.parcels else {})


@page("GET", "/floor/{fulfillment_id}/reject", needs="fulfillment.work")
async def floor_reject_form(screen: ConsoleScreen) -> Answer:
    """Why this location does not do it."""
    return screen.show("floor/reject.html", made=await _read(screen), form=blank(), say=words_floor)


@page("POST", "/floor/{fulfillment_id}/reject", needs="fulfillment.work")
async def floor_reject(screen: ConsoleScreen) -> Answer:
    """Reject it: its units are sourced again elsewhere."""
    form = await screen.form(RejectForm)
    if form.value is not None:
        path = {"fulfillment_id": screen.param("fulfillment_id")}
        said = await screen.do("reject_fulfillment", path=path, body={"reason": form.value.reason})
        if said.problem is None:
            screen.say(words_floor.SAID["reject"])
            return screen.go(screen.url("/floor"))
        form = form.with_errors({"": words_floor.refused(said.problem)})
    made = await _read(screen)
    return screen.show("floor/reject.html", status=422, made=made, form=form, say=words_floor)


async def _step(screen: ConsoleScreen, step: Step, form: Filled[Any], body: dict[str, Any]) -> Answer:
    fulfillment_id = screen.param("fulfillment_id")
    path = {"fulfillment_id": fulfillment_id}
    said = await screen.do(f"{step.replace('-', '_')}_fulfillment", path=path, body=body)
    if said.problem is not None:
        return await _show(screen, form.with_errors({"": words_floor.refused(said.problem)}), 422)
    left = int((said.value.details or {}).get("left", 0))
    screen.say(words_floor.parcels_left(left) if left else words_floor.SAID[said.value.code])
    over = step in _BACK_TO_LIST and not left
    return screen.go(screen.url("/floor" if over else f"/floor/{fulfillment_id}"))


async def _show(
    screen: ConsoleScreen, form: Filled[Any], status: int = 200, *, made: Any = None, short: Any = None
) -> Answer:
    if made is None:
        made = await _read(screen)
    screen.add_header(READS_CODES)
    return screen.show(
        "floor/fulfillment.html", status=status, form=form, short=short or [], parcels=parcels_typed(form),
        carriers=carriers_with_pages(), names={(line.line, line.component): line.name for line in made.lines},
        **await _now(screen, made),
    )  # fmt: skip


async def _now(screen: ConsoleScreen, made: Any, *, changed: bool = False) -> dict[str, Any]:
    """How far it is, and who picks it."""
    picker = None
    if made.state == "picking":
        scanned = await screen.find("scan_for_work", query={"location": made.location, "text": made.id})
        picker = next((one.picker for one in scanned.data), None) if scanned else None
    return {
        "made": made, "say": words_floor, "now": utc_now(), "done": made.state in _DONE_STATES, "changed": changed,
        "picker": words_floor.picker(picker, screen.ctx.actor),
    }  # fmt: skip


FLOOR_STEP_PAGES = [
    floor_fulfillment_page, floor_now_part, floor_release, floor_start_pick, floor_pick, floor_pack, floor_ship,
    floor_reject_form, floor_reject,
]  # fmt: skip
