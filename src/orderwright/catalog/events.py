"""Events of the catalogue. `subject_id` is the entry's id and `seq` its version, given under the catalogue's lock.

Data: `code`, and for an update `changed`, the names of the fields that differ.
"""

from __future__ import annotations

EVENT_TYPES = {
    "sku.created": "A SKU was added to the catalogue.",
    "sku.updated": "Fields of a SKU changed.",
    "pool.created": "A pool was added.",
    "pool.updated": "Fields of a pool changed.",
    "location.created": "A location was added.",
    "location.updated": "Fields of a location changed.",
    "channel.created": "A channel was added.",
    "channel.updated": "Fields of a channel changed, or the pools that it sells from.",
}
