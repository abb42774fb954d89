"""What is printed on the floor: labels of parcels, packing slips, pick lists. Labels of one's own are brought here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from orderwright.api.answers import Answer
from orderwright.api.attachments import ANY_BYTES, SAFE
from orderwright.api.calls import Call
from orderwright.api.documents import PDF, pdf_answer
from orderwright.api.operations import Operation, operation
from orderwright.api.orders import number_format_of
from orderwright.api.outcomes import REFUSAL_STATUSES, OutcomeView, answer_one
from orderwright.api.paper_rows import LOCATION_NAMED, PAPER_FACTS, PICK_LINES, SLIP_LINES, PaperRow, SlipRow
from orderwright.api.stock import known_location
from orderwright.api.verbs import VerbRoute, operations_of
from orderwright.flows.change_tracking import change_tracking
from orderwright.flows.keep_labels import KeepLabel, keep_labels
from orderwright.fulfillment import (
    BUILTIN,
    LABEL_BYTES_MAX,
    ZPL,
    Address,
    ChangeTracking,
    PackingSlip,
    PickSheet,
    PrintedLabel,
    SlipLine,
    read_label,
    render_label,
    render_pick_list,
    render_slip,
)
from orderwright.platform.clock import utc_now
from orderwright.platform.db import Transaction
from orderwright.platform.errors import NotFound
from orderwright.platform.fields import Code
from orderwright.platform.ids import UUID

_TO_PICK = ("released", "picking")
_METHODS = {"ship": "Parcel", "pickup": "Pick-up"}
_ENDINGS = {PDF: "pdf", "image/png": "png", ZPL: "zpl"}
# Browsers show no PDF in a sandbox. What a PDF runs stays in it; it fetches nothing and sends nothing anywhere.
_SAFE_PDF = (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'")


class PickListQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`location`: a code. `limit`: so many orders at most, those due first."""

    location: Code
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


@operation(
    "PUT", "/v1/parcels/{parcel_id}/label", tag="Fulfillments", scope="fulfillment.work", answer=OutcomeView,
    refusals=(*REFUSAL_STATUSES, 413), takes=ANY_BYTES,
)  # fmt: skip
async def keep_label(call: Call) -> Answer:
    """Keep the file of a parcel's label.

    The body is the file: PDF, PNG or ZPL, of 1 MiB at most, whatever Content-Type says; instead of what was kept
    before. It shows an address, and is erased with the order's people.
    """
    content = await call.any_body(max(LABEL_BYTES_MAX + 1, call.state.settings.request_body_max_bytes))
    command = KeepLabel(call.id("parcel_id"), content)

    async def attempt(tx: Transaction) -> Answer:
        [outcome] = await keep_labels(tx, call.ctx, [command])
        return answer_one(outcome, "pcl", call.ctx.request_id)

    return await call.write(attempt)


@operation(
    "GET", "/v1/parcels/{parcel_id}/label", tag="Fulfillments", scope="fulfillment.work", answer=None, refusals=(404,),
    media_type=ANY_BYTES,
)  # fmt: skip
async def read_parcel_label(call: Call) -> Answer:
    """Read the label of a parcel, to be printed.

    The file that its carrier gave or staff brought, as PDF, PNG or ZPL; of the built-in carrier a PDF of four by six
    inches with the address as it is now. `Content-Type` says what it is.
    """
    parcel_id = call.id("parcel_id")

    async def read(tx: Transaction) -> tuple[PaperRow, tuple[str, bytes] | None]:
        facts = await _facts(tx, call, parcel_id, None)
        return facts, await read_label(tx, parcel_id)

    facts, file = await call.look(read)
    name = f"label-{facts.order_number}-{facts.n}"
    if file is not None:
        media_type, content = file
        return _shown(content, f"{name}.{_ENDINGS[media_type]}", media_type)
    drawn = facts.carrier == BUILTIN and facts.labelled and not facts.erased and facts.state != "cancelled"
    if not drawn or facts.tracking_number is None:
        raise NotFound(
            "The parcel has no label that is kept here. Print it where it was bought, or bring its file here."
        )
    number = (await number_format_of(call)).replace("{number}", str(facts.order_number))
    label = PrintedLabel(
        _sender(facts), _to(facts), facts.tracking_number, facts.service or "", number, facts.n or 1, facts.parcels,
        facts.weight_g, facts.packed_at or facts.placed_at,
    )  # fmt: skip
    return pdf_answer(await render_label(label), name)


@operation(
    "GET", "/v1/fulfillments/{fulfillment_id}/packing-slip", tag="Fulfillments", scope="fulfillment.work",
    answer=None, refusals=(404,), media_type=PDF,
)  # fmt: skip
async def read_packing_slip(call: Call) -> Answer:
    """Read the packing slip of a fulfillment as PDF.

    To whom it goes and what is in each parcel; without prices, since it may be a present.
    """
    fulfillment_id = call.id("fulfillment_id")

    async def read(tx: Transaction) -> tuple[PaperRow, list[SlipRow]]:
        return await _facts(tx, call, None, fulfillment_id), await SLIP_LINES.fetch(tx, fulfillment_id)

    facts, rows = await call.look(read)
    number = (await number_format_of(call)).replace("{number}", str(facts.order_number))
    slip = PackingSlip(
        _sender(facts), _to(facts), facts.shop, number, str(facts.order_number), facts.placed_at, _parcels(rows)
    )
    return pdf_answer(await render_slip(slip), f"slip-{facts.order_number}")


@operation(
    "GET", "/v1/fulfillments/pick-list", tag="Fulfillments", scope="fulfillment.read", answer=None, refusals=(404,),
    media_type=PDF,
)  # fmt: skip
async def read_pick_list(call: Call, query: PickListQuery) -> Answer:
    """Read what a location has to pick as PDF.

    What is released and what is being picked, due first first, each order with a code to scan on the floor. A key that
    is limited to channels sees their orders' work.
    """
    channels = None if call.ctx.channels is None else list(call.ctx.channels)

    async def read(tx: Transaction) -> tuple[tuple[str, str, str], list[PickSheet]]:
        location_id = await known_location(tx, call, query.location)
        named = await LOCATION_NAMED.first(tx, location_id)
        sheets: dict[UUID, tuple[PickSheet, list[SlipLine]]] = {}
        for row in await PICK_LINES.fetch(tx, location_id, list(_TO_PICK), channels, query.limit):
            if row.id not in sheets:
                lines: list[SlipLine] = []
                number = number_format.replace("{number}", str(row.order_number))
                code = str(row.order_number)  # short, so that its bars are wide enough for any scanner
                sheets[row.id] = (PickSheet(number, code, _METHODS[row.method], row.due_at, lines), lines)
            sheets[row.id][1].append(SlipLine(row.sku, row.name, row.gtin, row.quantity))
        assert named is not None  # `known_location` found it
        return named, [sheet for sheet, _ in sheets.values()]

    number_format = await number_format_of(call)
    (name, country, zone), found = await call.look(read)
    return pdf_answer(await render_pick_list(name, country, zone, found, utc_now()), f"picks-{query.location}")


async def _facts(tx: Transaction, call: Call, parcel_id: UUID | None, fulfillment_id: UUID | None) -> PaperRow:
    found = await PAPER_FACTS.first(tx, parcel_id, fulfillment_id)
    if found is None or not call.ctx.may_work(found.channel_id, found.location_id):
        what = "parcel" if parcel_id is not None else "fulfillment"
        raise NotFound(f"There is no {what} of this id. Check it, and what the key is limited to.")
    return found


def _sender(row: PaperRow) -> Address:
    return Address(
        row.shop, row.from_name if row.from_name != row.shop else None, row.from_line1, row.from_line2, row.from_city,
        row.from_region, row.from_postal_code, row.from_country,
    )  # fmt: skip


def _to(row: PaperRow) -> Address:
    return Address(
        row.name, row.company, row.line1, row.line2, row.city, row.region, row.postal_code, row.country or None
    )


def _parcels(rows: Sequence[SlipRow]) -> list[tuple[str, list[SlipLine]]]:
    """The parcels with what is in them. What is not packed yet stands together."""
    found: dict[int, list[SlipLine]] = {}
    for row in rows:
        found.setdefault(row.parcel, []).append(SlipLine(row.sku, row.name, row.gtin, row.quantity))
    several = len(found) > 1
    return [(f"Parcel {n} of {len(found)}" if several else "What is in it", lines) for n, lines in found.items()]


def _shown(content: bytes, name: str, media_type: str) -> Answer:
    """A file that somebody brought, to be printed from the browser where it can show it."""
    safe = _SAFE_PDF if media_type == PDF else SAFE
    headers = ((b"content-disposition", f'inline; filename="{name}"'.encode()), safe)
    return Answer(content, 200, headers, media_type.encode())


PAPERS: list[Operation] = [
    keep_label,
    read_parcel_label,
    read_packing_slip,
    read_pick_list,
    *operations_of(
        VerbRoute(
            id="change_tracking",
            verb=change_tracking,
            command=ChangeTracking,
            one="/v1/parcels/{parcel_id}/tracking",
            many="/v1/parcels/tracking",
            tag="Fulfillments",
            scope="fulfillment.work",
            prefix="pcl",
            does="Change the tracking number of a parcel",
            does_many="Change the tracking numbers of up to 1,000 parcels",
            more="With its carrier, and why. A label that was bought for it goes.",
            subject="parcel_id",
            example={"carrier": "ups", "tracking_number": "1Z999AA10123456784", "reason": "other_carrier"},
        )
    ),
]
