"""Calls with one mistake each, which checkers must find; a function for each resource.

Never run: mypy and basedpyright read it. An expected error that they do not find is an error, too.
"""

from boxapis import BoxC, Credential
from boxapis.boxc.labels import Label
from boxapis.boxc.parties import GivenConsignor


async def addresses(boxc: BoxC) -> None:
    """Addresses."""
    await boxc.addresses.validate({"street1": "a", "city": "b", "country": "US"})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # a sequence
    await boxc.addresses.validate([{"street1": "a"}])  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]  # fields are missing


async def classify(boxc: BoxC) -> None:
    """Classification."""
    await boxc.classify.suggest([{"description": "Socks"}])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # the countries are missing


async def credentials(boxc: BoxC, credential: Credential) -> None:
    """Credentials."""
    await boxc.credentials.get("1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # a number
    await boxc.credentials.create("Janio", {"api_key": 5})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]  # text or a secret
    boxc.credentials.list(sort="created")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # no such order
    credential.id = 2  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]  # frozen


async def customs_products(boxc: BoxC) -> None:
    """Regulated goods."""
    await boxc.customs_products.create({"type": "FOO"})  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]  # fields are missing
    await boxc.customs_products.update(1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # the product is missing


async def duties(boxc: BoxC) -> None:
    """Duties."""
    await boxc.duties.calculate({"currency": "USD", "origin": {"country": "CN"}})  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]  # fields missing
    await boxc.duties.calculate(currency="USD")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # a dictionary


async def entry_points(boxc: BoxC) -> None:
    """Entry points."""
    await boxc.entry_points.get(1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # text
    await boxc.entry_points.list().page()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]  # a whole list


async def estimates(boxc: BoxC) -> None:
    """Estimates."""
    await boxc.estimates.get("TEST01", "US", 0.4)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # by keyword
    await boxc.estimates.get(entry_point="TEST01", country="US")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # the weight is missing
    await boxc.estimates.get(entry_point="TEST01", country="US", weight="0.4")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # a number


async def inbound(boxc: BoxC) -> None:
    """Inbound shipments."""
    await boxc.inbound.update(1, {"products": []})  # type: ignore[typeddict-unknown-key]  # pyright: ignore[reportArgumentType]  # fixed at creation
    await boxc.inbound.create({"warehouse": "WH0SZ001"})  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]  # a dictionary


async def invoices(boxc: BoxC) -> None:
    """Invoices."""
    await boxc.invoices.delete(1)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]  # the service deletes none
    (await boxc.invoices.get(1)).total = 5  # type: ignore[misc, assignment]  # pyright: ignore[reportAttributeAccessIssue]  # frozen


async def labels(boxc: BoxC, label: Label) -> None:
    """Labels."""
    await boxc.labels.create(shipment="1")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # no such argument
    await boxc.labels.create("1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # the number of a shipment
    await boxc.labels.pdf_of_many([1, None])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]  # an id each
    await boxc.labels.pdf_of_many(1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # a sequence
    boxc.labels.list()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]  # the service lists none
    _ = label.cost + 1  # type: ignore[operator]  # pyright: ignore[reportOptionalOperand]  # may be None
    _ = label.state  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]  # no such field
    _ = (await boxc.labels.pdf(1)).status  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]  # bytes


async def manifests(boxc: BoxC) -> None:
    """Manifests."""
    await boxc.manifests.create(["1"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]  # numbers
    await boxc.manifests.delete(1)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]  # the service deletes none


async def oauth(boxc: BoxC) -> None:
    """OAuth."""
    boxc.oauth.authorize_url("https://shop.example/back")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # the state is missing
    _: str = (await boxc.oauth.exchange("a", "https://shop.example")).access_token  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]  # a secret


async def orders(boxc: BoxC) -> None:
    """Orders."""
    await boxc.orders.set_status({"1": "Holding"})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]  # numbers
    boxc.orders.list(created_min="2026-01-01")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # a date
    await boxc.orders.create({"shop": {"id": "a"}})  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]  # fields are missing


async def overpacks(boxc: BoxC) -> None:
    """Overpacks."""
    await boxc.overpacks.create([{"shipment_id": 1}])  # type: ignore[typeddict-unknown-key]  # pyright: ignore[reportArgumentType]  # no such key
    await boxc.overpacks.create([1])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]  # dictionaries
    await boxc.overpacks.create([{"id": 1}], height="3")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # a number


async def products(boxc: BoxC) -> None:
    """Products."""
    await boxc.products.add_sku(1, 2, "SK1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # ids of shops are text
    await boxc.products.update_sku(1, "my-shop", "SK1")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # `active` is missing
    boxc.products.list(sort="price")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # no such order


async def reshipments(boxc: BoxC) -> None:
    """Reshipments."""
    await boxc.reshipments.create({"returns": [1]})  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]  # fields are missing
    await boxc.reshipments.update(1)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]  # `approve` or `decline`


async def returns(boxc: BoxC) -> None:
    """Returns."""
    boxc.returns.list(state="Verified")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # no such filter
    await boxc.returns.add_message(1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # the text is missing


async def shipments(boxc: BoxC) -> None:
    """Shipments."""
    boxc.shipments.list(labeled="maybe")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # no such word
    boxc.shipments.list(order_nummer="A-1")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # no such filter
    await boxc.shipments.get("1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # a number
    await boxc.shipments.create({"weight": 1})  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]  # fields are missing
    await boxc.shipments.create({"wieght": 1})  # type: ignore[typeddict-item, typeddict-unknown-key]  # pyright: ignore[reportArgumentType]  # no such key
    await boxc.shipments.process(1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # the weight is missing
    await boxc.shipments.list()  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]  # a list is iterated
    _ = [*boxc.shipments.list()]  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]  # with `async for`
    _sender: GivenConsignor = {"name": "Jo", "street1": "a", "city": "b", "country": "US"}  # type: ignore[typeddict-item]  # pyright: ignore[reportAssignmentType]  # no phone


async def shops(boxc: BoxC) -> None:
    """Shops."""
    await boxc.shops.get(1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # text
    await boxc.shops.create("my-shop")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # the name is missing


async def track(boxc: BoxC) -> None:
    """Tracking."""
    await boxc.track.get(92)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # text
    await boxc.track.add([{"code": 100}])  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]  # fields are missing


async def users(boxc: BoxC) -> None:
    """Users."""
    await boxc.users.update({"city": "Wylie"})  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]  # fields are missing
    await boxc.users.me(1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # the token tells


async def warehouses(boxc: BoxC) -> None:
    """Warehouses."""
    await boxc.warehouses.get(1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # text
    _ = [item async for item in boxc.warehouses.list()]  # type: ignore[attr-defined]  # pyright: ignore[reportGeneralTypeIssues]  # awaited


async def webhooks(boxc: BoxC) -> None:
    """Webhooks."""
    await boxc.webhooks.update(1, topic="orders_status")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # it is fixed
    await boxc.webhooks.create("https://shop.example/hook", "orders_status")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # the key is missing
