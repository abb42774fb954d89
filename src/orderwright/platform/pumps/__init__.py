"""Pumps: the stages after intake. A worker claims what is due, the stage does it, and what fails waits or is set aside.

`stages.py` says what a stage is and works one batch of it; `lists.py` shows what is set aside; `runner.py`
runs all stages, the sequencer and the subscribers.
"""

from orderwright.platform.pumps.hints import Hints
from orderwright.platform.pumps.lists import (
    QueueDepth,
    SetAside,
    list_set_aside,
    queue_depths,
    retry_set_aside,
)
from orderwright.platform.pumps.runner import PumpRunner, drain
from orderwright.platform.pumps.stages import RunStage, Stage, pump
from orderwright.platform.work import defer_work, enqueue_work, finish_work

__all__ = [
    "Hints",
    "PumpRunner",
    "QueueDepth",
    "RunStage",
    "SetAside",
    "Stage",
    "defer_work",
    "drain",
    "enqueue_work",
    "finish_work",
    "list_set_aside",
    "pump",
    "queue_depths",
    "retry_set_aside",
]
