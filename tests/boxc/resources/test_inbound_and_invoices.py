"""Inbound shipments and invoices: bodies, the two ways to ask for a PDF, values, refusals."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from boxapis import APIError, ConflictError, InvalidResponseError, NotFoundError, ValidationError
from boxapis.boxc.inbound import InboundProblem, InboundProduct, InboundShipment
from boxapis.boxc.invoices import Invoice
from boxapis.boxc.parties import Warehouse
from tests.support.scripted_boxc import PDF, refusal, scripted_boxc, sent

pytestmark = pytest.mark.usefixtures("closing")

ONE = {"inbound": {"id": 7}}


async def test_from_creation_to_processing() -> None:
    """Products are given once; what can change is changed alone, and null takes it out."""
    product = {"id": 20111, "processed": 298, "codes": [{"code": "Torn.", "quantity": 1}]}
    done = {"id": 7, "status": "Processed", "products": [product], "warehouse": {"id": "WH0SZ001"}}
    boxc, transport = scripted_boxc(ONE, ONE, {"inbound": done})
    await boxc.inbound.create(
        {
            "warehouse": {"id": "WH0SZ001"},
            "products": [{"id": 20111, "quantity": 299, "cost": Decimal("2.250")}],
        }
    )
    await boxc.inbound.update(7, {"carrier": "DHL", "notes": None})
    assert await boxc.inbound.get(7) == InboundShipment(
        id=7,
        status="Processed",
        products=(
            InboundProduct(
                id=20111, processed=298, codes=(InboundProblem(code="Torn.", quantity=1),)
            ),
        ),
        warehouse=Warehouse(id="WH0SZ001"),
    )
    new = {"id": 20111, "quantity": 299, "cost": 2.25}
    assert sent(transport)[:2] == [
        ("POST", "/inbound", {"inbound": {"warehouse": {"id": "WH0SZ001"}, "products": [new]}}),
        ("PUT", "/inbound/7", {"inbound": {"carrier": "DHL", "notes": None}}),
    ]
    assert b'"cost":2.250' in (transport.requests[0].body or b"")


async def test_pdfs() -> None:
    """The PDF of an inbound shipment is asked for by the query, too; that of an invoice is not."""
    boxc, transport = scripted_boxc(PDF, PDF)
    assert await boxc.inbound.pdf(7) == b"%PDF-1.4"
    assert await boxc.invoices.pdf(7) == b"%PDF-1.4"
    assert [target for _, target, _ in sent(transport)] == ["/inbound/7?type=PDF", "/invoices/7"]
    accepted = [dict(request.headers)["Accept"] for request in transport.requests]
    assert accepted == ["application/pdf", "application/pdf"]


async def test_invoices() -> None:
    """The total is exact; days stay text, and the time of creation is in UTC."""
    fields = {"id": 901934, "total": 2359.56, "currency": "USD", "start_date": "2024-06-01"}
    page = {"invoices": [fields | {"created": "2024-07-03 13:57:13"}], "next_page": None}
    boxc, _ = scripted_boxc(page)
    assert [invoice async for invoice in boxc.invoices.list()] == [
        Invoice(
            id=901934,
            total=Decimal("2359.56"),
            currency="USD",
            start_date="2024-06-01",
            created=datetime(2024, 7, 3, 13, 57, 13, tzinfo=UTC),
        )
    ]


async def test_another_record() -> None:
    """A record with another id than the one asked for reaches no caller."""
    boxc, _ = scripted_boxc(ONE, {"invoice": {"id": 7}})
    with pytest.raises(InvalidResponseError):
        await boxc.inbound.get(8)
    with pytest.raises(InvalidResponseError):
        await boxc.invoices.get(8)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (1350, NotFoundError),
        (1351, ConflictError),
        (1352, ValidationError),
        (1353, ConflictError),
        (1354, ValidationError),
    ],
)
async def test_refusals(code: int, kind: type[APIError]) -> None:
    """A documented refusal is of the class that the docstrings name."""
    boxc, _ = scripted_boxc(refusal(code))
    with pytest.raises(kind):
        await boxc.inbound.delete(7)
