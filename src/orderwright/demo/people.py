"""People who never lived: name, e-mail, telephone and address from a number, the same each time.

E-mail addresses are in the domains reserved for examples (RFC 2606), telephone numbers in the range 555-0100 to
555-0199 reserved for fiction, postal codes and coordinates are real, streets and towns are made up.
"""

from __future__ import annotations

from functools import lru_cache

from orderwright.demo.places import Place, State, places
from orderwright.demo.words import (
    COMPANIES,
    FIRST_NAMES,
    LAST_NAMES,
    STREET_KINDS,
    STREETS,
    TOWN_HEADS,
    TOWN_TAILS,
)
from orderwright.orders.contract import Address, Person

_MASK = (1 << 64) - 1
_DOMAINS = ("example.com", "example.org", "example.net")


def mix(*parts: int) -> int:
    """64 well-mixed bits from whole numbers: splitmix64, chained. Fast, and the same on every machine."""
    state = 0x9E37_79B9_7F4A_7C15
    for part in parts:
        state = (state + part * 0x9E37_79B9_7F4A_7C15) & _MASK
        state = ((state ^ (state >> 30)) * 0xBF58_476D_1CE4_E5B9) & _MASK
        state = ((state ^ (state >> 27)) * 0x94D0_49BB_1331_11EB) & _MASK
        state ^= state >> 31
    return state


def person(number: int, seed: int = 0, *, relay: str | None = None) -> Person:
    """The person of that number. `relay`: a marketplace that hides the e-mail behind its own and gives no telephone."""
    first, last, bits = _name(number, seed)
    if relay is not None:
        return Person(
            external_id=f"{relay}-{bits:016x}", name=f"{first} {last}", email=f"{bits:016x}@{relay}.example.com"
        )
    state = home(number, seed).state
    return Person(
        external_id=f"cust-{number}",
        name=f"{first} {last}",
        email=f"{first.lower()}.{last.lower()}{number}@{_DOMAINS[bits % 3]}",
        phone=_phone(state, bits >> 8),
    )


def address(number: int, seed: int = 0, *, company: bool = False, phone: bool = True) -> Address:
    """Where the person of that number lives, or the business they buy for."""
    first, last, bits = _name(number, seed)
    place = home(number, seed)
    street = STREETS[(bits >> 4) % len(STREETS)]
    return Address(
        country="US",
        name=f"{first} {last}",
        company=f"{last} {COMPANIES[bits % len(COMPANIES)]}" if company else None,
        phone=_phone(place.state, bits >> 8) if phone else None,
        line1=f"{1 + (bits >> 16) % 2400} {street} {STREET_KINDS[(bits >> 28) % len(STREET_KINDS)]}",
        line2=f"Apt {1 + (bits >> 40) % 60}" if (bits >> 32) % 5 == 0 else None,
        city=town(place),
        region=place.state.code,
        postal_code=place.zip,
        latitude=place.latitude,
        longitude=place.longitude,
    )


@lru_cache(maxsize=4096)
def home(number: int, seed: int = 0) -> Place:
    """The postal area where the person of that number lives."""
    return places()[mix(seed, number, 2)]


def town(place: Place) -> str:
    """A made-up town: the same for neighbouring postal areas."""
    bits = mix(int(place.zip) // 10, 3)
    return TOWN_HEADS[bits % len(TOWN_HEADS)] + TOWN_TAILS[(bits >> 16) % len(TOWN_TAILS)]


def _name(number: int, seed: int) -> tuple[str, str, int]:
    bits = mix(seed, number, 1)
    return FIRST_NAMES[(bits >> 40) % len(FIRST_NAMES)], LAST_NAMES[(bits >> 50) % len(LAST_NAMES)], bits


def _phone(state: State, bits: int) -> str:
    return f"+1 {state.area_codes[bits % len(state.area_codes)]}-555-01{(bits >> 8) % 100:02d}"
