"""Calls of `Shipments`."""

from datetime import UTC, date, datetime
from decimal import Decimal

from boxapis.boxc.goods import GivenLineItem
from boxapis.boxc.parties import GivenConsignor, GivenParty
from boxapis.boxc.shipments import GivenShipment
from tests.contract.calls import Calls, Given, Reasons

ITEM: GivenLineItem = {
    "description": "Phone case",
    "origin_description": "手机外壳",
    "quantity": 1,
    "value": Decimal("9.95"),
    "currency": "USD",
    "weight": 0.276,
    "coo": "CN",
    "compliance": {"cpsc": {"disclaim": {"code": "A", "iuc": "1234567", "iuc_description": "a"}}},
    "dg_code": None,
    "hts_code": None,
    "product_id": 121009,
    "supplier": "US23123131",
    "url": None,
}
TO: GivenParty = {"name": "Jo", "street1": "5 Example Avenue", "city": "Wylie", "country": "US"}
CONSIGNOR: GivenConsignor = {**TO, "phone": "555-0100"}
SHIPMENT: GivenShipment = {
    "line_items": [ITEM],
    "service": "BoxC Parcel",
    "entry_point": "TEST01",
    "consignor": CONSIGNOR,
    "to": {**TO, "company_name": None, "email": "jo@example.com", "postal_code": "75098"},
    "weight": Decimal("0.4"),
    "from": TO,
    "consignee": {**TO, "id": "1"},
    "carrier": "DHLeC",
    "carrier_params": {"pickup_id": "1"},
    "credentials_id": 1,
    "cod": {"amount": 0},
    "comments": ["SKU #10292301"],
    "compliance": {"address": True, "pga": False},
    "create_label": True,
    "currency": "USD",
    "exit_point": "LAX",
    "freight_charge": {"amount": Decimal("13.37"), "currency": "MXN"},
    "height": 1.5,
    "length": 15,
    "width": 8,
    "ignore_bad_address": False,
    "insurance": False,
    "irregular": False,
    "is_return": False,
    "nature_type": "11",
    "order_number": "A-1001",
    "packages": [
        {
            "height": 1,
            "length": 15,
            "width": 10,
            "weight": 0.2,
            "contents": [{"description": "Phone case", "value": 9.95, "quantity": 1}],
        }
    ],
    "signature_confirmation": False,
    "terms": "DDU",
    "test": True,
    "tracking_number": "AB12345678",
    "zonos_customer_id": None,
}

CALLS: Calls = (
    lambda boxc: boxc.shipments.list(
        created_min=date(2024, 5, 1),
        created_max=date(2024, 5, 31),
        labeled="yes",
        packed="no",
        processed="both",
        order_number="A-1001",
        tracking_number="92",
        overpack_id=1,
        limit=50,
        order="asc",
        page_token="a",
    ),
    lambda boxc: boxc.shipments.find("23018721-ABC", date(2024, 5, 1)),
    lambda boxc: boxc.shipments.get(1),
    lambda boxc: boxc.shipments.pdf(1),
    lambda boxc: boxc.shipments.create(SHIPMENT),
    lambda boxc: boxc.shipments.update(1, SHIPMENT),
    lambda boxc: boxc.shipments.delete(1),
    lambda boxc: boxc.shipments.process(
        1,
        weight=Decimal("0.088"),
        height=1.5,
        length=15,
        width=8,
        irregular=False,
        datetime=datetime(2024, 6, 2, 11, 12, 13, tzinfo=UTC),
        fulfillment_id=1,
    ),
)

GIVEN: Given = {
    "POST /shipments shipment": GivenShipment,
    "PUT /shipments/{id} shipment": GivenShipment,
}
_OVERPACK = "deprecated by the service: parcels leave an overpack by `labels.take_out`"
_PARTY = "one TypedDict for four schemas: recipients have a company name, buyers an id"
NOT_OFFERED: Reasons = {
    "POST /shipments body.overpack_id": _OVERPACK,
    "PUT /shipments/{id} body.overpack_id": _OVERPACK,
}
_SERVICE = "the words stand in the field's text: 'Some services include'"
DIFFERENT: Reasons = {
    "GivenShipment.overpack_id?": _OVERPACK,
    "GivenParty.company_name?": _PARTY,
    "GivenParty.email?": _PARTY,
    "GivenParty.id?": _PARTY,
    "GivenParty.phone?": _PARTY,
    "GivenConsignor.company_name?": _PARTY,
    "GivenShipment.service": _SERVICE,
    "Shipment.service": _SERVICE,
}
