"""The Credentials resource, against scripted answers and against the sandbox over HTTP."""

import itertools
import warnings
from collections.abc import AsyncIterable, Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from boxapis import (
    BoxC,
    ConfigurationError,
    ConflictError,
    Credential,
    CredentialParameterWarning,
    InvalidResponseError,
    NotFoundError,
    PaginationError,
    PermissionDeniedError,
    Retries,
    ServerError,
)
from boxapis._core.clock import clocked
from boxapis.sandbox import Sandbox
from boxapis.transports import Response, ScriptedTransport
from tests.support.doubles import FakeClock, closed_later

pytestmark = pytest.mark.usefixtures("closing")

MOMENT = "2023-11-05 06:07:08"
QUIET: Any = {"retries": Retries.none()}
FLOWING = FakeClock(flows=True).clock


def entry(number: int, **fields: Any) -> dict[str, Any]:
    """A credential as the service returns it."""
    return {
        "id": number,
        "user_id": 12006,
        "carrier": "DHLeC",
        "params": {"client_id": "", "client_secret": ""},
        "updated": MOMENT,
        "created": MOMENT,
        "deleted": False,
        **fields,
    }


def page(next_page: object, *numbers: int) -> dict[str, Any]:
    """A page of the list."""
    return {"credentials": [entry(number) for number in numbers], "next_page": next_page}


def client(*answers: Any) -> tuple[BoxC, ScriptedTransport]:
    """A client and its script."""
    transport = ScriptedTransport(answers)
    return closed_later(
        clocked(BoxC, FLOWING)("given-token", **QUIET, transport=transport)
    ), transport


async def ids(items: AsyncIterable[Credential]) -> list[int]:
    """The ids of a list."""
    return [item.id async for item in items]


async def test_value() -> None:
    """Times are aware and in UTC, ``deleted`` false is None, unknown fields are kept."""
    boxc, _ = client({"credential": entry(7, note="kept")})
    credential = await boxc.credentials.get(7)
    assert credential.created == datetime(2023, 11, 5, 6, 7, 8, tzinfo=UTC)
    assert credential.deleted is None
    assert sorted(credential.params) == ["client_id", "client_secret"]
    assert credential.extra == {"note": "kept"}


@pytest.mark.parametrize(
    ("deleted", "expected"),
    [(False, None), (None, None), (MOMENT, datetime(2023, 11, 5, 6, 7, 8, tzinfo=UTC))],
)
async def test_deleted(deleted: object, expected: datetime | None) -> None:
    """``deleted`` may be false, null or a time."""
    boxc, _ = client({"credential": entry(7, deleted=deleted)})
    assert (await boxc.credentials.get(7)).deleted == expected


async def test_values_never_in_a_repr() -> None:
    """A repr shows the parameters' names alone, whatever the service returns as values."""
    boxc, _ = client({"credential": entry(7, params={"client_secret": "shown-by-mistake"})})
    credential = await boxc.credentials.get(7)
    assert "shown-by-mistake" not in repr(credential)
    assert "client_secret" in repr(credential)


async def test_wire_of_each_action() -> None:
    """Verb, path and body of all five actions."""
    answers = (
        page(None),
        {"credential": entry(7)},
        {"credential": entry(7)},
        {"credential": entry(7)},
        {"credential": entry(7)},
        Response(200),
    )
    boxc, transport = client(*answers)
    params = {"client_id": "a", "client_secret": "b"}
    await boxc.credentials.page(limit=50, order="asc", sort="carrier")
    await boxc.credentials.get(7)
    await boxc.credentials.create("DHLeC", params)
    await boxc.credentials.update(7, params)
    await boxc.credentials.update(7, params, carrier="DHLeC")
    assert await boxc.credentials.delete(7) is None  # type: ignore[func-returns-value]  # the claim
    sent = [(request.method, request.target) for request in transport.requests]
    assert sent == [
        ("GET", "/v1/credentials?limit=50&order=asc&sort=carrier"),
        ("GET", "/v1/credentials/7"),
        ("POST", "/v1/credentials"),
        ("PUT", "/v1/credentials/7"),
        ("PUT", "/v1/credentials/7"),
        ("DELETE", "/v1/credentials/7"),
    ]
    bodies = [orjson.loads(request.body or b"null") for request in transport.requests]
    with_carrier = {"credential": {"carrier": "DHLeC", "params": params}}
    assert bodies[2:5] == [with_carrier, {"credential": {"params": params}}, with_carrier]


async def test_list_walks_all_pages() -> None:
    """A list asks for further pages by the token alone, percent-encoded, until there is none."""
    boxc, transport = client(page("a=&b", 1, 2), page("c", 3), page(None, 4))
    assert await ids(boxc.credentials.list(limit=2, order="asc")) == [1, 2, 3, 4]
    assert [request.target for request in transport.requests] == [
        "/v1/credentials?limit=2&order=asc",
        "/v1/credentials?page_token=a%3D%26b",
        "/v1/credentials?page_token=c",
    ]


@pytest.mark.parametrize("last", [{"next_page": ""}, {"next_page": None}, {}])
async def test_end_of_a_list(last: dict[str, Any]) -> None:
    """F100: an empty, absent or null token is the end."""
    boxc, _ = client({"credentials": [entry(1)], **last})
    assert await ids(boxc.credentials.list()) == [1]


@pytest.mark.parametrize("tokens", [("a", "a"), ("a", "b", "a"), ("a", "b", "c", "b")])
async def test_repeated_token(tokens: tuple[str, ...]) -> None:
    """F97, F98: a repeated page token ends the iteration, after every page was given once."""
    boxc, _ = client(*(page(token, number) for number, token in enumerate(tokens, start=1)))
    given: list[int] = []
    with pytest.raises(PaginationError) as caught:
        async for item in boxc.credentials.list():
            given.append(item.id)  # noqa: PERF401 - what was given before the error counts
    assert given == list(range(1, len(tokens) + 1))
    assert caught.value.resume_token == tokens[-1]


async def test_endless_empty_pages() -> None:
    """F99: twenty empty pages in a row end the iteration."""
    boxc, transport = client(*(page(f"token-{number}") for number in range(100)))
    with pytest.raises(PaginationError):
        await ids(boxc.credentials.list())
    assert len(transport.requests) == 20


async def test_error_in_the_middle_and_resume() -> None:
    """F101: an error on page 2 carries the token to resume with."""
    boxc, transport = client(page("second", 1), Response(500), page("third", 2), page(None, 3))
    given: list[int] = []
    with pytest.raises(ServerError) as caught:
        async for item in boxc.credentials.list():
            given.append(item.id)  # noqa: PERF401 - what was given before the error counts
    assert (given, caught.value.resume_token) == ([1], "second")
    assert await ids(boxc.credentials.list(page_token="second")) == [2, 3]
    assert transport.requests[2].target == "/v1/credentials?page_token=second"


async def test_unknown_page_token() -> None:
    """F102: a page token that the service does not know is an error; the list does not restart."""
    body = {"code": 1025, "message": "Invalid page token", "errors": ["Invalid page token"]}
    boxc, transport = client(Response(400, (), orjson.dumps(body)))
    with pytest.raises(PaginationError) as caught:
        await ids(boxc.credentials.list(page_token="old"))
    assert caught.value.resume_token is None
    assert len(transport.requests) == 1


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "$.credentials"),
        ({"credentials": {}}, "$.credentials"),
        ({"credentials": [], "next_page": 5}, "$.next_page"),
        ({"credentials": [entry(1), {**entry(2), "id": None}]}, "$.credentials[1].id"),
        ({"credentials": [{"id": 1}]}, "$.credentials[0].user_id"),
    ],
)
async def test_misshapen_list(body: dict[str, Any], path: str) -> None:
    """F43, F100: a field that does not fit is named by its path."""
    boxc, _ = client(body)
    with pytest.raises(InvalidResponseError) as caught:
        await boxc.credentials.page()
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("carrier", "params", "word"),
    [
        ("DHLeC", {"client_id": "a", "cig_username": "b"}, "cig_username"),
        ("DHLeC", {"client_id": "a", "client_secret": ""}, "empty value for client_secret"),
        (None, {"no_such_name": "a"}, "no_such_name"),
        ("New Carrier", {"no_such_name": "a"}, "no_such_name"),
    ],
)
async def test_warnings(carrier: str | None, params: dict[str, str], word: str) -> None:
    """An unknown name or an empty value warns before the PUT, shows no value, and is sent."""
    boxc, transport = client({"credential": entry(7, carrier=carrier or "DHLeC")})
    with pytest.warns(CredentialParameterWarning, match=word) as caught:
        await boxc.credentials.update(7, params, carrier=carrier)
    assert len(transport.requests) == 1
    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    ("carrier", "params"),
    [
        ("DeutschePost", {"ekp": "a", "cig_username": "b", "dp_api_secret": "c"}),
        ("DHL Express", {"api_username": "a", "api_password": "b"}),
        (None, {"ekp": "a"}),
        ("New Carrier", {"ekp": "a"}),
    ],
)
async def test_known_names_do_not_warn(carrier: str | None, params: dict[str, str]) -> None:
    """Names of both generations are known."""
    boxc, _ = client({"credential": entry(7, carrier=carrier or "DHLeC")})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        await boxc.credentials.update(7, params, carrier=carrier)


@pytest.mark.parametrize(
    "call",
    [
        lambda credentials: credentials.page(limit=0),
        lambda credentials: credentials.page(limit=101),
        lambda credentials: credentials.page(limit=True),
        lambda credentials: credentials.page(limit="50"),
        lambda credentials: credentials.page(order="up"),
        lambda credentials: credentials.page(sort="name"),
        lambda credentials: credentials.page(page_token=""),
        lambda credentials: credentials.get("7"),
        lambda credentials: credentials.get(7.0),
        lambda credentials: credentials.get(True),
        lambda credentials: credentials.get(0),
        lambda credentials: credentials.delete("7/../8"),
        lambda credentials: credentials.create("", {"a": "secret-b"}),
        lambda credentials: credentials.create("DHLeC", {}),
        lambda credentials: credentials.create("DHLeC", {"a": 5}),
        lambda credentials: credentials.create("DHLeC", {5: "secret-b"}),
        lambda credentials: credentials.create("DHLeC", ["secret-b"]),
        lambda credentials: credentials.update("7", {"client_id": "secret-b"}),
        lambda credentials: credentials.update(7, None),
        lambda credentials: credentials.update(7, {"client_id": "secret-b"}, carrier=""),
        lambda credentials: credentials.create("DHLeC", {"client_id": "secret-\ud800"}),
    ],
    ids=(f"case {number}" for number in itertools.count(1)),
)
async def test_bad_input(call: Any) -> None:
    """Bad input is refused before anything is sent, and no value is shown."""
    boxc, transport = client()
    with pytest.raises(ConfigurationError) as caught:
        await call(boxc.credentials)
    assert "secret-" not in str(caught.value)
    assert transport.requests == []


async def test_bad_input_of_a_list() -> None:
    """The list refuses bad input at its first item, before anything is sent."""
    boxc, transport = client()
    with pytest.raises(ConfigurationError):
        await anext(aiter(boxc.credentials.list(limit=1000)))
    assert transport.requests == []


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Both services over HTTP."""
    with Sandbox() as started:
        yield started


def connected(sandbox: Sandbox, token: str | None = None) -> BoxC:
    """A client of the sandbox."""
    token = token or sandbox.environment["BOXC_TOKEN"]
    return BoxC(token, base_url=sandbox.boxc_url, accounts_url=sandbox.accounts_url)


async def test_whole_life_over_http(sandbox: Sandbox) -> None:
    """A credential is created, read, listed, updated and deleted over real sockets."""
    async with connected(sandbox) as boxc:
        made = [
            await boxc.credentials.create("DHLeC", {"client_id": f"id-{n}", "client_secret": "s"})
            for n in range(5)
        ]
        assert await ids(boxc.credentials.list(limit=2, order="asc")) == [m.id for m in made]
        sandbox.clock.advance(60)
        updated = await boxc.credentials.update(made[0].id, {"client_id": "new"})
        assert updated.updated > updated.created == made[0].created
        assert sandbox.boxc.stored_params(made[0].id) == {"client_id": "new"}
        await boxc.credentials.delete(made[0].id)
        with pytest.raises(NotFoundError) as caught:
            await boxc.credentials.get(made[0].id)
    assert (caught.value.code, caught.value.status) == (1450, 404)
    assert caught.value.request_id


async def test_carrier_cannot_change(sandbox: Sandbox) -> None:
    """1454 is a ConflictError."""
    async with connected(sandbox) as boxc:
        made = await boxc.credentials.create("Janio", {"api_key": "k"})
        with pytest.raises(ConflictError) as caught:
            await boxc.credentials.update(made.id, {"user_code": "u"}, carrier="SkyPostal")
    assert caught.value.code == 1454


async def test_missing_scope(sandbox: Sandbox) -> None:
    """1009 names the scope the token lacks."""
    token = sandbox.boxc.issue_token(["read_credentials"])
    async with connected(sandbox, token) as boxc:
        await boxc.credentials.page()
        with pytest.raises(PermissionDeniedError) as caught:
            await boxc.credentials.create("Janio", {"api_key": "k"})
    assert caught.value.details == {"scope": "write_credentials"}


async def test_client_credentials_over_http(sandbox: Sandbox) -> None:
    """The grant works over real sockets, and a revoked token is replaced once."""
    environment = sandbox.environment
    async with BoxC(
        client_id=environment["BOXC_CLIENT_ID"],
        client_secret=environment["BOXC_CLIENT_SECRET"],
        base_url=sandbox.boxc_url,
        accounts_url=sandbox.accounts_url,
    ) as boxc:
        await boxc.credentials.page()
        sandbox.boxc.revoke_tokens()
        await boxc.credentials.page()
    assert sandbox.boxc.counts["POST /auth/v1/token"] == 2
