"""What is asked of bulk runs: to do one thing to many orders, and to end that."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from orderwright.platform.fields import CODE, NO_NUL, Slug
from orderwright.platform.ids import UUID
from orderwright.search import OrderFilters

RUN_PREFIX = "blk"
STAGE = "bulk"
SELECTED_MAX = 1_000  # orders named one by one; more are asked for by filters

BulkAction = Literal["hold", "release_holds", "cancel", "source", "tag", "untag", "release_to_floor"]
# What the person who started a run must be allowed, at each of its slices.
SCOPES: dict[str, str] = {
    "hold": "orders.hold",
    "release_holds": "orders.hold",
    "cancel": "orders.cancel",
    "source": "sourcing.run",
    "tag": "orders.note",
    "untag": "orders.note",
    "release_to_floor": "fulfillment.work",
}
# Outcomes of what was so already: whoever takes a run back leaves these orders as they were before it.
WAS_SO = ("already_held", "widened", "unchanged", "nothing_to_source")
# What may hold personal data: it is looked for at once and never kept.
PERSONAL = ("q", "name", "email", "phone")
Results = Literal["changed", "done", "not_done"]
OrderIdText = Annotated[str, Meta(pattern=r"\Aord_[0-7][0-9a-hjkmnp-tv-z]{25}\Z")]
RunIdText = Annotated[str, Meta(pattern=r"\Ablk_[0-7][0-9a-hjkmnp-tv-z]{25}\Z")]


class StartBulkRun(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Do one thing to many orders, in the background. Which: exactly one of `filters` (all that they are true of when
    it begins), `order_ids`, or `run`: those of a run that has ended, where it was `done` or `not_done` (`results`), or
    where it `changed` something: those that a run which takes it back is of.

    `tag` is what `tag` and `untag` are about; `reason` a code for `cancel`; `note` says why, for `hold`; `type`: of
    the holds that `release_holds` releases, all unless given. No personal data belongs in any of them.
    """

    action: BulkAction
    filters: OrderFilters | None = None
    order_ids: Annotated[list[OrderIdText], Meta(min_length=1, max_length=SELECTED_MAX)] | None = None
    run: RunIdText | None = None
    results: Results = "not_done"
    tag: Annotated[str, Meta(min_length=1, max_length=100, pattern=CODE)] | None = None
    reason: Slug | None = None
    type: Slug | None = None
    note: Annotated[str, Meta(max_length=200, pattern=NO_NUL)] | None = None


class CancelBulkRun(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """End a run after the slice that it is in. What was done stays done."""

    run_id: UUID
