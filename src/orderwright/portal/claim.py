"""Report what is wrong with goods that came, or did not, with photos."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from orderwright.api import Answer
from orderwright.portal.actions import sent_lines
from orderwright.portal.chosen import chosen_of, pick
from orderwright.portal.pages import Shopper, also
from orderwright.portal.tongues import N_
from orderwright.screens import KEY_FIELD, Upload, page
from orderwright.shoppers import may_be_photo

KINDS = {
    "damaged": N_("It arrived damaged"),
    "wrong": N_("The wrong article came"),
    "missing": N_("Something was missing in the parcel"),
    "lost": N_("The parcel never came"),
    "late": N_("It came too late"),
}
PHOTOS_MAX = 5
OPEN = frozenset({"open", "requested", "in_transit", "received"})


@page("GET", "/o/{order_id}/claim", needs="claims.write")
async def claim_form(shopper: Shopper) -> Answer:
    """What is wrong, with what, and how it looks."""
    return _form(shopper)


@also("orders.note")
@page("POST", "/o/{order_id}/claim", needs="claims.write")
async def claim(shopper: Shopper) -> Answer:
    """Make the claim, then keep its photos."""
    form = await shopper.incoming.form()
    chosen = chosen_of(form, sent_lines(shopper.order))
    photos = [photo for photo in form.files.get("photos", ()) if photo.content]
    error = _wrong(shopper, photos)
    if not chosen:
        error = shopper._("Choose with how many of something it is.")
    numbers = _tracking_numbers(shopper)
    if error:
        return _form(shopper, error, 422)
    body: dict[str, Any] = {
        "kind": pick(form, "kind", list(KINDS)),
        "lines": [{"line": c.line, "quantity": c.quantity} for c in chosen],
    }
    if form.first("parcel") in numbers:
        body["tracking_number"] = form.first("parcel")
    said = await shopper.do("open_claim", path={"order_id": shopper.order_id}, body=body)
    if said.problem is not None:
        return shopper.refused(said.problem, "/claim")
    kept = await _keep(shopper, photos, "claim_id", said.value.id)
    if kept:
        shopper.say(shopper._("We have your report and look into it."))
    else:
        shopper.say(shopper._("We have your report, but not all photos could be read. Add them again."), "amber")
    return shopper.go(shopper.at())


@page("GET", "/o/{order_id}/photos/{subject_id}", needs="orders.note")
async def photos_form(shopper: Shopper) -> Answer:
    """Add photos to a claim or a return."""
    await _subject(shopper)
    return shopper.show("photos.html", error=None, subject=shopper.param("subject_id"), most=PHOTOS_MAX)


@page("POST", "/o/{order_id}/photos/{subject_id}", needs="orders.note")
async def add_photos(shopper: Shopper) -> Answer:
    """Keep photos of a claim or a return of this order."""
    name, subject = await _subject(shopper)
    form = await shopper.incoming.form()
    photos = [photo for photo in form.files.get("photos", ()) if photo.content]
    error = _wrong(shopper, photos) or (None if photos else shopper._("Choose a photo."))
    if error is None and not await _keep(shopper, photos, name, subject.id):
        error = shopper._("A photo could not be kept. Send a JPEG, PNG or WebP, and not too many.")
    if error is not None:
        return shopper.show("photos.html", status=422, error=error, subject=subject.id, most=PHOTOS_MAX)
    shopper.say(shopper._("Your photos are here."))
    return shopper.go(shopper.at())


async def _subject(shopper: Shopper) -> tuple[str, Any]:
    """The claim or return of this order that photos are for."""
    wanted = shopper.param("subject_id")
    if wanted.startswith("clm_"):
        return "claim_id", await shopper.own("list_claims", wanted)
    return "return_id", await shopper.own("list_returns", wanted)


def _wrong(shopper: Shopper, photos: Sequence[Upload]) -> str | None:
    if len(photos) > PHOTOS_MAX:
        return shopper._("Send %(count)s photos at most at once.", count=PHOTOS_MAX)
    if any(not may_be_photo(photo.content) for photo in photos):
        return shopper._("This is not a picture that we can read. Send a JPEG, PNG or WebP.")
    return None


async def _keep(shopper: Shopper, photos: Sequence[Upload], name: str, subject_id: str) -> bool:
    """Keep photos, each once however often the form is sent. Returns whether all could be."""
    key = (await shopper.incoming.form()).first(KEY_FIELD)[:100] or None
    good = True
    for n, photo in enumerate(photos):
        said = await shopper.do(
            "attach_file", key=None if key is None else f"{key}-{n}", path={"order_id": shopper.order_id},
            query={"kind": "photo", name: subject_id}, body=photo.content, media_type="application/octet-stream",
            headers={"Orderwright-File-Name": quote(photo.name[:60], safe="")},
        )  # fmt: skip
        good = good and said.problem is None
    return good


def _tracking_numbers(shopper: Shopper) -> list[str]:
    """The parcels that left."""
    shipments = [f.shipment for f in shopper.order.fulfillments if f.shipment is not None]
    return [p.tracking_number for s in shipments for p in s.parcels if p.tracking_number]


def _form(shopper: Shopper, error: str | None = None, status: int = 200) -> Answer:
    return shopper.show(
        "claim.html", status=status, lines=sent_lines(shopper.order), error=error, kinds=KINDS,
        parcels=_tracking_numbers(shopper), most=PHOTOS_MAX,
    )  # fmt: skip


PAGES = [claim_form, claim, photos_form, add_photos]
