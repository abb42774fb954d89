"""Codes of a "no" to a step on a fulfillment or parcel, in the order in which they are looked for."""

from __future__ import annotations

from typing import Any

from orderwright.platform.outcomes import Outcome, no

MESSAGES: dict[str, str] = {
    "fulfillment_not_found": "There is no such fulfillment. Check the id.",
    "duplicate_in_batch": "The same fulfillment is named twice in this call. Send each once.",
    "wrong_state": "The fulfillment's state does not allow this step. `details` names the state; read it again.",
    "order_held": "A hold on the order blocks this step. Release the hold first; `details` names its type.",
    "order_not_verified": "The order is not verified yet; it goes on after that. Wait for it.",
    "unknown_line": "A line that is named is not part of this fulfillment. Correct it.",
    "short_too_large": "More is reported missing than was to be picked. Correct the quantity.",
    "unknown_carrier": "There is no carrier of this code. Correct `carrier`; `details` lists those there are.",
    "unknown_service": "The carrier has no service of this code. Correct `service`; `details` lists those there are.",
    "parcel_empty": "A parcel says no units. Say what is in each, where there are several.",
    "units_differ": "The parcels do not hold just what was picked. Correct the units; `details` says of which line.",
    "tracking_number_taken": "Another parcel of this carrier has this tracking number. Scan the label again.",
    "unknown_parcel": "No parcel of this number is still here. `details` lists the numbers of those that are.",
    "parcel_not_found": "There is no such parcel. Check the id.",
    "label_refused": "A label is a PDF, a PNG or ZPL, whatever it is called. Save it as one of these.",
    "label_too_large": "The file of a label is larger than may be kept. `details` says how large one may be.",
    "address_erased": "The address of the order was erased: nothing that shows it is kept. Print the label elsewhere.",
    "label_missing": "The label is not there yet. Wait for `shipment.labelled`, then ship.",
    "unknown_tracking_number": "No parcel has this tracking number. Check it; carriers reuse numbers after months.",
    "implausible_time": "`happened_at` is more than a day ahead, or before 2000. Correct the clock or its zone.",
}


def refuse(code: str, **details: Any) -> Outcome:
    """A "no" with its sentence."""
    return no(code, MESSAGES[code], **details)
