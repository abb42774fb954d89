from typing import Any

ORDERS: list[Any] = []
