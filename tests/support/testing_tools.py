"""One testing tool under test: each use is tried, and said in the words of the README's table."""

from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
import pytest

from boxapis import (
    BoxAPIError,
    BoxC,
    BoxTracker,
    ConnectError,
    OutcomeUnknownError,
    RequestTimeoutError,
    Retries,
)
from boxapis.transports import DirectTransport, Transport
from tests.support.peers import answering, plain, serving

__all__ = ["HANDSHAKE", "REFUSED", "SECRETS", "TIMED_OUT", "Step", "Tool", "boxc", "listed", "word"]

SECRETS = {"queries": "Zq9XwQ", "headers": "Zq9XwH", "bodies": "Zq9XwB", "answers": "Zq9XwA"}
"""A secret for each part of requests and responses."""

HANDSHAKE = {"status": 200, "sessionKey": SECRETS["answers"]}
REFUSED = httpx.ConnectError("refused")
TIMED_OUT = httpx.ReadTimeout("timed out")

Step = dict[str, Any] | httpx.TransportError
"""What becomes of a request: a JSON response, or an exception of httpx."""


def boxc(transport: Transport | None, token: str, **options: Any) -> BoxC:
    """A client of BoxC that sends each request once."""
    return BoxC(token, transport=transport, retries=Retries.none(), **options)


def word(done: bool) -> str:  # noqa: FBT001 - what it says in another word
    """A cell that says yes or no."""
    return "yes" if done else "no"


def listed(things: list[str]) -> str:
    """A cell that lists things."""
    return ", ".join(things) or "nothing"


class Tool:
    """A testing tool that answers requests in the place of a service.

    Attributes:
        boxc_options: Options for a client of BoxC.
        tracker_options: Options for a client of Box Tracker.
        timeout: Seconds that each call may take, or None.
    """

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self.fixtures = request
        self.boxc_options: dict[str, Any] = {}
        self.tracker_options: dict[str, Any] = {}
        self.timeout: float | None = None

    def using(self, *script: Step) -> AbstractAsyncContextManager[None]:
        """Switches the tool on, for one request for each step."""
        raise NotImplementedError

    def transport(self) -> Transport | None:
        """A new transport, whose requests the tool receives."""
        raise NotImplementedError

    @property
    def seen(self) -> Any:
        """The requests that the tool has received."""
        raise NotImplementedError

    def query_and_header(self) -> tuple[Any, Any]:
        """The parameter ``search`` and the header ``Authorization`` of the last request."""
        raise NotImplementedError

    async def ask(self, method: str = "GET", **more: Any) -> Any:
        """Makes one call to BoxC."""
        async with boxc(self.transport(), "token", **self.boxc_options) as client:
            call = client.with_options(timeout=self.timeout)
            return await call.request(method, "/warehouses", **more)

    async def answers(self) -> str:
        """Whether the tool gives any answer that a test likes."""
        async with self.using({"id": 7}):
            return word(await self.ask() == {"id": 7})

    async def counts(self) -> str:
        """Whether the tool counts the requests."""
        async with self.using({}, {}):
            await self.ask()
            await self.ask()
            return word(len(self.seen) == 2)

    async def refuses(self) -> str:
        """Whether the tool plays a refused connection: nothing was sent, says the error."""
        async with self.using(REFUSED):
            return await self.lost(self.ask("POST", json={}))

    async def lost(self, changing_call: Any) -> str:
        """What the error of a changing call says of a connection that failed."""
        try:
            await changing_call
        except ConnectError:
            return "yes"
        except OutcomeUnknownError:
            return "after sending"
        return "no"

    async def times_out(self) -> str:
        """Whether the tool plays a time-out."""
        async with self.using(TIMED_OUT):
            try:
                await self.ask()
            except RequestTimeoutError:
                return "yes"
        return "no"

    async def sees(self) -> str:
        """Whether a test can read what was sent."""
        async with self.using({}):
            await self.ask(params={"search": "this"})
            query, header = self.query_and_header()
        found = {"query": query == "this", "headers": header == "Bearer token"}
        return "yes" if all(found.values()) else listed([name for name in found if found[name]])

    async def replays(self) -> str:
        """Whether a second run gets the answer of the first without being given it."""
        async with self.using({"id": 7}):
            await self.ask()
        async with self.using():
            try:
                return word(await self.ask() == {"id": 7})
            except BoxAPIError:
                return "no"

    async def shows(self) -> str:
        """What the reprs of the recorded requests, the log and files show of secrets."""
        async with self.using(HANDSHAKE, HANDSHAKE, {"id": SECRETS["answers"]}):
            for method, part in (("GET", "queries"), ("POST", "bodies")):
                options: dict[str, Any] = {"method": method, **self.tracker_options}
                async with BoxTracker(
                    "user", SECRETS[part], transport=self.transport(), **options
                ) as tracker:
                    await tracker.handshakes.portal()
            async with boxc(self.transport(), SECRETS["headers"], **self.boxc_options) as client:
                await client.request("GET", "/warehouses")
            text = repr(self.seen)
        return self.shown(text)

    def shown(self, text: str) -> str:
        """The parts whose secrets are in a text or in the log."""
        text = self.with_log(text)
        return listed([part for part, secret in SECRETS.items() if secret in text])

    def with_log(self, text: str) -> str:
        """A text, and all that was logged in this test."""
        caplog: pytest.LogCaptureFixture = self.fixtures.getfixturevalue("caplog")
        return "\n".join((text, *(record.getMessage() for record in caplog.records)))

    async def sees_default(self) -> str:
        """Whether the tool receives the requests of the default transport."""
        async with self.using({}), serving(answering(plain(b"{}"))) as peer:
            base_url = f"http://{peer.origin.authority}"
            async with boxc(DirectTransport(proxy=False), "token", base_url=base_url) as client:
                await client.request("GET", "/warehouses")
        return word(not peer.received)
