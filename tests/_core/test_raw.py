"""Raw answers: status, headers and bytes, beside the decoded value."""

import asyncio
import pickle
from typing import Any

import pytest

from boxapis import (
    AuthenticationError,
    BoxC,
    BoxTracker,
    ConfigurationError,
    NotFoundError,
    RateLimitError,
    RawResponse,
    Retries,
    SessionExpiredError,
    UnknownArgumentWarning,
)
from boxapis._core.clock import clocked
from boxapis.testing import BoxCSandbox, BoxTrackerSandbox
from boxapis.transports import Request, Response, ScriptedTransport
from tests.support.doubles import CUSTOMER, JOB_SITES, PORTAL, FakeClock, FakeTracker, json_response

DATA = "cmdBoxTPortalCustomerData"
PRICING = "cmdBoxTWebAPIPricing"


async def test_command_of_a_customer(boxtracker_sandbox: BoxTrackerSandbox) -> None:
    """A raw answer has the value of the plain command, and the answer it was decoded from."""
    jane = boxtracker_sandbox.customer
    async with boxtracker_sandbox.client() as tracker:
        customer = tracker.customer(jane.username, jane.password)
        plain = await customer.command(JOB_SITES, offset=0)
        answer: RawResponse = await customer.raw.command(JOB_SITES, offset=0)
    assert (answer.status, answer.decoded) == (200, plain)
    assert answer.header("content-TYPE") == "application/json"
    assert answer.header("content-length") == str(len(answer.body))
    assert answer.header("X-Absent") is None
    assert answer.body.startswith(b'{"status":200')
    assert {type(text) for pair in answer.headers for text in pair} == {str}


async def test_command_of_the_web_api(boxtracker_sandbox: BoxTrackerSandbox) -> None:
    """The same for commands of the web API, on a session of their own."""
    async with boxtracker_sandbox.client(method="POST") as tracker:
        answer = await tracker.raw.command(PRICING, zipPostalCode="03060")
    assert answer.decoded["priceSheets"]
    assert boxtracker_sandbox.counts == {"cmdBoxTWebAPIHandShake": 1, PRICING: 1}


async def test_argument_called_raw(boxtracker_sandbox: BoxTrackerSandbox) -> None:
    """An argument named ``raw`` is sent to the service: no option of the library takes its name."""
    jane = boxtracker_sandbox.customer
    async with boxtracker_sandbox.client() as tracker:
        customer = tracker.customer(jane.username, jane.password)
        with pytest.warns(UnknownArgumentWarning, match="raw"):
            assert (await customer.command(DATA, raw=True))["status"] == 200
        with pytest.warns(UnknownArgumentWarning, match="raw"):
            assert (await customer.raw.command(DATA, raw=True)).status == 200
    sent = [one.arguments["raw"] for one in boxtracker_sandbox.requests if one.command == DATA]
    assert sent == ["1", "1"]


async def test_requests_of_boxc(boxc_sandbox: BoxCSandbox) -> None:
    """JSON, a PDF and an empty answer, each with its headers: the request's id, the rate limit."""
    number = boxc_sandbox.service.add_credential("Janio", {"api_key": "a"})
    async with boxc_sandbox.client() as boxc:
        found: RawResponse = await boxc.raw.request("GET", "/credentials", params={"limit": 1})
        label = await boxc.raw.request("GET", "/labels/7000001", accept="application/pdf")
        gone = await boxc.raw.request("DELETE", f"/credentials/{number}")
        body = {"credential": {"carrier": "Janio", "params": {"api_key": "a"}}}
        made = await boxc.raw.request("POST", "/credentials", json=body)
    assert found.decoded["credentials"][0]["id"] == number
    assert (found.header("x-rate-limit"), found.header("x-rate-requests")) == ("30", "1")
    assert label.decoded == label.body
    assert label.body.startswith(b"%PDF")
    assert (gone.decoded, gone.body, gone.status) == (None, b"", 200)
    assert made.status == 201
    assert len({answer.header("X-Request-Id") for answer in (found, label, gone, made)}) == 4


async def test_errors_are_raised(
    boxtracker_sandbox: BoxTrackerSandbox, boxc_sandbox: BoxCSandbox
) -> None:
    """Failures raise the same errors as plain calls do, and so does what cannot be sent."""
    jane = boxtracker_sandbox.customer
    async with boxtracker_sandbox.client() as tracker, boxc_sandbox.client() as boxc:
        customer = tracker.customer(jane.username, jane.password)
        with pytest.raises(NotFoundError):
            await customer.raw.command("cmdBoxTPortalJobsiteData", jobsite_id=7)
        with pytest.raises(ConfigurationError, match="on the BoxTracker itself"):
            await customer.raw.command(PRICING)
        with pytest.raises(ConfigurationError, match="added by the client"):
            await customer.raw.command(DATA, session_key_api="a")
        with pytest.raises(NotFoundError):
            await boxc.raw.request("GET", "/credentials/1")
        with pytest.raises(ConfigurationError):
            await boxc.raw.request("GET", "no path")
        boxc_sandbox.fault("refuse_token")
        with pytest.raises(AuthenticationError):
            await boxc.raw.request("GET", "/warehouses")


async def test_the_repeated_requests_answer_is_given(
    client: BoxTracker, server: FakeTracker
) -> None:
    """After a refused key the answer is that of the repeated request."""
    customer = client.customer("jane", "jane-password")
    await customer.handshake()
    server.expire_all()
    answer = await customer.raw.command(JOB_SITES, offset=0)
    assert answer.decoded["status"] == 200
    assert b"Invalid Session Key" not in answer.body
    assert server.counts[JOB_SITES] == 2


async def test_refused_for_good(client: BoxTracker, server: FakeTracker) -> None:
    """A second refusal is an error, as in a plain call."""
    refusal = {"status": 507, "errorString": ""}
    server.answers.append(lambda it: refusal if it.operation == JOB_SITES else None)
    with pytest.raises(SessionExpiredError):
        await client.customer("jane", "jane-password").raw.command(JOB_SITES, offset=0)
    assert server.counts[JOB_SITES] == 2


async def test_session_lives_on(client: BoxTracker, server: FakeTracker, time: FakeClock) -> None:
    """A raw command keeps its session alive, as every other does."""
    customer = client.customer("jane", "jane-password")
    for _ in range(5):
        await customer.raw.command(JOB_SITES, offset=0)
        time.advance(200)
    assert (server.counts[PORTAL], server.counts[CUSTOMER]) == (1, 1)


async def test_idle_session_is_kept_alive(server: FakeTracker, time: FakeClock) -> None:
    """A customer resumed by a key is kept alive from the first raw command on."""
    server.last_used["kept"] = time.moment
    async with clocked(BoxTracker, time.clock)(
        *("api-user", "api-password"),
        transport=server,
        keep_alive=True,
        retries=Retries.none(),
    ) as keeper:
        customer = keeper.customer("jane", session_key="kept")
        await customer.raw.command(JOB_SITES, offset=0)
        for _ in range(150):
            time.advance(1)
            for _ in range(8):
                await asyncio.sleep(0)
        assert server.counts[CUSTOMER] == 2


async def test_raw_on_views(time: FakeClock) -> None:
    """A view's times hold for raw commands."""
    deadlines: list[float] = []

    class Watching(FakeTracker):
        async def send(self, request: Request, *, deadline: float) -> Response:
            deadlines.append(deadline - time.moment)
            return await super().send(request, deadline=deadline)

    async with clocked(BoxTracker, time.clock)(
        "api-user", "api-password", transport=Watching(time)
    ) as tracker:
        customer = tracker.customer("jane", "jane-password")
        await customer.handshake()
        deadlines.clear()
        await customer.with_options(timeout=7).raw.command(JOB_SITES, offset=0)
        await tracker.with_options(timeout=9).raw.command(PRICING)
    assert deadlines == [7, 60, 9]


async def test_raw_on_views_of_boxc(time: FakeClock) -> None:
    """A raw call on a BoxC view repeats as the client does, and returns the last answer."""
    script = ScriptedTransport([Response(503), {"shops": []}, {"shops": []}])
    async with clocked(BoxC, FakeClock(flows=True).clock)("token", transport=script) as boxc:
        view = boxc.with_options(timeout=5)
        assert (await view.raw.request("GET", "/shops")).decoded == {"shops": []}
        assert await boxc.request("GET", "/shops") == {"shops": []}
    assert len(script.requests) == 3


async def test_rate_limit_gives_the_wait(time: FakeClock) -> None:
    """A refusal by the rate limit is an error that gives the time to wait."""
    refused = json_response({"code": 1015, "message": "x", "errors": []}, 429)
    script = ScriptedTransport([refused] * 9)
    clock = FakeClock(flows=True).clock
    async with clocked(BoxC, clock)("token", transport=script, retries=Retries.none()) as boxc:
        with pytest.raises(RateLimitError):
            await boxc.raw.request("GET", "/shops")


def test_nothing_is_shown() -> None:
    """Neither repr nor text shows header or body; no pickling, no changes, no comparison."""
    pair: Any = (b"Set-Cookie", "caf\xe9=secret".encode("latin-1"))
    answer = RawResponse.of(Response(200, (pair,), b"secret"), {"key": "secret"})
    assert repr(answer) == str(answer) == "<RawResponse 200, 6 bytes>"
    assert answer.headers == (("Set-Cookie", "caf\xe9=secret"),)
    assert answer.header("set-cookie") == "caf\xe9=secret"
    assert answer != RawResponse.of(Response(200, (pair,), b"secret"), {"key": "secret"})
    with pytest.raises(AttributeError):
        answer.status = 500  # type: ignore[misc]
    with pytest.raises(TypeError, match="holds secrets"):
        pickle.dumps(answer)
