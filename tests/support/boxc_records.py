"""Requests to the sandbox's BoxC, and what the tests read of the responses."""

from typing import Any

import httpx
from attrs import frozen

__all__ = ["ADDRESS", "SHIPMENT", "Caller", "code"]

ADDRESS = {"name": "Pat", "street1": "1 Example Road", "city": "Wylie", "country": "US"}
SHIPMENT: dict[str, Any] = {
    "line_items": [],
    "service": "BoxC Parcel",
    "entry_point": "SBX001",
    "consignor": {"name": "Sender"},
    "to": {"name": "Receiver"},
    "weight": 0.4,
}


@frozen
class Caller:
    """Requests whose one key wraps what is sent and what is received."""

    http: httpx.AsyncClient

    async def create(self, path: str, key: str, /, **fields: object) -> Any:
        """Create a record; returns it."""
        response = await self.http.post(f"/v1{path}", json={key: fields})
        assert response.is_success, response.text
        return response.json()[key]

    async def shipment(self, **fields: object) -> Any:
        """Create a shipment with a label."""
        return await self.create("/shipments", "shipment", **SHIPMENT, create_label=True, **fields)

    async def refusal(self, method: str, path: str, **content: Any) -> tuple[int, int | None]:
        """HTTP status and error code of a response; the keyword is the wrapper."""
        return code(await self.http.request(method, f"/v1{path}", json=content or None))

    async def get(self, path: str) -> Any:
        """The JSON of a read."""
        return (await self.http.get(f"/v1{path}")).json()


def code(response: httpx.Response) -> tuple[int, int | None]:
    """HTTP status and error code of a response."""
    is_json = response.headers.get("content-type") == "application/json"
    return response.status_code, response.json().get("code") if is_json else None
