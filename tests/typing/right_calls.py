"""Calls as they are meant, with the types that checkers must see; a function for each resource.

Never run: mypy and basedpyright read it. A line without an expectation must have no error.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal, assert_type

from boxapis import BoxC, Credential, Page, Secret
from boxapis.boxc.addresses import ValidatedAddress
from boxapis.boxc.classify import Classification, GivenUnclassified
from boxapis.boxc.customs_products import CustomsProduct, GivenAgent, GivenCustomsProduct
from boxapis.boxc.duties import Calculation
from boxapis.boxc.entry_points import EntryPoint
from boxapis.boxc.estimates import Estimate, ServiceEstimate
from boxapis.boxc.goods import GivenLineItem, LineItem
from boxapis.boxc.inbound import GivenInboundProduct, InboundShipment
from boxapis.boxc.invoices import Invoice
from boxapis.boxc.labels import Label
from boxapis.boxc.manifests import Manifest
from boxapis.boxc.oauth import Tokens
from boxapis.boxc.orders import GivenOrder, GivenOrderUpdate, Order
from boxapis.boxc.overpacks import GivenPacked, Overpack, Packed
from boxapis.boxc.parties import Event, GivenConsignor, GivenParty, Party
from boxapis.boxc.products import SKU, GivenProduct, Product
from boxapis.boxc.reshipments import ListedReshipment, Reshipment
from boxapis.boxc.returns import ListedReturn, Return
from boxapis.boxc.shipments import LabelFailure, Processed, Shipment
from boxapis.boxc.shops import Shop
from boxapis.boxc.track import Tracking
from boxapis.boxc.users import GivenUserAddress, User
from boxapis.boxc.warehouses import Warehouse
from boxapis.boxc.webhooks import Webhook

PARTY: GivenParty = {"name": "Jo", "street1": "5 Example Avenue", "city": "Wylie", "country": "US"}
CONSIGNOR: GivenConsignor = {**PARTY, "phone": "555-0100"}
ITEM: GivenLineItem = {
    "description": "Phone case",
    "origin_description": "手机壳",
    "quantity": 1,
    "value": Decimal("9.95"),
    "currency": "USD",
    "weight": 0.2,
    "coo": "CN",
}


async def addresses(boxc: BoxC) -> None:
    """Addresses: several at once."""
    validated = await boxc.addresses.validate([{"street1": "a", "city": "b", "country": "US"}])
    assert_type(validated, tuple[ValidatedAddress, ...])


async def classify(boxc: BoxC) -> None:
    """Classification: several products between two countries."""
    products: list[GivenUnclassified] = [{"description": "Socks", "hs_code": "611595"}]
    suggested = boxc.classify.suggest(products, origin_country="CN", destination_country="US")
    assert_type(await suggested, Classification)


async def credentials(boxc: BoxC) -> None:
    """Credentials: values of parameters are secrets, and pages have a function of their own."""
    made = boxc.credentials.create("Janio", {"api_key": Secret("k")})
    assert_type(await made, Credential)
    assert_type(await boxc.credentials.get(1), Credential)
    assert_type(await boxc.credentials.update(1, {"api_key": "k"}, carrier="Janio"), Credential)
    assert_type(await boxc.credentials.delete(1), None)
    assert_type(await boxc.credentials.page(limit=50), Page[Credential])
    async for credential in boxc.credentials.list(order="asc", sort="carrier"):
        assert_type(credential.params, Mapping[str, Secret])


async def customs_products(boxc: BoxC) -> None:
    """Regulated goods: many parts are shared by several fields."""
    agent: GivenAgent = {"use_consignor": True}
    given: GivenCustomsProduct = {
        "type": "FOO",
        "brand_name": "Example",
        "description": "Dried mango",
        "coo": "TH",
        "coi": "US",
        "intended_use_code": "210.000",
        "uom": "KG",
        "contact": {"name": "Jo", "email": "jo@example.com", "phone": "555-0100"},
        "manufacturer": {"use_consignor": True, "id": {"type": "DUNS", "value": "1"}},
        "importer": agent,
        "shipper": agent,
    }
    product = await boxc.customs_products.create(given)
    assert_type(product, CustomsProduct)
    assert_type(product.contact, Party | None)
    assert_type(await boxc.customs_products.get(1), CustomsProduct)
    assert_type(await boxc.customs_products.update(1, given), CustomsProduct)
    assert_type(await boxc.customs_products.delete(1), None)
    assert_type(await boxc.customs_products.list(order="desc").page(), Page[CustomsProduct])


async def duties(boxc: BoxC) -> None:
    """Duties: one calculation."""
    calculation = await boxc.duties.calculate(
        {
            "currency": "USD",
            "origin": {"country": "CN"},
            "destination": {"country": "US", "postal_code": None},
            "products": [
                {
                    "description": "Phone case",
                    "hs_code": "392690",
                    "coo": "CN",
                    "quantity": 1,
                    "value": 9.95,
                    "currency": "USD",
                }
            ],
            "shipping": Decimal("5.00"),
        }
    )
    assert_type(calculation, Calculation)
    assert_type(calculation.shipping, Decimal | None)


async def entry_points(boxc: BoxC) -> None:
    """Entry points: whole lists are tuples."""
    assert_type(await boxc.entry_points.list(), tuple[EntryPoint, ...])
    assert_type(await boxc.entry_points.get("TEST01"), EntryPoint)


async def estimates(boxc: BoxC) -> None:
    """Estimates: one for each service."""
    estimate = await boxc.estimates.get(
        entry_point="TEST01", country="US", weight=Decimal("0.4"), terms="DDU"
    )
    assert_type(estimate, Estimate)
    assert_type(estimate.services, tuple[ServiceEstimate, ...])


async def inbound(boxc: BoxC) -> None:
    """Inbound shipments: products are given at creation only."""
    products: list[GivenInboundProduct] = [{"id": 1, "quantity": 2, "cost": Decimal("0.5")}]
    created = boxc.inbound.create({"warehouse": {"id": "WH0SZ001"}, "products": products})
    assert_type(await created, InboundShipment)
    assert_type(await boxc.inbound.get(1), InboundShipment)
    assert_type(await boxc.inbound.pdf(1), bytes)
    assert_type(await boxc.inbound.update(1, {"carrier": "USPS"}), InboundShipment)
    assert_type(await boxc.inbound.delete(1), None)
    assert_type(await boxc.inbound.list(limit=50).page(), Page[InboundShipment])


async def invoices(boxc: BoxC) -> None:
    """Invoices: read only."""
    invoice = await boxc.invoices.get(1)
    assert_type(invoice, Invoice)
    assert_type(invoice.total, Decimal | None)
    assert_type(await boxc.invoices.pdf(1), bytes)
    assert_type(await boxc.invoices.list(order="asc").page(), Page[Invoice])


async def labels(boxc: BoxC) -> None:
    """Labels: by number or tracking number; PDFs are bytes."""
    label = await boxc.labels.create(1, weight=0.4, height=Decimal(1))
    assert_type(label, Label)
    assert_type(label.cost, Decimal | None)
    assert_type(label.events, tuple[Event, ...])
    assert_type(await boxc.labels.get("9261290100"), Label)
    assert_type(await boxc.labels.pdf(1), bytes)
    assert_type(await boxc.labels.pdf_of_many([1, "9261290100"]), bytes)
    assert_type(await boxc.labels.wait("9261290100", deadline=60), Label)
    async for sheet in boxc.labels.pdfs([1, "9261290100"]):
        assert_type(sheet.pdf, bytes | None)
    assert_type(await boxc.labels.cancel(1), Label)
    assert_type(await boxc.labels.take_out(1), Label)


async def manifests(boxc: BoxC) -> None:
    """Manifests: the numbers of overpacks go in."""
    manifest = await boxc.manifests.create([1, 2], carrier="USPS")
    assert_type(manifest, Manifest)
    assert_type(manifest.overpacks, tuple[Overpack, ...])
    assert_type(await boxc.manifests.get(1), Manifest)
    assert_type(await boxc.manifests.pdf(1), bytes)
    assert_type(await boxc.manifests.list(entry_point="TEST01").page("a"), Page[Manifest])


async def oauth(boxc: BoxC) -> None:
    """OAuth: tokens are secrets."""
    assert_type(boxc.oauth.authorize_url("https://shop.example/back", "state"), str)
    tokens = await boxc.oauth.exchange("code", "https://shop.example/back")
    assert_type(tokens, Tokens)
    assert_type(tokens.access_token, Secret)
    assert_type(await boxc.oauth.revoke(1), None)


async def orders(boxc: BoxC) -> None:
    """Orders: an update needs no shop; unknown words are passed on."""
    update: GivenOrderUpdate = {
        "consignor": CONSIGNOR,
        "line_items": [{"sku": "SK1", "quantity": 2}],
        "service": "BoxC Parcel",
        "to": PARTY,
        "status": "Holding",
    }
    order: GivenOrder = {
        "consignor": CONSIGNOR,
        "line_items": [{"sku": "SK1", "quantity": 2}],
        "service": "BoxC Parcel",
        "to": PARTY,
        "shop": {"id": "my-shop"},
        "created": datetime(2026, 1, 1, tzinfo=UTC),
    }
    assert_type(await boxc.orders.create(order), Order)
    assert_type(await boxc.orders.update(1, update), Order)
    assert_type(await boxc.orders.get(1), Order)
    assert_type(await boxc.orders.delete(1), None)
    assert_type(await boxc.orders.set_status({1: "Holding", 2: "a newer word"}), tuple[Order, ...])
    async for found in boxc.orders.list(status="Backordered", created_min=date(2026, 1, 1)):
        assert_type(found.placed_at, datetime | None)


async def overpacks(boxc: BoxC) -> None:
    """Overpacks: parcels by one of three names."""
    parcels: list[GivenPacked] = [{"id": 1}, {"label_id": 2}, {"tracking_number": "92"}]
    overpack = await boxc.overpacks.create(parcels, weight=Decimal("2.5"), height=3)
    assert_type(overpack, Overpack)
    assert_type(overpack.shipments, tuple[Packed, ...])
    assert_type(await boxc.overpacks.get(1), Overpack)
    assert_type(await boxc.overpacks.pdf(1), bytes)
    assert_type(await boxc.overpacks.update(1, parcels), Overpack)
    assert_type(await boxc.overpacks.delete(1), None)
    assert_type(await boxc.overpacks.list(limit=50).page(), Page[Overpack])


async def products(boxc: BoxC) -> None:
    """Products: their SKUs belong to shops, whose ids are text."""
    given: GivenProduct = {"coo": "CN", "description": "Case", "name": "Phone case", "value": 9.95}
    product = await boxc.products.create(given)
    assert_type(product, Product)
    assert_type(product.skus, tuple[SKU, ...])
    assert_type(await boxc.products.get(1), Product)
    assert_type(await boxc.products.pdf(1, height=Decimal("0.5"), width=4), bytes)
    assert_type(await boxc.products.update(1, given), Product)
    assert_type(await boxc.products.delete(1), None)
    assert_type(await boxc.products.add_sku(1, "my-shop", "SK1"), Product)
    assert_type(await boxc.products.update_sku(1, "my-shop", "SK1", active=False), Product)
    assert_type(await boxc.products.delete_sku(1, "my-shop", "SK1"), None)
    assert_type(await boxc.products.list(sort="quantity").page(), Page[Product])


async def reshipments(boxc: BoxC) -> None:
    """Reshipments: a list has values of another class."""
    created = boxc.reshipments.create({"returns": [1], "to": PARTY, "contents": "a", "value": 5})
    assert_type(await created, Reshipment)
    assert_type(await boxc.reshipments.get(1), Reshipment)
    assert_type(await boxc.reshipments.approve(1), Reshipment)
    assert_type(await boxc.reshipments.decline(1), Reshipment)
    assert_type(await boxc.reshipments.delete(1), None)
    assert_type(await boxc.reshipments.list().page(), Page[ListedReshipment])


async def returns(boxc: BoxC) -> None:
    """Returns: a list has values of another class."""
    assert_type(await boxc.returns.get(1), Return)
    assert_type(await boxc.returns.verify(1), Return)
    assert_type(await boxc.returns.add_message(1, "Please forward"), Return)
    assert_type(await boxc.returns.discard(1), None)
    assert_type(await boxc.returns.list(status="Verified").page(), Page[ListedReturn])


async def shipments(boxc: BoxC) -> None:
    """Shipments: from creation to processing."""
    shipment = await boxc.shipments.create(
        {
            "line_items": [ITEM],
            "service": "a newer service",
            "entry_point": "TEST01",
            "consignor": CONSIGNOR,
            "to": PARTY,
            "from": PARTY,
            "weight": Decimal("0.4"),
            "create_label": True,
        }
    )
    assert_type(shipment, Shipment)
    assert_type(shipment.errors, LabelFailure | None)
    assert_type(shipment.from_, Party | None)
    assert_type(await boxc.shipments.get(1), Shipment)
    assert_type(await boxc.shipments.pdf(1), bytes)
    assert_type(await boxc.shipments.delete(1), None)
    assert_type(await boxc.shipments.process(1, weight=0.4, irregular=False), Processed)
    assert_type(await boxc.shipments.list(labeled="no").page(), Page[Shipment])
    async for found in boxc.shipments.list(created_min=date(2026, 1, 1), packed="both"):
        assert_type(found.labels, tuple[Label, ...])
        assert_type(found.line_items, tuple[LineItem, ...])
        assert_type(found.total_cost, Decimal | None)
        if found.labels[0].status == "En Route":
            assert_type(found.created, datetime | None)


async def shops(boxc: BoxC) -> None:
    """Shops: their ids are text."""
    assert_type(await boxc.shops.create("my-shop", "Apples", delay_processing=24), Shop)
    assert_type(await boxc.shops.get("my-shop"), Shop)
    assert_type(await boxc.shops.update("my-shop", active=False), Shop)
    assert_type(await boxc.shops.delete("my-shop"), None)
    async for shop in boxc.shops.list(name="Apples"):
        assert_type(shop.type, Literal["BoxC"] | str | None)


async def track(boxc: BoxC) -> None:
    """Tracking: events are read by number, and given by carriers."""
    tracking = await boxc.track.get("92", postal_code="75098")
    assert_type(tracking, Tracking)
    assert_type(tracking.tracking_number, str)
    moment = datetime(2026, 1, 1)  # noqa: DTZ001 - local to the place
    added = boxc.track.add(
        [{"tracking_number": "92", "code": 100, "time": moment, "city": "Wylie", "country": "US"}]
    )
    assert_type(await added, None)


async def users(boxc: BoxC) -> None:
    """Users: the token's own."""
    user = await boxc.users.me()
    assert_type(user, User)
    assert_type(user.balances, Mapping[str, Decimal] | None)
    address: GivenUserAddress = {"company_name": "a", "street1": "b", "city": "c", "country": "US"}
    assert_type(await boxc.users.update(address), User)


async def warehouses(boxc: BoxC) -> None:
    """Warehouses: whole lists are tuples."""
    assert_type(await boxc.warehouses.list(), tuple[Warehouse, ...])
    assert_type(await boxc.warehouses.get("WH0SZ001"), Warehouse)


async def webhooks(boxc: BoxC) -> None:
    """Webhooks: the key is a secret or text."""
    address = "https://shop.example/hook"
    assert_type(await boxc.webhooks.create(address, "orders_status", "k" * 16), Webhook)
    assert_type(await boxc.webhooks.create(address, "a newer topic", Secret("k" * 16)), Webhook)
    assert_type(await boxc.webhooks.get(1), Webhook)
    assert_type(await boxc.webhooks.update(1, address=address), Webhook)
    assert_type(await boxc.webhooks.delete(1), None)
    assert_type(await boxc.webhooks.queue(1, {"order": {"id": 1}}), None)
    async for webhook in boxc.webhooks.list(limit=50):
        assert_type(webhook.extra, Mapping[str, Any])
