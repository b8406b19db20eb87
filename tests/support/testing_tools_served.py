"""Testing tools with a server behind them, as `Tool`: cassettes of vcrpy, and the sandbox."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import vcr  # type: ignore[import-untyped]  # it has no types

from boxapis import BoxAPIError, RequestTimeoutError
from boxapis.testing import BoxCSandbox, BoxTrackerSandbox
from boxapis.transports import HttpxTransport, Transport
from tests.support.peers import Peer, Script, plain, serving, silent
from tests.support.testing_tools import REFUSED, Step, Tool, boxc, listed, word

__all__ = ["Sandbox", "Vcrpy"]


class Vcrpy(Tool):
    """A cassette of vcrpy: recorded while there is a script, replayed without one."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        super().__init__(request)
        self.call("http://127.0.0.1:9")  # where no server is

    def call(self, base_url: str) -> None:
        """Sets the address of the service."""
        self.boxc_options["base_url"] = base_url
        self.tracker_options["base_url"] = f"{base_url}/controller.html"

    @asynccontextmanager
    async def using(self, *script: Step) -> AsyncIterator[None]:
        """Records the responses of a script; replays without one."""
        bodies = [plain(json.dumps(step).encode()) for step in script if isinstance(step, dict)]
        async with self.playing(_answering_all(bodies) if script else None):
            yield

    @asynccontextmanager
    async def playing(self, make: Callable[[Peer], Script] | None) -> AsyncIterator[None]:
        """Records what a server sends; replays when there is none."""
        if make is None:
            with vcr.use_cassette(str(self.path), record_mode="none") as self.cassette:
                yield
            return
        async with serving(make) as peer:
            self.call(f"http://{peer.origin.authority}")
            with vcr.use_cassette(str(self.path)) as self.cassette:
                yield

    @property
    def path(self) -> Path:
        """The file of the cassette."""
        folder: Path = self.fixtures.getfixturevalue("tmp_path")
        return folder / "cassette.yaml"

    def transport(self) -> Transport:
        """A transport of httpx, which vcrpy patches."""
        return HttpxTransport(proxy=False)

    @property
    def seen(self) -> Any:
        """The requests in the cassette."""
        return self.cassette.requests

    def query_and_header(self) -> tuple[Any, Any]:
        """What the cassette has of the last request."""
        sent = self.seen[-1]
        return dict(sent.query).get("search"), sent.headers["authorization"]

    async def answers(self) -> str:
        """Only what was recorded."""
        async with self.using():
            with pytest.raises(BoxAPIError):
                await self.ask()
        return "recorded" if await super().replays() == "yes" else "no"

    async def replays(self) -> str:
        """The responses of one path come in the order in which they were recorded."""
        async with self.using({"id": 1}, {"id": 2}):
            for number in (1, 2):
                await self.ask(params={"search": str(number)})
        async with self.using():
            found = [(await self.ask(params={"search": str(number)}))["id"] for number in (2, 1)]
        return {(1, 2): "in order", (2, 1): "yes"}[found[0], found[1]]

    async def refuses(self) -> str:
        """A refusal is not recorded."""
        with vcr.use_cassette(str(self.path)) as self.cassette:
            assert await self.lost(self.ask("POST", json={})) == "yes"
        return word(bool(self.seen))

    async def times_out(self) -> str:
        """A time-out is not recorded."""
        async with self.playing(silent):
            self.timeout = 0.2
            with pytest.raises(RequestTimeoutError):
                await self.ask()
        return word(bool(self.seen))

    async def shows(self) -> str:
        """What the file has, too."""
        await super().shows()
        return self.shown(self.path.read_text(encoding="utf-8"))

    async def sees_default(self) -> str:
        """Nothing is recorded."""
        await super().sees_default()
        return word(bool(self.seen))


def _answering_all(responses: list[bytes]) -> Callable[[Peer], Script]:
    """Answers the first request with the first response, over whichever connection it comes."""
    left = list(responses)

    def make(peer: Peer) -> Script:
        async def script(reader: Any, writer: Any) -> None:
            while await peer.read_request(reader):
                writer.write(left.pop(0))
                await writer.drain()

        return script

    return make


class Sandbox(Tool):
    """The fixtures of `boxapis.testing`, over the default transport."""

    @asynccontextmanager
    async def using(self, *script: Step) -> AsyncIterator[None]:
        """Uses both services, with a fault for each exception of a script."""
        self.boxc: BoxCSandbox = self.fixtures.getfixturevalue("boxc_sandbox")
        self.tracker: BoxTrackerSandbox = self.fixtures.getfixturevalue("boxtracker_sandbox")
        self.boxc_options = {
            "base_url": self.boxc.base_url,
            "accounts_url": self.boxc.accounts_url,
        }
        for step in script:
            if isinstance(step, Exception):
                self.boxc.fault("lost_response" if step is REFUSED else "stall")
                self.timeout = 0.2
        yield

    def transport(self) -> Transport | None:
        """The default transport."""
        return None

    async def ask(self, method: str = "GET", **more: Any) -> Any:
        """Makes one call that the service knows."""
        path = "/warehouses" if method == "GET" else "/credentials"
        token = self.boxc.service.ready_token
        async with boxc(self.transport(), token, **self.boxc_options) as client:
            return await client.with_options(timeout=self.timeout).request(method, path, **more)

    @property
    def seen(self) -> Any:
        """The requests that BoxC has recorded."""
        return self.boxc.requests

    def query_and_header(self) -> tuple[Any, Any]:
        """The query of the last request; headers are not recorded."""
        return self.seen[-1].query["search"], None

    async def answers(self) -> str:
        """Those of a service that knows its data."""
        async with self.using():
            return "the service's" if "warehouses" in await self.ask() else "no"

    async def replays(self) -> str:
        """What one test has made is gone in the next."""
        async with self.using():
            body = {"credential": {"carrier": "Janio", "params": {"api_key": "secret"}}}
            await self.ask("POST", json=body)
            assert self.boxc.service.credentials
            self.boxc.service.reset()
        return word(bool(self.boxc.service.credentials))

    async def shows(self) -> str:
        """Neither a token, nor a password, nor a session key."""
        async with self.using():
            await self.ask()
            secrets = [self.boxc.service.ready_token]
            for method in ("GET", "POST"):
                async with self.tracker.client(method=method) as tracker:
                    opened = await tracker.handshakes.portal()
                secrets.append(opened.session_key.reveal())
            secrets += self.tracker.service.users.values()
            text = repr((self.boxc.requests, self.tracker.requests))
        return listed([secret for secret in secrets if secret in self.with_log(text)])

    async def sees_default(self) -> str:
        """The default transport is the one that is used."""
        return await self.counts()
