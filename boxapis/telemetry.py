"""Spans and metrics of OpenTelemetry from what a trace is told; needs the extra `opentelemetry`.

Promises: everything that leaves is a field of `boxapis.CallTrace`, so nothing secret does, and no
address; names are those of the semantic conventions where there are any, else below ``boxapis.``.
A span is made when its call is over, as a child of the span that was current for the caller.
"""

from collections.abc import Callable
from time import time_ns

from opentelemetry.metrics import MeterProvider, get_meter
from opentelemetry.trace import Span, SpanKind, StatusCode, TracerProvider, get_tracer

from boxapis import CallTrace, RequestTrace, __version__

__all__ = ["OpenTelemetry"]

_PHASES = ("limiter", "queue", "session", "pause", "connect", "send", "wait", "decode")
_OF_A_REQUEST = ("connect", "send", "wait")
_BOUNDARIES = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60)
_NANOSECONDS = 1_000_000_000

Attributes = dict[str, str | int | float | bool]


class OpenTelemetry:
    """A trace for clients and views: ``BoxC(..., trace=OpenTelemetry())``. Share one among them.

    One span of kind CLIENT for each call, with the operation as its name and an event for each
    request; a histogram of the calls' seconds and one of the rate limit's waits; counters of
    requests, retries and renewals.

    Args:
        tracer_provider: Makes the spans; the global one by default.
        meter_provider: Makes the metrics; the global one by default.
    """

    def __init__(
        self,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
        *,
        _wall: Callable[[], int] = time_ns,
    ) -> None:
        self._wall = _wall
        self._tracer = get_tracer("boxapis", __version__, tracer_provider)
        meter = get_meter("boxapis", __version__, meter_provider)
        self._seconds = meter.create_histogram(
            "boxapis.call.duration",
            "s",
            "Calls, from their beginning to their end",
            explicit_bucket_boundaries_advisory=_BOUNDARIES,
        )
        self._limited = meter.create_histogram(
            "boxapis.limiter.wait",
            "s",
            "Waits of calls that the rate limit kept waiting",
            explicit_bucket_boundaries_advisory=_BOUNDARIES,
        )
        self._requests = meter.create_counter("boxapis.requests", "{request}", "Requests made")
        self._retries = meter.create_counter(
            "boxapis.retries", "{request}", "Requests made again for the same call"
        )
        self._renewals = meter.create_counter(
            "boxapis.renewals", "{renewal}", "Waits of calls for a session or a token"
        )

    def __call__(self, call: CallTrace) -> None:
        """Is told of a call that is over."""
        self._trace(call, self._wall())
        self._measure(call)

    def _trace(self, call: CallTrace, ended: int) -> None:
        """A span that ends now; its moments are counted back from here, on the wall's clock."""
        began = ended - _nanoseconds(call.total)
        span = self._tracer.start_span(
            call.operation, kind=SpanKind.CLIENT, attributes=_of_call(call), start_time=began
        )
        for request in call.requests:
            _add(span, request, began)
        if call.outcome is not None:
            span.set_status(StatusCode.ERROR)
        span.end(ended)

    def _measure(self, call: CallTrace) -> None:
        whose: Attributes = {
            "boxapis.service": call.service,
            "boxapis.operation": call.operation,
        }
        self._seconds.record(call.total, whose | _ending(call))
        for request in call.requests:
            self._requests.add(1, whose | _ending(request))
        if call.attempts > 1:
            self._retries.add(call.attempts - 1, whose)
        if call.renewals:
            self._renewals.add(call.renewals, whose)
        if call.limiter:
            self._limited.record(call.limiter, whose)


def _of_call(call: CallTrace) -> Attributes:
    attributes: Attributes = {
        "boxapis.service": call.service,
        "boxapis.operation": call.operation,
        "boxapis.kind": call.kind,
        "boxapis.attempts": call.attempts,
        "boxapis.renewals": call.renewals,
        "boxapis.may_have_been_applied": call.may_have_been_applied,
        **_ending(call),
        **_resent(call.attempts),
    }
    if call.code is not None:
        attributes["boxapis.code"] = call.code
    return attributes | {f"boxapis.{name}": getattr(call, name) for name in _PHASES}


def _add(span: Span, request: RequestTrace, began: int) -> None:
    attributes: Attributes = {
        "boxapis.attempt": request.attempt,
        **_ending(request),
        **_resent(request.attempt),
    }
    if request.phase is not None:
        attributes["boxapis.phase"] = request.phase
    if request.reused is not None:
        attributes["boxapis.reused"] = request.reused
    attributes |= {f"boxapis.{name}": getattr(request, name) for name in _OF_A_REQUEST}
    span.add_event("boxapis.request", attributes, began + _nanoseconds(request.after))


def _ending(one: CallTrace | RequestTrace) -> Attributes:
    """How a call or a request ended, in the words of the semantic conventions."""
    attributes: Attributes = {}
    if one.status is not None:
        attributes["http.response.status_code"] = one.status
    if one.outcome is not None:
        attributes["error.type"] = one.outcome
    return attributes


def _resent(attempts: int) -> Attributes:
    return {"http.request.resend_count": attempts - 1} if attempts > 1 else {}


def _nanoseconds(seconds: float) -> int:
    return round(seconds * _NANOSECONDS)
