"""Events: appended in the transaction that caused them, numbered after it by the sequencer, read behind cursors."""

from orderwright.platform.events.append import NewEvent, append_events

__all__ = ["NewEvent", "append_events"]
