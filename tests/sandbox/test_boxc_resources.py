"""The other BoxC resources: orders, products, returns, tracking, users and plain records."""

from typing import Any
from urllib.parse import quote

import httpx
import pytest

from boxapis.sandbox import Sandbox
from boxapis.sandbox._boxc.operations import KINDS, OPERATIONS
from tests.support.boxc_records import ADDRESS, Caller, code

PRODUCT = {"coo": "CN", "description": "Shirt", "name": "Shirt", "value": 9.5}
ORDER: dict[str, Any] = {
    "line_items": [{"sku": "SK1", "quantity": 2}],
    "service": "BoxC Priority",
    "consignor": ADDRESS,
    "to": ADDRESS,
}


@pytest.fixture
def caller(boxc: httpx.AsyncClient) -> Caller:
    """Requests of one user."""
    return Caller(boxc)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
async def test_scopes(operation: Any, http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A token without the scope of an operation gets 1009, which names the scope."""
    token = sandbox.boxc.issue_token([])
    headers = {"Authorization": f"Bearer {token}"}
    path = operation.template.replace("{", "").replace("}", "")
    response = await http.request(operation.method, f"/v1{path}", headers=headers)
    if operation.scope:
        assert code(response) == (403, 1009)
        assert response.json()["message"].endswith(f"'{operation.scope}'")
    else:
        assert response.status_code != 403


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.path)
async def test_code_of_missing_records(kind: Any, caller: Caller, sandbox: Sandbox) -> None:
    """An unknown record, and another user's, gets the code of its kind with HTTP 404."""
    other = sandbox.boxc.add_record(kind.path, {"id": "theirs"}, user_id=99)
    for number in (other, "999"):
        assert await caller.refusal("GET", f"{kind.path}/{number}") == (404, kind.missing)


@pytest.mark.parametrize(
    ("path", "key", "absent"),
    [
        *((kind.path, kind.key, kind.required) for kind in KINDS.values() if kind.required),
        ("/labels", "label", ("shipment_id",)),
        ("/overpacks", "overpack", ("shipments",)),
        ("/webhooks", "webhook", ("address", "key", "topic")),
        ("/calculate-duty", "calculate", ("currency", "origin", "destination", "products")),
        ("/classify", "classify", ("destination_country", "origin_country", "products")),
        ("/credentials", "credential", ("carrier", "params")),
    ],
)
async def test_required_fields(
    path: str, key: str, absent: tuple[str, ...], caller: Caller
) -> None:
    """A record without its required fields gets 1000, and the error names them."""
    response = await caller.http.post(f"/v1{path}", json={key: {}})
    assert code(response) == (400, 1000)
    message = f"/{key}: The required properties ({', '.join(absent)}) are missing"
    assert message in response.json()["message"]
    assert code(await caller.http.post(f"/v1{path}", json=[])) == (400, 1000)


@pytest.mark.parametrize(
    ("path", "key"),
    [("/orders/status", "orders"), ("/track", "events"), ("/validate-address", "addresses")],
)
async def test_arrays(path: str, key: str, caller: Caller) -> None:
    """An empty array, one with too many items, and items without required fields get 1000."""
    wrong: list[Any] = [[], [{}] * 101, [{}], [1], "text"]
    for items in wrong:
        assert await caller.refusal("POST", path, **{key: items}) == (400, 1000)
    assert code(await caller.http.post(f"/v1{path}", json=1)) == (400, 1000)


async def test_order_and_its_shop(caller: Caller) -> None:
    """An order needs an active shop and is unique in it; the shop stays while it is there."""
    assert await caller.refusal("POST", "/orders", order={**ORDER, "shop": {"id": "a"}}) == (
        400,
        1370,
    )
    await caller.create("/shops", "shop", id="idle", active=False)
    await caller.create("/shops", "shop", id="shop-1", name="One")
    assert await caller.refusal("POST", "/shops", shop={"id": "shop-1"}) == (400, 1373)
    idle = {**ORDER, "shop": {"id": "idle"}}
    assert await caller.refusal("POST", "/orders", order=idle) == (400, 1374)
    shop = {"id": "shop-1", "order_id": "77"}
    order = await caller.create("/orders", "order", **ORDER, shop=shop)
    assert (order["shop"]["name"], order["quantity"], order["status"]) == ("One", 2, "Processing")
    again = {**ORDER, "shop": shop}
    assert await caller.refusal("POST", "/orders", order=again) == (400, 1326)
    assert await caller.refusal("DELETE", "/shops/shop-1") == (400, 1371)
    assert await caller.refusal("DELETE", f"/orders/{order['id']}") == (200, None)
    assert await caller.refusal("DELETE", "/shops/shop-1") == (200, None)


async def test_status_of_orders(caller: Caller, sandbox: Sandbox) -> None:
    """Unknown orders are left out, those on their way stay as they are and cannot change."""
    number = sandbox.boxc.add_record("/orders", {"status": "Processing"})
    gone = sandbox.boxc.add_record("/orders", {"status": "Fulfilled"})
    body = {"orders": [{"id": one, "status": "Holding"} for one in (number, gone, 5)]}
    found = (await caller.http.post("/v1/orders/status", json=body)).json()["orders"]
    assert [(one["id"], one["status"]) for one in found] == [
        (number, "Holding"),
        (gone, "Fulfilled"),
    ]
    assert await caller.refusal("PUT", f"/orders/{gone}", order=ORDER) == (400, 1321)
    assert await caller.refusal("DELETE", f"/orders/{gone}") == (400, 1322)
    held = (await caller.get("/orders?status=Holding"))["orders"]
    assert [one["id"] for one in held] == [number]
    wrong = [{"id": number, "status": "Lost"}]
    assert await caller.refusal("POST", "/orders/status", orders=wrong) == (400, 1000)


async def test_line_items(caller: Caller, sandbox: Sandbox) -> None:
    """Line items need SKU and quantity and are unique; a gift message needs a packing slip."""
    path = f"/orders/{sandbox.boxc.add_record('/orders', {})}"
    twice = {**ORDER, "line_items": [{"sku": "A", "quantity": 1}] * 2}
    bare = {**ORDER, "line_items": [{"sku": "A"}]}
    gift = {**ORDER, "gift_message": "Hello", "packing_slip": False}
    refusals = [await caller.refusal("PUT", path, order=one) for one in (twice, bare, gift)]
    assert refusals == [(400, 1325), (400, 1000), (400, 1340)]


async def test_skus(caller: Caller) -> None:
    """A SKU belongs to a shop that exists, is used once, and one is active for a shop."""
    await caller.create("/shops", "shop", id="shop-1")
    product = await caller.create("/products", "product", **PRODUCT)
    path = f"/products/{product['id']}"
    sku = {"shop_id": "shop-1", "sku": "A"}
    assert await caller.refusal("POST", f"{path}/skus", sku={**sku, "shop_id": "b"}) == (400, 1370)
    assert await caller.refusal("POST", f"{path}/skus", sku=sku) == (201, None)
    assert await caller.refusal("POST", f"{path}/skus", sku=sku) == (400, 1334)
    assert await caller.refusal("POST", f"{path}/skus", sku={**sku, "sku": "B"}) == (400, 1337)
    mine = f"{path}/shop/shop-1/sku"
    assert await caller.refusal("PUT", f"{mine}/A", sku={"active": False, "sku": "C"}) == (
        200,
        None,
    )
    found = (await caller.get("/products?sku=C&shop.id=shop-1&name=shirt"))["products"]
    assert [one["id"] for one in found] == [product["id"]]
    assert await caller.refusal("DELETE", f"{mine}/A") == (404, 1330)
    assert await caller.refusal("DELETE", f"{mine}/C") == (200, None)


@pytest.mark.parametrize("name", ["A/B", "A?B", "A%2FB", "A#B", "A B+C", "ä"])
async def test_names_with_any_sign(caller: Caller, sandbox: Sandbox, name: str) -> None:
    """A SKU whose name has a slash, or another sign of an address, is one segment of the path."""
    sandbox.boxc.add_record("/shops", {"id": "shop/1"})
    product = await caller.create("/products", "product", **PRODUCT)
    path = f"/products/{product['id']}"
    sku = {"shop_id": "shop/1", "sku": name}
    assert await caller.refusal("POST", f"{path}/skus", sku=sku) == (201, None)
    mine = f"{path}/shop/shop%2F1/sku/{quote(name, safe='')}"
    assert await caller.refusal("PUT", mine, sku={"active": False}) == (200, None)
    assert await caller.refusal("DELETE", mine) == (200, None)


async def test_sorted_products(caller: Caller) -> None:
    """Products are sorted by name over the pages."""
    for name in ("Bag", "Cap", "Ant"):
        await caller.create("/products", "product", **{**PRODUCT, "name": name})
    names, token = [], ""
    while token is not None:
        query = f"page_token={token}" if token else "sort=name&order=asc&limit=1"
        page = await caller.get(f"/products?{query}")
        names += [one["name"] for one in page["products"]]
        token = page["next_page"]
    assert names == ["Ant", "Bag", "Cap"]


async def test_return_is_verified(caller: Caller) -> None:
    """A processed return is verified once, for a fee; messages can be added."""
    newest, _ = (await caller.get("/returns"))["returns"]
    path = f"/returns/{newest['id']}"
    changed = await caller.http.put(f"/v1{path}", json={"return": {"status": "Verify"}})
    shown = changed.json()["return"]
    assert (shown["status"], shown["verify_fee"], newest["verify_fee"]) == ("Verifying", 2.0, 0)
    assert await caller.refusal("PUT", path, **{"return": {"status": "Verify"}}) == (400, 1121)
    assert await caller.refusal("PUT", path, **{"return": {"status": "Lost"}}) == (400, 1000)
    await caller.http.post(f"/v1{path}/messages", json={"message": {"body": "Careful"}})
    assert await caller.refusal("POST", f"{path}/messages", message={}) == (400, 1000)
    assert (await caller.get(path))["return"]["messages"][0]["body"] == "Careful"
    listed = (await caller.get("/returns?status=Verifying"))["returns"]
    assert [(one["id"], one["messages"]) for one in listed] == [(newest["id"], 1)]


async def test_fee_of_a_reshipment(caller: Caller) -> None:
    """The fee is approved or declined once; only an approved reshipment cannot be deleted."""
    one, other = [item["id"] for item in (await caller.get("/returns"))["returns"]]
    sent = {"contents": "Shirt", "value": 5, "to": ADDRESS}
    first = await caller.create("/reshipments", "reshipment", **sent, returns=[one])
    assert (first["status"], first["reship_fee"]) == ("Pending", 0)
    assert first["estimated_reship_fee"] > 0
    assert (await caller.get(f"/returns/{one}"))["return"]["status"] == "Reshipping"
    assert await caller.refusal("DELETE", f"/returns/{one}") == (400, 1122)
    again = {**sent, "returns": [one]}
    assert await caller.refusal("POST", "/reshipments", reshipment=again) == (400, 1143)
    path = f"/reshipments/{first['id']}"
    assert await caller.refusal("PUT", path, reshipment={"status": "Declined"}) == (200, None)
    assert await caller.refusal("PUT", path, reshipment={"status": "Approved"}) == (400, 1141)
    second = await caller.create("/reshipments", "reshipment", **sent, returns=[one, other])
    listed = (await caller.get("/reshipments"))["reshipments"]
    assert [item["returns"] for item in listed] == [2, 1]
    path = f"/reshipments/{second['id']}"
    assert await caller.refusal("PUT", path, reshipment={"status": "Paid"}) == (400, 1000)
    assert await caller.refusal("PUT", path, reshipment={"status": "Approved"}) == (200, None)
    assert (await caller.get(path))["reshipment"]["reship_fee"] > 0
    assert await caller.refusal("DELETE", path) == (400, 1142)


@pytest.mark.parametrize("status", ["Reshipping", "Reshipped", "Processed", "Verifying"])
async def test_returns_to_be_reshipped(caller: Caller, sandbox: Sandbox, status: str) -> None:
    """Only a processed or verified return is reshipped, and once in a request."""
    number = sandbox.boxc.add_record("/returns", {"status": status})
    sent = {"contents": "Shirt", "value": 5, "to": ADDRESS}
    twice = {**sent, "returns": [number, number]}
    assert await caller.refusal("POST", "/reshipments", reshipment=twice) == (400, 1143)
    once = {**sent, "returns": [number]}
    expected = (400, 1143) if status.startswith("Reship") else (201, None)
    assert await caller.refusal("POST", "/reshipments", reshipment=once) == expected


async def test_events(caller: Caller) -> None:
    """Events are added to shipments of the user, all or none; anyone can read them."""
    shipment = await caller.shipment(order_number="A-1", exit_point="LAX")
    number = shipment["labels"][0]["tracking_number"]
    event = {"time": "2026-01-01 10:00:00", "code": 150, "city": "Wylie", "country": "US"}
    good, bad = {**event, "tracking_number": number}, {**event, "tracking_number": "none"}
    assert await caller.refusal("POST", "/track", events=[good, bad]) == (400, 1211)
    assert await caller.refusal("POST", "/track", events=[{**good, "code": 7}]) == (400, 1000)
    assert await caller.refusal("POST", "/track", events=[good]) == (201, None)
    track = (await caller.get(f"/track/{number}"))["track"]
    assert [(one["code"], one["description"]) for one in track["events"]] == [(150, "EN ROUTE")]
    assert (track["status"], track["order_number"]) == ("En Route", "A-1")
    assert await caller.refusal("GET", "/track/none") == (404, 1210)


async def test_address_of_the_user(caller: Caller) -> None:
    """The user's address is replaced; one that lacks a field is refused."""
    address = {"company_name": "A", "street1": "1 Road", "city": "Wylie", "country": "US"}
    assert await caller.refusal("PUT", "/users/me", user={"address": address}) == (200, None)
    assert (await caller.get("/users/me"))["user"]["address"] == address
    for wrong in ({"city": "Wylie"}, 1):
        assert await caller.refusal("PUT", "/users/me", user={"address": wrong}) == (400, 1000)
    assert await caller.refusal("PUT", "/users/me", user={}) == (200, None)


async def test_places(caller: Caller) -> None:
    """Entry points and warehouses are read one by one; storage costs are only in the list."""
    assert (await caller.get("/entry-points/SBX002"))["entry_point"]["country"] == "CN"
    assert "storage" not in (await caller.get("/warehouses/WH0SBX01"))["warehouse"]
    assert await caller.refusal("GET", "/entry-points/none") == (404, 1040)
    assert await caller.refusal("GET", "/warehouses/none") == (404, 1360)


async def test_calculations_repeat_the_request(caller: Caller) -> None:
    """Responses hold what was sent, with the figures of the description's examples."""
    estimate = await caller.get("/estimate?country=US&entry_point=SBX001&weight=1&currency=EUR")
    assert (estimate["estimate"]["currency"], bool(estimate["estimate"]["services"])) == (
        "EUR",
        True,
    )
    assert await caller.refusal("GET", "/estimate?country=US") == (400, 1000)
    countries = {"destination_country": "US", "origin_country": "CN"}
    products = [{"description": "Socks"}]
    found = await caller.create("/classify", "classify", **countries, products=products)
    assert found["products"][0].items() >= {"description": "Socks"}.items()
    assert found["products"][0]["result"]["import_hs_code"]
    duty = {"currency": "USD", "origin": {}, "destination": {"country": "US"}, "products": [{}]}
    assert await caller.refusal("POST", "/calculate-duty", calculate=duty) == (400, 1000)
    none = {**countries, "products": []}
    assert await caller.refusal("POST", "/classify", classify=none) == (400, 1000)
    response = await caller.http.post("/v1/validate-address", json={"addresses": [ADDRESS] * 2})
    assert [one["original"] for one in response.json()["addresses"]] == [ADDRESS] * 2


async def test_type_of_a_customs_product(caller: Caller, sandbox: Sandbox) -> None:
    """The type of a customs product stays."""
    number = sandbox.boxc.add_record("/customs/products", {"type": "FOO"})
    path, kind = f"/customs/products/{number}", KINDS["/customs/products"]
    sent: dict[str, Any] = dict.fromkeys(kind.required, "text") | {
        name: {} for name in ("contact", "manufacturer", "importer", "shipper")
    }
    assert await caller.refusal("PUT", path, product={**sent, "type": "COS"}) == (400, 1463)
    assert await caller.refusal("PUT", path, product={**sent, "type": "FOO"}) == (200, None)


async def test_added_records(caller: Caller, sandbox: Sandbox) -> None:
    """Tests can store records in any state; there are none at an unknown path."""
    number = sandbox.boxc.add_record("/returns", {"status": "Verified", "weight": 2.5})
    found = (await caller.get(f"/returns/{number}"))["return"]
    assert (found["status"], found["weight"]) == ("Verified", 2.5)
    with pytest.raises(ValueError, match="the sandbox has no '/nothing'"):
        sandbox.boxc.add_record("/nothing", {})
    sandbox.reset()
    assert len((await caller.get("/returns"))["returns"]) == 2


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.path)
async def test_pdf_of_a_record(kind: Any, boxc: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Records that have a PDF come as PDF if ``Accept`` asks for it, the others as JSON."""
    path = f"/v1{kind.path}/{sandbox.boxc.add_record(kind.path, {})}"
    response = await boxc.get(path, headers={"Accept": "application/pdf"})
    expected = "application/pdf" if kind.has_pdf else "application/json"
    assert response.headers["content-type"] == expected


async def test_token_of_a_record_that_is_gone(caller: Caller) -> None:
    """A page token whose last record was deleted gets 1025."""
    for name in ("Bag", "Cap"):
        await caller.create("/products", "product", **{**PRODUCT, "name": name})
    page = await caller.get("/products?limit=1")
    await caller.refusal("DELETE", f"/products/{page['products'][0]['id']}")
    query = f"page_token={page['next_page']}"
    assert await caller.refusal("GET", f"/products?{query}") == (400, 1025)
