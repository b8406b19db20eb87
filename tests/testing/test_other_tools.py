"""The documented table of testing tools: each cell is what happened when the tool was run."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pook  # type: ignore[import-untyped]  # it has no types
import pytest
import respx

from boxapis import testing
from boxapis.transports import DirectTransport, HttpxTransport
from tests.support.peers import answering, plain, serving
from tests.support.printed import table
from tests.support.testing_tools import boxc
from tests.support.testing_tools_known import COLUMNS, TOOLS

TEXT = testing.__doc__ or ""
ROWS = table(TEXT)


def test_rows_and_columns() -> None:
    """The table has a row for each tool and a column for each use."""
    assert list(ROWS) == list(TOOLS)
    assert {tuple(row) for row in ROWS.values()} == {tuple(COLUMNS)}


@pytest.mark.httpx_mock(assert_all_requests_were_expected=False)
@pytest.mark.parametrize("use", COLUMNS)
@pytest.mark.parametrize(
    "name",
    [*list(TOOLS)[:-1], pytest.param(list(TOOLS)[-1], marks=pytest.mark.servers)],
)
async def test_cell(
    name: str, use: str, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    """A tool does what its cell says."""
    caplog.set_level(logging.DEBUG)
    assert ROWS[name][use] == await COLUMNS[use](TOOLS[name](request))


@contextmanager
def with_pook(url: str) -> Iterator[None]:
    """Activates pook, which would answer one GET."""
    with pook.use():
        pook.get(url, reply=200, response_json={"id": "mocked"})
        yield


def with_respx(url: str) -> Any:
    """Activates respx on ``httpx.AsyncClient``, which would answer one GET."""
    router = respx.mock(using="httpx", assert_all_called=False)
    router.get(url).respond(json={"id": "mocked"})
    return router


@pytest.mark.parametrize("kind", [DirectTransport, HttpxTransport])
@pytest.mark.parametrize(
    ("name", "activate"),
    [("pook", with_pook), ('using="httpx"', with_respx)],
    ids=["pook", "respx"],
)
async def test_real_network(name: str, activate: Callable[[str], Any], kind: Any) -> None:
    """Tools that replace parts of ``httpx.AsyncClient`` alone let each request pass."""
    assert name in TEXT
    async with serving(answering(plain(b'{"id": "real"}'))) as peer:
        base_url = f"http://{peer.origin.authority}"
        with activate(f"{base_url}/warehouses"):
            async with boxc(kind(proxy=False), "token", base_url=base_url) as client:
                assert await client.request("GET", "/warehouses") == {"id": "real"}
            async with httpx.AsyncClient(trust_env=False) as bare:
                response = await bare.get(f"{base_url}/warehouses")
    assert response.json() == {"id": "mocked"}
    assert len(peer.received) == 1
