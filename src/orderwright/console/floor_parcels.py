"""Parcels on the floor: packing into one or several, what is printed, labels and numbers of one's own."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from orderwright.api import Answer
from orderwright.console import words_floor
from orderwright.console.floor_made import find_made
from orderwright.console.frame import ConsoleScreen
from orderwright.fulfillment import BUILTIN, PARCELS_MAX, TrackingNumber, carriers_with_pages
from orderwright.platform.errors import NotFound
from orderwright.platform.fields import QUANTITY_MAX, Code
from orderwright.screens import Filled, blank, page

_MM_IN_CM = 10
Centimetres = Annotated[int, Meta(ge=1, le=10_000)]


class UnitsForm(msgspec.Struct, frozen=True, kw_only=True):
    """How many units of a component are in a parcel."""

    line: Annotated[int, Meta(ge=1)]
    component: Annotated[int, Meta(ge=1)]
    quantity: Annotated[int, Meta(ge=0, le=QUANTITY_MAX)] = 0


class ParcelForm(msgspec.Struct, frozen=True, kw_only=True):
    """A parcel: what is in it, its weight in grams, its size, and a number of one's own. What is empty is not said."""

    units: list[UnitsForm] = []
    weight_g: Annotated[int, Meta(ge=0, le=100_000_000)] | None = None
    length_cm: Centimetres | None = None
    width_cm: Centimetres | None = None
    height_cm: Centimetres | None = None
    tracking_number: TrackingNumber | None = None


class PackForm(msgspec.Struct, frozen=True, kw_only=True):
    """The parcels. `parcels_shown`: so many are asked for, and nothing is packed yet."""

    parcels: list[ParcelForm] = []
    carrier: Code | None = None
    parcels_shown: Annotated[int, Meta(ge=1, le=PARCELS_MAX)] | None = None


class TrackingForm(msgspec.Struct, frozen=True, kw_only=True):
    """Another number of a parcel, and why."""

    carrier: Code
    tracking_number: TrackingNumber
    reason: Literal["wrong_number", "other_carrier", "label_damaged", "changed_by_carrier"]


class FileForm(msgspec.Struct, frozen=True, kw_only=True):
    """A file; it comes along with the form."""


def parcels_typed(form: Filled[Any]) -> int:
    """How many parcels a form shows: those that are asked for, or that were typed."""
    asked = form.text("parcels_shown")
    if asked.isdecimal() and len(asked) < len(str(PARCELS_MAX)) + 1:
        return min(max(int(asked), 1), PARCELS_MAX)
    typed = [int(part) for name in form.typed if (part := _number_of(name)) is not None]
    return min(max(typed, default=0) + 1, PARCELS_MAX)


def _number_of(name: str) -> str | None:
    head, _, rest = name.partition(".")
    part = rest.partition(".")[0]
    return part if head == "parcels" and part.isdecimal() and len(part) < len(str(PARCELS_MAX)) + 1 else None


def pack_body(form: PackForm) -> dict[str, Any]:
    """The form as the operation takes it. Pure."""
    several = len(form.parcels) > 1
    parcels = []
    for parcel in form.parcels:
        said: dict[str, Any] = {"weight_g": parcel.weight_g, "tracking_number": parcel.tracking_number}
        for side in ("length", "width", "height"):
            centimetres = getattr(parcel, f"{side}_cm")
            said[f"{side}_mm"] = None if centimetres is None else centimetres * _MM_IN_CM
        if several:
            said["units"] = [msgspec.structs.asdict(unit) for unit in parcel.units if unit.quantity]
        parcels.append({name: value for name, value in said.items() if value is not None})
    body: dict[str, Any] = {"parcels": parcels} if any(parcels) else {}
    if form.carrier is not None:
        body["carrier"] = form.carrier
    return body


@page("GET", "/floor/{fulfillment_id}/slip", needs="fulfillment.work")
async def floor_slip(screen: ConsoleScreen) -> Answer:
    """The packing slip, to be printed."""
    path = {"fulfillment_id": screen.param("fulfillment_id")}
    return screen.hand_over(await screen.do("read_packing_slip", path=path))


@page("GET", "/floor/picks", needs="fulfillment.read")
async def floor_pick_list(screen: ConsoleScreen) -> Answer:
    """What a location has to pick, to be printed."""
    return screen.hand_over(await screen.do("read_pick_list", query={"location": screen.incoming.asked("at")}))


@page("GET", "/floor/{fulfillment_id}/parcels/{parcel_id}/label", needs="fulfillment.work")
async def floor_label(screen: ConsoleScreen) -> Answer:
    """The label of a parcel, to be printed."""
    return screen.hand_over(await screen.do("read_parcel_label", path={"parcel_id": screen.param("parcel_id")}))


@page("GET", "/floor/{fulfillment_id}/parcels/{parcel_id}/file", needs="fulfillment.work")
async def floor_label_form(screen: ConsoleScreen) -> Answer:
    """A label's file to be brought."""
    made, parcel = await _read(screen)
    return screen.show("floor/label_file.html", made=made, parcel=parcel, form=blank())


@page("POST", "/floor/{fulfillment_id}/parcels/{parcel_id}/file", needs="fulfillment.work")
async def floor_keep_label(screen: ConsoleScreen) -> Answer:
    """Keep the file of a label."""
    form = await screen.form(FileForm)
    given = next(iter(form.files.get("file", ())), None)
    if given is None:
        form = form.with_errors({"file": "Choose a file."})
    else:
        said = await screen.do(
            "keep_label", path={"parcel_id": screen.param("parcel_id")}, body=given.content,
            media_type="application/octet-stream",
        )  # fmt: skip
        if said.problem is None:
            screen.say("The label is here: print it.")
            return screen.go(screen.url(f"/floor/{screen.param('fulfillment_id')}"))
        form = form.with_errors({"file": words_floor.refused(said.problem)})
    made, parcel = await _read(screen)
    return screen.show("floor/label_file.html", status=422, made=made, parcel=parcel, form=form)


@page("GET", "/floor/{fulfillment_id}/parcels/{parcel_id}/tracking", needs="fulfillment.work")
async def floor_tracking_form(screen: ConsoleScreen) -> Answer:
    """Another tracking number to be given."""
    made, parcel = await _read(screen)
    carrier = None if parcel.carrier == BUILTIN else parcel.carrier
    return _tracking(screen, made, parcel, blank(carrier=carrier))


@page("POST", "/floor/{fulfillment_id}/parcels/{parcel_id}/tracking", needs="fulfillment.work")
async def floor_tracking(screen: ConsoleScreen) -> Answer:
    """Give a parcel another carrier and number."""
    form = await screen.form(TrackingForm)
    if form.value is not None:
        body = msgspec.structs.asdict(form.value)
        said = await screen.do("change_tracking", path={"parcel_id": screen.param("parcel_id")}, body=body)
        if said.problem is None:
            screen.say("The number is changed.")
            return screen.go(screen.url(f"/floor/{screen.param('fulfillment_id')}"))
        form = form.with_errors({"tracking_number": words_floor.refused(said.problem)})
    made, parcel = await _read(screen)
    return _tracking(screen, made, parcel, form, 422)


def _tracking(screen: ConsoleScreen, made: Any, parcel: Any, form: Filled[Any], status: int = 200) -> Answer:
    return screen.show(
        "floor/tracking.html", status=status, made=made, parcel=parcel, form=form, say=words_floor,
        carriers=carriers_with_pages(),
    )  # fmt: skip


async def _read(screen: ConsoleScreen) -> tuple[Any, Any]:
    made = await find_made(screen)
    here = made.shipment.parcels if made.shipment else []
    parcel = next((one for one in here if one.id == screen.param("parcel_id")), None)
    if parcel is None:
        raise NotFound("There is no such parcel here. Go back to the list.")
    return made, parcel


FLOOR_PARCEL_PAGES = [
    floor_pick_list, floor_slip, floor_label, floor_label_form, floor_keep_label, floor_tracking_form, floor_tracking,
]  # fmt: skip
