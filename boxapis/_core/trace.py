"""`CallTrace`: what a client reports about a call when it is over.

Promises: the fields below are all that is reported. None holds a path, a query, a body, a text of a
service, a user name or anything else that came with the call, so a trace may go wherever logs and
metrics go: of an address it has host and port, and of a response's headers BoxC's ``X-Request-Id``,
in which the call's secrets are masked. Seconds are measured on the client's own clock.
"""

from collections.abc import Callable

from attrs import field, frozen

from boxapis._sansio.operation import Kind
from boxapis.errors import Phase, Service

__all__ = ["CallTrace", "RequestTrace", "Trace"]


@frozen(kw_only=True)
class RequestTrace:
    """One request of a call.

    Attributes:
        attempt: Number of the request in the call, from 1.
        after: Seconds from the start of the call to the start of the request.
        method: HTTP method, for instance ``"GET"``.
        server_address: Host that it was made to, which is not a proxy's; empty if unknown.
        server_port: Port of that host; 0 if unknown.
        outcome: Class name of the error it ended with, even if a retry mended it; None for success.
        request_id: BoxC's ``X-Request-Id``; None where none came. Box Tracker sends none.
        status: HTTP status; None when no complete response came.
        phase: Phase in which the network failed, as in `TransportError`; None when it did not.
        reused: Whether its connection had been used before; None when there was none, or when the
            transport does not report it.
        connect: Seconds for name, connection, proxy and TLS; 0 on an existing connection.
        send: Seconds for writing the request, as far as the system takes it at once.
        wait: Seconds from there to the complete response; the whole request when the transport
            does not report its progress.
    """

    attempt: int
    after: float
    method: str = ""
    server_address: str = ""
    server_port: int = 0
    outcome: str | None = None
    request_id: str | None = None
    status: int | None = None
    phase: Phase | None = None
    reused: bool | None = None
    connect: float = 0.0
    send: float = 0.0
    wait: float = 0.0

    def __str__(self) -> str:
        text = "no response" if self.status is None else f"HTTP {self.status}"
        return f"{text} in phase {self.phase}" if self.phase else text


@frozen(kw_only=True)
class CallTrace:
    """One call from start to end, whatever its outcome.

    It has no path, query, body, text of a service or user name, so it may go wherever logs and
    metrics go. What a ``trace`` raises is logged by its class and does not affect the call. The
    logger ``boxapis`` writes it at ``DEBUG``, in one line for each call, and nothing about ordinary
    calls above that level. The record has as attributes, for a formatter: ``service``,
    ``operation``, ``kind``, ``outcome``, ``status``, ``code``, ``request_id``, ``method``,
    ``server_address``, ``server_port``, ``attempts``, ``may_have_been_applied`` and ``total``.

    Attributes:
        service: ``"boxtracker"`` or ``"boxc"``.
        operation: Command, or method and path, as in errors.
        kind: ``"read"``, ``"changing"``, or ``"idempotent"``: changing, but safe to repeat.
        outcome: Class name of the error it ended with, which may be ``"CancelledError"``; None for
            success.
        status: HTTP status of the last complete response; None when there was none.
        code: The service's own error number; None when it gave none.
        request_id: BoxC's ``X-Request-Id`` of the last complete response, which its support asks
            for; None where none came. Box Tracker sends none.
        method: HTTP method of the last request; None when none was made.
        server_address: Host of the last request; None when none was made.
        server_port: Port of the last request; None when none was made.
        attempts: Number of requests; handshakes are calls of their own.
        renewals: How often the call waited for a session or a token.
        may_have_been_applied: Whether the service may have changed something for this call; True
            after a changing call that succeeded.
        requests: One entry for each request.
        limiter: Seconds in the queue of the rate limit.
        queue: Seconds in the queue for a connection slot.
        session: Seconds waiting for a session or a token.
        pause: Seconds between a failed request and its retry.
        connect: Seconds of all requests for connecting.
        send: Seconds of all requests for writing.
        wait: Seconds of all requests for the response.
        decode: Seconds for decoding all responses.
        total: Seconds of the call; what the other fields leave is the client's own work.
    """

    service: Service
    operation: str
    kind: Kind
    outcome: str | None = None
    status: int | None = None
    code: int | None = None
    request_id: str | None = None
    method: str | None = None
    server_address: str | None = None
    server_port: int | None = None
    attempts: int = 0
    renewals: int = 0
    may_have_been_applied: bool = False
    requests: tuple[RequestTrace, ...] = field(default=())
    limiter: float = 0.0
    queue: float = 0.0
    session: float = 0.0
    pause: float = 0.0
    connect: float = 0.0
    send: float = 0.0
    wait: float = 0.0
    decode: float = 0.0
    total: float = 0.0

    def __str__(self) -> str:
        requests = "; ".join(map(str, self.requests)) or "no request"
        names = ("limiter", "queue", "session", "pause", "connect", "send", "wait", "decode")
        phases = ", ".join(f"{name} {getattr(self, name):.4f}" for name in names)
        code = "" if self.code is None else f", code {self.code}"
        code += "" if self.request_id is None else f", request {self.request_id}"
        return (
            f"{self.service} {self.operation}: {self.outcome or 'done'}{code}"
            f" in {self.total:.4f} s ({phases}); {requests}"
        )


Trace = Callable[[CallTrace], object]
"""Called with each call when it is over, in the caller's context.

It should not block; an exception it raises is logged by its class and does not affect the call.
"""
