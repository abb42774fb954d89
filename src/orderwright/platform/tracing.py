"""OpenTelemetry traces, off by default (`ORDERWRIGHT_OTEL_ENABLED`): a span a request, and a batch of work.

Where they go is said by OpenTelemetry's own variables (`OTEL_EXPORTER_OTLP_ENDPOINT` ...), for which the package
`opentelemetry-exporter-otlp-proto-http` must be installed (extra `otel`); without it spans go to standard error.
Attributes are codes and counts, never personal data (law T5).
"""

from __future__ import annotations

import contextlib
import sys
from typing import Any

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter

import orderwright
from orderwright.platform.settings import Settings

_tracer: trace.Tracer | None = None
_nothing = contextlib.nullcontext()


def configure_tracing(settings: Settings, exporter: SpanExporter | None = None) -> TracerProvider | None:
    """Begin to trace, if the settings say so. The caller shuts the provider down. `exporter` is for tests."""
    global _tracer  # noqa: PLW0603  # one tracer a process, as OpenTelemetry has it
    if not settings.otel_enabled:
        _tracer = None
        return None
    resource = Resource.create({"service.name": "orderwright", "service.version": orderwright.__version__})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(exporter or _exporter()))
    _tracer = provider.get_tracer("orderwright")
    return provider


def span(name: str, **attributes: str | int) -> contextlib.AbstractContextManager[Any]:
    """A span around a block; nothing at all when tracing is off."""
    if _tracer is None:
        return _nothing
    return _tracer.start_as_current_span(name, attributes={f"orderwright.{k}": v for k, v in attributes.items()})


def _exporter() -> SpanExporter:
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415  # optional
    except ImportError:
        return ConsoleSpanExporter(out=sys.stderr)
    exporter: SpanExporter = OTLPSpanExporter()
    return exporter
