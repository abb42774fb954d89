"""The work that a page of the floor is about."""

from __future__ import annotations

from typing import Any

from orderwright.console.frame import ConsoleScreen
from orderwright.platform.errors import NotFound


async def find_made(screen: ConsoleScreen) -> Any:
    """The fulfillment that the address names. Raises NotFound."""
    made = await screen.find("read_fulfillment", path={"fulfillment_id": screen.param("fulfillment_id")})
    if made is None:
        raise NotFound("There is no such work, or it is of a location that is not yours. Go back to the list.")
    return made
