"""The screens for staff: server-rendered pages, live by server-sent events."""

from orderwright.console.live import close_console, console_routes

__all__ = ["close_console", "console_routes"]
