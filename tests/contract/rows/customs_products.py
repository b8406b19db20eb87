"""Calls of `CustomsProducts`."""

from boxapis.boxc.customs_products import GivenCustomsProduct
from tests.contract.calls import Calls, Given, Reasons, body_of

CALLS: Calls = (
    lambda boxc: boxc.customs_products.list(limit=50, order="asc", page_token="a"),
    lambda boxc: boxc.customs_products.get(1),
    lambda boxc: boxc.customs_products.create(body_of("POST /customs/products")["product"]),
    lambda boxc: boxc.customs_products.update(1, body_of("PUT /customs/products/{id}")["product"]),
    lambda boxc: boxc.customs_products.delete(1),
)

GIVEN: Given = {
    "POST /customs/products product": GivenCustomsProduct,
    "PUT /customs/products/{id} product": GivenCustomsProduct,
}
NOT_OFFERED: Reasons = {}
_NULL = 'the words of the schema have "null" as text, a slip'
DIFFERENT: Reasons = {
    "Agent.exempt?": "one class for five schemas: only the FSVP importer has it",
    "Agent.id?": "one class for five schemas: only two of them have it",
    "ComplianceCode.code": "one class for two schemas: one has the words in three alternatives",
    "CustomsProduct.uom": _NULL,
    "GivenCustomsProduct.uom": _NULL,
    "GivenAffirmation.code": "the schema has its words in three alternatives",
    "GivenAffirmation.code?": "each of the three alternatives in the schema requires it",
}
