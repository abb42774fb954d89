"""The people at the locations: pickers, packers, and those who hand parcels over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Literal, NamedTuple

from orderwright import fulfillment
from orderwright.demo.lists import TO_COLLECT, TO_DO, WEIGHTS, ToDo
from orderwright.demo.play import Person, Play
from orderwright.demo.set_up import DemoWorld
from orderwright.flows.pack_fulfillments import pack_fulfillments
from orderwright.flows.pick_fulfillments import pick_fulfillments
from orderwright.flows.reject_fulfillments import reject_fulfillments
from orderwright.flows.ship_fulfillments import ship_fulfillments
from orderwright.flows.start_picks import start_picks
from orderwright.fulfillment import (
    AllocationRow,
    FulfillmentCommand,
    PackFulfillment,
    PickFulfillment,
    RejectFulfillment,
    ShipFulfillment,
    ShortLine,
)
from orderwright.platform.clock import utc_now
from orderwright.platform.ids import UUID

BATCH = 300  # a location and turn
_PERMISSIONS = frozenset({"fulfillment.work"})
_BOX_G = 90
_REJECT, _REASON, _SHORT, _WHICH, _MISSING, _WALK, _PICK, _PACK, _VAN = range(21, 30)  # what luck is asked for

Reason = Literal["out_of_stock", "no_capacity", "closed", "damaged", "other"]
_REASONS: tuple[Reason, ...] = ("out_of_stock", "out_of_stock", "no_capacity", "damaged", "closed", "other")


class _Share(NamedTuple):
    """Work that is ready, and who does it."""

    person: Person
    work: list[ToDo]


class Team:
    """People of one trade: some at each location, more at distribution centres. Work is shared by order number."""

    def __init__(self, play: Play, world: DemoWorld, trade: str, at_warehouse: int, at_store: int = 1) -> None:
        self.play = play
        self._at: dict[UUID, list[Person]] = {}
        number = 0
        for location in world.locations.values():
            people = self._at.setdefault(location.id, [])
            for _ in range(at_store if location.kind == "store" else at_warehouse):
                number += 1
                people.append(Person(f"user:{trade}-{number}", _PERMISSIONS, location))

    @property
    def places(self) -> list[UUID]:
        """The locations where they work."""
        return list(self._at)

    def share(self, work: Sequence[ToDo], least_s: float, most_s: float, salt: int) -> Iterator[_Share]:
        """What is ready after its time, by person. An order at a location is always the same person's."""
        now, mine = utc_now(), dict[tuple[UUID, int], list[ToDo]]()
        for item in work:
            if item.id in self.play.given_up:
                continue
            if item.entered_at + self.play.span(least_s, most_s, salt, item.number) <= now:
                n = item.number % len(self._at[item.location_id])
                mine.setdefault((item.location_id, n), []).append(item)
        for (location_id, n), items in mine.items():
            yield _Share(self._at[location_id][n], items)


class Pickers:
    """Take what was released by due date, and bring it, now and then not all of it. Some they refuse."""

    pause_s = 0.4

    def __init__(self, play: Play, world: DemoWorld) -> None:
        self._play, self._team = play, Team(play, world, "picker", at_warehouse=3)

    async def turn(self) -> int:
        """Finish what is being picked, then begin anew."""
        return await self._bring() + await self._begin()

    async def _begin(self) -> int:
        play = self._play
        done = 0
        since = utc_now() - timedelta(seconds=0.4 / play.options.speed)
        for person, work in self._team.share(
            await play.read(TO_DO, self._team.places, "released", since, BATCH), 0.4, 2.0, _WALK
        ):
            refused = [w for w in work if self._luck(_REJECT, w, person) < play.options.rejected_share]
            no = [RejectFulfillment(fulfillment_id=w.id, reason=self._reason(w, person)) for w in refused]
            yes = [FulfillmentCommand(fulfillment_id=w.id) for w in work if w not in refused]
            done += len(await play.act("pickers", person, reject_fulfillments, no))
            done += len(await play.act("pickers", person, start_picks, yes))
        return done

    async def _bring(self) -> int:
        play = self._play
        done = 0
        since = utc_now() - timedelta(seconds=1.0 / play.options.speed)
        for person, work in self._team.share(
            await play.read(TO_DO, self._team.places, "picking", since, BATCH), 1.0, 4.0, _PICK
        ):
            async with play.database.transaction(play.merchant, read_only=True) as tx:
                wanted = await fulfillment.read_allocations(tx, [w.id for w in work])
            picks = [PickFulfillment(fulfillment_id=w.id, short=self._missing(w, person, wanted[w.id])) for w in work]
            done += len(await play.act("pickers", person, pick_fulfillments, picks))
        return done

    def _reason(self, work: ToDo, person: Person) -> Reason:
        return _REASONS[int(self._luck(_REASON, work, person) * len(_REASONS))]

    def _missing(self, work: ToDo, person: Person, wanted: Sequence[AllocationRow]) -> list[ShortLine]:
        """Mostly nothing; else some or all units of one component."""
        open_ = [a for a in wanted if a.unpicked]
        if not open_ or self._luck(_SHORT, work, person) >= self._play.options.short_share:
            return []
        a = open_[int(self._luck(_WHICH, work, person) * len(open_))]
        units = 1 + int(self._luck(_MISSING, work, person) * a.unpicked)
        return [ShortLine(line=a.line_n, component=a.component_n, missing=units)]

    def _luck(self, salt: int, work: ToDo, person: Person) -> float:
        """By order and location: the same order may be lucky elsewhere."""
        place = sum(person.location.code.encode()) if person.location else 0
        return self._play.luck(salt, work.number, place)


class Packers:
    """Put what was picked into a parcel."""

    pause_s = 0.4

    def __init__(self, play: Play, world: DemoWorld) -> None:
        self._play, self._team = play, Team(play, world, "packer", at_warehouse=2)

    async def turn(self) -> int:
        """Pack what stands ready."""
        play = self._play
        done = 0
        since = utc_now() - timedelta(seconds=0.8 / play.options.speed)
        picked = await play.read(TO_DO, self._team.places, "picked", since, BATCH)
        rows = await play.read(WEIGHTS, [w.id for w in picked]) if picked else []
        weights = {row.fulfillment_id: row.weight_g for row in rows}
        for person, work in self._team.share(picked, 0.8, 3.0, _PACK):
            parcels = [PackFulfillment(fulfillment_id=w.id, weight_g=_BOX_G + weights.get(w.id, 0)) for w in work]
            done += len(await play.act("packers", person, pack_fulfillments, parcels))
        return done


class Dispatchers:
    """Hand parcels to the carrier's van, and pick-ups to the shopper at the counter."""

    pause_s = 0.5

    def __init__(self, play: Play, world: DemoWorld) -> None:
        self._play, self._team = play, Team(play, world, "dispatcher", at_warehouse=1)

    async def turn(self) -> int:
        """Load what is labelled."""
        play = self._play
        done = 0
        since = utc_now() - timedelta(seconds=0.5 / play.options.speed)
        packed = await play.read(TO_COLLECT, self._team.places, since, BATCH)
        for person, work in self._team.share(packed, 0.5, 2.5, _VAN):
            leaving = [ShipFulfillment(fulfillment_id=w.id) for w in work]
            done += len(await play.act("dispatchers", person, ship_fulfillments, leaving))
        return done
