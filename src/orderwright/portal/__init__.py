"""Pages for shoppers: where an order is, and all that its buyer may do with it alone. `portal_routes` serves them."""

from orderwright.portal.pages import SITE
from orderwright.portal.routes import PORTAL_PAGES, portal_routes

__all__ = ["PORTAL_PAGES", "SITE", "portal_routes"]
