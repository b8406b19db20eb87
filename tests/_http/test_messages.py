"""Requests and responses as values: what they give, and what they do not show."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from attrs import astuple, evolve
from attrs.exceptions import FrozenInstanceError

from boxapis._http.messages import Origin, Request, Response, new_request, new_response
from boxapis._sansio.boxc.rest import PreparedRequest

ORIGIN = Origin("https", "www.dumpster.software", 443)
FORM = "application/x-www-form-urlencoded"
QUERY = "command=cmdBoxTPortalHandShake&username=jane&password=Zq9X%2F%2B&note=&city=Jos%C3%A9+B"
ARGUMENTS = {
    "command": "cmdBoxTPortalHandShake",
    "username": "jane",
    "password": "Zq9X/+",
    "note": "",
    "city": "José B",
}


def request(method: str, target: str, body: bytes | None, media: str | None = None) -> Request:
    """A request with one more header than its media type."""
    headers = (("User-Agent", "test"), *((("Content-Type", media),) if media else ()))
    return Request(ORIGIN, method, target, headers, body, "cmdBoxTPortalHandShake")


GET = request("GET", f"/controller.html?{QUERY}", None)
POST = request("POST", "/controller.html", QUERY.encode(), FORM)
ANSWER = Response(200, (("Set-Cookie", "Zq9X"), ("X-Request-Id", "r-1")), b"Zq9X body")


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (Origin("https", "api.boxc.com", 443), "api.boxc.com"),
        (Origin("https", "api.boxc.com", 8443), "api.boxc.com:8443"),
        (Origin("https", "api.boxc.com", 80), "api.boxc.com:80"),
        (Origin("http", "localhost", 80), "localhost"),
        (Origin("http", "127.0.0.1", 8000), "127.0.0.1:8000"),
        (Origin("http", "127.0.0.1", 443), "127.0.0.1:443"),
        (Origin("http", "::1", 80), "[::1]"),
        (Origin("https", "::1", 8443), "[::1]:8443"),
    ],
    ids=str,
)
def test_authority(origin: Origin, expected: str) -> None:
    """The ``Host`` header: brackets around IPv6, the port unless it is the scheme's own."""
    assert origin.authority == expected


def test_origins_are_values() -> None:
    """Equal origins are one key of a pool."""
    assert Origin("https", "a", 443) == Origin("https", "a", 443)
    assert len({Origin("https", "a", 443), Origin("https", "a", 443)}) == 1


@pytest.mark.parametrize("made", [GET, POST], ids=["GET", "POST"])
def test_arguments_are_read_as_the_service_reads_them(made: Request) -> None:
    """Arguments are read from the query or the form, decoded, empty values kept."""
    assert made.arguments == ARGUMENTS


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (request("GET", "/controller.html", None), {}),
        (request("POST", "/controller.html?a=1", b"", FORM), {"a": "1"}),
        (request("POST", "/controller.html?a=1", None, FORM), {"a": "1"}),
        (request("POST", "/credentials?a=1", b'{"b":2}', "application/json"), {"a": "1"}),
        (request("POST", "/credentials?a=1", b"b=2"), {"a": "1"}),
        (request("GET", "/x?a=1?b=2", None), {"a": "1?b=2"}),
    ],
    ids=["none", "empty form", "no body", "JSON", "no media type", "question mark"],
)
def test_only_a_form_is_read_as_a_form(made: Request, expected: dict[str, str]) -> None:
    """With a body of another type the arguments are those of the query."""
    assert made.arguments == expected


def test_headers_are_found_in_any_case() -> None:
    """A header is found in any case; the first of a name counts; a missing one is None."""
    answer = Response(200, (("Retry-After", "3"), ("retry-after", "9"), ("Empty", "")))
    assert answer.header("RETRY-AFTER") == "3"
    assert answer.header("empty") == ""
    assert answer.header("absent") is None
    assert answer.header("empty\u20ac") is None
    assert POST.header("content-type") == FORM
    assert GET.header("content-type") is None


def test_headers_may_be_bytes() -> None:
    """Raw headers are looked up as text, the first time and every time after."""
    response = Response(200, [(b"Date", b"now"), (b"date", b"then"), (b"X-Name", b"Jos\xe9")])
    for _ in range(2):
        assert (response.header("DATE"), response.header("x-name")) == ("now", "Jos\xe9")
        assert response.header("absent") is None


@pytest.mark.parametrize("show", [str, repr, format], ids=["str", "repr", "format"])
def test_no_repr_shows_a_secret(show: Callable[[object], str]) -> None:
    """A repr shows method, operation, status and size; no target, header or body."""
    assert show(GET) == "<Request GET cmdBoxTPortalHandShake>"
    assert show(POST) == "<Request POST cmdBoxTPortalHandShake>"
    assert show(ANSWER) == "<Response 200, 9 bytes>"


@pytest.mark.parametrize(
    "way",
    [pickle.dumps, copy.copy, copy.deepcopy],
    ids=["pickle", "copy", "deepcopy"],
)
@pytest.mark.parametrize(
    "value", [GET, ANSWER, PreparedRequest()], ids=["Request", "Response", "PreparedRequest"]
)
def test_what_holds_secrets_stays_here(value: object, way: Callable[[Any], object]) -> None:
    """Requests, responses and prepared requests are neither pickled nor copied."""
    expected = f"a {type(value).__name__} holds secrets and is not pickled or copied"
    with pytest.raises(TypeError, match=expected):
        way(value)


def test_values_are_frozen() -> None:
    """A request is frozen."""
    with pytest.raises(FrozenInstanceError):
        GET.target = "/other"  # type: ignore[misc]  # that is the point


def test_values_made_quickly_are_the_same_frozen_values() -> None:
    """`new_request` and `new_response` make frozen values of the public classes, defaults too."""
    request = new_request(GET.origin, "GET", "/path", (), None, "the command", fresh=True)
    response = new_response(200, body=b"{}")
    assert (type(request), type(response)) == (Request, Response)
    expected = Request(GET.origin, "GET", "/path", (), None, "the command", fresh=True)
    assert astuple(request, recurse=False) == astuple(expected, recurse=False)
    assert astuple(response) == astuple(Response(200, body=b"{}"))
    assert evolve(response, status=201).status == 201
    for value in (request, response):
        with pytest.raises(FrozenInstanceError):
            value.body = b"other"  # type: ignore[misc]  # that is the point
        with pytest.raises(FrozenInstanceError):
            del value.body


def test_comparing_requests_reads_no_secret() -> None:
    """Requests and responses are equal only to themselves, so no comparison reads a key."""
    assert Response(200) != Response(200)
    assert request("GET", "/", None) != request("GET", "/", None)
    assert GET.changing is False
    assert (Response(204).headers, Response(204).body) == ((), b"")
