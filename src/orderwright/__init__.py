"""Orderwright: order management from a channel to a doorstep, on one PostgreSQL."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("orderwright")
except PackageNotFoundError:  # a source tree on the path that was never installed
    __version__ = "0.0.0+source"
