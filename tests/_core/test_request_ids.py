"""Request IDs: BoxC's `X-Request-Id` in the error, the trace, the log record and the span."""

import inspect
import logging
import re

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from boxapis import BoxC, CallTrace, Retries, ServerError
from boxapis._core import tracer as tracer_module
from boxapis.secret import MASK
from boxapis.telemetry import OpenTelemetry
from boxapis.transports import Response, ScriptedTransport

TOKEN = "Zq9X-token-canary"
REPORT_IT = "; if it persists, report it to BoxC with the request ID r-1"
JSON = ("Content-Type", "application/json")


def failed(request_id: str | None) -> Response:
    """A failure of BoxC on its own side."""
    headers = (JSON,) if request_id is None else (JSON, ("X-Request-Id", request_id))
    return Response(500, headers, b'{"status": 500, "code": null, "message": "no", "errors": []}')


def succeeded(request_id: str) -> Response:
    """An ordinary response."""
    return Response(200, (JSON, ("x-request-id", request_id)), b'{"warehouses": []}')


async def test_everywhere(caplog: pytest.LogCaptureFixture) -> None:
    """F261: error, trace, request, log record and span of a call have the same ID."""
    caplog.set_level(logging.DEBUG, "boxapis")
    spans, provider, traces = InMemorySpanExporter(), TracerProvider(), list[CallTrace]()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    export = OpenTelemetry(provider)
    transport = ScriptedTransport([failed("r-1")])
    async with BoxC(TOKEN, transport=transport, retries=Retries.none()) as boxc:
        with pytest.raises(ServerError) as caught:
            await boxc.with_options(trace=traces.append).request("GET", "/warehouses")
    export(traces[0])
    [trace], [record], [span] = traces, caplog.records, spans.get_finished_spans()
    [request] = trace.requests
    [event] = span.events
    assert caught.value.request_id == trace.request_id == request.request_id == "r-1"
    assert vars(record)["request_id"] == "r-1"
    assert "request r-1 in " in record.getMessage()
    assert (span.attributes or {})["boxapis.request_id"] == "r-1"
    assert (event.attributes or {})["boxapis.request_id"] == "r-1"


async def test_of_a_success_and_of_each_request() -> None:
    """A successful call has the ID of its last response, each request its own."""
    traces = list[CallTrace]()
    transport = ScriptedTransport([failed("r-1"), succeeded("r-2")])
    retries = Retries(wait_initial=0.001, wait_min=0.0)
    async with BoxC(TOKEN, transport=transport, retries=retries, trace=traces.append) as boxc:
        await boxc.request("GET", "/warehouses")
    [trace] = traces
    assert trace.request_id == "r-2"
    assert [request.request_id for request in trace.requests] == ["r-1", "r-2"]


async def test_an_echo_is_masked() -> None:
    """F262: a header that repeats the token brings it into no trace."""
    traces = list[CallTrace]()
    transport = ScriptedTransport([succeeded(f"id-{TOKEN}")])
    async with BoxC(TOKEN, transport=transport, trace=traces.append) as boxc:
        await boxc.request("GET", "/warehouses")
    assert TOKEN not in repr(traces)
    assert traces[0].request_id == f"id-{MASK}"


@pytest.mark.parametrize("sign", ["\n", "\x1b", "\x9b", "\u2028", "\u202e"])
async def test_signs_that_are_not_printable(sign: str, caplog: pytest.LogCaptureFixture) -> None:
    """F272: they are replaced, so that an ID can neither begin a line nor move a terminal."""
    caplog.set_level(logging.DEBUG, "boxapis")
    transport = ScriptedTransport([failed(f"r-1{sign}[2J")])
    async with BoxC(TOKEN, transport=transport, retries=Retries.none()) as boxc:
        with pytest.raises(ServerError) as caught:
            await boxc.request("GET", "/warehouses")
    [record] = caplog.records
    mark = " " if sign.isspace() else "\ufffd"
    assert caught.value.request_id == vars(record)["request_id"] == f"r-1{mark}[2J"
    assert sign not in record.getMessage() + str(caught.value)


@pytest.mark.parametrize(
    ("method", "request_id", "next_step"),
    [
        ("GET", None, "call again later, and report it to the service if it persists"),
        ("GET", "r-1", f"call again later{REPORT_IT}"),
        ("POST", None, "look it up before you repeat it"),
        ("POST", "r-1", f"look it up before you repeat it{REPORT_IT}"),
    ],
)
async def test_the_next_step(method: str, request_id: str | None, next_step: str) -> None:
    """F261: a failure of BoxC says with which ID it is to be reported."""
    transport = ScriptedTransport([failed(request_id)])
    async with BoxC(TOKEN, transport=transport, retries=Retries.none()) as boxc:
        with pytest.raises(ServerError) as caught:
            await boxc.request(method, "/warehouses")
    assert caught.value.next_step == next_step
    assert next_step in str(caught.value)


def test_names_of_fields_of_log_records() -> None:
    """F263: no field of a log record has the name of an attribute that the record has itself."""
    record = logging.LogRecord("boxapis", logging.DEBUG, "", 0, "", (), None)
    own = {*vars(record), *dir(record), *inspect.signature(logging.LogRecord).parameters}
    assert not {*tracer_module._LOGGED, "callback", "error_type", "store", "value_type"} & (
        own | {"message", "asctime", "taskName"}
    )


def test_the_reference_names_the_fields_of_log_records() -> None:
    """The docstring of `CallTrace` names the fields of its record, in their order."""
    documented = (CallTrace.__doc__ or "").partition("formatter:")[2].partition("Attributes:")[0]
    assert tuple(re.findall(r"``(\w+)``", documented)) == tracer_module._LOGGED


async def test_fields_of_log_records(caplog: pytest.LogCaptureFixture) -> None:
    """A formatter finds operation, server and result of a call as fields of the record."""
    caplog.set_level(logging.DEBUG, "boxapis")
    transport = ScriptedTransport([succeeded("r-2")])
    async with BoxC(TOKEN, transport=transport) as boxc:
        await boxc.request("GET", "/warehouses")
    [record] = caplog.records
    fields = {name: getattr(record, name) for name in tracer_module._LOGGED}
    assert fields.pop("total") >= 0
    assert fields == {
        "service": "boxc",
        "operation": "GET /warehouses",
        "kind": "read",
        "outcome": None,
        "status": 200,
        "code": None,
        "request_id": "r-2",
        "method": "GET",
        "server_address": "api.boxc.com",
        "server_port": 443,
        "attempts": 1,
        "may_have_been_applied": False,
    }


def fail(_: object) -> None:
    """A trace that cannot be called."""
    raise LookupError


async def test_fields_of_a_failed_callback(caplog: pytest.LogCaptureFixture) -> None:
    """The record of a callback that failed names it, and the class of what it raised."""
    transport = ScriptedTransport([succeeded("r-2")])
    async with BoxC(TOKEN, transport=transport, trace=fail) as boxc:
        await boxc.request("GET", "/warehouses")
    [record] = caplog.records
    fields = vars(record)
    assert (fields["callback"], fields["error_type"]) == ("trace", "LookupError")
    assert fields["operation"] == "GET /warehouses"
