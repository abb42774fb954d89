"""The benches by name: `orderwright bench NAME`. Each is loaded when it is run: it brings half the system along."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from importlib import import_module
from typing import Any, NamedTuple, cast

Run = Callable[..., Coroutine[Any, Any, bool]]


class Bench(NamedTuple):
    """A bench: what it asks, and the coroutine function that runs it (`as_json`; True when all targets were met)."""

    name: str
    module: str
    function: str
    asks: str

    def load(self) -> Run:
        """The function. Raises ModuleNotFoundError when a part that it needs is not installed."""
        return cast(Run, getattr(import_module(self.module), self.function))


BENCHES: dict[str, Bench] = {
    bench.name: bench
    for bench in (
        Bench("intake --bulk", "orderwright.bench.intake", "bench_intake_bulk", "place_orders against the floor"),
        Bench(
            "intake --http",
            "orderwright.bench.intake_http",
            "bench_intake_http",
            "one order a request, against the floor and against a server that does not coalesce",
        ),
        Bench(
            "hot-sku",
            "orderwright.bench.hot_sku",
            "bench_hot_sku",
            "every order for one SKU, against orders for 10,000",
        ),
        Bench("lifecycle", "orderwright.bench.lifecycle", "bench_lifecycle", "placed to delivered, every stage"),
        Bench(
            "refunds", "orderwright.bench.refunds", "bench_refunds", "giving 10,000 cancelled orders their money back"
        ),
        Bench("reads", "orderwright.bench.reads", "bench_reads", "reading and searching a million orders"),
        Bench("screens", "orderwright.bench.screens", "bench_screens", "pages at a million orders, and open screens"),
    )
}


def find_benches(name: str) -> list[Bench]:
    """The bench of this name, or all that begin with it as a word (`intake`); none when there is no such bench."""
    if name in BENCHES:
        return [BENCHES[name]]
    return [bench for bench in BENCHES.values() if bench.name.split()[0] == name]
