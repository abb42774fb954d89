"""The screens for staff: server-rendered pages, live by server-sent events."""

from orderwright.console.demo_people import DemoPerson
from orderwright.console.frame import CONSOLE
from orderwright.console.operations_presence import PRESENCE
from orderwright.console.routes import PAGES as CONSOLE_PAGES
from orderwright.console.routes import close_console, console_routes, console_state

__all__ = ["CONSOLE", "CONSOLE_PAGES", "PRESENCE", "DemoPerson", "close_console", "console_routes", "console_state"]
