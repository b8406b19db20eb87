"""`prepare` encodes a BoxC request, shows none of its values, and never raises."""

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxapis._http.messages import Origin
from boxapis._sansio.boxc.rest import JSON, PreparedRequest, prepare, request
from boxapis.errors import ConfigurationError
from boxapis.secret import Secret

ORIGIN = Origin("https", "api.boxc.com", 443)
TEXT = st.text(st.characters(codec="utf-8"))


class Fields(Mapping[str, object]):
    """A mapping that is not a dict."""

    def __init__(self, **fields: object) -> None:
        """Takes the fields as keyword arguments."""
        self._fields = fields

    def __getitem__(self, name: str) -> object:
        return self._fields[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __repr__(self) -> str:
        return f"Fields({self._fields})"


def test_a_plain_get() -> None:
    """A plain GET has neither query nor body, and counts as a read."""
    prepared = prepare("GET", "/entry-points")
    assert (prepared.method, prepared.target, prepared.body) == ("GET", "/entry-points", None)
    assert (prepared.operation, prepared.kind, prepared.accept) == (
        "GET /entry-points",
        "read",
        JSON,
    )
    assert (prepared.secrets, prepared.problem, prepared.error()) == ((), None, None)


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ({"create_label": True}, "changing"),
        ({"create_label": 1}, "changing"),
        ({"create_label": "1"}, "changing"),
        ({"create_label": False}, "idempotent"),
        ({"create_label": None}, "idempotent"),
        ({"comments": ["create_label", '"create_label":true']}, "idempotent"),
    ],
    ids=str,
)
def test_a_body_that_buys_a_label(field: dict[str, object], kind: str) -> None:
    """F126: a PUT that buys a label is changing, whatever name and path it has."""
    for path, operation in (("/shipments/7", "PUT /shipments/{id}"), ("/x/7", None)):
        for body in ({"shipment": {"id": 7, **field}}, field):
            assert prepare("PUT", path, json=body, operation=operation).kind == kind
    assert prepare("POST", "/labels/bulk", json=field).kind == "read"


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("GET", "read"),
        ("PUT", "idempotent"),
        ("DELETE", "idempotent"),
        ("POST", "changing"),
        ("PATCH", "changing"),
    ],
)
def test_methods(method: str, kind: str) -> None:
    """The method determines the kind."""
    prepared = prepare(method, "/credentials/7")
    assert prepared.problem is None
    assert (prepared.method, prepared.kind) == (method, kind)


def test_the_operation_shows_no_id() -> None:
    """The operation is method and first part of the path, unless the caller names it."""
    assert prepare("GET", "/credentials/1234567/x").operation == "GET /credentials"
    assert prepare("GET", "/credentials/7", operation="GET it").operation == "GET it"


@pytest.mark.parametrize(
    ("params", "query"),
    [
        ({}, ""),
        ({"limit": None}, ""),
        ({"limit": 50, "order": "desc"}, "?limit=50&order=desc"),
        ({"test": True, "dry": False}, "?test=true&dry=false"),
        ({"created_min": date(2024, 1, 5)}, "?created_min=2024-01-05"),
        (
            {"packages[0][length]": 10, "shop.id": "a b"},
            "?packages%5B0%5D%5Blength%5D=10&shop.id=a%20b",
        ),
        (
            {"weight": Decimal("1E-7"), "value": 1e22},
            "?weight=0.0000001&value=10000000000000000000000",
        ),
        ({"page_token": "bGltaXQ9NTA=", "empty": ""}, "?page_token=bGltaXQ9NTA%3D&empty="),
        ({"q": "é&=+?#/"}, "?q=%C3%A9%26%3D%2B%3F%23%2F"),
    ],
    ids=str,
)
def test_params(params: dict[str, object], query: str) -> None:
    """Parameters may have brackets, booleans are words, and everything is percent-encoded."""
    prepared = prepare("GET", "/x", params=params)
    assert (prepared.problem, prepared.target) == (None, f"/x{query}")


@given(params=st.dictionaries(TEXT, TEXT))
def test_any_text_survives(params: dict[str, str]) -> None:
    """A query decoder reads the texts that were passed."""
    prepared = prepare("GET", "/x", params=params)
    assert dict(parse_qsl(prepared.target.partition("?")[2], keep_blank_values=True)) == params
    assert prepared.target.isascii()


METHOD = "the method must be one of DELETE, GET, PATCH, POST, PUT"
PATH = "the path must look like /resource/id; put a query into params"
CLIMB = "the path must not have . or .. as a part"
ACCEPT = "accept must be a media type"
NO_JSON = "json holds a value that JSON cannot hold"

BAD_METHODS: list[object] = ["get", "HEAD", "", "GET ", None, 5, []]
CIRCLE: list[object] = []
CIRCLE.append(CIRCLE)

WRONG: dict[str, tuple[dict[str, Any], str]] = {
    **{f"method {m!r}": ({"method": m}, METHOD) for m in BAD_METHODS},
    **{
        f"path {path!a}": ({"path": path}, PATH)
        for path in (
            *("", "/", "//", "x", "x/y", "/x/", "/x//y", "/x?a=1", "/x#y", "/a b", "/x\n", "/é"),
            *("https://h.example/x", "//h.example/x", "/x\\y", "/x\x00", "/x{id}", '/"', None, 5),
        )
    },
    **{
        f"path {path!a}": ({"path": path}, CLIMB)
        for path in (
            "/..",
            "/.",
            "/x/../y",
            "/x/.",
            "/%2e%2e/y",
            "/..;/x",
            "/%252e%252e/x",
            "/%25252e%25252E/x",
            "/a/..%5c..",
            "/a/.%00./b",
            "/a/..%20/b",
            "/a/%ef%bc%8e%ef%bc%8e/b",
            "/a/..%3fb",
            "/a/%c0%ae%c0%ae/b",
            "/x/%2E./y",
            "/x/..%2fy",
            "/x/%2e",
        )
    },
    **{
        f"accept {accept!a}": ({"accept": accept}, ACCEPT)
        for accept in ("", "a\r\nb: c", "é", "x" * 101, None, 5)
    },
    "params list": ({"params": [("a", "Zq9X")]}, "params must be a mapping of text to values"),
    "params text": ({"params": "a=Zq9X"}, "params must be a mapping of text to values"),
    "params name": ({"params": {5: "Zq9X"}}, "params must be a mapping of text to values"),
    "params bytes": ({"params": {b"a": "Zq9X"}}, "params must be a mapping of text to values"),
    "param list": ({"params": {"a": ["Zq9X"]}}, "the parameter 'a' must be"),
    "param bytes": ({"params": {"a": b"Zq9X"}}, "the parameter 'a' must be"),
    "param datetime": (
        {"params": {"a": datetime(2024, 1, 5, tzinfo=UTC)}},
        "the parameter 'a' must",
    ),
    "param nan": ({"params": {"a": math.nan}}, "the parameter 'a' is not a finite number"),
    "param pair": (
        {"params": {"a": "Zq9X\ud800"}},
        "the parameter 'a' holds half a surrogate pair",
    ),
    "param name pair": (
        {"params": {"a\ud800": 1}},
        "the parameter 'a\\ud800' holds half a surrogate",
    ),
    "json object": ({"json": {"a": object()}}, NO_JSON),
    "json bytes": ({"json": {"a": b"Zq9X"}}, NO_JSON),
    "json set": ({"json": {"Zq9X"}}, NO_JSON),
    "json names": ({"json": {5: "Zq9X"}}, NO_JSON),
    "json pair": ({"json": {"a": "Zq9X\ud800"}}, NO_JSON),
    "json secret pair": ({"json": {"a": Secret("Zq9X\ud800")}}, NO_JSON),
    "json number": ({"json": {"a": 1 << 40_000}}, NO_JSON),
    "json circle": ({"json": CIRCLE}, NO_JSON),
    "json mapping": ({"json": Fields(a=object())}, NO_JSON),
    "json no number": ({"json": {"a": Decimal("NaN")}}, NO_JSON),
    "json long number": ({"json": {"a": Decimal("1e999999999999")}}, NO_JSON),
}


@pytest.mark.parametrize(("wrong", "why"), WRONG.values(), ids=WRONG)
def test_a_problem_and_never_an_exception(wrong: dict[str, Any], why: str) -> None:
    """F132: Every mistake becomes an error that says nothing was sent and shows no value."""
    given = {"method": "POST", "path": "/x", **wrong}
    prepared = prepare(given.pop("method"), given.pop("path"), **given)
    assert prepared.problem is not None
    assert prepared.problem.startswith(why)
    error = prepared.error()
    assert isinstance(error, ConfigurationError)
    assert str(error).startswith(f"{prepared.operation}: {prepared.problem}. Nothing was sent: ")
    assert "Zq9X" not in str(error)
    assert (prepared.body, prepared.secrets) == (None, ())


@pytest.mark.parametrize(
    "path", ["/x", "/x/1", "/a-b/c_d/~e", "/x/a%20b", "/x/@:,;=", "/x/...", "/.x"]
)
def test_good_paths(path: str) -> None:
    """Paths of unreserved and encoded characters are accepted."""
    assert prepare("GET", path).target == path


@pytest.mark.parametrize("accept", ["application/pdf", "*/*", "application/json, */*;q=0.1"])
def test_good_media_types(accept: str) -> None:
    """Valid media types are accepted."""
    prepared = prepare("GET", "/labels/1", accept=accept)
    assert (prepared.problem, prepared.accept) == (None, accept)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"credential": {"carrier": "DHLeC"}}, b'{"credential":{"carrier":"DHLeC"}}'),
        ({}, b"{}"),
        ([], b"[]"),
        (0, b"0"),
        (False, b"false"),
        ("", b'""'),
        ({"a": "é"}, '{"a":"é"}'.encode()),
        (Fields(a=Fields(b=1)), b'{"a":{"b":1}}'),
        ([2**64, -(2**63), -(10**19)], b"[%d,%d,%d]" % (2**64, -(2**63), -(10**19))),
    ],
    ids=ascii,
)
def test_json(value: object, expected: bytes) -> None:
    """F117: Any JSON value is encoded, any mapping as an object; only None means no body."""
    prepared = prepare("POST", "/x", json=value)
    assert (prepared.problem, prepared.body) == (None, expected)


def test_secrets_in_json_are_sent_and_remembered() -> None:
    """Secrets anywhere in the JSON are sent in plain text, and kept for masking."""
    one, two = Secret("Zq9X/+é"), Secret('"')
    prepared = prepare("POST", "/x", json={"a": {"b": [one, {"c": two}]}, "d": "plain"})
    assert prepared.body is not None
    assert orjson.loads(prepared.body) == {"a": {"b": ["Zq9X/+é", {"c": '"'}]}, "d": "plain"}
    assert prepared.secrets == (one, two)


def test_secrets_in_the_query_are_sent_and_remembered() -> None:
    """Secrets among the parameters are sent in plain text, and kept for masking."""
    prepared = prepare("GET", "/x", params={"a": Secret("Zq9X/+"), "b": "plain"})
    assert prepared.target == "/x?a=Zq9X%2F%2B&b=plain"
    assert prepared.secrets == (Secret("Zq9X/+"),)


def test_no_repr_shows_a_value() -> None:
    """The repr shows only the operation."""
    prepared = prepare("POST", "/x/Zq9X", params={"a": "Zq9X"}, json={"a": "Zq9X"})
    assert repr(prepared) == "<PreparedRequest POST /x>"
    assert repr(PreparedRequest()) == "<PreparedRequest >"


def test_request_with_body() -> None:
    """A request with a body has a Content-Type; POST counts as changing."""
    prepared = prepare("POST", "/credentials", json={})
    sent = request(ORIGIN, "/v1", prepared, (("Authorization", "Bearer x"),))
    assert (sent.origin, sent.method, sent.target) == (ORIGIN, "POST", "/v1/credentials")
    assert sent.headers == (
        ("Accept", "application/json"),
        ("Content-Type", "application/json"),
        ("Authorization", "Bearer x"),
    )
    assert (sent.body, sent.operation, sent.changing) == (b"{}", "POST /credentials", True)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_request_without_body(method: str) -> None:
    """A request without a body has no Content-Type; repeatable ones do not count as changing."""
    prepared = prepare(method, "/labels/1", params={"a": 1}, accept="application/pdf")
    sent = request(ORIGIN, "", prepared, ())
    assert sent.headers == (("Accept", "application/pdf"),)
    assert (sent.target, sent.body, sent.changing) == ("/labels/1?a=1", None, False)


@pytest.mark.parametrize("digits", ["9.95", "0.1", "-0.5000", "12345678901234567890.123456789"])
def test_decimals_in_json(digits: str) -> None:
    """A ``Decimal`` in the body is a number with the same digits; as a float it could change."""
    prepared = prepare("POST", "/labels", json={"label": {"weight": Decimal(digits)}})
    assert prepared.body == b'{"label":{"weight":%b}}' % digits.encode()
