"""Pages of BoxC credentials: order, size, tokens."""

import base64
from typing import Any

import httpx
import pytest

from boxapis.sandbox import (
    BoxCRules,
    Sandbox,
)
from tests.support.boxc_calls import CREDENTIALS, full_error


async def walk(boxc: httpx.AsyncClient, **query: Any) -> list[list[dict[str, Any]]]:
    """All pages of a list, by page tokens only."""
    response = (await boxc.get(CREDENTIALS, params=query)).json()
    pages = [response["credentials"]]
    while response["next_page"] is not None:
        response = (
            await boxc.get(CREDENTIALS, params={"page_token": response["next_page"]})
        ).json()
        pages.append(response["credentials"])
    return pages


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("sort", ["id", "carrier"])
async def test_pages_follow_order_and_sort(
    sandbox: Sandbox, boxc: httpx.AsyncClient, order: str, sort: str
) -> None:
    """Pages of the requested size have every credential once, in order."""
    for number in range(7):
        sandbox.boxc.add_credential(f"Carrier {number % 3}", {})
    pages = await walk(boxc, limit=2, order=order, sort=sort)
    places = [(item[sort], item["id"]) for page in pages for item in page]
    assert [len(page) for page in pages] == [2, 2, 2, 1]
    assert places == sorted(places, reverse=order == "desc")
    assert len(set(places)) == 7


async def test_fifty_newest_come_first_by_default(
    sandbox: Sandbox, boxc: httpx.AsyncClient
) -> None:
    """Without a query a page has fifty credentials, the highest ID first."""
    numbers = [sandbox.boxc.add_credential("SPL", {}) for _ in range(60)]
    pages = await walk(boxc)
    assert [item["id"] for item in pages[0]] == numbers[:9:-1]
    assert len(pages[1]) == 10


async def test_deleting_a_credential_skips_none_of_the_next_page(
    sandbox: Sandbox, boxc: httpx.AsyncClient
) -> None:
    """Deleting the last credential of a page skips none of the next page."""
    numbers = [sandbox.boxc.add_credential("SPL", {}) for _ in range(4)]
    first = (await boxc.get(CREDENTIALS, params={"limit": 2, "order": "asc"})).json()
    await boxc.delete(f"{CREDENTIALS}/{numbers[1]}")
    second = (await boxc.get(CREDENTIALS, params={"page_token": first["next_page"]})).json()
    assert [item["id"] for item in second["credentials"]] == numbers[2:]
    assert second["next_page"] is None


@pytest.mark.parametrize(
    "token",
    [
        "!!!",
        "é",
        "bm90aGluZw==",
        base64.b64encode(b"\xff").decode(),
        base64.b64encode(b"limit=2&order=asc&sort=id&last_id=99").decode(),
        base64.b64encode(b"limit=0&order=asc&sort=id&last_id=1234567").decode(),
        base64.b64encode(b"limit=2&order=up&sort=id&last_id=1234567").decode(),
        base64.b64encode(b"limit=x&order=asc&sort=id&last_id=1234567").decode(),
    ],
)
async def test_bad_page_tokens_are_1025(
    sandbox: Sandbox, boxc: httpx.AsyncClient, token: str
) -> None:
    """A page token that the service did not issue is refused."""
    sandbox.boxc.add_credential("SPL", {})
    response = await boxc.get(CREDENTIALS, params={"page_token": token})
    assert full_error(response) == (400, 1025, "Invalid page token")


@pytest.mark.parametrize(
    ("name", "value"),
    [("limit", "0"), ("limit", "101"), ("limit", "ten"), ("order", "up"), ("sort", "created")],
)
async def test_bad_parameters_are_1031(boxc: httpx.AsyncClient, name: str, value: str) -> None:
    """A query parameter outside its range is refused, and the error names it."""
    response = await boxc.get(CREDENTIALS, params={name: value})
    assert full_error(response) == (400, 1031, f"Query parameter '{name}' is invalid")


async def test_page_size_can_be_strict(sandbox: Sandbox, boxc: httpx.AsyncClient) -> None:
    """With the settings, sizes below fifty are refused or raised to fifty."""
    for _ in range(60):
        sandbox.boxc.add_credential("SPL", {})
    sandbox.boxc.rules = BoxCRules(limits="reject")
    assert full_error(await boxc.get(CREDENTIALS, params={"limit": 2}))[1] == 1031
    assert len((await boxc.get(CREDENTIALS, params={"limit": 55})).json()["credentials"]) == 55
    sandbox.boxc.rules = BoxCRules(limits="clamp")
    assert len((await boxc.get(CREDENTIALS, params={"limit": 2})).json()["credentials"]) == 50
    assert len((await boxc.get(CREDENTIALS, params={"limit": 999})).json()["credentials"]) == 60
