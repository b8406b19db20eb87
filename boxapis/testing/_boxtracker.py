"""The Box Tracker fixture: URL, a client, injected faults and the recorded commands."""

from collections import Counter
from typing import TYPE_CHECKING, Unpack

if TYPE_CHECKING:
    from boxapis import BoxTracker
    from boxapis.boxtracker._from_settings import BoxTrackerOptions
    from boxapis.sandbox import (
        BoxTrackerFault,
        BoxTrackerService,
        RecordedCommand,
        Sandbox,
        SandboxClock,
        SandboxCustomer,
    )

__all__ = ["BoxTrackerSandbox"]


class BoxTrackerSandbox:
    """A local Box Tracker for one test, the fixture ``boxtracker_sandbox``.

    Attributes:
        service: The service, with all its controls and settings.
        clock: The service's clock, which follows real time. ``clock.advance(300)`` moves it five
            minutes forward; the clients' clocks stay as they are.
        customer: The customer to log in with: ``username``, ``password`` and ``customer_id``.
        base_url: URL of the service.
        environment: Environment variables for clients made with ``BoxTracker.from_env()``, and the
            customer's user name and password, all with made-up values.
    """

    def __init__(self, sandbox: "Sandbox") -> None:
        self.service: BoxTrackerService = sandbox.boxtracker
        self.clock: SandboxClock = sandbox.clock
        self.customer: SandboxCustomer = sandbox.boxtracker.customers[0]
        self.base_url: str = sandbox.boxtracker_url
        self.environment: dict[str, str] = {
            name: value
            for name, value in sandbox.environment.items()
            if name.startswith("BOXTRACKER_")
        }

    @property
    def requests(self) -> "list[RecordedCommand]":
        """The last 10,000 commands, oldest first; passwords, keys and cards read ``[secret]``."""
        return self.service.requests

    @property
    def counts(self) -> Counter[str]:
        """Number of requests by command."""
        return self.service.counts

    @property
    def fault_hits(self) -> Counter[str]:
        """Number of requests that each fault has struck, by the fault's name."""
        return self.service.fault_hits

    def client(self, **options: "Unpack[BoxTrackerOptions]") -> "BoxTracker":
        """Create a client of this Box Tracker; use it as an async context manager.

        Args:
            options: Options of `BoxTracker`.
        """
        from boxapis import BoxTracker  # noqa: PLC0415 - only where a client is used

        options.setdefault("base_url", self.base_url)
        username, password = next(iter(self.service.users.items()))
        return BoxTracker(username, password, **options)

    def fault(
        self, name: "BoxTrackerFault", *, times: int = 1, operation: str | None = None
    ) -> None:
        """Inject a fault into the next requests.

        Args:
            name: ``"expire_sessions"``, ``"forget_sessions"``, ``"card_declined"``,
                ``"server_error"``, ``"bad_gateway"``, ``"html_page"``, ``"rate_limited"``,
                ``"wrong_customer"``, ``"duplicate_response"``, ``"lost_response"``,
                ``"truncated_response"``, ``"stall"`` or ``"reset_on_reuse"``;
                `boxapis.sandbox.BoxTrackerService.fault` describes each.
            times: Number of requests it strikes, at least 1.
            operation: Command name; by default any command, handshakes included, but for
                ``"card_declined"`` only payments.

        Raises:
            ValueError: an unknown name or operation, with a list of the known ones, or `times`
                below 1.
        """
        self.service.fault(name, times=times, operation=operation)

    def __repr__(self) -> str:
        return f"<BoxTrackerSandbox at {self.base_url}>"
