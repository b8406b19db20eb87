"""The BoxC fixture: URLs, a client, injected faults and the recorded requests."""

from collections import Counter
from typing import TYPE_CHECKING, Unpack

if TYPE_CHECKING:
    from boxapis import BoxC
    from boxapis.boxc._from_settings import BoxCOptions
    from boxapis.sandbox import BoxCFault, BoxCService, RecordedRequest, Sandbox, SandboxClock

__all__ = ["BoxCSandbox"]


class BoxCSandbox:
    """A local BoxC for one test, the fixture ``boxc_sandbox``.

    Attributes:
        service: The service, with all its controls and settings.
        clock: The service's clock, which follows real time. ``clock.advance(60)`` moves it one
            minute forward; the clients' clocks stay as they are.
        base_url: Base URL of the API.
        accounts_url: Base URL of the token endpoint.
        environment: Environment variables for clients made with ``BoxC.from_env()``, all with
            made-up values.
    """

    def __init__(self, sandbox: "Sandbox") -> None:
        self.service: BoxCService = sandbox.boxc
        self.clock: SandboxClock = sandbox.clock
        self.base_url: str = sandbox.boxc_url
        self.accounts_url: str = sandbox.accounts_url
        self.environment: dict[str, str] = {
            name: value for name, value in sandbox.environment.items() if name.startswith("BOXC_")
        }

    @property
    def requests(self) -> "list[RecordedRequest]":
        """The last 10,000 requests, oldest first; values in bodies read ``[secret]``."""
        return self.service.requests

    @property
    def counts(self) -> Counter[str]:
        """Number of requests by operation, as in ``POST /credentials``."""
        return self.service.counts

    @property
    def fault_hits(self) -> Counter[str]:
        """Number of requests that each fault has struck, by the fault's name."""
        return self.service.fault_hits

    def client(self, **options: "Unpack[BoxCOptions]") -> "BoxC":
        """Create a client of this BoxC, with a token; use it as an async context manager.

        Args:
            options: Options of `BoxC`.
        """
        from boxapis import BoxC  # noqa: PLC0415 - only where a client is used

        options.setdefault("base_url", self.base_url)
        options.setdefault("accounts_url", self.accounts_url)
        return BoxC(self.service.ready_token, **options)

    def fault(self, name: "BoxCFault", *, times: int = 1, operation: str | None = None) -> None:
        """Inject a fault into the next requests.

        Args:
            name: ``"refuse_token"``, ``"revoke_tokens"``, ``"insufficient_funds"``,
                ``"server_error"``, ``"bad_gateway"``, ``"html_page"``, ``"rate_limited"``,
                ``"wrong_user"``, ``"duplicate_response"``, ``"lost_response"``,
                ``"truncated_response"``, ``"stall"`` or ``"reset_on_reuse"``;
                `boxapis.sandbox.BoxCService.fault` describes each.
            times: Number of requests it strikes, at least 1.
            operation: Method and path template, as in ``"POST /credentials"``; by default any but
                the token request.

        Raises:
            ValueError: an unknown name or operation, with a list of the known ones, or `times`
                below 1.
        """
        self.service.fault(name, times=times, operation=operation)

    def __repr__(self) -> str:
        return f"<BoxCSandbox at {self.base_url}>"
