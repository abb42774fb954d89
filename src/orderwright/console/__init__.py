"""The screens for staff: server-rendered pages, live by server-sent events."""

from orderwright.console.routes import close_console, console_routes, console_state

__all__ = ["close_console", "console_routes", "console_state"]
