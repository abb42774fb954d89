"""The first page of a merchant."""

from __future__ import annotations

from orderwright.api import Answer
from orderwright.console.frame import ConsoleScreen
from orderwright.screens import page


@page("GET", "/")
async def home_page(screen: ConsoleScreen) -> Answer:
    """Where to go from here."""
    return screen.show("home.html")


HOME = [home_page]
