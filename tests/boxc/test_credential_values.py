"""Credentials: the request of each action, refused arguments, and how answers are read."""

import warnings
from collections.abc import AsyncIterable
from datetime import UTC, datetime
from typing import Any, cast

import orjson
import pytest
from attrs import evolve

from boxapis._http.failures import unwrapped
from boxapis._sansio.boxc.rest import PreparedRequest
from boxapis.boxc._call import Caller
from boxapis.boxc._pages import Page
from boxapis.boxc.credentials import Credential, CredentialParameterWarning, Credentials
from boxapis.errors import ConfigurationError, InvalidResponseError
from boxapis.secret import Secret

CREATED = datetime(2020, 10, 20, 10, 11, 12, tzinfo=UTC)
ONE: dict[str, Any] = {
    "id": 7,
    "user_id": 12006,
    "carrier": "DHLeC",
    "params": {"client_id": "", "client_secret": ""},
    "updated": "2020-10-21 10:11:12",
    "created": "2020-10-20 10:11:12",
    "deleted": False,
}
PARAMS: dict[str, str | Secret] = {"client_id": "Zq9X", "client_secret": Secret("Zq9X/+é")}


class Calls:
    """Takes prepared requests, keeps those without a fault, and returns scripted answers."""

    def __init__(self, *answers: Any) -> None:
        """Takes the answers in order."""
        self.answers = list(answers)
        self.drafts: list[PreparedRequest] = []

    async def call(self, made: PreparedRequest, stranger: object = None, read: Any = None) -> Any:
        """The next answer."""
        error = made.error()
        if error is not None:
            raise error
        self.drafts.append(made)
        answer = self.answers.pop(0)
        return answer if read is None else unwrapped(read(answer))

    def said(self) -> list[tuple[str, str, Any]]:
        """Verb, target and JSON of each prepared request."""
        return [(d.method, d.target, d.body and orjson.loads(d.body)) for d in self.drafts]


def resource(*answers: Any) -> tuple[Credentials, Calls]:
    """The resource with scripted answers."""
    calls = Calls(*answers)
    return Credentials(cast("Caller", calls)), calls


async def all_ids(items: AsyncIterable[Credential]) -> list[int]:
    """The ids of a whole list."""
    return [item.id async for item in items]


async def test_get() -> None:
    """The path ends with the id; the operation shows no id."""
    credentials, calls = resource({"credential": ONE | {"new": 1}})
    got = await credentials.get(7)
    assert (got.id, got.user_id, got.carrier) == (7, 12006, "DHLeC")
    assert (got.created, got.updated.day, got.deleted) == (CREATED, 21, None)
    assert dict(got.params) == {"client_id": "", "client_secret": ""}
    assert dict(got.extra) == {"new": 1}
    assert calls.said() == [("GET", "/credentials/7", None)]
    assert calls.drafts[0].operation == "GET /credentials/{id}"


async def test_create() -> None:
    """A create sends carrier and parameters in one wrapper; the values are masked afterwards."""
    credentials, calls = resource({"credential": ONE})
    assert (await credentials.create("DHLeC", PARAMS)).id == 7
    sent = {"carrier": "DHLeC", "params": {"client_id": "Zq9X", "client_secret": "Zq9X/+é"}}
    assert calls.said() == [("POST", "/credentials", {"credential": sent})]
    assert calls.drafts[0].secrets == (Secret("Zq9X"), Secret("Zq9X/+é"))
    assert calls.drafts[0].kind == "changing"


@pytest.mark.parametrize("carrier", [None, "DHLeC"], ids=repr)
async def test_update(carrier: str | None) -> None:
    """An update sends the whole ``params``, and the carrier only when it is given."""
    credentials, calls = resource({"credential": ONE})
    await credentials.update(7, {"client_id": "a"}, carrier=carrier)
    sent = {"params": {"client_id": "a"}} | ({"carrier": carrier} if carrier else {})
    assert calls.said() == [("PUT", "/credentials/7", {"credential": sent})]
    assert calls.drafts[0].operation == "PUT /credentials/{id}"
    assert calls.drafts[0].kind == "idempotent"


async def test_delete() -> None:
    """A delete sends no body, and expects none."""
    credentials, calls = resource(None)
    await credentials.delete(7)
    assert calls.said() == [("DELETE", "/credentials/7", None)]
    assert calls.drafts[0].operation == "DELETE /credentials/{id}"


async def test_a_page() -> None:
    """Only the arguments given go into the query; the list's own `page` gives the same."""
    response = {"credentials": [ONE], "next_page": "abc="}
    credentials, calls = resource(response, response)
    page = await credentials.page(limit=100, order="asc", sort="carrier", page_token="a=")
    assert isinstance(page, Page)
    assert ([item.id for item in page.items], page.next_page) == ([7], "abc=")
    listing = credentials.list(limit=100, order="asc", sort="carrier", page_token="a=")
    assert await listing.page() == page
    query = "limit=100&order=asc&sort=carrier&page_token=a%3D"
    assert calls.said() == [("GET", f"/credentials?{query}", None)] * 2


async def test_a_list_goes_on_with_the_token_alone() -> None:
    """The next page is asked for by the token alone, which implies the rest of the query."""
    credentials, calls = resource(
        {"credentials": [ONE], "next_page": "abc"}, {"credentials": [ONE | {"id": 8}]}
    )
    assert await all_ids(credentials.list(limit=50, order="desc", sort="id")) == [7, 8]
    assert [target for _, target, _ in calls.said()] == [
        "/credentials?limit=50&order=desc&sort=id",
        "/credentials?page_token=abc",
    ]


async def test_a_list_from_a_token() -> None:
    """A list may be resumed with the token of another."""
    credentials, calls = resource({"credentials": [], "next_page": ""})
    assert await all_ids(credentials.list(page_token="abc")) == []
    assert calls.said() == [("GET", "/credentials?page_token=abc", None)]


BAD_PAGES: dict[str, tuple[dict[str, Any], str]] = {
    "limit 0": ({"limit": 0}, "limit must be"),
    "limit 101": ({"limit": 101}, "limit must be"),
    "limit -1": ({"limit": -1}, "limit must be"),
    "limit true": ({"limit": True}, "limit must be"),
    "limit text": ({"limit": "50"}, "limit must be"),
    "limit float": ({"limit": 50.0}, "limit must be"),
    "order": ({"order": "ASC"}, "order must be"),
    "order empty": ({"order": ""}, "order must be"),
    "sort": ({"sort": "created"}, "sort must be"),
    "token empty": ({"page_token": ""}, "page_token must be"),
    "token bytes": ({"page_token": b"a"}, "page_token must be"),
}


@pytest.mark.parametrize(("query", "why"), BAD_PAGES.values(), ids=BAD_PAGES)
async def test_bad_pages(query: dict[str, Any], why: str) -> None:
    """Bad options are refused when awaited, those of a list at its first item; nothing is sent."""
    credentials, calls = resource()
    listing = credentials.list(**query)
    with pytest.raises(ConfigurationError, match=why):
        await anext(aiter(listing))
    with pytest.raises(ConfigurationError, match=why):
        await credentials.page(**query)
    assert calls.drafts == []


@pytest.mark.parametrize("limit", [1, 2, 50, 100])
async def test_good_limits(limit: int) -> None:
    """A limit starts at 1, since the service's own example asks for 2."""
    credentials, _ = resource({"credentials": [], "next_page": None})
    assert (await credentials.page(limit=limit)).items == ()


@pytest.mark.parametrize("number", [0, -1, True, "7", 7.0, None], ids=repr)
async def test_bad_ids(number: Any) -> None:
    """An id is a number from 1 on, in each action that takes one."""
    credentials, calls = resource()
    with pytest.raises(ConfigurationError, match="the id of a credential"):
        await credentials.get(number)
    with pytest.raises(ConfigurationError, match="the id of a credential"):
        await credentials.update(number, PARAMS)
    with pytest.raises(ConfigurationError, match="the id of a credential"):
        await credentials.delete(number)
    assert calls.drafts == []


BAD_PARAMS: dict[str, tuple[Any, str]] = {
    "empty": ({}, "params must be a mapping of names to values, and not empty"),
    "number": ({"client_id": 5}, r"params\['client_id'\] must be str or Secret"),
    "half a pair": ({"client_id": "Zq9X\ud800"}, "json holds a value that JSON cannot hold"),
}


@pytest.mark.parametrize(("params", "why"), BAD_PARAMS.values(), ids=BAD_PARAMS)
async def test_bad_params(params: Any, why: str) -> None:
    """The coroutine refuses bad params with the operation's name, and without the value."""
    credentials, calls = resource()
    for made, verb in (
        (credentials.create("DHLeC", params), "POST /credentials"),
        (credentials.update(7, params), "PUT /credentials/{id}"),
    ):
        with pytest.raises(ConfigurationError, match=f"{why}. Nothing was sent.") as caught:
            await made
        assert str(caught.value).startswith(f"{verb}: ")
        assert "Zq9X" not in str(caught.value)
    assert calls.drafts == []


@pytest.mark.parametrize("carrier", ["", 5, b"DHLeC"], ids=repr)
async def test_bad_carriers(carrier: Any) -> None:
    """A carrier must be text where it is given."""
    credentials, _ = resource()
    with pytest.raises(ConfigurationError, match="^POST /credentials: carrier must be"):
        await credentials.create(carrier, PARAMS)
    with pytest.raises(ConfigurationError, match="^PUT /credentials/{id}: carrier must be"):
        await credentials.update(7, PARAMS, carrier=carrier)


WARNED: dict[str, tuple[str | None, dict[str, str], list[str]]] = {
    "known": ("DHLeC", {"client_id": "a", "client_secret": "b"}, []),
    "known to any": (None, {"client_id": "a", "ekp": "b"}, []),
    "unknown": ("DHLeC", {"ekp": "a"}, ["not a known parameter of carrier DHLeC: ekp"]),
    "unknown to all": (None, {"zebra": "a"}, ["not a known parameter of any carrier: zebra"]),
    "empty": ("DHLeC", {"client_id": ""}, ["stores an empty value for client_id"]),
    "both": (
        "Janio",
        {"zebra": "", "ekp": "a"},
        [
            "not a known parameter of carrier Janio: ekp, zebra",
            "stores an empty value for zebra",
        ],
    ),
}


@pytest.mark.parametrize(("carrier", "params", "texts"), WARNED.values(), ids=WARNED)
async def test_warnings(carrier: str | None, params: dict[str, str], texts: list[str]) -> None:
    """Unknown names and empty values are warned of at the caller's line, and sent."""
    credentials, calls = resource({"credential": ONE})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        await credentials.update(7, params, carrier=carrier)
    assert [str(w.message).removeprefix("PUT /credentials/{id}: ") for w in caught] == texts
    assert {w.category for w in caught} <= {CredentialParameterWarning}
    assert {w.filename for w in caught} <= {__file__}
    assert len(calls.drafts) == 1


ABSENT: list[object] = [
    None,
    [],
    "Zq9X",
    {},
    {"credentials": ONE},
    {"credential": None},
    {"credential": [ONE]},
]


@pytest.mark.parametrize("body", ABSENT, ids=str)
async def test_no_credential(body: object) -> None:
    """An answer without the wrapper is an error; a write may have been carried out."""
    credentials, _ = resource(body, body)
    with pytest.raises(InvalidResponseError, match=r"at \$\.credential\.") as caught:
        await credentials.get(7)
    assert caught.value.may_have_been_applied is False
    with pytest.raises(InvalidResponseError) as caught:
        await credentials.update(7, PARAMS)
    assert caught.value.may_have_been_applied is True


NO_PAGES: dict[str, tuple[object, str]] = {
    "null": (None, "$.credentials"),
    "list": ([ONE], "$.credentials"),
    "missing": ({"next_page": None}, "$.credentials"),
    "object": ({"credentials": ONE}, "$.credentials"),
    "null list": ({"credentials": None}, "$.credentials"),
    "number token": ({"credentials": [], "next_page": 5}, "$.next_page"),
    "false token": ({"credentials": [], "next_page": False}, "$.next_page"),
    "entry": ({"credentials": [ONE, 5]}, "$.credentials[1]"),
    "field": ({"credentials": [ONE, ONE | {"id": "x"}]}, "$.credentials[1].id"),
}


@pytest.mark.parametrize(("body", "path"), NO_PAGES.values(), ids=NO_PAGES)
async def test_no_page(body: object, path: str) -> None:
    """An answer of another shape is an error that names the place."""
    credentials, _ = resource(body)
    with pytest.raises(InvalidResponseError) as caught:
        await credentials.page()
    assert caught.value.path == path
    assert caught.value.operation == "GET /credentials"


def test_a_value_made_by_hand() -> None:
    """The repr shows the names of parameters, not their values; other fields are optional."""
    secret = {"api_key": Secret("Zq9X")}
    made = Credential(
        id=7, user_id=1, carrier="Janio", created=CREATED, updated=CREATED, params=secret
    )
    assert "params={api_key}" in repr(made)
    assert "extra={note}" in repr(evolve(made, extra={"note": "Zq9X"}))
    assert "Zq9X" not in repr(made) + repr(evolve(made, extra={"note": "Zq9X"}))
    assert (dict(made.extra), made.deleted) == ({}, None)
