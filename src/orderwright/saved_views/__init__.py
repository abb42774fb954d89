"""Saved views: lists of orders, customers, stock and so on, by a name. Of one person or program, or shared."""

from orderwright.saved_views.defaults import DEFAULT_VIEWS, DefaultView
from orderwright.saved_views.preferences import PutPreference, put_preferences, read_preferences
from orderwright.saved_views.queries import ViewRow
from orderwright.saved_views.views import (
    EVERYBODY,
    VIEW_PREFIX,
    PutView,
    RemoveView,
    list_views,
    put_views,
    remove_views,
)

__all__ = [
    "DEFAULT_VIEWS",
    "EVERYBODY",
    "VIEW_PREFIX",
    "DefaultView",
    "PutPreference",
    "PutView",
    "RemoveView",
    "ViewRow",
    "list_views",
    "put_preferences",
    "put_views",
    "read_preferences",
    "remove_views",
]
