"""The HTTP interface `/v1`: routes over the verbs of all slices, and what is read of them."""

from orderwright.api.app_parts import api_handlers, close_streams, create_app, create_watch_app, exception_handlers

__all__ = ["api_handlers", "close_streams", "create_app", "create_watch_app", "exception_handlers"]
