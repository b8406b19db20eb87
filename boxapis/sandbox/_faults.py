"""Faults that are injected into a service, beside its own refusals."""

from collections.abc import Callable
from typing import Final

from attrs import field, frozen

from boxapis.sandbox._response import SandboxResponse, WireFault


@frozen(kw_only=True)
class Fault:
    """What goes wrong with one request; by default nothing.

    Attributes:
        name: Key in `fault_hits`; a fault without a name is not counted.
        before: Called just before the request is handled.
        response: Sent instead of the service's own response; the request is neither checked nor
            carried out.
        misattributed: Whether the response shows another customer's or user's data.
        wire_fault: What happens to the response's bytes; ignored where there is no socket, as
            under an ASGI transport.
        on_reuse: Whether the fault waits for a request on a connection that has been used before.
    """

    name: str = ""
    before: Callable[[], object] | None = field(default=None, repr=False)
    response: SandboxResponse | None = None
    misattributed: bool = False
    wire_fault: WireFault | None = None
    on_reuse: bool = False


NO_FAULT: Final = Fault()

_PAGE: Final = b"<!DOCTYPE html><html><title>Sandbox</title><p>Down for maintenance.</p></html>"
_NEVER_SENT: Final = SandboxResponse(503)


def common_faults() -> dict[str, Fault]:
    """The faults that both services have, by name."""
    return {
        "bad_gateway": Fault(response=SandboxResponse(502, _PAGE, "text/html")),
        "duplicate_response": Fault(wire_fault="twice"),
        "html_page": Fault(response=SandboxResponse(200, _PAGE, "text/html")),
        "lost_response": Fault(wire_fault="reset"),
        "reset_on_reuse": Fault(response=_NEVER_SENT, wire_fault="reset", on_reuse=True),
        "stall": Fault(wire_fault="never"),
        "truncated_response": Fault(wire_fault="half"),
    }
