"""Crash reports of Sentry and spans and metrics of OpenTelemetry, all kept in memory."""

import os
from collections.abc import Iterator
from typing import Any, Self

import sentry_sdk
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.metrics import Histogram, MeterProvider
from opentelemetry.sdk.metrics.export import AggregationTemporality, InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sentry_sdk.envelope import Envelope
from sentry_sdk.integrations.asyncio import AsyncioIntegration
from sentry_sdk.integrations.httpx import HttpxIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.scrubber import EventScrubber
from sentry_sdk.transport import Transport

from boxapis.telemetry import OpenTelemetry
from tests.canaries.channels.channel import Channel, Happening


class Kept(Transport):
    """A Sentry transport that keeps events in a list."""

    def __init__(self, options: dict[str, Any] | None = None) -> None:
        super().__init__(options)
        self.envelopes: list[bytes] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        """Keeps an event."""
        self.envelopes.append(envelope.serialize())


class SentryEvents(Channel):
    """Sentry's events with locals, breadcrumbs and transactions, and no scrubbing."""

    every = 2

    def __enter__(self) -> Self:
        self._kept = Kept()
        sentry_sdk.init(
            dsn="https://public@sentry.invalid/1",
            transport=self._kept,
            auto_enabling_integrations=False,
            integrations=[
                HttpxIntegration(),
                AsyncioIntegration(),
                LoggingIntegration(level=1, event_level=None),
            ],
            include_local_variables=True,
            attach_stacktrace=True,
            send_default_pii=True,
            max_value_length=100_000,
            traces_sample_rate=1.0,
            event_scrubber=EventScrubber(denylist=[], pii_denylist=[]),
            shutdown_timeout=0,
        )
        self._scope: Any = sentry_sdk.isolation_scope()
        self._scope.__enter__()
        self._begin()
        return self

    def _begin(self) -> None:
        self._transaction: Any = sentry_sdk.start_transaction(name="call", op="call")
        self._transaction.__enter__()

    def __exit__(self, *_: object) -> None:
        self._transaction.__exit__(None, None, None)
        self._scope.__exit__(None, None, None)
        sentry_sdk.get_global_scope().set_client(None)

    def texts(self, happening: Happening) -> list[bytes]:
        """The text of the events, with the call's breadcrumbs."""
        if happening.error is not None:
            sentry_sdk.capture_exception(happening.error)
        self._transaction.__exit__(None, None, None)
        sentry_sdk.get_isolation_scope().clear_breadcrumbs()
        self._begin()
        texts, self._kept.envelopes = self._kept.envelopes, []
        return texts


class Spans(Channel):
    """Spans of the client and of httpx's instrumentation, and one that records the call's error."""

    def __enter__(self) -> Self:
        os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "http/dup"
        self._spans = InMemorySpanExporter()
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(self._spans))
        self._tracer = provider.get_tracer("canaries")
        each_once: dict[type, AggregationTemporality] = {Histogram: AggregationTemporality.DELTA}
        Metrics.reader = InMemoryMetricReader(preferred_temporality=each_once)
        meters = MeterProvider([Metrics.reader])
        HTTPXClientInstrumentor().instrument(tracer_provider=provider, meter_provider=meters)
        self._trace = OpenTelemetry(provider, meters)
        return self

    def options(self) -> dict[str, Any]:
        """The client's own spans and metrics."""
        return {"trace": self._trace}

    def __exit__(self, *_: object) -> None:
        HTTPXClientInstrumentor().uninstrument()
        del os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"]

    def texts(self, happening: Happening) -> Iterator[str]:
        """The text of the spans."""
        with self._tracer.start_as_current_span("call") as span:
            if happening.error is not None:
                span.record_exception(happening.error)
        for one in self._spans.get_finished_spans():
            yield one.to_json(indent=0)
        self._spans.clear()


class Metrics(Channel):
    """Metrics of the client and of httpx's instrumentation; they are opened with the spans."""

    reader: InMemoryMetricReader

    def texts(self, happening: Happening) -> Iterator[str]:
        """The text of the metrics."""
        data = self.reader.get_metrics_data()
        if data is not None:
            yield data.to_json(indent=None)


class OwnTelemetry(Channel):
    """The library's own spans and metrics."""

    def __enter__(self) -> Self:
        self._spans = InMemorySpanExporter()
        self._reader = InMemoryMetricReader()
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(self._spans))
        self._told = OpenTelemetry(provider, MeterProvider([self._reader]))
        return self

    def options(self) -> dict[str, Any]:
        """A trace that makes them."""
        return {"trace": self._told}

    def texts(self, happening: Happening) -> Iterator[str]:
        """The text of both."""
        for one in self._spans.get_finished_spans():
            yield one.to_json(indent=0)
        self._spans.clear()
        data = self._reader.get_metrics_data()
        if data is not None:
            yield repr(data)
