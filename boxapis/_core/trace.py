"""What is told of a call when it is over: names of ours, numbers and seconds, and nothing else.

Promises: the fields below are all that leaves; none holds a URL, a query, a header, a body, a text
of a service, a user name or anything that came with the call, so that a trace may go wherever logs
and metrics go. Seconds are of the client's own clock.
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
        attempt: Its number; the first one is 1.
        after: From the beginning of the call to that of the request.
        outcome: The class of the error it ended with, be it mended later; None when it went well.
        status: Of HTTP; None when no whole answer came.
        phase: Where the network failed it, as in `TransportError`; None when it did not.
        reused: Whether its connection had served before; None when there was none, or when the
            transport does not tell.
        connect: For name, connection, proxy and TLS; 0 on a connection that was there.
        send: For writing the request, as far as this machine takes it at once.
        wait: From there to the whole answer; everything, when the transport does not tell.
    """

    attempt: int
    after: float
    outcome: str | None = None
    status: int | None = None
    phase: Phase | None = None
    reused: bool | None = None
    connect: float = 0.0
    send: float = 0.0
    wait: float = 0.0

    def __str__(self) -> str:
        said = "no answer" if self.status is None else f"HTTP {self.status}"
        return f"{said} in phase {self.phase}" if self.phase else said


@frozen(kw_only=True)
class CallTrace:
    """One call, from its beginning until it was over, whatever became of it.

    Attributes:
        service: ``"boxtracker"`` or ``"boxc"``.
        operation: The name that errors use, too.
        kind: ``"read"``, ``"changing"``, or ``"idempotent"``: changing, but a repeat is harmless.
        outcome: The class of the error it ended with, ``"CancelledError"`` among them; None when
            it went well.
        status: Of HTTP, of the last whole answer; None when there was none.
        code: The number with which the service said no; None when it did not.
        attempts: How many requests were made; handshakes are calls of their own.
        renewals: How often it waited for a session or a token.
        may_have_been_applied: Whether the service may have changed something for it; so it has,
            where a call that changes something went well.
        requests: Each of them.
        limiter: Seconds in the line of the rate limit.
        queue: Seconds in the queue for a place.
        session: Seconds for a session or a token.
        pause: Seconds between a failed request and the next one.
        connect: Seconds of all requests for connecting.
        send: Seconds of all requests for writing.
        wait: Seconds of all requests for the answer.
        decode: Seconds of all answers for reading them.
        whole: Seconds of the call; what the others leave of it is the client's own work.
    """

    service: Service
    operation: str
    kind: Kind
    outcome: str | None = None
    status: int | None = None
    code: int | None = None
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
    whole: float = 0.0

    def __str__(self) -> str:
        requests = "; ".join(map(str, self.requests)) or "no request"
        names = ("limiter", "queue", "session", "pause", "connect", "send", "wait", "decode")
        spent = ", ".join(f"{name} {getattr(self, name):.4f}" for name in names)
        code = "" if self.code is None else f", code {self.code}"
        return (
            f"{self.service} {self.operation}: {self.outcome or 'done'}{code}"
            f" in {self.whole:.4f} s ({spent}); {requests}"
        )


Trace = Callable[[CallTrace], object]
"""Is told of each call when it is over, in the context of who called. What it raises goes no
further than the log, and it should not block."""
