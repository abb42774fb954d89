"""Traces: off by default, and a span a block when on."""

from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from orderwright.platform.settings import load_settings
from orderwright.platform.tracing import configure_tracing, span


def test_nothing_is_traced_by_default() -> None:
    assert configure_tracing(load_settings({})) is None
    with span("request", route="/v1/orders") as current:
        assert current is None


def test_a_span_carries_its_attributes() -> None:
    exporter = InMemorySpanExporter()
    provider = configure_tracing(load_settings({"ORDERWRIGHT_OTEL_ENABLED": "true"}), exporter)
    assert provider is not None
    try:
        with span("request", route="/v1/orders"), span("batch", orders=2):
            pass
        provider.force_flush()
        made = exporter.get_finished_spans()
        assert [(s.name, dict(s.attributes or {})) for s in made] == [
            ("batch", {"orderwright.orders": 2}),
            ("request", {"orderwright.route": "/v1/orders"}),
        ]
        assert made[0].parent is not None
        assert made[0].parent.span_id == made[1].context.span_id
    finally:
        provider.shutdown()
        configure_tracing(load_settings({}))
