"""The base of the resources: ids, lists, PDFs, raw calls and lazily imported attributes."""

import subprocess
import sys
from collections.abc import AsyncIterable
from typing import Any

import orjson
import pytest

from boxapis import (
    BoxC,
    ConfigurationError,
    ConflictError,
    InvalidResponseError,
    OutcomeUnknownError,
    PaginationError,
    RawResponse,
    Retries,
)
from boxapis._core.lazy_resource import Lazy
from boxapis._sansio.boxc.operations import OPERATIONS
from boxapis.boxc._resource import Listing, given, prepare
from boxapis.boxc._resources import Resources
from boxapis.boxc.webhooks import Webhook
from boxapis.transports import Response, ScriptedTransport
from tests.support.doubles import closed_later

pytestmark = pytest.mark.usefixtures("closing")

NAMES = [name for name, value in vars(Resources).items() if isinstance(value, Lazy)]
UNKNOWN = Response(400, (), b'{"code": 1025, "message": "Invalid page token", "errors": []}')


def client(*answers: Any) -> tuple[BoxC, ScriptedTransport]:
    """A client and its script."""
    transport = ScriptedTransport(answers)
    return closed_later(BoxC("token", retries=Retries.none(), transport=transport)), transport


@pytest.mark.parametrize("name", NAMES)
def test_a_resource_is_imported_at_its_first_use(name: str) -> None:
    """No resource is loaded with the client, and each is there when it is asked for."""
    code = (
        "import sys; from boxapis import BoxC; from boxapis.transports import ScriptedTransport\n"
        "boxc = BoxC('t', transport=ScriptedTransport())\n"
        f"print('boxapis.boxc.{name}' in sys.modules, boxc.{name}.__class__.__module__)"
    )
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout.split() == ["False", f"boxapis.boxc.{name}"]


@pytest.mark.parametrize("name", NAMES)
def test_attributes(name: str) -> None:
    """A resource is documented, has the annotated class, and cannot be replaced on a client."""
    boxc, _ = client()
    assert type(getattr(boxc, name)).__name__ == Resources.__annotations__[name]
    assert f"{name}: " in str(Resources.__doc__)
    with pytest.raises(AttributeError):
        setattr(boxc, name, None)


async def test_views_have_their_own_resources() -> None:
    """A resource of a view makes calls with the view's options."""
    traces: list[Any] = []
    boxc, _ = client({"webhook": {"id": 1}}, {"webhook": {"id": 1}})
    await boxc.with_options(trace=traces.append).webhooks.get(1)
    await boxc.webhooks.get(1)
    assert [trace.operation for trace in traces] == ["GET /webhooks/{id}"]


async def test_raw() -> None:
    """A raw call of a resource returns the value with the response that it was read from."""
    boxc, _ = client({"webhook": {"id": 1}}, Response(200), {"webhooks": [{"id": 2}]})
    raw: RawResponse = await boxc.raw.webhooks.get(1)
    assert (raw.status, raw.decoded) == (200, Webhook(id=1))
    assert raw.body == b'{"webhook":{"id":1}}'
    assert (await boxc.raw.webhooks.delete(1)).decoded is None
    assert (await boxc.raw.webhooks.list().page()).decoded.items == (Webhook(id=2),)


async def test_raw_list() -> None:
    """Iterating over a raw list gives its items, as any other list does."""
    boxc, _ = client({"webhooks": [{"id": 2}], "next_page": None})
    assert [item async for item in boxc.raw.webhooks.list()] == [Webhook(id=2)]


def test_raw_has_resources_only() -> None:
    """Other names are no attributes of ``raw``."""
    boxc, _ = client()
    for name in ("nothing", "_caller_", "with_options"):
        with pytest.raises(AttributeError, match=name):
            getattr(boxc.raw, name)


async def test_lists_begin_anew() -> None:
    """A list sends nothing before it is iterated, and each iteration starts at its first page."""
    first = {"webhooks": [{"id": 1}], "next_page": "a=&b"}
    boxc, transport = client(first, {"webhooks": [{"id": 2}]}, first, {"webhooks": []})
    webhooks = boxc.webhooks.list(limit=1, order="asc")
    assert isinstance(webhooks, AsyncIterable)
    assert transport.requests == []
    assert [webhook.id async for webhook in webhooks] == [1, 2]
    assert [webhook.id async for webhook in webhooks] == [1]
    assert [request.target for request in transport.requests] == [
        "/v1/webhooks?limit=1&order=asc",
        "/v1/webhooks?page_token=a%3D%26b",
    ] * 2


def test_unknown_page_options() -> None:
    """A list refuses an argument that is no page option before anything is sent."""
    boxc, transport = client()
    unknown: Any = {"limits": 1}
    with pytest.raises(TypeError, match="limits"):
        boxc.webhooks.list(**unknown)
    assert transport.requests == []


async def test_pages() -> None:
    """Pages can be taken one by one; the last has no token."""
    boxc, transport = client(
        {"webhooks": [{"id": 1}], "next_page": "b"}, {"webhooks": [], "next_page": ""}
    )
    webhooks = boxc.webhooks.list(limit=1)
    page = await webhooks.page()
    assert (page.items, page.next_page) == ((Webhook(id=1),), "b")
    assert (await webhooks.page(page.next_page)).next_page is None
    assert transport.requests[1].target == "/v1/webhooks?page_token=b"


async def test_unknown_page_token() -> None:
    """F102: a page token that the service does not know is an error; the list does not restart."""
    boxc, transport = client(UNKNOWN)
    with pytest.raises(PaginationError):
        [item async for item in boxc.webhooks.list(page_token="old")]
    assert [request.target for request in transport.requests] == ["/v1/webhooks?page_token=old"]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "$.webhooks"),
        ([], "$.webhooks"),
        ({"webhooks": {}}, "$.webhooks"),
        ({"webhooks": [{"id": 1}, {"id": None}]}, "$.webhooks[1].id"),
        ({"webhooks": [], "next_page": 5}, "$.next_page"),
    ],
)
async def test_misshapen_lists(body: Any, path: str) -> None:
    """F43, F100: what does not fit is named by its path."""
    boxc, _ = client(body)
    with pytest.raises(InvalidResponseError) as caught:
        await boxc.webhooks.list().page()
    assert caught.value.path == path


IDS: dict[str, tuple[Any, str | None]] = {
    "number": (7, "/labels/7"),
    "largest": (2**63 - 1, f"/labels/{2**63 - 1}"),
    "text": ("92612999", "/labels/92612999"),
    "text to encode": ("a/b?c#d é", "/labels/a%2Fb%3Fc%23d%20%C3%A9"),
    "zero": (0, None),
    "negative": (-1, None),
    "too large": (2**63, None),
    "true": (True, None),
    "fraction": (7.0, None),
    "nothing": (None, None),
    "empty": ("", None),
    "bytes": (b"7", None),
    "half a pair": ("\ud800", None),
    "the folder above": ("..", None),
    "this folder": (".", None),
    "the folder above within": ("7/../8", None),
}


@pytest.mark.parametrize(("value", "target"), IDS.values(), ids=IDS)
def test_ids(value: Any, target: str | None) -> None:
    """An id is encoded; one that could lead elsewhere, or is none, is refused."""
    prepared = prepare("GET /labels/{id}", value)
    if target is None:
        assert isinstance(prepared.error(), ConfigurationError)
    else:
        assert (prepared.target, prepared.problem) == (target, None)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_can_be_prepared(operation: str) -> None:
    """Each id has its place; scope and kind are those of the table."""
    ids = [str(number) for number in range(1, operation.count("{") + 1)]
    prepared = prepare(operation, *ids)
    assert prepared.method == operation.split(maxsplit=1)[0]
    assert [part for part in prepared.target.split("/") if part.isdigit()] == ids
    known = OPERATIONS[operation]
    assert (prepared.kind, prepared.scope, prepared.operation) == (
        known.kind,
        known.scope,
        operation,
    )


def test_given() -> None:
    """None says that an argument was not given; false and 0 are values."""
    assert given(a=None, b=False, c=0, d="") == {"b": False, "c": 0, "d": ""}


async def test_no_pdf() -> None:
    """A response that is no PDF is an error where a PDF was asked for."""
    boxc, _ = client({"label": {}})
    with pytest.raises(InvalidResponseError, match=r"expected a PDF at \$"):
        await boxc.credentials._read_file(prepare("GET /labels/{id}", 1, accept="application/pdf"))


@pytest.mark.parametrize("body", [b"", b" \n", b"{}", b"[]", b"null", b"true"])
async def test_nothing_to_return(body: bytes) -> None:
    """A success that says no more is None."""
    boxc, _ = client(Response(200, (), body))
    assert await boxc.shipments.delete(1) is None  # type: ignore[func-returns-value]  # None at run time, too


@pytest.mark.parametrize(
    "body", [{"code": 1212}, {"error": "no"}, {"deleted": False}, [1], 0, 1, False, "no"], ids=repr
)
async def test_something_where_nothing_is_expected(body: Any) -> None:
    """F43: JSON that may be a refusal is no success of an operation that returns nothing."""
    answer = Response(200, (), orjson.dumps(body))
    boxc, _ = client(answer, answer)
    with pytest.raises(InvalidResponseError, match=r"expected an empty body at \$") as caught:
        await boxc.shipments.delete(1)
    assert caught.value.may_have_been_applied
    with pytest.raises(OutcomeUnknownError):
        await boxc.track.add([])


async def test_a_refusal_within_a_success() -> None:
    """A refusal with HTTP 200 is the error of its code where nothing is to return, too."""
    body = {"code": 1212, "status": "error", "errors": ["It has a label"]}
    boxc, _ = client(Response(200, (), orjson.dumps(body)))
    with pytest.raises(ConflictError) as caught:
        await boxc.shipments.delete(1)
    assert caught.value.code == 1212


async def test_whole_arrays() -> None:
    """An array without pages is a tuple; another shape is an error."""
    boxc, _ = client({"webhooks": [{"id": 1}]}, {"webhooks": None})
    prepared = prepare("GET /webhooks")
    assert await boxc.webhooks._read_all(Webhook, "webhooks", prepared) == (Webhook(id=1),)
    with pytest.raises(InvalidResponseError, match="expected an array"):
        await boxc.webhooks._read_all(Webhook, "webhooks", prepared)


def test_a_listing_shows_nothing() -> None:
    """The repr of a list has no page token."""
    boxc, _ = client()
    listing = boxc.webhooks.list(page_token="t0ken")
    assert isinstance(listing, Listing)
    assert "t0ken" not in repr(listing)
