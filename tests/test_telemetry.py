"""OpenTelemetry spans and metrics, as OpenTelemetry's own exporters receive them."""

from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from boxapis import BoxTracker, CallTrace, RequestTrace
from boxapis._core.clock import clocked
from boxapis.telemetry import OpenTelemetry
from tests.support.doubles import CUSTOMER, JOB_SITES, PORTAL, FakeClock, FakeTracker

SECOND = 1_000_000_000
NOW = 1_700_000_000 * SECOND

CALL = CallTrace(
    service="boxc",
    operation="GET /warehouses",
    kind="read",
    outcome="ServerError",
    status=503,
    code=1200,
    request_id="r-2",
    method="GET",
    server_address="api.boxc.com",
    server_port=443,
    attempts=2,
    renewals=1,
    requests=(
        RequestTrace(attempt=1, after=1.0, outcome="ConnectError", phase="dns", connect=0.5),
        RequestTrace(
            attempt=2,
            after=3.0,
            outcome="ServerError",
            status=503,
            reused=False,
            send=1.0,
            wait=2.0,
        ),
    ),
    limiter=1.0,
    pause=1.5,
    connect=0.5,
    send=1.0,
    wait=2.0,
    total=6.0,
)
GOOD = CallTrace(
    service="boxtracker",
    operation="cmdBoxTPortalJobsiteList",
    kind="read",
    status=200,
    attempts=1,
    requests=(RequestTrace(attempt=1, after=0.0, status=200, reused=True),),
    total=0.25,
)


class Collected:
    """Providers that keep spans and metrics in memory."""

    def __init__(self) -> None:
        self._spans = InMemorySpanExporter()
        self.tracers = TracerProvider(shutdown_on_exit=False)
        self.tracers.add_span_processor(SimpleSpanProcessor(self._spans))
        self._reader = InMemoryMetricReader()
        self.meters = MeterProvider([self._reader], shutdown_on_exit=False)
        self.trace = OpenTelemetry(self.tracers, self.meters)
        self.trace._wall_clock = lambda: NOW

    @property
    def spans(self) -> list[ReadableSpan]:
        """The spans that have ended."""
        return list(self._spans.get_finished_spans())

    @property
    def points(self) -> dict[str, list[Any]]:
        """The data points of each metric."""
        data = self._reader.get_metrics_data()
        assert data is not None
        [resource] = data.resource_metrics
        [scope] = resource.scope_metrics
        assert scope.scope.name == "boxapis"
        return {metric.name: list(metric.data.data_points) for metric in scope.metrics}

    @property
    def texts(self) -> str:
        """All spans and metrics as JSON text."""
        data = self._reader.get_metrics_data()
        spans = "".join(span.to_json() for span in self.spans)
        return spans + ("" if data is None else data.to_json())


@pytest.fixture
def collected() -> Iterator[Collected]:
    """Providers for one test."""
    providers = Collected()
    yield providers
    providers.tracers.shutdown()
    providers.meters.shutdown()


def test_a_span(collected: Collected) -> None:
    """A call is a span that ends now and began ``total`` seconds ago, with all attributes."""
    collected.trace(CALL)
    [span] = collected.spans
    assert (span.name, span.kind) == ("GET /warehouses", SpanKind.CLIENT)
    assert (span.start_time, span.end_time) == (NOW - 6 * SECOND, NOW)
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, None)
    assert dict(span.attributes or {}) == {
        "boxapis.service": "boxc",
        "boxapis.operation": "GET /warehouses",
        "boxapis.kind": "read",
        "boxapis.attempts": 2,
        "boxapis.renewals": 1,
        "boxapis.may_have_been_applied": False,
        "boxapis.code": 1200,
        "boxapis.request_id": "r-2",
        "http.request.method": "GET",
        "server.address": "api.boxc.com",
        "server.port": 443,
        "error.type": "ServerError",
        "http.response.status_code": 503,
        "http.request.resend_count": 1,
        "boxapis.limiter": 1.0,
        "boxapis.queue": 0.0,
        "boxapis.session": 0.0,
        "boxapis.pause": 1.5,
        "boxapis.connect": 0.5,
        "boxapis.send": 1.0,
        "boxapis.wait": 2.0,
        "boxapis.decode": 0.0,
    }


def test_events_of_requests(collected: Collected) -> None:
    """Each request is an event at its start, with its own attributes only."""
    collected.trace(CALL)
    first, second = collected.spans[0].events
    assert (first.name, first.timestamp) == ("boxapis.request", NOW - 5 * SECOND)
    assert dict(first.attributes or {}) == {
        "boxapis.attempt": 1,
        "error.type": "ConnectError",
        "boxapis.phase": "dns",
        "boxapis.connect": 0.5,
        "boxapis.send": 0.0,
        "boxapis.wait": 0.0,
    }
    assert second.timestamp == NOW - 3 * SECOND
    assert dict(second.attributes or {}) == {
        "boxapis.attempt": 2,
        "error.type": "ServerError",
        "http.response.status_code": 503,
        "http.request.resend_count": 1,
        "boxapis.reused": False,
        "boxapis.connect": 0.0,
        "boxapis.send": 1.0,
        "boxapis.wait": 2.0,
    }


def test_a_span_of_a_successful_call(collected: Collected) -> None:
    """A successful call has no error, no resends and no code."""
    collected.trace(GOOD)
    [span] = collected.spans
    assert span.status.status_code is StatusCode.UNSET
    unwanted = {"error.type", "http.request.resend_count", "boxapis.code", "boxapis.request_id"}
    assert not unwanted & set(span.attributes or {})


def test_metrics(collected: Collected) -> None:
    """Durations and waits are histograms; requests, retries and renewals are counters."""
    for call in (CALL, GOOD, CALL):
        collected.trace(call)
    points = collected.points
    bad = {"boxapis.service": "boxc", "boxapis.operation": "GET /warehouses"}
    good = {"boxapis.service": "boxtracker", "boxapis.operation": "cmdBoxTPortalJobsiteList"}
    failed = {"error.type": "ServerError", "http.response.status_code": 503}
    done = {"http.response.status_code": 200}
    seconds = [(dict(p.attributes), p.sum, p.count) for p in points["boxapis.call.duration"]]
    assert seconds == [(bad | failed, 12.0, 2), (good | done, 0.25, 1)]
    assert points["boxapis.call.duration"][0].explicit_bounds[0] == 0.005
    [limited] = points["boxapis.limiter.wait"]
    assert (dict(limited.attributes), limited.sum, limited.count) == (bad, 2.0, 2)
    requests = [(dict(p.attributes), p.value) for p in points["boxapis.requests"]]
    assert requests == [
        (bad | {"error.type": "ConnectError"}, 2),
        (bad | failed, 2),
        (good | done, 1),
    ]
    for name in ("boxapis.retries", "boxapis.renewals"):
        assert [(dict(p.attributes), p.value) for p in points[name]] == [(bad, 2)]


def test_the_global_providers(monkeypatch: pytest.MonkeyPatch, collected: Collected) -> None:
    """The global providers are used by default."""
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", collected.tracers)
    monkeypatch.setattr(metrics._internal, "_METER_PROVIDER", collected.meters)
    OpenTelemetry()(GOOD)
    assert [span.name for span in collected.spans] == [GOOD.operation]
    assert len(collected.points["boxapis.call.duration"]) == 1


async def test_parents(collected: Collected, time: FakeClock, server: FakeTracker) -> None:
    """The parent of a call is the caller's span; a handshake, shared by callers, has none."""
    async with clocked(BoxTracker, time.clock)(
        "api-user",
        "api-password",
        transport=server,
        trace=collected.trace,
    ) as tracker:
        customer = tracker.customer("jane", "jane-password")
        tracer = collected.tracers.get_tracer("test")
        with tracer.start_as_current_span("caller") as caller:
            await customer.command(JOB_SITES, offset=0, search="canary")
    spans = {span.name: span for span in collected.spans}
    parent = spans[JOB_SITES].parent
    assert parent is not None
    assert parent.span_id == caller.get_span_context().span_id
    assert [spans[name].parent for name in (PORTAL, CUSTOMER)] == [None, None]
    for secret in ("canary", "jane", "-key-", "api-user", ".html", "http:", "https:"):
        assert secret not in collected.texts
    for name in (PORTAL, CUSTOMER, JOB_SITES):
        assert (spans[name].attributes or {})["server.address"] == "www.dumpster.software"
