"""Counts the requests that reach the sandbox during a step."""

from boxapis.cli.demo.steps import CountCheck
from boxapis.sandbox import BoxCService, BoxTrackerService

__all__ = ["RequestCounter"]

_PORTAL = "cmdBoxTPortalHandShake"
_CUSTOMER = "cmdBoxTPortalCustomerHandShake"


class RequestCounter:
    """The requests that have reached a service since the counter was created."""

    def __init__(self, service: BoxTrackerService | BoxCService) -> None:
        self._service = service
        self._counts = service.counts
        self._seen = len(service.requests)

    def count(self, operation: str) -> int:
        """The number of requests for an operation."""
        return self._service.counts[operation] - self._counts[operation]

    def count_status(self, status: int) -> int:
        """The number of requests that were answered with a status."""
        return sum(record.status == status for record in self._service.requests[self._seen :])

    def handshake_summary(self) -> str:
        """The numbers of portal and customer handshakes, in words."""
        return f"{self.count(_PORTAL)} + {self.count(_CUSTOMER)} handshakes"

    def handshake_checks(self, portal: int, customer: int) -> tuple[CountCheck, CountCheck]:
        """Checks the numbers of portal and customer handshakes."""
        return (
            CountCheck("portal handshakes", portal, self.count(_PORTAL)),
            CountCheck("customer handshakes", customer, self.count(_CUSTOMER)),
        )
