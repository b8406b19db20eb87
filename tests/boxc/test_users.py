"""Views for other users: their tokens and rate limits, and what they leave behind."""

import asyncio
import base64
import gc
import ssl
import weakref
from typing import Any

import pytest
import trustme

from boxapis import BoxC, ConfigurationError, Secret, batch
from boxapis._core.clock import clocked
from boxapis.sandbox import Sandbox
from boxapis.transports import Request, Response, ScriptedTransport
from tests.support.doubles import FakeClock, json_response, until
from tests.support.peers import answering, plain, server_context, serving, trusting

USERS = 1000


def token_of(user: object, signature: str = "c2ln") -> str:
    """Returns a JWT whose ``sub`` is a user."""
    payload = f'{{"iss":"x","sub":"{user}"}}'.encode()
    return f"e30.{base64.urlsafe_b64encode(payload).decode().rstrip('=')}.{signature}"


def respond(_: Request) -> Response:
    """Responds to every request."""
    return json_response({"shops": []})


def client(time: FakeClock, token: str | None = None, **options: Any) -> BoxC:
    """Returns a client whose calls take no time."""
    transport = options.pop("transport", None) or ScriptedTransport(respond)
    given = token if token is not None or "client_id" in options else "client-token"
    return clocked(BoxC, time.clock)(given, transport=transport, **options)


async def use(boxc: Any, calls: int) -> None:
    """Makes calls, one after the other."""
    for _ in range(calls):
        await boxc.request("GET", "/shops")


@pytest.mark.servers
async def test_a_thousand_users() -> None:
    """The service sees the token of each user in that user's calls, and refuses none of them."""
    with Sandbox() as sandbox:
        tokens = [sandbox.boxc.issue_token(user_id=n) for n in range(1, USERS + 1)]
        async with BoxC(tokens[0], base_url=sandbox.boxc_url) as boxc:
            views = [boxc.user(token) for token in tokens]
            for _ in range(2):
                users = await asyncio.gather(*(view.users.me() for view in views))
                assert [user.id for user in users] == list(range(1, USERS + 1))
        statuses = {request.status for request in sandbox.boxc.requests}
    assert statuses == {200}


async def test_a_thousand_users_share_tls() -> None:
    """1,000 users share the client's TLS context and its connections; no token is crossed."""
    authority = trustme.CA()
    body = b'{"shops":[]}'
    answer = plain(body, b"Content-Type: application/json")
    async with serving(answering(answer), context=server_context(authority)) as peer:
        url = f"https://{peer.origin.authority}"
        async with BoxC("client", base_url=url, ssl_context=trusting(authority)) as boxc:
            contexts = tls_contexts()
            views = [boxc.user(token_of(n, f"of-{n}")) for n in range(USERS)]
            calls = (view.request("GET", f"/shops/of-{n}") for n, view in enumerate(views))
            await asyncio.gather(*calls)
            assert tls_contexts() == contexts
            assert peer.connections <= boxc.limits.max_connections
    assert len(peer.received) == USERS
    for request in peer.received:
        user = request.split(b" ")[1].rpartition(b"/")[2]
        assert b"." + user + b"\r\n" in request


def tls_contexts() -> int:
    """Returns the number of TLS contexts in this process."""
    gc.collect()
    return sum(issubclass(type(thing), ssl.SSLContext) for thing in gc.get_objects())


async def test_rate_limits_are_apart(time: FakeClock) -> None:
    """A user whose bucket is full, or who meets a 429, delays no other user."""
    refused = token_of("refused")

    def answer(request: Request) -> Response:
        if refused in str(dict(request.headers)["Authorization"]):
            return json_response({"code": 1015, "message": "x", "errors": []}, 429)
        return respond(request)

    transport = ScriptedTransport(answer)
    async with client(time, transport=transport) as boxc:
        full = boxc.user(token_of(1))
        waiting = [asyncio.create_task(use(full, 1)) for _ in range(40)]
        waiting += [asyncio.create_task(use(boxc.user(refused), 1))]
        await until(lambda: len(time.sleepers) == 2)
        assert boxc.user(token_of(1)).expected_wait() == 6.5
        for other in (boxc, boxc.user(token_of(2)), boxc.user("no-sub"), boxc.user("another")):
            assert other.expected_wait(28) == 0
            await use(other, 28)
        for call in waiting:
            call.cancel()


async def test_views_of_one_user_share_the_limit(time: FakeClock) -> None:
    """Two tokens of one user share bucket and queue, whatever kind of view; so does the client."""
    waits: list[float] = []
    options: dict[str, Any] = {"rate_share": 0.5, "on_wait": waits.append}
    async with client(time, token_of(7), **options) as boxc:
        first, second = boxc.user(token_of(8)), boxc.user(Secret(token_of(8, "b3RoZXI")))
        await use(first, 5)
        await use(second.with_options(timeout=5), 4)
        await use(boxc.raw.user(token_of(8, "x")), 2)
        await use(second.user(token_of(8)).raw, 1)
        assert (first.expected_wait(), second.expected_wait()) == (0.0, 0.0)
        calls = [asyncio.create_task(use(first, 1)), asyncio.create_task(use(second, 1))]
        await until(lambda: bool(waits))
        assert waits == [1.0]
        assert [view.expected_wait() for view in (first, second)] == [2.0, 2.0]
        assert boxc.user(token_of(7)).expected_wait(13) == 0
        await use(boxc, 10)
        assert boxc.user(token_of(7)).expected_wait(5) == 2.0
        for call in calls:
            call.cancel()


async def test_client_credentials_take_part(time: FakeClock) -> None:
    """F203: a client's own limit is that of its token's user from the first token on.

    Whether views of the user were there before, are still there, or have filled the bucket and
    gone.
    """

    def answer(request: Request) -> Response:
        if request.operation.startswith("POST /auth"):
            return json_response({"access_token": token_of(9), "expires_in": 3600})
        return respond(request)

    def make() -> BoxC:
        transport = ScriptedTransport(answer)
        return client(time, client_id="i", client_secret="s", transport=transport)

    async with make() as boxc:
        before = boxc.user(token_of(9))
        await use(boxc, 28)
        view = boxc.user(token_of(9))
        assert (before.expected_wait(), view.expected_wait()) == (0.5, 0.5)
        time.advance(60)
        del before, view
        for number in range(9):
            boxc.user(token_of(number))
        await use(boxc, 28)
        assert boxc.user(token_of(9)).expected_wait() == 0.5
    async with make() as boxc:
        await use(boxc.user(token_of(9)), 27)
        gc.collect()
        await use(boxc, 1)
        assert boxc.expected_wait() == 0.5
    async with make() as boxc:
        await use(boxc, 28)
        assert boxc.user(token_of(9)).expected_wait() == 0.5


async def test_a_limit_outlives_its_views(time: FakeClock) -> None:
    """F156: a user with a new view for each call keeps its bucket until that is empty."""
    async with client(time) as boxc:
        for _ in range(28):
            await use(boxc.user(token_of(1)), 1)
            boxc.user(token_of(2))
        gc.collect()
        assert boxc.user(token_of(1)).expected_wait() == 0.5
        assert boxc.user(token_of(2)).expected_wait(28) == 0
        time.advance(10)
        boxc.user(token_of(2))
        assert boxc.user(token_of(1)).expected_wait(28) == 4.0
        time.advance(14)
        for _ in range(4):
            boxc.user(token_of(2))
        assert len(boxc._caller.limiters._kept) <= 2


async def test_users_passed_through_leave_nothing(time: FakeClock) -> None:
    """100,000 users leave no token and no limit; nor do 1,000 that made calls, once at rest."""
    transport = ScriptedTransport(respond)
    async with client(time, transport=transport) as boxc:
        kept = boxc._caller.limiters._kept
        held = [boxc.user(f"held-{n}") for n in range(3)]
        most = 0
        for number in range(100_000):
            boxc.user(token_of(number))
            most = max(most, len(kept))
        view = boxc.user(token_of(0))
        reference = weakref.ref(view._caller.limiter)
        del view
        gc.collect()
        assert reference() is None
        assert most <= 2 * (1 + len(held) + 1)
        for number in range(USERS):
            await use(boxc.user(token_of(number)), 1)
            transport.requests.clear()
            time.advance(0.1)
            most = max(most, len(kept))
        assert most <= 2 * (1 + len(held) + 6)


async def test_a_call_under_way_keeps_its_limit(time: FakeClock) -> None:
    """Calls that wait keep queue and order although nothing else holds their view."""
    order: list[str] = []

    def answer(request: Request) -> Response:
        order.append(request.target)
        return respond(request)

    async with client(time, transport=ScriptedTransport(answer)) as boxc:
        calls = [
            asyncio.create_task(boxc.user(token_of(1)).request("GET", f"/{n}")) for n in range(32)
        ]
        await until(lambda: len(order) == 28)
        gc.collect()
        calls.append(asyncio.create_task(boxc.user(token_of(1)).request("GET", "/32")))
        for _ in range(5):
            await until(lambda: bool(time.sleepers))
            time.advance(0.5)
        await asyncio.gather(*calls)
    assert order == [f"/v1/{n}" for n in range(33)]


async def test_closing_turns_all_users_away(time: FakeClock) -> None:
    """Closing the client ends the queues of all users; a view needs no closing."""
    boxc = client(time)
    async with boxc.user(token_of(0)) as view:
        await use(view, 1)
    calls = [asyncio.create_task(use(boxc.user(token_of(n)), 30)) for n in range(3)]
    await until(lambda: len(time.sleepers) == 3)
    await boxc.aclose()
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(outcome).__name__ for outcome in outcomes] == ["ClientClosedError"] * 3
    assert [asyncio.current_task()] == list(asyncio.all_tasks())


async def test_a_batch_for_a_user(time: FakeClock) -> None:
    """A batch takes a user's view, and goes at the pace of that user's limit."""
    time.flows = True
    async with client(time) as boxc:
        await use(boxc, 28)
        began = time.moment
        view = boxc.user(token_of(1))
        async with batch.run(lambda n: use(view, n), [1] * 30, client=view) as outcomes:
            assert [outcome.ok async for outcome in outcomes] == [True] * 30
        assert time.moment - began == pytest.approx(1.0)


@pytest.mark.parametrize("token", [None, "", 7, "two words", "line\nbreak", "tökén", Secret("")])
async def test_bad_tokens(time: FakeClock, token: Any) -> None:
    """A token that cannot be sent is refused at once, and is not shown."""
    async with client(time) as boxc:
        for owner in (boxc, boxc.raw):
            with pytest.raises(ConfigurationError, match="token") as caught:
                owner.user(token)
            assert not isinstance(token, str) or not token or token not in str(caught.value)
            assert caught.value.__traceback__ is not None


async def test_a_token_shows_nowhere(time: FakeClock) -> None:
    """No repr and no attribute of a view or its parts shows the token, nor does an error."""
    secret = token_of(1, "s3cr3t-signature")
    async with client(time) as boxc:
        view = boxc.user(secret)
        for thing in (view, view.raw, view._caller, view._caller.tokens, view.shops):
            assert "s3cr3t" not in repr(thing)
        assert repr(view) == "<BoxC api.boxc.com, 0 in flight, 0 waiting>"
