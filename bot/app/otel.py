"""OpenTelemetry keeps the traces, with the extra `otel`. Nothing of it is loaded unless an endpoint is set."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from bot import tracing
from bot.errors import ConfigurationError
from bot.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

MISSING: Final = (
    "OTEL_EXPORTER_OTLP_ENDPOINT is set, but its library is missing. Run: pip install 'tasklane[otel]', or unset it."
)
_FLUSH_MS: Final = 2000
"""Milliseconds that the last traces may take when the app stops."""


class OtelSpan:
    """A step as OpenTelemetry has it."""

    def __init__(self, span: "Span") -> None:
        self._span = span

    def end(self, **ids: tracing.Ids) -> None:
        """Set what else is known of the step, and end it."""
        _set(self._span, ids)
        self._span.end()

    @contextmanager
    def current(self) -> Iterator[None]:
        """Have what is begun meanwhile stand below it. What it raises is nothing for the trace: it holds text."""
        from opentelemetry import trace

        with trace.use_span(self._span, record_exception=False, set_status_on_exception=False):
            yield


class Otel:
    """Keeps traces and sends them on, many at a time, from a thread of its own."""

    def __init__(self, provider: "TracerProvider") -> None:
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._provider = provider
        self._tracer = provider.get_tracer("tasklane")
        self._form = TraceContextTextMapPropagator()

    def begin(self, name: str, parent: str | None, ids: dict[str, tracing.Ids]) -> OtelSpan:
        """Begin a step, below the carried one if there is one, else below the current one."""
        context = self._form.extract({"traceparent": parent}) if parent is not None else None
        known = {name: value for name, value in ids.items() if value is not None}
        return OtelSpan(self._tracer.start_span(name, context, attributes=known))

    def note(self, ids: dict[str, tracing.Ids]) -> None:
        """Say what else is known of the current step."""
        from opentelemetry import trace

        _set(trace.get_current_span(), ids)

    def carried(self) -> str | None:
        """Write down the current step as W3C's `traceparent`."""
        carrier: dict[str, str] = {}
        self._form.inject(carrier)
        return carrier.get("traceparent")

    def close(self) -> None:
        """Send what is left, and keep nothing any more. It blocks."""
        self._provider.force_flush(_FLUSH_MS)
        self._provider.shutdown()


def missing(settings: Settings) -> list[str]:
    """Say in one line that traces are wanted and the library for them is missing."""
    if settings.otel_exporter_otlp_endpoint is None:
        return []
    try:
        import opentelemetry.exporter.otlp.proto.http.trace_exporter
        import opentelemetry.sdk.trace  # noqa: F401
    except ImportError:
        return [MISSING]
    return []


def opened(settings: Settings) -> Otel | None:
    """Make what keeps the traces. It is None without an endpoint. `ConfigurationError` when the library is missing."""
    if settings.otel_exporter_otlp_endpoint is None:
        return None
    if lines := missing(settings):
        raise ConfigurationError(lines)
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    url = settings.otel_exporter_otlp_endpoint.rstrip("/") + "/v1/traces"
    resource = Resource.create({"service.version": version("tasklane")})
    if str(resource.attributes["service.name"]).startswith("unknown_service"):  # OTEL_SERVICE_NAME says no other
        resource = resource.merge(Resource({"service.name": "tasklane"}))
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=url, timeout=5)))
    return Otel(provider)


def _set(span: "Span", ids: dict[str, tracing.Ids]) -> None:
    for name, value in ids.items():
        if value is not None:
            span.set_attribute(name, value)
