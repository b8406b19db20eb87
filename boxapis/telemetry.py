"""OpenTelemetry spans and metrics from call traces; needs the extra `opentelemetry`.

Promises: only fields of `boxapis.CallTrace` are exported, so no secret, and of an address only host
and port: ``url.full``, which the conventions ask for, is left out, because Box Tracker takes
passwords and keys in its query. Names are those of the stable semantic conventions of HTTP clients
where these have one, else they begin with ``boxapis.``. A span is created when its call is over, as
a child of the caller's current span.

Source: https://opentelemetry.io/docs/specs/semconv/http/http-spans/ (HTTP client).
"""

from collections.abc import Callable
from time import time_ns

from boxapis import CallTrace, RequestTrace, __version__

try:
    from opentelemetry.metrics import MeterProvider, get_meter
    from opentelemetry.trace import Span, SpanKind, StatusCode, TracerProvider, get_tracer
except ModuleNotFoundError as error:
    _message = f"{error.name} is not installed: pip install 'boxapis[opentelemetry]'"
    raise ModuleNotFoundError(_message, name=error.name) from None

__all__ = ["OpenTelemetry"]

_CALL_PHASES = ("limiter", "queue", "session", "pause", "connect", "send", "wait", "decode")
_REQUEST_PHASES = ("connect", "send", "wait")
_SECONDS_BUCKETS = (
    0.005,
    0.01,
    0.025,
    0.05,
    0.075,
    0.1,
    0.25,
    0.5,
    0.75,
    1,
    2.5,
    5,
    7.5,
    10,
    30,
    60,
)
_NANOSECONDS = 1_000_000_000

Attributes = dict[str, str | int | float | bool]


class OpenTelemetry:
    """Exporter for the option ``trace`` of clients and views; one can serve all of them.

    For instance ``BoxC(..., trace=OpenTelemetry())``. Each call is a span of kind CLIENT, named
    after the operation, with an event for each request. The metrics are histograms of the duration
    of calls (``boxapis.call.duration``) and of waits for the rate limit (``boxapis.limiter.wait``),
    in seconds, and counters of requests, retries and renewals (``boxapis.requests``,
    ``boxapis.retries``, ``boxapis.renewals``).

    Args:
        tracer_provider: Provider of the spans; by default the global one.
        meter_provider: Provider of the metrics; by default the global one.
    """

    def __init__(
        self,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
    ) -> None:
        self._wall_clock: Callable[[], int] = time_ns
        self._tracer = get_tracer("boxapis", __version__, tracer_provider)
        meter = get_meter("boxapis", __version__, meter_provider)
        self._durations = meter.create_histogram(
            "boxapis.call.duration",
            "s",
            "Duration of calls",
            explicit_bucket_boundaries_advisory=_SECONDS_BUCKETS,
        )
        self._limiter_waits = meter.create_histogram(
            "boxapis.limiter.wait",
            "s",
            "Time that calls waited for the rate limit",
            explicit_bucket_boundaries_advisory=_SECONDS_BUCKETS,
        )
        self._requests = meter.create_counter("boxapis.requests", "{request}", "Requests")
        self._retries = meter.create_counter(
            "boxapis.retries", "{request}", "Repeated requests of a call"
        )
        self._renewals = meter.create_counter(
            "boxapis.renewals", "{renewal}", "Times that calls waited for a session or a token"
        )

    def __call__(self, call: CallTrace) -> None:
        """Exports a call that is over."""
        self._export_span(call, self._wall_clock())
        self._record_metrics(call)

    def _export_span(self, call: CallTrace, ended: int) -> None:
        """Creates a span that ends now, in wall clock nanoseconds; earlier times count back."""
        started = ended - _nanoseconds(call.total)
        span = self._tracer.start_span(
            call.operation,
            kind=SpanKind.CLIENT,
            attributes=_call_attributes(call),
            start_time=started,
        )
        for request in call.requests:
            _add_request_event(span, request, started)
        if call.outcome is not None:
            span.set_status(StatusCode.ERROR)
        span.end(ended)

    def _record_metrics(self, call: CallTrace) -> None:
        attributes: Attributes = {
            "boxapis.service": call.service,
            "boxapis.operation": call.operation,
        }
        self._durations.record(call.total, attributes | _result_attributes(call))
        for request in call.requests:
            self._requests.add(1, attributes | _result_attributes(request))
        if call.attempts > 1:
            self._retries.add(call.attempts - 1, attributes)
        if call.renewals:
            self._renewals.add(call.renewals, attributes)
        if call.limiter:
            self._limiter_waits.record(call.limiter, attributes)


def _call_attributes(call: CallTrace) -> Attributes:
    attributes: Attributes = {
        "boxapis.service": call.service,
        "boxapis.operation": call.operation,
        "boxapis.kind": call.kind,
        "boxapis.attempts": call.attempts,
        "boxapis.renewals": call.renewals,
        "boxapis.may_have_been_applied": call.may_have_been_applied,
        **_request_attributes(call),
        **_result_attributes(call),
        **_resend_attributes(call.attempts),
    }
    if call.code is not None:
        attributes["boxapis.code"] = call.code
    return attributes | {f"boxapis.{name}": getattr(call, name) for name in _CALL_PHASES}


def _add_request_event(span: Span, request: RequestTrace, started: int) -> None:
    attributes: Attributes = {
        "boxapis.attempt": request.attempt,
        **_request_attributes(request),
        **_result_attributes(request),
        **_resend_attributes(request.attempt),
    }
    if request.phase is not None:
        attributes["boxapis.phase"] = request.phase
    if request.reused is not None:
        attributes["boxapis.reused"] = request.reused
    attributes |= {f"boxapis.{name}": getattr(request, name) for name in _REQUEST_PHASES}
    span.add_event("boxapis.request", attributes, started + _nanoseconds(request.after))


def _request_attributes(trace: CallTrace | RequestTrace) -> Attributes:
    """Returns method and server of the (last) request, and its id: what a service map needs."""
    attributes: dict[str, str | int | None] = {
        "http.request.method": trace.method,
        "server.address": trace.server_address,
        "server.port": trace.server_port,
        "boxapis.request_id": trace.request_id,
    }
    return {name: value for name, value in attributes.items() if value}


def _result_attributes(trace: CallTrace | RequestTrace) -> Attributes:
    """Returns the result of a call or a request, under the names of the semantic conventions."""
    attributes: Attributes = {}
    if trace.status is not None:
        attributes["http.response.status_code"] = trace.status
    if trace.outcome is not None:
        attributes["error.type"] = trace.outcome
    return attributes


def _resend_attributes(attempts: int) -> Attributes:
    return {"http.request.resend_count": attempts - 1} if attempts > 1 else {}


def _nanoseconds(seconds: float) -> int:
    return round(seconds * _NANOSECONDS)
