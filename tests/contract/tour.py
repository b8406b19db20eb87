"""A request to each operation of BoxC in the sandbox, with bodies made of the examples."""

import re
from collections.abc import Mapping
from typing import Any

import httpx
from attrs import define, field

from boxapis.sandbox import RateLimit, Sandbox
from tests.contract.calls import body_of

__all__ = ["toured"]

SHOP = "my-shop"
SKU = "SK10291"


async def toured(
    sandbox: Sandbox, transport: httpx.AsyncBaseTransport, url: str
) -> Mapping[str, httpx.Response]:
    """Returns the first response of the sandbox to each operation."""
    async with httpx.AsyncClient(transport=transport, base_url=url) as http:
        tour = Tour(sandbox, http)
        await tour.run()
        return tour.responses


@define
class Tour:
    """Requests to the sandbox, each operation once or more.

    Attributes:
        sandbox: The sandbox; its rate limit is lifted.
        http: A client of it.
        responses: The first response to each operation, by its name.
    """

    sandbox: Sandbox
    http: httpx.AsyncClient
    responses: dict[str, httpx.Response] = field(init=False, factory=dict)

    async def run(self) -> None:
        """Request every operation."""
        self.sandbox.boxc.rate_limit = RateLimit(enabled=False)
        self.http.headers["Authorization"] = f"Bearer {self.sandbox.boxc.ready_token}"
        await self._read_only()
        await self._calculations()
        await self._credentials()
        await self._shops_and_products()
        await self._orders()
        await self._parcels()
        await self._returns()
        await self._webhooks()
        await self._simple("/customs/products", "product")
        await self._simple("/inbound", "inbound")

    async def send(
        self, operation: str, *ids: object, body: Any = ..., query: Mapping[str, str] | None = None
    ) -> Any:
        """Send one request, whose success is expected; returns the JSON of the response."""
        method, template = operation.split()
        path = re.sub(r"\{\w+\}", "{}", template).format(*ids)
        if body is ... and method in ("POST", "PUT", "PATCH"):
            body = body_of(operation)
        content = None if body is ... or body is None else body
        response = await self.http.request(method, f"/v1{path}", json=content, params=query)
        assert response.is_success, (operation, response.text)
        self.responses.setdefault(operation, response)
        return response.json() if response.headers.get("content-type") == "application/json" else {}

    async def _read_only(self) -> None:
        for path, key in (("/entry-points", "entry_points"), ("/warehouses", "warehouses")):
            found = await self.send(f"GET {path}")
            await self.send(f"GET {path}/{{id}}", found[key][0]["id"])
        await self.send("GET /users/me")
        await self.send("PUT /users/me")
        (invoice,) = (await self.send("GET /invoices"))["invoices"]
        await self.send("GET /invoices/{id}", invoice["id"])

    async def _calculations(self) -> None:
        query = {"country": "US", "entry_point": "SBX001", "weight": "0.4"}
        await self.send("GET /estimate", query=query)
        for path in ("/calculate-duty", "/classify", "/validate-address"):
            await self.send(f"POST {path}")

    async def _credentials(self) -> None:
        body = {"credential": {"carrier": "DeutschePost", "params": {"ekp": "a"}}}
        made = (await self.send("POST /credentials", body=body))["credential"]["id"]
        await self.send("GET /credentials")
        await self.send("GET /credentials/{id}", made)
        await self.send("PUT /credentials/{id}", made, body=body)
        await self.send("DELETE /credentials/{id}", made)

    async def _simple(self, path: str, key: str) -> None:
        """Create, list, read, update and delete a record."""
        made = (await self.send(f"POST {path}"))[key]
        await self.send(f"GET {path}")
        await self.send(f"GET {path}/{{id}}", made["id"])
        await self.send(f"PUT {path}/{{id}}", made["id"])
        await self.send(f"DELETE {path}/{{id}}", made["id"])

    async def _shops_and_products(self) -> None:
        await self._simple("/shops", "shop")
        await self.send("POST /shops")
        product = (await self.send("POST /products"))["product"]["id"]
        await self.send("POST /products/{id}/skus", product)
        await self.send("GET /products")
        await self.send("GET /products/{id}", product)
        await self.send("PUT /products/{id}", product)
        place = "/products/{id}/shop/{shopId}/sku/{sku}"
        await self.send(f"PUT {place}", product, SHOP, SKU)
        await self.send(f"DELETE {place}", product, SHOP, SKU)
        await self.send("DELETE /products/{id}", product)

    async def _orders(self) -> None:
        order = (await self.send("POST /orders"))["order"]["id"]
        await self.send("GET /orders")
        await self.send("GET /orders/{id}", order)
        body = body_of("PUT /orders/{id}")
        body["order"]["packing_slip"] = True
        await self.send("PUT /orders/{id}", order, body=body)
        status = {"orders": [{"id": order, "status": "Holding"}]}
        await self.send("POST /orders/status", body=status)
        await self.send("DELETE /orders/{id}", order)

    async def _parcels(self) -> None:
        shipment = await self._shipment(create_label=True)
        label = shipment["labels"][0]
        await self.send("GET /labels/{id}", label["id"])
        await self.send("POST /labels/bulk", body={"labels": [label["tracking_number"]]})
        event = body_of("POST /track")["events"][0]
        event["tracking_number"] = label["tracking_number"]
        await self.send("POST /track", body={"events": [event]})
        await self.send("GET /track/{trackingNumber}", label["tracking_number"])
        await self.send("GET /shipments")
        await self.send("GET /shipments/{id}", shipment["id"])
        await self._overpacks(shipment["id"], label["id"])
        await self._label_of_its_own()

    async def _overpacks(self, shipment: int, label: int) -> None:
        parcels = [{"id": shipment}, {"id": 1}]
        sizes = {"height": 50, "length": 91, "weight": 87.5, "width": 30}
        body = {"overpack": {**sizes, "shipments": parcels}}
        overpack = (await self.send("POST /overpacks", body=body))["overpack"]["id"]
        await self.send("GET /overpacks")
        await self.send("GET /overpacks/{id}", overpack)
        await self.send("PUT /overpacks/{id}", overpack, body=body["overpack"])
        out = {"label": {"overpack_id": None}}
        await self.send("PATCH /labels/{id}", label, body=out)
        await self.send("DELETE /overpacks/{id}", overpack)
        overpack = (await self.send("POST /overpacks", body=body))["overpack"]["id"]
        manifest = body_of("POST /manifests")["manifest"] | {"overpacks": [overpack]}
        made = await self.send("POST /manifests", body={"manifest": manifest})
        await self.send("GET /manifests")
        await self.send("GET /manifests/{id}", made["manifest"]["id"])
        await self.send("PUT /shipments/{id}/process", shipment)

    async def _label_of_its_own(self) -> None:
        shipment = (await self._shipment(create_label=False))["id"]
        body = body_of("PUT /shipments/{id}")
        body["shipment"] |= {"credentials_id": None, "create_label": False}
        await self.send("PUT /shipments/{id}", shipment, body=body)
        body = body_of("POST /labels")
        body["label"]["shipment_id"] = shipment
        label = (await self.send("POST /labels", body=body))["label"]["id"]
        await self.send("PUT /labels/{id}/cancel", label, body=None)
        await self.send("DELETE /shipments/{id}", shipment)

    async def _shipment(self, *, create_label: bool) -> Any:
        body = body_of("POST /shipments")
        body["shipment"] |= {"credentials_id": None, "create_label": create_label}
        return (await self.send("POST /shipments", body=body))["shipment"]

    async def _returns(self) -> None:
        newest, oldest = (await self.send("GET /returns"))["returns"]
        await self.send("GET /returns/{id}", oldest["id"])
        await self.send("POST /returns/{id}/messages", oldest["id"])
        await self.send("PUT /returns/{id}", oldest["id"])
        body = body_of("POST /reshipments")
        body["reshipment"]["returns"] = [oldest["id"]]
        made = (await self.send("POST /reshipments", body=body))["reshipment"]["id"]
        await self.send("GET /reshipments")
        await self.send("GET /reshipments/{id}", made)
        decision = {"reshipment": {"status": "Declined"}}
        await self.send("PUT /reshipments/{id}", made, body=decision)
        await self.send("DELETE /reshipments/{id}", made)
        await self.send("DELETE /returns/{id}", newest["id"])

    async def _webhooks(self) -> None:
        body = {"address": "http://127.0.0.1:9/path", "key": "k" * 16, "topic": "orders_status"}
        made = (await self.send("POST /webhooks", body={"webhook": body}))["webhook"]["id"]
        await self.send("GET /webhooks")
        await self.send("GET /webhooks/{id}", made)
        await self.send("PUT /webhooks/{id}", made, body={"webhook": {"key": "l" * 16}})
        await self.send("POST /webhooks/{id}/queue", made, body={"order": {"id": 1}})
        self.sandbox.boxc.wait_deliveries(1)
        await self.send("DELETE /webhooks/{id}", made)
