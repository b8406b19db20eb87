"""The resources of Box Tracker as attributes; each module is imported at its first use."""

from typing import TYPE_CHECKING, Any

from boxapis._core.lazy_resource import Lazy
from boxapis.boxtracker._call import Caller

if TYPE_CHECKING:
    from boxapis.boxtracker.cards import Cards
    from boxapis.boxtracker.job_sites import JobSites
    from boxapis.boxtracker.ordering import Ordering
    from boxapis.boxtracker.profile import Profiles
    from boxapis.boxtracker.reports import Reports
    from boxapis.boxtracker.transactions import Transactions
    from boxapis.boxtracker.work_orders import WorkOrders

__all__ = ["CustomerResources", "TrackerResources"]


def lazy(name: str) -> Any:
    """Returns a resource as an attribute; its type stands in the annotation.

    Args:
        name: Module and class, for instance ``"job_sites.JobSites"``.
    """
    return Lazy("boxapis.boxtracker", name)


class CustomerResources:
    """Base class of `Customer` with its resources.

    Attributes:
        cards: Credit cards; see `boxapis.boxtracker.cards.Cards`.
        job_sites: Job sites; see `boxapis.boxtracker.job_sites.JobSites`.
        profile: The customer's own record; see `boxapis.boxtracker.profile.Profiles`.
        reports: Reports; see `boxapis.boxtracker.reports.Reports`.
        transactions: Invoices and payments; see `boxapis.boxtracker.transactions.Transactions`.
        work_orders: Work orders; see `boxapis.boxtracker.work_orders.WorkOrders`.
    """

    __slots__ = ()

    @property
    def _caller(self) -> Caller:
        raise NotImplementedError

    cards: "Cards" = lazy("cards.Cards")
    job_sites: "JobSites" = lazy("job_sites.JobSites")
    profile: "Profiles" = lazy("profile.Profiles")
    reports: "Reports" = lazy("reports.Reports")
    transactions: "Transactions" = lazy("transactions.Transactions")
    work_orders: "WorkOrders" = lazy("work_orders.WorkOrders")


class TrackerResources:
    """Base class of `BoxTracker` with its resources.

    Attributes:
        ordering: Prices and orders for the public; see `boxapis.boxtracker.ordering.Ordering`.
    """

    __slots__ = ()

    @property
    def _caller(self) -> Caller:
        raise NotImplementedError

    ordering: "Ordering" = lazy("ordering.Ordering")
