"""Events: appended in the transaction that caused them, numbered after it by the sequencer, read behind cursors."""

from orderwright.platform.events.append import NewEvent, append_events
from orderwright.platform.events.read import StoredEvent, last_position, read_events
from orderwright.platform.events.sequencer import sequence_events
from orderwright.platform.events.subscribers import Subscriber

__all__ = [
    "NewEvent",
    "StoredEvent",
    "Subscriber",
    "append_events",
    "last_position",
    "read_events",
    "sequence_events",
]
