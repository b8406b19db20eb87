"""What calls on a quiet client must cost and come to, worked out from the facts of both sides."""

from attrs import evolve, frozen

from tests.support.session_book import Book
from tests.support.session_notes import Holder, kind_of
from tests.support.session_service import Service

__all__ = ["Forecast", "forecast", "renewal"]


@frozen
class Forecast:
    """Requests of each kind, and how every call ends.

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
        """The same, and so many handshakes more."""
        return evolve(
            self, portal=self.portal + portal, customer=self.customer + customer, ending=ending
        )


def forecast(book: Book, service: Service, holder: Holder, calls: int, at_once: int) -> Forecast:
    """What so many calls cost at the same time, when so many requests may be under way at once."""
    refused = 0
    if book.is_fresh(holder):
        if service.alive(holder.base) and service.alive(holder.key):
            return Forecast(commands=calls)
        refused = min(calls, at_once)
    renewed = renewal(book, service, holder, refused=bool(refused))
    answered = calls if renewed.ending == "answer" else 0
    return evolve(renewed, commands=refused + answered)


def renewal(book: Book, service: Service, holder: Holder, *, refused: bool = False) -> Forecast:
    """What it costs to open the session, or to open it again."""
    obstacle = _blocker(book, holder)
    if obstacle:
        return Forecast(ending=obstacle)
    api, spare = book.api_key, book.spare if book.is_spare_kept else ""
    stands = book.api_stands and not refused
    if refused and spare:
        api, spare, stands = spare, "", True
    if not stands and book.now < book.api_quiet_until:
        return Forecast(ending=book.api_failure)
    if not stands and service.trouble != 200:
        return Forecast(portal=1, ending=_kind(service))
    with_key = book.wants_key(holder) and not (refused and holder.has_password)
    if not stands:
        return _on_a_good_base(Forecast(portal=1), "", service, holder, with_key=with_key)
    if service.alive(api):
        return _on_a_good_base(Forecast(), spare, service, holder, with_key=with_key)
    return _on_a_dead_base(spare, service, holder, with_key=with_key)


def _blocker(book: Book, holder: Holder) -> str:
    """Why no handshake is made at all."""
    if book.closing:
        return "ClientClosedError"
    if book.now < holder.quiet_until:
        return holder.failure
    if holder.state == "out":
        return "ClientClosedError"
    return "" if holder.key or holder.has_password else "SessionExpiredError"


def _kind(service: Service) -> str:
    return kind_of({"status": service.trouble})


def _on_a_good_base(
    cost: Forecast, spare: str, service: Service, holder: Holder, *, with_key: bool
) -> Forecast:
    """A key that is over costs one handshake more: with the password, else on a spare session."""
    if with_key and service.alive(holder.key):
        return cost.then(0, 1)
    if holder.has_password:
        return cost.then(0, 2 if with_key else 1, _login(service, holder))
    if not spare and service.trouble != 200:
        return cost.then(1, 1, _kind(service))
    return cost.then(0 if spare else 1, 2, "SessionExpiredError")


def _on_a_dead_base(spare: str, service: Service, holder: Holder, *, with_key: bool) -> Forecast:
    """All is refused until a spare session shows which of the two was over."""
    tries = 2 if with_key and holder.has_password else 1
    if not spare and service.trouble != 200:
        return Forecast(1, tries, ending=_kind(service))
    cost = Forecast(0 if spare else 1, tries + 1)
    if spare and not service.alive(spare):
        return evolve(cost, ending="SessionExpiredError")
    if holder.has_password:
        return evolve(cost, ending=_login(service, holder))
    return evolve(cost, ending="answer" if service.alive(holder.key) else "SessionExpiredError")


def _login(service: Service, holder: Holder) -> str:
    return "AuthenticationError" if service.people[holder.name].locked else "answer"
