"""The acknowledgement of a withdrawal: what was said, when, and what follows (Directive 2011/83/EU, article 11a(4)).
Made from what is kept, so that it can be made again as it was; name and address are those still known. Pure."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec

from orderwright.payments.documents import BillToRow, Letter, PutLegalEntity
from orderwright.platform.ids import encode_id
from orderwright.platform.money import Money
from orderwright.returns.withdrawals.queries import KeptRow

_REFUSED = {
    "withdrawal_closed": "too late",
    "exempt": "no right of withdrawal",
    "no_goods": "is looked at by hand",
}
_EXEMPTIONS = {
    "custom_made": "made to the consumer's specification",
    "perishable": "liable to deteriorate or expire rapidly",
    "sealed_hygiene": "sealed for reasons of health or hygiene",
    "sealed_media": "sealed recordings or software",
    "digital_begun": "digital content whose performance has begun",
}


class KeptLine(msgspec.Struct, frozen=True, kw_only=True):
    """Units of a line that a consumer withdrew from; see the table `withdrawal_line`."""

    line: int
    code: str
    name: str | None
    quantity: int
    cancelled: int
    returned: int
    refused: str | None
    exemption: str | None


decode_lines = msgspec.json.Decoder(list[KeptLine]).decode


def acknowledgement(
    kept: KeptRow, issuer: PutLegalEntity | None, sender: str, to: BillToRow | None, number_format: str
) -> Letter:
    """The letter. Days and times are local to the consumer, with the offset from UTC."""
    at = kept.received_at.astimezone(ZoneInfo(kept.zone))
    number = encode_id("wdr", kept.id)
    said = "the whole order, as far as it was left" if kept.whole else "the units below"
    facts = [
        ("Order", number_format.replace("{number}", str(kept.order_number))),
        ("Ordered on", kept.placed_at.astimezone(ZoneInfo(kept.zone)).date().isoformat()),
        ("Received on", at.date().isoformat()),
        ("At", f"{at:%H:%M:%S}"),
        ("Time zone", f"{kept.zone} (UTC{at:%z})"),
    ]
    if kept.reference is not None:
        facts.append(("Your reference", kept.reference))
    return Letter(
        issuer=issuer, sender=sender, to=to, title="Withdrawal received", number=number, facts=facts,
        paragraphs=[
            f"You withdrew from {said}. Your statement was received at the time that is shown, and kept.",
            *_what_follows(kept),
        ],
        head=["Article", "Units", "Cancelled", "To send back"],
        rows=[_row(line) for line in decode_lines(kept.lines)],
        notes=[f"Kept as {number}.", f"Hash of what was said (BLAKE2b-256): {kept.content_hash.hex()}"],
        written_at=kept.received_at,
    )  # fmt: skip


def _row(line: KeptLine) -> list[str]:
    name = f"{line.name} ({line.code})" if line.name else line.code
    if line.refused is not None:
        why = _REFUSED[line.refused]
        name = f"{name}: {why}, {_EXEMPTIONS[line.exemption]}" if line.exemption else f"{name}: {why}"
    return [name, str(line.quantity), str(line.cancelled), str(line.returned)]


def _what_follows(kept: KeptRow) -> list[str]:
    """What the law says follows from it, with the last days."""
    if kept.code == "withdrawal_closed":
        return [f"It came too late: the last day was {kept.closes_on}. The contract stands."]
    if kept.code == "exempt":
        return ["There is no right of withdrawal from this. The contract stands."]
    if kept.code == "no_goods":
        return ["This cannot be decided at once: somebody looks at it and writes to you."]
    paragraphs = [f"You are paid back by {kept.refund_by} at the latest, in the way that you paid."]
    if kept.send_back_by is not None:
        paragraphs.append(
            f"Send back what you have by {kept.send_back_by}. We may wait with paying back for it until the goods are"
            " here or you show that you sent them. You are liable for a loss of value only if it comes from handling"
            " them more than it takes to see what they are and that they work."
        )
        if kept.label_fee_minor:
            paragraphs.append(f"The label costs you {Money(kept.label_fee_minor, kept.currency)} at most.")
    return paragraphs
