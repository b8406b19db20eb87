"""Requests of Box Tracker commands: a query for GET, a form for POST."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxapis._http.messages import Origin
from boxapis._sansio.boxtracker.arguments import seal_arguments
from boxapis._sansio.boxtracker.catalogue import COMMANDS
from boxapis._sansio.boxtracker.commands import Endpoint, request
from boxapis._sansio.operation import Kind

ORIGIN = Origin("https", "www.dumpster.software", 443)
HEADERS = (("Accept", "*/*"), ("User-Agent", "test"))
GET = Endpoint(ORIGIN, "/controller.html", "GET", HEADERS)
POST = Endpoint(ORIGIN, "/controller.html", "POST", HEADERS)
LIST = "cmdBoxTPortalJobsiteList"

TEXT = st.text(st.characters(codec="utf-8"))


def test_get() -> None:
    """GET, as documented, has all in the query, no body, and the common headers."""
    sent = request(GET, LIST, "read", "&username_api=a%20b&offset=0")
    assert sent.method == "GET"
    assert sent.origin == ORIGIN
    assert sent.target == f"/controller.html?command={LIST}&username_api=a%20b&offset=0"
    assert sent.headers == HEADERS
    assert sent.body is None
    assert sent.operation == LIST


def test_post() -> None:
    """POST, as in the vendor's clients, has all in a form body, and a path without a query."""
    sent = request(POST, LIST, "read", "&username_api=a%20b&offset=0")
    assert sent.method == "POST"
    assert sent.target == "/controller.html"
    assert sent.body == b"command=cmdBoxTPortalJobsiteList&username_api=a%20b&offset=0"
    assert sent.headers == (*HEADERS, ("Content-Type", "application/x-www-form-urlencoded"))
    assert sent.operation == LIST


@pytest.mark.parametrize("endpoint", [GET, POST], ids=["GET", "POST"])
@pytest.mark.parametrize(
    ("kind", "changing"), [("read", False), ("idempotent", True), ("changing", True)]
)
def test_the_command_says_whether_it_changes_anything(
    endpoint: Endpoint,
    kind: Kind,
    changing: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """The kind determines whether a request is changing, not the method."""
    assert request(endpoint, LIST, kind, "").changing is changing


@pytest.mark.parametrize("endpoint", [GET, POST], ids=["GET", "POST"])
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_names_itself_first(endpoint: Endpoint, name: str) -> None:
    """``command`` is the first argument, in the service's spelling."""
    sent = request(endpoint, name, "read", "&a=1")
    assert list(sent.arguments.items()) == [("command", name), ("a", "1")]


@pytest.mark.parametrize("endpoint", [GET, POST], ids=["GET", "POST"])
@given(given=st.dictionaries(TEXT.map(lambda text: f"x{text[:150]}"), TEXT))
def test_any_text_survives_both_ways(endpoint: Endpoint, given: dict[str, str]) -> None:
    """The service decodes the caller's texts in their order, from query or form."""
    sealed = seal_arguments(LIST, given)
    sent = request(endpoint, LIST, "read", sealed.encoded)
    line = sent.target.partition("?")[2] if sent.body is None else sent.body.decode("ascii")
    expected = [("command", LIST), *given.items()]
    assert parse_qsl(line, keep_blank_values=True, strict_parsing=True) == expected
    assert sent.target.isascii()
    assert sent.target.isprintable()


@pytest.mark.parametrize("endpoint", [GET, POST], ids=["GET", "POST"])
def test_no_repr_shows_an_argument(endpoint: Endpoint) -> None:
    """Neither the request nor the sealed arguments show a value in their repr."""
    sealed = seal_arguments(LIST, {"search": "Zq9X"})
    sent = request(endpoint, LIST, "read", sealed.encoded)
    assert "Zq9X" not in repr((sealed, sent))
