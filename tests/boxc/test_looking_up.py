"""Looking up what a lost response left unknown, and labels by the hundred; requests counted."""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from boxapis import BoxC, ConfigurationError, NotFoundError, OutcomeUnknownError, ServerError
from boxapis._core.clock import clocked
from boxapis.boxc.labels import LabelSheet
from boxapis.sandbox import Sandbox, SandboxClock
from tests.support.boxc_records import ADDRESS, SHIPMENT
from tests.support.moved_time import shared_clock
from tests.support.scripted_boxc import PDF, refusal, scripted_boxc, sent

BULK = "POST /labels/bulk"
SINCE = date(2025, 12, 31)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox that serves; its time moves when the client waits for the rate limit."""
    with Sandbox(clock=SandboxClock(running=False)) as sandbox:
        yield sandbox


@pytest.fixture
async def boxc(sandbox: Sandbox) -> AsyncIterator[BoxC]:
    """A client of the sandbox."""
    client = clocked(BoxC, shared_clock(sandbox))
    async with client(sandbox.boxc.ready_token, base_url=sandbox.boxc_url) as boxc:
        yield boxc


def given(number: str) -> Any:
    """A shipment with an order number."""
    return {**SHIPMENT, "order_number": number}


@pytest.mark.servers
async def test_a_lost_shipment(sandbox: Sandbox, boxc: BoxC) -> None:
    """F159: it is found by its order number, and what was not carried out is not."""
    sandbox.boxc.fault("lost_response", operation="POST /shipments")
    with pytest.raises(OutcomeUnknownError):
        await boxc.shipments.create(given("A-1"))
    sandbox.boxc.fault("bad_gateway", operation="POST /shipments")
    with pytest.raises(ServerError) as caught:
        await boxc.shipments.create(given("A-2"))
    assert caught.value.may_have_been_applied
    (found,) = await boxc.shipments.find("A-1", SINCE)
    assert found == (await boxc.shipments.find(" A-1 ", SINCE))[0]
    assert found.id == sandbox.boxc.shipments[0]["id"]
    assert await boxc.shipments.find("A-2", SINCE) == ()
    assert await boxc.shipments.find("A", SINCE) == ()


@pytest.mark.servers
async def test_a_number_that_is_not_unique(boxc: BoxC) -> None:
    """F159: all shipments with the number are given, the newest first, over all pages."""
    made = [(await boxc.shipments.create(given("A-1"))).id for _ in range(101)]
    found = await boxc.shipments.find("A-1", SINCE)
    assert [one.id for one in found] == made[::-1]
    raw = await boxc.raw.shipments.find("A-1", SINCE)
    assert raw == found


@pytest.mark.usefixtures("closing")
async def test_a_shipment_that_only_looks_like_it() -> None:
    """F159: the first day is sent, against a window of 90 days; the number is compared here."""
    listed = [{"id": 1, "order_number": "A-10"}, {"id": 2}, {"id": 3, "order_number": "A-1 "}]
    boxc, transport = scripted_boxc(*[{"shipments": listed, "next_page": None}] * 2)
    assert [one.id for one in await boxc.shipments.find("A-1", SINCE)] == [3]
    there = timezone(timedelta(hours=14))
    await boxc.shipments.find("A-1", datetime(2026, 1, 1, 13, tzinfo=there))
    query = "/shipments?created_min=2025-12-31&order_number=A-1&limit=100"
    assert sent(transport) == [("GET", query, None)] * 2


@pytest.mark.usefixtures("closing")
@pytest.mark.parametrize(
    ("number", "since"),
    [("", SINCE), (" ", SINCE), (None, SINCE), (7, SINCE), ("A-1", None), ("A-1", "2026-01-01")],
    ids=repr,
)
async def test_searches_that_would_find_everything(number: Any, since: Any) -> None:
    """F159: without a number or a day nothing is asked, since the answer would be a wrong one."""
    boxc, transport = scripted_boxc()
    with pytest.raises(ConfigurationError):
        await boxc.shipments.find(number, since)
    with pytest.raises(ConfigurationError):
        await boxc.orders.find(*(("shop", number) if since is SINCE else (None, "S-1")))
    assert transport.requests == []


@pytest.mark.servers
async def test_a_lost_order(sandbox: Sandbox, boxc: BoxC) -> None:
    """F159: an order is found by its shop and its number in it, however old it is."""
    await boxc.shops.create("one", name="One")
    items = [{"sku": "A", "quantity": 1}]
    product: Any = {"name": "Cap", "coo": "CN", "declared_value": 1, "weight": 1}
    sku: Any = {"active": True, "shop_id": "one", "sku": "A"}
    sandbox.boxc.add_record("/products", {**product, "skus": [sku]})
    order: Any = {
        "shop": {"id": "one", "order_id": "S-1"},
        "line_items": items,
        "service": "BoxC Parcel",
        "to": ADDRESS,
        "consignor": ADDRESS,
    }
    sandbox.boxc.fault("lost_response", operation="POST /orders")
    with pytest.raises(OutcomeUnknownError):
        await boxc.orders.create(order)
    (found,) = await boxc.orders.find("one", "S-1")
    assert found.shop is not None
    assert (found.shop.id, found.shop.order_id) == ("one", "S-1")
    assert await boxc.orders.find("one", "S-2") == await boxc.orders.find("two", "S-1") == ()
    assert sandbox.boxc.requests[-1].query["created_min"] == "2000-01-01"


async def labels_of(boxc: BoxC, count: int) -> list[int | str]:
    """Buys labels; every other one is given by its tracking number."""
    wanted: Any = {**given("A"), "create_label": True}
    shipments = [await boxc.shipments.create(wanted) for _ in range(count)]
    labels = [shipment.labels[0] for shipment in shipments]
    return [
        label.id if index % 2 else str(label.tracking_number) for index, label in enumerate(labels)
    ]


async def sheets_of(boxc: Any, ids: Sequence[int | str]) -> list[LabelSheet]:
    """All sheets."""
    return [sheet async for sheet in boxc.labels.pdfs(ids)]


@pytest.mark.servers
async def test_missing_labels(sandbox: Sandbox, boxc: BoxC) -> None:
    """F161: two of 250 labels are missing; they are named, and three PDFs have all others."""
    ids = await labels_of(boxc, 248)
    ids.insert(7, 999)
    ids.insert(249, "none")
    sheets = await sheets_of(boxc, ids)
    assert [sheet.missing for sheet in sheets] == [(999,), (), ("none",)]
    assert [len(sheet.ids) for sheet in sheets] == [99, 100, 49]
    assert [one for sheet in sheets for one in sheet.ids] == [
        one for one in ids if one not in (999, "none")
    ]
    assert all(sheet.pdf and sheet.pdf.startswith(b"%PDF") for sheet in sheets)
    assert "PDF" not in repr(sheets)
    asked = [record.body for record in sandbox.boxc.requests if record.operation == BULK]
    assert len(asked) == 1 + 14 + 1 + 1 + 1 + 12 + 1


@pytest.mark.usefixtures("closing")
async def test_no_label_is_there() -> None:
    """F161: a hundred of which none is there has no PDF; no labels give no sheets."""
    boxc, transport = scripted_boxc(*[refusal(1205)] * 3, *[refusal(1207)] * 4)
    sheets = await sheets_of(boxc, [1, "2", 3, 4])
    assert sheets == [LabelSheet(pdf=None, ids=(), missing=(1, "2", 3, 4))]
    assert len(transport.requests) == 7
    assert await sheets_of(boxc, []) == []


@pytest.mark.usefixtures("closing")
async def test_a_refusal_that_no_label_explains() -> None:
    """F161: where each half is there, the refusal of the whole is raised, and not asked again."""
    boxc, transport = scripted_boxc(PDF, refusal(1205), PDF, PDF)
    given: list[LabelSheet] = []
    with pytest.raises(NotFoundError):
        async for sheet in boxc.labels.pdfs(range(1, 103)):
            given.append(sheet)  # noqa: PERF401 - what was given before the error counts
    assert given == [LabelSheet(pdf=b"%PDF-1.4", ids=tuple(range(1, 101)))]
    assert len(transport.requests) == 4


@pytest.mark.usefixtures("closing")
async def test_labels_that_go_missing_meanwhile() -> None:
    """F161: one that is cancelled between two requests is found by another round."""
    boxc, _ = scripted_boxc(
        *(refusal(1205), PDF, refusal(1205), refusal(1205), PDF),  # [1..4], [1, 2], [3, 4], 3, 4
        *(refusal(1205), refusal(1205), PDF, PDF),  # [1, 2, 4], 1, [2, 4], and without 1
    )
    assert await sheets_of(boxc.raw, [1, 2, 3, 4]) == [
        LabelSheet(pdf=b"%PDF-1.4", ids=(2, 4), missing=(3, 1))
    ]


@pytest.mark.usefixtures("closing")
@pytest.mark.parametrize("labels", ["123", b"12", 7, None, iter([1]), [1] * 100 + [None], {1: 2}])
async def test_labels_that_are_none(labels: Any) -> None:
    """What is no list of ids, to the last of them, is refused before the first request."""
    boxc, transport = scripted_boxc()
    with pytest.raises(ConfigurationError, match="labels must be a list"):
        await sheets_of(boxc, labels)
    assert transport.requests == []
