"""Records for generated requests, and narrower schemas of the bodies that refer to them.

The schemas also say what the description says of a body in prose or not at all: topics and
addresses of webhooks, parameters of credentials that are text, and the body of a test event.
"""

import copy
import json
from collections.abc import Mapping
from typing import Any

from boxapis.sandbox import Sandbox
from tests.contract.calls import body_of

__all__ = ["narrowed", "seeded"]

SHOP, SKU = "my-shop", "SK10291"
ADDRESS = "http://127.0.0.1:9/path"
_KEY = {"type": "string", "pattern": "^[a-z]{16,40}$"}
_PARAMS = {"type": "object", "additionalProperties": {"type": "string"}}


Schemas = dict[str, dict[str, Any]]


def seeded(sandbox: Sandbox) -> Mapping[str, Mapping[str, Any]]:
    """Store records; returns narrower schemas by operation.

    The keys are ``{id}`` and other segments of the path, and fields of the body, with a dot before
    each name and ``[]`` for the items of an array; ``""`` is the whole body. A field with an
    ellipsis stays as it is.
    """
    sandbox.boxc.add_record("/shops", {"id": SHOP})
    return {
        **_credentials(sandbox),
        **_webhooks(sandbox),
        **_products_and_orders(sandbox),
        **_parcels(sandbox),
        "GET /entry-points/{id}": {"{id}": _enum("SBX001")},
        "GET /warehouses/{id}": {"{id}": _enum("WH0SBX01")},
        "POST /reshipments": {".reshipment.returns[]": _enum(13489, 13490)},
    }


def narrowed(body: Any, schemas: Mapping[str, Any]) -> Any:
    """Returns a copy of a body's schema with these in place of others, and all of them required."""
    result = copy.deepcopy(schemas.get("", body))
    if result is not None:
        result["type"] = "object"  # which the file forgets beside the body of a new order
    for path, schema in schemas.items():
        if path.startswith("."):
            place = result
            *steps, last = path[1:].replace("[]", ".[]").split(".")
            for name in steps:
                place = _inner(place, name)
            inner = _inner(place, last)
            parent, key = (place, "items") if last == "[]" else (place["properties"], last)
            parent[key] = inner if schema is ... else schema
    return result


def _inner(schema: Any, name: str) -> Any:
    """Returns the schema of a field, which is required from now on, or of an array's items."""
    if name == "[]":
        schema |= {"minItems": 1, "maxItems": 1}
        return schema["items"]
    schema["required"] = sorted({*schema.get("required", ()), name})
    return schema["properties"][name]


def _enum(*values: Any) -> dict[str, Any]:
    return {"enum": list(values)}


def _shipment(*, create_label: bool) -> Any:
    fields = body_of("POST /shipments")["shipment"]
    return {**fields, "credentials_id": None, "create_label": create_label}


def _created(sandbox: Sandbox, key: str, fields: Any) -> Any:
    headers = {"authorization": f"Bearer {sandbox.boxc.ready_token}"}
    body = json.dumps({key: fields}).encode()
    made = sandbox.boxc.handle("POST", f"/v1/{key}s", headers=headers, body=body)
    return json.loads(made.body)[key]


def _credentials(sandbox: Sandbox) -> Schemas:
    own = {"{id}": _enum(str(sandbox.boxc.add_credential("DeutschePost", {"ekp": "a"})))}
    params = {".credential.carrier": _enum("DeutschePost"), ".credential.params": _PARAMS}
    return {
        "POST /credentials": params,
        "GET /credentials/{id}": own,
        "PUT /credentials/{id}": {**own, **params},
        "DELETE /credentials/{id}": own,
    }


def _webhooks(sandbox: Sandbox) -> Schemas:
    webhook = {"address": ADDRESS, "key": "k" * 16, "topic": "orders_status"}
    own = {"{id}": _enum(str(_created(sandbox, "webhook", webhook)["id"]))}
    hook = {".webhook.address": _enum(f"{ADDRESS}/a", f"{ADDRESS}/b"), ".webhook.key": _KEY}
    event = {"type": "object", "properties": {"order": {"type": "object"}}, "required": ["order"]}
    return {
        "POST /webhooks": {**hook, ".webhook.topic": _enum("orders_status", "shipments_label")},
        "GET /webhooks/{id}": own,
        "PUT /webhooks/{id}": {**own, **hook},
        "DELETE /webhooks/{id}": own,
        "POST /webhooks/{id}/queue": {**own, "": event},
    }


def _products_and_orders(sandbox: Sandbox) -> Schemas:
    sku = {"active": True, "shop_id": SHOP, "sku": SKU}
    product = sandbox.boxc.add_record("/products", {"skus": [sku]})
    own_sku = {"{id}": _enum(str(product)), "{shopId}": _enum(SHOP), "{sku}": _enum(SKU)}
    new = {"{id}": _enum(str(sandbox.boxc.add_record("/products", {"skus": []})))}
    order = {"{id}": _enum(str(sandbox.boxc.add_record("/orders", {})))}
    place = "/products/{id}/shop/{shopId}/sku/{sku}"
    return {
        "POST /products/{id}/skus": {**new, ".sku.shop_id": _enum(SHOP)},
        f"PUT {place}": {**own_sku, ".sku.active": ...},
        f"DELETE {place}": own_sku,
        "POST /orders": {".order.shop.id": _enum(SHOP)},
        "PUT /orders/{id}": {
            **order,
            **dict.fromkeys((".order.to", ".order.consignor", ".order.service"), ...),
            ".order.line_items[]": ...,
        },
    }


def _parcels(sandbox: Sandbox) -> Schemas:
    shipment = _created(sandbox, "shipment", _shipment(create_label=True))
    bare = _created(sandbox, "shipment", _shipment(create_label=False))
    number = _enum(shipment["labels"][0]["tracking_number"])
    sizes = {"weight": 1, "height": 1, "length": 1, "width": 1}
    full = sandbox.boxc.add_record("/overpacks", {"shipments": [{"id": 1}], **sizes})
    return {
        "POST /labels": {".label.shipment_id": _enum(bare["id"])},
        "POST /labels/bulk": {".labels[]": number},
        "POST /manifests": {".manifest.overpacks[]": _enum(full)},
        "PUT /shipments/{id}/process": {
            "{id}": _enum(str(shipment["id"])),
            ".shipment.weight": ...,
        },
        "POST /track": {".events[].tracking_number": number},
        "GET /track/{trackingNumber}": {"{trackingNumber}": number},
    }
