"""Box Tracker for one test: a client of it, faults, and what it was asked."""

from collections import Counter
from typing import TYPE_CHECKING, Unpack

if TYPE_CHECKING:
    from boxapis import BoxTracker
    from boxapis.boxtracker._client import BoxTrackerOptions
    from boxapis.sandbox import (
        BoxTrackerFault,
        BoxTrackerService,
        Customer,
        Recorded,
        Sandbox,
        SandboxClock,
    )

__all__ = ["BoxTrackerSandbox"]


class BoxTrackerSandbox:
    """Box Tracker on this machine, for one test: the fixture ``boxtracker_sandbox``.

    Attributes:
        service: The service itself, with all its controls and settings.
        clock: Its clock, which follows real time. ``clock.advance(300)`` lets five minutes go by
            for the service; the clients' own clocks stay as they are.
        customer: The customer to log in with: ``username``, ``password`` and ``customer_id``.
        base_url: Its address.
        environment: What to set for clients that are made with ``BoxTracker.from_env()``, and the
            customer's user name and password. All of it is made up.
    """

    def __init__(self, sandbox: "Sandbox") -> None:
        self.service: BoxTrackerService = sandbox.boxtracker
        self.clock: SandboxClock = sandbox.clock
        self.customer: Customer = sandbox.boxtracker.customers[0]
        self.base_url = sandbox.boxtracker_url
        self.environment = {
            name: value
            for name, value in sandbox.environment.items()
            if name.startswith("BOXTRACKER_")
        }

    @property
    def requests(self) -> "list[Recorded]":
        """What was asked, oldest first; passwords, keys and cards stand as ``[secret]``."""
        return self.service.requests

    @property
    def counts(self) -> Counter[str]:
        """How often each command was asked for."""
        return self.service.counts

    @property
    def struck(self) -> Counter[str]:
        """How often each fault has struck, by its name."""
        return self.service.struck

    def client(self, **options: "Unpack[BoxTrackerOptions]") -> "BoxTracker":
        """A client of it. Use it as an async context manager.

        Args:
            options: Those of `BoxTracker`.
        """
        from boxapis import BoxTracker  # noqa: PLC0415 - tests that need none do without

        options.setdefault("base_url", self.base_url)
        username, password = next(iter(self.service.users.items()))
        return BoxTracker(username, password, **options)

    def fault(
        self, name: "BoxTrackerFault", *, times: int = 1, operation: str | None = None
    ) -> None:
        """Lets something go wrong with the next requests.

        Args:
            name: ``"expire_key"``, ``"forget_sessions"``, ``"card_declined"``, ``"server_error"``,
                ``"bad_gateway"``, ``"html_page"``, ``"rate_limit_storm"``, ``"wrong_customer"``,
                ``"answer_twice"``, ``"lost_answer"``, ``"half_body"``, ``"stall"`` or
                ``"reset_on_reuse"``; see `boxapis.sandbox.BoxTrackerService.fault`.
            times: How many requests it strikes.
            operation: The command it strikes; any command, handshakes included, when it is None,
                but ``card_declined`` strikes payments.

        Raises:
            ValueError: an unknown name or operation, with a list of those that there are.
        """
        self.service.fault(name, times=times, operation=operation)

    def __repr__(self) -> str:
        return f"<BoxTrackerSandbox at {self.base_url}>"
