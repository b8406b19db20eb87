"""What the sandbox counted since a moment: the other side's word."""

from boxapis.cli.demo.values import Check
from boxapis.sandbox import BoxCService, BoxTrackerService

__all__ = ["Tally"]

_PORTAL = "cmdBoxTPortalHandShake"
_CUSTOMER = "cmdBoxTPortalCustomerHandShake"


class Tally:
    """The requests that reached a service since the tally was begun."""

    def __init__(self, service: BoxTrackerService | BoxCService) -> None:
        self._service = service
        self._counts = service.counts
        self._seen = len(service.requests)

    def of(self, operation: str) -> int:
        """How many requests asked for this operation."""
        return self._service.counts[operation] - self._counts[operation]

    def answered_with(self, status: int) -> int:
        """How many requests were answered with this status."""
        return sum(record.status == status for record in self._service.requests[self._seen :])

    def in_words(self) -> str:
        """The handshakes of both levels, portal first."""
        return f"{self.of(_PORTAL)} + {self.of(_CUSTOMER)} handshakes"

    def handshakes(self, portal: int, customer: int) -> tuple[Check, Check]:
        """The handshakes of both levels, beside what they should be."""
        return (
            Check("portal handshakes", portal, self.of(_PORTAL)),
            Check("customer handshakes", customer, self.of(_CUSTOMER)),
        )
