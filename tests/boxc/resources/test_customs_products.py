"""Customs products: the nested body, roles as values, and the longer path."""

from decimal import Decimal

import pytest

from boxapis import ConflictError, InvalidResponseError
from boxapis.boxc.customs_products import (
    Agent,
    ComplianceCode,
    CustomsProduct,
    GivenCustomsProduct,
    Registration,
)
from boxapis.boxc.parties import Party
from boxapis.transports import Response
from tests.support.scripted_boxc import refusal, scripted_boxc, sent

pytestmark = pytest.mark.usefixtures("closing")

PRODUCT: GivenCustomsProduct = {
    "type": "FOO",
    "brand_name": "Tyson",
    "description": "Chicken wings",
    "coo": "CN",
    "coi": "US",
    "intended_use_code": "210.000",
    "uom": "PCS",
    "quantity": Decimal("1.50"),
    "contact": {"name": "John Doe", "email": "john@example.com", "phone": "1231231234"},
    "manufacturer": {"use_consignor": False, "id": {"type": "DUNS", "value": "16324234"}},
    "importer": {"use_consignor": True},
    "shipper": {"use_consignor": True},
    "affirmation_of_compliance": [{"code": "FME", "value": "K"}, {"code": "FSX"}],
}


async def test_wire() -> None:
    """A product is sent as it was given, and its decimals digit for digit."""
    boxc, transport = scripted_boxc({"product": {"id": 7}}, {"product": {"id": 7}}, Response(200))
    assert await boxc.customs_products.create(PRODUCT) == CustomsProduct(id=7)
    await boxc.customs_products.update(7, PRODUCT)
    await boxc.customs_products.delete(7)
    body = {"product": {**PRODUCT, "quantity": 1.5}}
    assert sent(transport) == [
        ("POST", "/customs/products", body),
        ("PUT", "/customs/products/7", body),
        ("DELETE", "/customs/products/7", None),
    ]
    assert b'"quantity":1.50' in (transport.requests[0].body or b"")


async def test_values() -> None:
    """Null for an array is an empty tuple; all roles have one class."""
    manufacturer = {
        "use_consignor": False,
        "id": {"type": "DUNS", "value": 16324234},
        "address": {"name": "Test", "postal_code": 75325},
    }
    fields = {"quantity": 123.51, "manufacturer": manufacturer, "deleted_at": None}
    fields |= {"fsvp_importer": {"use_consignor": True, "exempt": True}, "compliance_code": None}
    fields |= {"affirmation_of_compliance": [{"code": "FSX", "value": ""}]}
    boxc, _ = scripted_boxc({"product": {"id": 7, "uom": None, **fields}})
    assert await boxc.customs_products.get(7) == CustomsProduct(
        id=7,
        quantity=Decimal("123.51"),
        manufacturer=Agent(
            use_consignor=False,
            id=Registration(type="DUNS", value="16324234"),
            address=Party(name="Test", postal_code="75325"),
        ),
        fsvp_importer=Agent(use_consignor=True, exempt=True),
        affirmation_of_compliance=(ComplianceCode(code="FSX", value=""),),
    )


async def test_another_product() -> None:
    """A response with another id than that after ``customs/products`` reaches no caller."""
    boxc, _ = scripted_boxc({"product": {"id": 8}})
    with pytest.raises(InvalidResponseError) as caught:
        await boxc.customs_products.get(7)
    assert caught.value.path == "$.product.id"


async def test_the_type_is_fixed() -> None:
    """Another type is a conflict."""
    boxc, _ = scripted_boxc(refusal(1463))
    with pytest.raises(ConflictError):
        await boxc.customs_products.update(7, {**PRODUCT, "type": "COS"})
