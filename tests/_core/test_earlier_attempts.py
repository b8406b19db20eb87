"""Calls whose earlier attempt may have been carried out: the last error never says otherwise."""

from collections.abc import Callable
from typing import Any

import pytest

from boxapis import (
    APIError,
    BoxAPIError,
    BoxC,
    ClientClosedError,
    ConnectError,
    ConnectionLostError,
    InvalidResponseError,
    NotFoundError,
    OutcomeUnknownError,
    RequestTimeoutError,
)
from boxapis._core.clock import clocked
from boxapis.transports import Request, Response, ScriptedTransport
from tests.support.doubles import FakeClock, json_response
from tests.support.error_copies import COPIERS

pytestmark = pytest.mark.flowing_time

TOKEN = "POST /auth/v1/token"
OPEN = "It may have been carried out: look it up before you repeat it."
PAGE = Response(200, (("Content-Type", "text/html"),), b"<p>")


def lost() -> Exception:
    """A request that was sent, and whose response was lost."""
    return ConnectionLostError("lost", phase="read", sent=True)


def refusal(code: int, status: int) -> Response:
    """An error of BoxC."""
    return json_response({"code": code, "message": "no", "errors": []}, status)


UNSETTLED: dict[str, Callable[[], Any]] = {
    "lost": lost,
    "late": lambda: RequestTimeoutError("late", phase="read", sent=True),
    "page": lambda: PAGE,
    "failure": lambda: Response(503),
    "not HTTP": lambda: InvalidResponseError("garbage"),
}
"""First attempts that leave open whether they were carried out."""

REFUSED: dict[str, Callable[[], Any]] = {
    "F59 not found": lambda: refusal(1450, 404),
    "F59 wrong state": lambda: refusal(1141, 400),
    "F59 invalid": lambda: refusal(1000, 400),
    "F59 forbidden": lambda: refusal(1009, 403),
    "F59 token refused": lambda: refusal(1005, 401),
    "F59 bare 400": lambda: Response(400),
    "F127 too many requests": lambda: Response(429, (("Retry-After", "86400"),)),
    "F127 no payment": lambda: refusal(1080, 402),
    "F127 nothing sent": lambda: ConnectError("refused", phase="connect"),
    "F127 name not found": lambda: ConnectError("unknown", phase="dns"),
    "F127 no time left": lambda: RequestTimeoutError("late", phase="queue"),
    "F127 closed": lambda: ClientClosedError("closed"),
}
"""Last attempts that were not carried out themselves."""


async def failed(time: FakeClock, method: str, *answers: Callable[[], Any]) -> BoxAPIError:
    """The error of a call whose attempts end in these ways, the last one again and again."""
    left = list(answers)

    def respond(_: Request) -> Any:
        answer = (left.pop(0) if len(left) > 1 else left[0])()
        if isinstance(answer, Exception):
            raise answer
        return answer

    client = clocked(BoxC, time.clock)("token", transport=ScriptedTransport(respond))
    async with client as boxc:
        with pytest.raises(BoxAPIError) as caught:
            await boxc.request(method, "/shops/7")
    return caught.value


@pytest.mark.parametrize("last", REFUSED)
@pytest.mark.parametrize("first", UNSETTLED)
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_refusal_after_an_open_attempt(
    time: FakeClock, method: str, first: str, last: str
) -> None:
    """F59, F127: whatever the last attempt says, the earlier one may have been carried out."""
    error = await failed(time, method, UNSETTLED[first], REFUSED[last])
    assert error.attempts > 1
    assert error.may_have_been_applied
    assert str(error).endswith(OPEN)
    if isinstance(error, NotFoundError):
        assert error.previous_attempt_may_have_succeeded


@pytest.mark.parametrize("last", REFUSED)
@pytest.mark.parametrize("first", [lost, lambda: PAGE], ids=["lost", "page"])
async def test_refusal_after_a_lost_read(
    time: FakeClock, first: Callable[[], Any], last: str
) -> None:
    """F127: a read was never carried out, however its attempts ended."""
    error = await failed(time, "GET", first, REFUSED[last])
    assert error.attempts > 1
    assert not error.may_have_been_applied
    assert "Nothing was sent" not in str(error)


@pytest.mark.parametrize("last", ["F127 nothing sent", "F127 name not found"])
@pytest.mark.parametrize(
    ("method", "first"),
    [
        ("GET", lost),
        ("GET", lambda: PAGE),
        ("GET", lambda: Response(503)),
        ("GET", lambda: refusal(1015, 429)),
        ("PUT", lambda: refusal(1015, 429)),
        ("POST", lambda: refusal(1015, 429)),
    ],
    ids=["lost", "page", "failure", "read refused", "refused", "change refused"],
)
async def test_what_was_sent_before(
    time: FakeClock, method: str, first: Callable[[], Any], last: str
) -> None:
    """F145: when a repeat cannot connect, the error does not say that nothing was sent."""
    error = await failed(time, method, first, REFUSED[last])
    assert isinstance(error, ConnectError)
    assert (error.sent, error.any_attempt_sent) == (False, True)
    assert "Nothing was changed" in str(error)
    alone = await failed(time, method, REFUSED[last])
    assert isinstance(alone, ConnectError)
    assert not alone.any_attempt_sent
    assert "Nothing was sent" in str(alone)


@pytest.mark.parametrize("last", REFUSED)
@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
async def test_refusal_after_a_settled_attempt(time: FakeClock, method: str, last: str) -> None:
    """F127: when no attempt can have been carried out, the error says that nothing was changed."""
    nothing_sent = REFUSED["F127 nothing sent"]
    error = await failed(time, method, nothing_sent, REFUSED[last])
    assert not error.may_have_been_applied
    assert "Nothing was " in str(error)


async def test_failed_renewal_after_an_open_attempt(time: FakeClock) -> None:
    """F127: a token that cannot be renewed for the repeat settles nothing of the first attempt."""
    tokens = 0
    answers: list[Any] = [lost(), refusal(1005, 401)]

    def respond(request: Request) -> Any:
        nonlocal tokens
        if request.operation != TOKEN:
            answer = answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        tokens += 1
        granted = {"token_type": "Bearer", "access_token": "token-1", "expires_in": 3600}
        return granted if tokens == 1 else Response(403)

    async with clocked(BoxC, time.clock)(
        client_id="c", client_secret="s", transport=ScriptedTransport(respond)
    ) as boxc:
        with pytest.raises(APIError) as caught:
            await boxc.request("PUT", "/shops/7")
    assert (caught.value.status, caught.value.may_have_been_applied) == (403, True)
    assert str(caught.value).endswith(OPEN)


STATUSES: dict[str, tuple[Callable[[], Any], int]] = {
    "HTML": (lambda: Response(203, (), b"<p>"), 203),
    "redirect": (lambda: Response(302), 302),
    "undocumented": (lambda: Response(418), 418),
    "from the transport": (lambda: InvalidResponseError("too large", status=200), 200),
    "no status line": (lambda: InvalidResponseError("garbage"), 0),
}


@pytest.mark.parametrize("name", STATUSES)
@pytest.mark.parametrize(
    ("method", "kind"), [("GET", InvalidResponseError), ("POST", OutcomeUnknownError)]
)
async def test_status_of_an_unusable_response(
    time: FakeClock, method: str, kind: type[Any], name: str
) -> None:
    """An error about a response carries its HTTP status, and keeps it when copied or pickled."""
    answer, status = STATUSES[name]
    error: Any = await failed(time, method, answer)
    assert (type(error), error.status) == (kind, status)
    for copier in COPIERS.values():
        copied: Any = copier(error)
        assert copied.status == status
    if kind is OutcomeUnknownError:
        assert (f"HTTP {status}" in str(error)) is bool(status)


async def test_status_of_a_lost_response(time: FakeClock) -> None:
    """An unknown outcome without any response has the status 0."""
    error: Any = await failed(time, "POST", lost)
    assert (type(error), error.status) == (OutcomeUnknownError, 0)
    assert "HTTP" not in str(error)
