"""How somebody arranges the first page: the order of its groups and tiles, and what they leave out."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from orderwright.console.frame import ConsoleScreen

PREFERENCE = "home"
PACE = "pace"  # the group that is a picture

Kept = Mapping[str, Sequence[str]]


class Tile(NamedTuple):
    """A number that matters. `tone` is that of its badge when it is not zero; `note` says what it means."""

    word: str
    tone: str
    figure: str
    note: str
    address: str


class Group(NamedTuple):
    """Tiles that stand together. `key` names it to whoever arranges the page."""

    key: str
    title: str
    tiles: Sequence[Tile]

    def id_of(self, tile: Tile) -> str:
        """The name of a tile to whoever arranges the page."""
        return f"{self.key}.{re.sub(r'[^a-z0-9]+', '_', tile.word.lower())}"


class Place(NamedTuple):
    """A group or a tile as it is arranged: whether it is shown, and whether it is the first or last of its kind."""

    id: str
    word: str
    shown: bool
    first: bool
    last: bool
    tiles: Sequence[Place] = ()


async def kept_of(screen: ConsoleScreen) -> Kept:
    """How this person arranged it: `order` and `hidden`; nothing where they did not."""
    if not screen.may("search.read"):
        return {}
    found = (await screen.ask("list_preferences")).data
    return next((one.value for one in found if one.name == PREFERENCE), {})


async def keep(screen: ConsoleScreen, value: Kept | None) -> Any:
    """Keep how it is arranged; None: as the role has it."""
    return await screen.do("put_preference", body={"name": PREFERENCE, "value": value})


def arranged(groups: Sequence[Group], kept: Kept) -> list[Group]:
    """Groups and tiles as somebody arranged them, without those that they left out. What is new comes last. Pure."""
    hidden = set(kept.get("hidden", ()))
    return [
        group._replace(tiles=[tile for tile in _sorted_tiles(group, kept) if group.id_of(tile) not in hidden])
        for group in _sorted(groups, kept)
        if group.key not in hidden
    ]


def places(groups: Sequence[Group], kept: Kept, named: Collection[str]) -> list[Place]:
    """All that can be arranged, as it is now. `named`: groups whose tiles are always the same. Pure."""
    hidden = set(kept.get("hidden", ()))
    made = []
    ordered = _sorted(groups, kept)
    for n, group in enumerate(ordered):
        tiles = _sorted_tiles(group, kept) if group.key in named else []
        made.append(
            Place(
                group.key, group.title, group.key not in hidden, n == 0, n == len(ordered) - 1,
                [
                    Place(group.id_of(tile), tile.word, group.id_of(tile) not in hidden, m == 0, m == len(tiles) - 1)
                    for m, tile in enumerate(tiles)
                ],
            )
        )  # fmt: skip
    return made


def changed(now: Sequence[Place], kept: Kept, does: str, name: str) -> dict[str, list[str]] | None:
    """The arrangement after `up`, `down`, `hide` or `show` of a group or tile; None for what is not there. Pure."""
    lists = [list(now), *(list(place.tiles) for place in now)]
    among = next((some for some in lists if any(place.id == name for place in some)), None)
    if among is None or does not in ("up", "down", "hide", "show"):
        return None
    at = next(n for n, place in enumerate(among) if place.id == name)
    to = max(0, min(len(among) - 1, at + {"up": -1, "down": 1}.get(does, 0)))
    among.insert(to, among.pop(at))
    order = [place.id for some in lists for place in some]
    hidden = [one for one in kept.get("hidden", ()) if one != name]
    return {"order": order, "hidden": [*hidden, name] if does == "hide" else hidden}


def _sorted(groups: Sequence[Group], kept: Kept) -> list[Group]:
    rank = _rank(kept)
    return sorted(groups, key=lambda group: rank.get(group.key, len(rank)))


def _sorted_tiles(group: Group, kept: Kept) -> list[Tile]:
    rank = _rank(kept)
    return sorted(group.tiles, key=lambda tile: rank.get(group.id_of(tile), len(rank)))


def _rank(kept: Kept) -> dict[str, int]:
    return {name: n for n, name in enumerate(kept.get("order", ()))}
