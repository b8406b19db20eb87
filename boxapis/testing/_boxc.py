"""BoxC for one test: a client of it, faults, and what it was asked."""

from collections import Counter
from typing import TYPE_CHECKING, Unpack

if TYPE_CHECKING:
    from boxapis import BoxC
    from boxapis.boxc._client import BoxCOptions
    from boxapis.sandbox import BoxCFault, BoxCService, RecordedCall, Sandbox, SandboxClock

__all__ = ["BoxCSandbox"]


class BoxCSandbox:
    """BoxC on this machine, for one test: the fixture ``boxc_sandbox``.

    Attributes:
        service: The service itself, with all its controls and settings.
        clock: Its clock, which follows real time. ``clock.advance(60)`` lets a minute go by for the
            service; the clients' own clocks stay as they are.
        base_url: Its address.
        accounts_url: The address that gives tokens.
        environment: What to set for clients that are made with ``BoxC.from_env()``. All of it is
            made up.
    """

    def __init__(self, sandbox: "Sandbox") -> None:
        self.service: BoxCService = sandbox.boxc
        self.clock: SandboxClock = sandbox.clock
        self.base_url = sandbox.boxc_url
        self.accounts_url = sandbox.accounts_url
        self.environment = {
            name: value for name, value in sandbox.environment.items() if name.startswith("BOXC_")
        }

    @property
    def requests(self) -> "list[RecordedCall]":
        """What was asked, oldest first; every value sent but carriers stands as ``[secret]``."""
        return self.service.requests

    @property
    def counts(self) -> Counter[str]:
        """How often each operation was asked for, as in ``POST /credentials``."""
        return self.service.counts

    @property
    def struck(self) -> Counter[str]:
        """How often each fault has struck, by its name."""
        return self.service.struck

    def client(self, **options: "Unpack[BoxCOptions]") -> "BoxC":
        """A client of it, with a token. Use it as an async context manager.

        Args:
            options: Those of `BoxC`.
        """
        from boxapis import BoxC  # noqa: PLC0415 - tests that need none do without

        options.setdefault("base_url", self.base_url)
        options.setdefault("accounts_url", self.accounts_url)
        return BoxC(self.service.ready_token, **options)

    def fault(self, name: "BoxCFault", *, times: int = 1, operation: str | None = None) -> None:
        """Lets something go wrong with the next requests.

        Args:
            name: ``"refuse_token"``, ``"revoke_tokens"``, ``"no_funds"``, ``"server_error"``,
                ``"bad_gateway"``, ``"html_page"``, ``"rate_limit_storm"``, ``"wrong_user"``,
                ``"answer_twice"``, ``"lost_answer"``, ``"half_body"``, ``"stall"`` or
                ``"reset_on_reuse"``; see `boxapis.sandbox.BoxCService.fault`.
            times: How many requests it strikes.
            operation: What it strikes, as in ``"POST /credentials"``; anything but the request for
                a token when it is None.

        Raises:
            ValueError: an unknown name or operation, with a list of those that there are.
        """
        self.service.fault(name, times=times, operation=operation)

    def __repr__(self) -> str:
        return f"<BoxCSandbox at {self.base_url}>"
