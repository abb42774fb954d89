"""What every page of the console needs beside itself: news of what changed, and the search of the palette."""

from __future__ import annotations

from orderwright.api import Answer, stream_of
from orderwright.console.frame import ConsoleScreen, while_signed_in
from orderwright.console.news import News
from orderwright.screens import page

_DIGITS_MAX = 19


@page("GET", "/news")
async def news(screen: ConsoleScreen) -> Answer:
    """Server-sent events: how many things happened to the topics that the page names."""
    told: News = screen.incoming.state.console_news
    topics = screen.incoming.asked("topics").split(",")
    after = screen.incoming.header("last-event-id") or screen.incoming.asked("after")
    position = int(after) if after.isdecimal() and len(after) < _DIGITS_MAX else None
    return stream_of(while_signed_in(screen, told.stream(screen.merchant.code, topics, position)), _nothing)


def _nothing() -> None:
    """The stream ends itself."""


@page("GET", "/here")
async def here(screen: ConsoleScreen) -> Answer:
    """Whether somebody is still signed in here: asked by a page that a browser kept and shows again."""
    del screen
    return Answer(b"", 204)


SHELL = [news, here]
