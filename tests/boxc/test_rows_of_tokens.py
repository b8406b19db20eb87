"""F80 to F82: BoxC's token, with five hundred concurrent calls where concurrency matters."""

import asyncio
import itertools
import socket
import traceback
from typing import Any

import pytest

from boxapis import (
    BoxC,
    ConfigurationError,
    ConnectError,
    InvalidResponseError,
    Retries,
    ServerError,
)
from boxapis._core.clock import clocked
from boxapis.transports import DirectTransport, Request, Response, ScriptedTransport
from tests.support.doubles import FakeClock, until
from tests.support.paths import is_package_code

pytestmark = pytest.mark.flowing_time

MANY = 500
TOKEN = "POST /auth/v1/token"
SECRET = "Zq9X-canary-value"


class Service:
    """BoxC and its accounts service, and the requests they received.

    Attributes:
        tokens: The number of token requests.
        bearers: The Authorization header of every API request.
        answer: The accounts service's answer; or an exception, or a function of the count.
        gate: While it is not set, the accounts service does not answer.
    """

    def __init__(self, answer: Any = 3600) -> None:
        self.tokens = 0
        self.bearers: list[str | None] = []
        self.answer = answer
        self.gate: asyncio.Event | None = None
        self.transport = ScriptedTransport(self.respond)

    async def respond(self, request: Request) -> Any:
        """The answer to one request."""
        if request.operation != TOKEN:
            self.bearers.append(request.header("authorization"))
            return {"warehouses": []}
        self.tokens += 1
        number = self.tokens
        await (self.gate.wait() if self.gate is not None else asyncio.sleep(0))
        if isinstance(self.answer, Exception | Response):
            return self.answer
        return {"access_token": f"fetched-{number}", "expires_in": self.answer}

    def client(self, time: FakeClock) -> BoxC:
        """A client that fetches its tokens from this service, with a slot for every call."""
        return clocked(BoxC, time.clock)(
            client_id="client",
            client_secret="secret",
            transport=self.transport,
            retries=Retries.none(),
        )


async def call(boxc: BoxC) -> Any:
    """Makes one call."""
    return await boxc.request("GET", "/warehouses")


async def many(boxc: BoxC) -> list[Any]:
    """Makes five hundred calls at once; returns each one's result or exception."""
    calls = (call(boxc) for _ in range(MANY))
    return list(await asyncio.gather(*calls, return_exceptions=True))


def own_errors(outcomes: list[Any], kind: type[Exception]) -> bool:
    """Whether each of five hundred failed with an error of this kind of its own."""
    ids = {id(outcome) for outcome in outcomes}
    return {type(outcome) for outcome in outcomes} == {kind} and len(ids) == MANY


async def test_f80_accounts_are_down_with_a_token(time: FakeClock) -> None:
    """F80: while the accounts service is down, calls go on with their token until it expires."""
    service = Service()
    async with service.client(time) as boxc:
        await call(boxc)
        service.answer = Response(503)
        time.advance(3301)  # the next token is asked for five minutes before the old one expires
        outcomes = await many(boxc)
    assert outcomes == [{"warehouses": []}] * MANY
    assert set(service.bearers) == {"Bearer fetched-1"}
    # The rate-limit queue takes minutes, with at most one token request a second.
    assert 2 <= service.tokens <= 2 + time.moment - 1000 - 3301


async def test_f80_accounts_are_slow_with_a_token(time: FakeClock) -> None:
    """F80: a token that is about to expire is used on while the next one is being fetched."""
    service = Service()
    async with service.client(time) as boxc:
        await call(boxc)
        service.gate = asyncio.Event()
        time.advance(3301)
        async with asyncio.timeout(10):
            await asyncio.gather(*(call(boxc) for _ in range(20)))
        assert service.tokens == 2
        assert set(service.bearers) == {"Bearer fetched-1"}
        service.gate.set()
        for _ in range(20):
            await asyncio.sleep(0)
        await call(boxc)
    assert service.tokens == 2
    assert service.bearers[-1] == "Bearer fetched-2"


async def test_f80_accounts_are_down_without_a_token(time: FakeClock) -> None:
    """F80: five hundred calls without a token share one request; each has an error of its own."""
    service = Service(Response(503))
    async with service.client(time) as boxc:
        assert own_errors(await many(boxc), ServerError)
        assert (service.tokens, service.bearers) == (1, [])
        time.advance(1)
        assert own_errors(await many(boxc), ServerError)
        assert service.tokens == 2


async def test_f80_accounts_cannot_be_reached() -> None:
    """F80: the error names the phase, the operation, and the accounts service's host."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    async with BoxC(
        client_id="client",
        client_secret="secret",
        accounts_url=f"http://127.0.0.1:{port}",
        transport=DirectTransport(proxy=False),
        retries=Retries.none(),
    ) as boxc:
        outcomes = await many(boxc)
    assert own_errors(outcomes, ConnectError)
    assert {(one.phase, one.sent, one.operation) for one in outcomes} == {("connect", False, TOKEN)}
    assert all(f"127.0.0.1:{port}" in str(one) for one in outcomes)


@pytest.mark.parametrize(
    ("life", "good_for"),
    [
        (315360000, 315360000 - 300),
        ("315360000", 315360000 - 300),
        (99 * 365 * 86400, 315360000 - 300),
        ("3600", 3300),
        (3600.0, 3300),
        (10, 5),
    ],
    ids=repr,
)
async def test_f81_life_of_a_token(time: FakeClock, life: object, good_for: int) -> None:
    """F81: lifetimes may be text, ten years at most; renewed five minutes or half a life early."""
    service = Service(life)
    async with service.client(time) as boxc:
        await call(boxc)
        time.advance(good_for - 1)
        await call(boxc)
        assert service.tokens == 1
        time.advance(1)
        await call(boxc)
        await until(lambda: service.tokens == 2)
    assert set(service.bearers) == {"Bearer fetched-1"}


@pytest.mark.parametrize(
    "life", ["0", "-1", "null", '""', '"an hour"', "true", "1e400", "3600.5", "[3600]"]
)
async def test_f81_no_life_at_all(time: FakeClock, life: str) -> None:
    """F81: a token without a lifetime is no token: one request, an error for each caller."""
    body = f'{{"access_token": "fetched", "expires_in": {life}}}'.encode()
    service = Service(Response(200, (("Content-Type", "application/json"),), body))
    async with service.client(time) as boxc:
        outcomes = await many(boxc)
    assert own_errors(outcomes, InvalidResponseError)
    assert (service.tokens, service.bearers) == (1, [])
    assert "fetched" not in str(outcomes[0])


@pytest.mark.parametrize(
    "options",
    [
        {"token": ""},
        {"token": 5},
        {"token": SECRET + "\n"},
        {"token": SECRET + "\r\nX: y"},
        {"token": SECRET + " "},
        {"token": SECRET + "é"},
        {"token": SECRET + "\x00"},
        {"token": SECRET, "client_id": "client", "client_secret": SECRET},
        {"client_id": "client"},
        {"client_secret": SECRET},
        {"client_id": "cli:ent", "client_secret": SECRET},
        {"client_id": "", "client_secret": SECRET},
    ],
    ids=(f"case {number}" for number in itertools.count(1)),
)
def test_f82_wrong_token(options: dict[str, Any]) -> None:
    """F82: a token that no header can carry is refused when the client is made, and not shown."""
    with pytest.raises(ConfigurationError) as caught:
        BoxC(**options)
    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True).stack
    ours = [frame.locals for frame in frames if is_package_code(frame.filename)]
    assert SECRET not in f"{caught.value} {caught.value!r} {vars(caught.value)} {ours}"
