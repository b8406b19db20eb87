"""The suite can fail: whichever guard of the library is taken away, it finds a secret."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import trustme
from attrs import frozen

from boxapis import BoxAPIError
from boxapis._http.messages import Request
from boxapis._sansio import redaction
from boxapis._sansio.text_views import View
from boxapis.boxtracker.handshakes import Handshakes
from boxapis.secret import Secret
from boxapis.transports import DirectTransport, HttpxTransport, _httpx_exchange, _httpx_messages
from boxapis.transports import httpx as httpx_transport
from boxapis.transports._httpx_errors import mapped
from tests.canaries.cases import Case
from tests.canaries.faults import FAULTS
from tests.canaries.happening import happen
from tests.canaries.looking import Lookout
from tests.canaries.operations import OPERATIONS
from tests.canaries.world import a_world

pytestmark = pytest.mark.servers


@frozen
class Mutation:
    """A guard that is taken away, and the case that shows it.

    Attributes:
        take_away: Takes the guard away.
        operation: The operation that is called.
        fault: The fault it meets.
        transport: The name of the transport.
        route: The route of the case.
    """

    take_away: Callable[[pytest.MonkeyPatch], None]
    operation: str
    fault: str
    transport: type[Any] = DirectTransport
    route: str = "direct"


def no_redaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts of the services are passed on unchanged."""
    monkeypatch.setattr(redaction, "redact", lambda text, secrets: text[:500])


def no_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    """No escape and no word is decoded."""
    monkeypatch.setattr(redaction, "all_views", lambda text: [(View(text), True)])


def no_skeletons(monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret is sought as a whole, not by its letters and digits."""
    monkeypatch.setattr(redaction, "_runs", lambda *_: iter(()))


def no_named_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """Values of sensitive names are not masked unless they are known."""
    monkeypatch.setattr(redaction, "_named_values", lambda _: iter(()))


def no_whole_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sensitive name swallows only the first word after it."""
    monkeypatch.setattr(redaction, "_VALUE", re.compile(r"[^\s,;&]*"))


def chained_causes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Errors are raised from httpx's, as ``raise ... from exc`` does it."""

    def drag(error: Exception, request: Request, phase: Any, **facts: Any) -> BoxAPIError:
        made = mapped(error, request, phase, **facts)
        made.__cause__ = error
        return made

    monkeypatch.setattr(_httpx_exchange, "mapped", drag)
    monkeypatch.setattr("boxapis._core.call.normalise", lambda error, _: error)


def plain_urls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests of httpx have a URL that shows its query."""
    monkeypatch.setattr(_httpx_messages, "HiddenURL", httpx.URL)


def loud_exceptions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exceptions of httpx's transport quote what was read."""
    monkeypatch.setattr(httpx_transport, "quiet", lambda transport: transport)


def loud_httpcore(monkeypatch: pytest.MonkeyPatch) -> None:
    """Log records of httpcore are not filtered."""
    original = _httpx_messages.Progress.__call__

    async def leave(self: Any, name: str, information: dict[str, Any]) -> None:
        """Does nothing."""
        await original(self, name, dict(information))

    monkeypatch.setattr(_httpx_messages.Progress, "__call__", leave)


def unsealed_argument(monkeypatch: pytest.MonkeyPatch) -> None:
    """A public method is a coroutine whose frame keeps its arguments."""
    sealed = Handshakes.customer

    async def customer(self: Handshakes, username: str, password: str, **others: Any) -> Any:
        """Waits with the password in its frame."""
        return await sealed(self, username, password, **others)

    monkeypatch.setattr(Handshakes, "customer", customer)


def talkative_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret shows its value."""
    monkeypatch.setattr(Secret, "__repr__", Secret.reveal)


def talkative_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request shows its target."""
    monkeypatch.setattr(Request, "__repr__", lambda self: f"<Request {self.target}>")


ECHO = "F60 plain in an errorString"
COMMAND = "customer.command"
CHANGE = "customer.command, changing"
MUTATIONS = {
    "no redaction": Mutation(no_redaction, COMMAND, ECHO),
    "no redaction of BoxC": Mutation(no_redaction, "credentials.create", "F57 scope"),
    "no escapes": Mutation(no_decoding, COMMAND, "F60 base64 in an errorString"),
    "no skeletons, spaced": Mutation(no_skeletons, CHANGE, "F60 spaced in an errorString"),
    "no skeletons, dashed": Mutation(no_skeletons, CHANGE, "F60 dashed in an errorString"),
    "no skeletons, in lines": Mutation(no_skeletons, CHANGE, "F60 wrapped in an errorString"),
    "no values of names": Mutation(no_named_values, COMMAND, "F60 secrets of others"),
    "no whole values": Mutation(no_whole_values, COMMAND, "F60 secrets of others"),
    "raise from": Mutation(
        chained_causes, "tracker.command", "F08 closed after the request", HttpxTransport
    ),
    "plain URLs": Mutation(plain_urls, COMMAND, "none at all", HttpxTransport),
    "plain URLs, POST": Mutation(
        plain_urls, "boxc.request, named", "F55 status line", HttpxTransport
    ),
    "exceptions that quote": Mutation(loud_exceptions, COMMAND, "F29 not HTTP", HttpxTransport),
    "proxies that are quoted": Mutation(
        loud_exceptions, COMMAND, "F14 the proxy refuses", HttpxTransport, "connect"
    ),
    "httpcore's log": Mutation(loud_httpcore, COMMAND, "F44 cookie", HttpxTransport),
    "an unsealed argument": Mutation(
        unsealed_argument, "handshakes.customer by password", "F08 closed after the request"
    ),
    "a secret that shows itself": Mutation(talkative_secrets, COMMAND, "F12 silent"),
    "a request that shows itself": Mutation(talkative_requests, COMMAND, "F84 cancelled"),
}


async def seen(mutation: Mutation, authority: trustme.CA) -> list[str]:
    """The canaries that the suite finds with a guard taken away."""
    operation = next(one for one in OPERATIONS if one.name == mutation.operation)
    fault = next(one for one in FAULTS if one.name == mutation.fault)
    case = Case(operation, fault, mutation.transport, mutation.route, "GET")
    with Lookout() as lookout:
        async with a_world(authority) as world:
            lookout.read(case, await happen(world, case, lookout.begin(0), lookout.options))
    return lookout.seen


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("name", MUTATIONS)
async def test_a_missing_guard_is_seen(
    name: str, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the guard the case shows nothing, and without it a secret: so the guard is needed."""
    mutation = MUTATIONS[name]
    assert await seen(mutation, authority) == []
    mutation.take_away(monkeypatch)
    assert await seen(mutation, authority) != []
