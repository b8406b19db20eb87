"""Forecasts what calls on a quiet client cost and how they end, from the state of both sides."""

from attrs import evolve, frozen

from tests.support.session_book import Book
from tests.support.session_notes import Holder, kind_of
from tests.support.session_service import Service

__all__ = ["Forecast", "forecast", "renewal"]


@frozen
class Forecast:
    """The number of requests of each kind, and how every call ends.

    Attributes:
        portal: Portal handshakes.
        customer: Customer handshakes.
        commands: Requests with the command itself.
        ending: "answer", or the name of an error.
    """

    portal: int = 0
    customer: int = 0
    commands: int = 0
    ending: str = "answer"

    def then(self, portal: int, customer: int, ending: str = "answer") -> "Forecast":
        """This forecast with so many more handshakes."""
        return evolve(
            self, portal=self.portal + portal, customer=self.customer + customer, ending=ending
        )


def forecast(book: Book, service: Service, holder: Holder, calls: int, at_once: int) -> Forecast:
    """Forecasts concurrent calls; ``at_once`` is the number of requests that may be under way."""
    refused = 0
    if book.is_fresh(holder):
        if service.alive(holder.base) and service.alive(holder.key):
            return Forecast(commands=calls)
        refused = min(calls, at_once)
    renewed = renewal(book, service, holder, refused=bool(refused))
    answered = calls if renewed.ending == "answer" else 0
    return evolve(renewed, commands=refused + answered)


def renewal(book: Book, service: Service, holder: Holder, *, refused: bool = False) -> Forecast:
    """Forecasts the handshakes that open or renew a session."""
    obstacle = _blocker(book, holder)
    if obstacle:
        return Forecast(ending=obstacle)
    api, standby = book.api_key, book.standby if book.is_standby_kept else ""
    stands = book.api_stands and not refused
    if refused and standby:
        api, standby, stands = standby, "", True
    if not stands and book.now < book.api_cool_down_until:
        return Forecast(ending=book.api_failure)
    if not stands and service.trouble != 200:
        return Forecast(portal=1, ending=_kind(service))
    with_key = book.wants_key(holder) and not (refused and holder.has_password)
    if not stands:
        return _on_a_good_base(Forecast(portal=1), "", service, holder, with_key=with_key)
    if service.alive(api):
        return _on_a_good_base(Forecast(), standby, service, holder, with_key=with_key)
    return _on_a_dead_base(standby, service, holder, with_key=with_key)


def _blocker(book: Book, holder: Holder) -> str:
    """The error that ends a renewal before any handshake, or ""."""
    if book.closing:
        return "ClientClosedError"
    if book.now < holder.cool_down_until:
        return holder.failure
    if holder.state == "out":
        return "ClientClosedError"
    return "" if holder.key or holder.has_password else "SessionExpiredError"


def _kind(service: Service) -> str:
    return kind_of({"status": service.trouble})


def _on_a_good_base(
    cost: Forecast, standby: str, service: Service, holder: Holder, *, with_key: bool
) -> Forecast:
    """A key that is over costs one handshake more: with the password, else on a standby."""
    if with_key and service.alive(holder.key):
        return cost.then(0, 1)
    if holder.has_password:
        return cost.then(0, 2 if with_key else 1, _login(service, holder))
    if not standby and service.trouble != 200:
        return cost.then(1, 1, _kind(service))
    return cost.then(0 if standby else 1, 2, "SessionExpiredError")


def _on_a_dead_base(standby: str, service: Service, holder: Holder, *, with_key: bool) -> Forecast:
    """Every handshake is refused until a standby shows which of the two sessions is over."""
    tries = 2 if with_key and holder.has_password else 1
    if not standby and service.trouble != 200:
        return Forecast(1, tries, ending=_kind(service))
    cost = Forecast(0 if standby else 1, tries + 1)
    if standby and not service.alive(standby):
        return evolve(cost, ending="SessionExpiredError")
    if holder.has_password:
        return evolve(cost, ending=_login(service, holder))
    return evolve(cost, ending="answer" if service.alive(holder.key) else "SessionExpiredError")


def _login(service: Service, holder: Holder) -> str:
    return "AuthenticationError" if service.people[holder.name].locked else "answer"
