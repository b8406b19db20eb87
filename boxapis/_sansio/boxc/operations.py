"""The 83 operations of BoxC: the scope each needs, what a repetition does, the typed methods.

The HTTP method tells the kind, except for the operations in one table, each with its reason.
Source: the published API description 1.123 (https://docs.boxc.com/).
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from attrs import frozen

from boxapis._sansio.boxc.paths import Reading, below_version, is_encoded, readings
from boxapis._sansio.operation import Kind

__all__ = [
    "KIND_EXCEPTIONS", "OPERATIONS", "Operation",
    "deprecation", "kind_of", "kind_of_method", "kind_of_request",
]  # fmt: skip

KIND_EXCEPTIONS: MappingProxyType[str, Kind] = MappingProxyType(
    {
        # "Create a PDF with up to 100 labels": of labels that exist; nothing is made or charged.
        "POST /labels/bulk": "read",
        # Sets "cancelled" or "overpack_id" to what it says: a cancelled label stays cancelled.
        "PATCH /labels/{id}": "idempotent",
        # Sets each order to "Holding" or "Processing", whatever it was before.
        "POST /orders/status": "idempotent",
        # "Approved" accepts the fee of the reshipment, and what is approved cannot be deleted.
        "PUT /reshipments/{id}": "changing",
        # "Verify" cannot be reversed, and costs a verify_fee.
        "PUT /returns/{id}": "changing",
        # "This changes shipment status to Processed and can't be reversed"; it settles the cost.
        "PUT /shipments/{id}/process": "changing",
    }
)
"""The operations whose kind is not that of their method.

POST /calculate-duty, POST /classify and POST /validate-address store nothing, and yet are
"changing": each request may be charged, as their errors of status 402 say.
"""

_BY_METHOD: dict[str, list[tuple[Reading, Kind]]] = {}
for _operation, _kind in KIND_EXCEPTIONS.items():
    _method, _, _path = _operation.partition(" ")
    _BY_METHOD.setdefault(_method, []).append((tuple(_path.split("/")[1:]), _kind))


_BUYS_LABEL = re.compile(rb'"create_label":(?!false|null)')  # in JSON without blanks
_DEPRECATED: Reading = ("labels", "{id}", "cancel")


def kind_of_request(usual: Kind, body: bytes | None) -> Kind:
    """Returns the kind of one request.

    Args:
        usual: The kind of its operation.
        body: JSON as orjson writes it, or None. With ``create_label``, PUT /shipments/{id} buys a
            label, and a second one if it is repeated.
    """
    return "changing" if usual == "idempotent" and _BUYS_LABEL.search(body or b"") else usual


def kind_of(method: str, path: str) -> Kind:
    """Returns the kind of an operation.

    Args:
        method: The HTTP method.
        path: The path below the base URL, with or without a prefix such as ``/v1``. An exception
            that forbids repeats holds if any reading of the path ends like the operation; one that
            allows them, only if every reading is the operation.
    """
    usual = kind_of_method(method)
    exceptions = _BY_METHOD.get(method)
    if exceptions is None:
        return usual
    found = readings(path)
    decoded = [below_version(parts) for parts in found if not is_encoded(parts)]
    for pattern, kind in exceptions:
        if kind == "changing":
            ends = (parts[-len(pattern) :] for parts in found)
            is_named = any(_names(map(_without_extension, end), pattern) for end in ends)
        else:
            is_named = bool(decoded) and all(_names(parts, pattern) for parts in decoded)
        if is_named:
            return kind
    return usual


def deprecation(method: str, path: str) -> str | None:
    """Returns what to call instead of an operation that BoxC has deprecated, or None."""
    if method != "PUT":
        return None
    is_named = any(_names(below_version(parts), _DEPRECATED) for parts in readings(path))
    return "PUT /labels/{id}/cancel is deprecated: call labels.cancel()" if is_named else None


def _names(parts: Iterable[str], pattern: Reading) -> bool:
    parts = tuple(parts)
    return len(parts) == len(pattern) and all(
        expected in ("{id}", part) for expected, part in zip(pattern, parts, strict=True)
    )


def _without_extension(part: str) -> str:
    """Returns ``process`` for ``process.json``."""
    return part.partition(".")[0]


def kind_of_method(method: str) -> Kind:
    """Returns the kind of most operations; PUT and DELETE may be repeated, POST and PATCH not."""
    match method:
        case "GET" | "HEAD" | "OPTIONS":
            return "read"
        case "PUT" | "DELETE":
            return "idempotent"
        case _:
            return "changing"


@frozen(eq=False)
class Operation:
    """One operation of BoxC.

    Attributes:
        name: Method and path, each id in braces: the name in errors and traces.
        scope: The scope that the token needs; empty where every token will do.
        kind: ``"read"``, ``"idempotent"`` (may be repeated) or ``"changing"``.
        methods: The typed methods, for instance ``"labels.get"``; empty where there is none.
    """

    name: str
    scope: str
    kind: Kind
    methods: tuple[str, ...]


_SCOPES: Mapping[str, Mapping[str, str]] = {
    "calculate": {"POST /calculate-duty": "duties.calculate"},
    "classify": {"POST /classify": "classify.suggest"},
    "read_credentials": {
        "GET /credentials": "credentials.list credentials.page",
        "GET /credentials/{id}": "credentials.get",
    },
    "write_credentials": {
        "POST /credentials": "credentials.create",
        "PUT /credentials/{id}": "credentials.update",
        "DELETE /credentials/{id}": "credentials.delete",
    },
    "read_shipments": {
        "GET /customs/products": "customs_products.list",
        "GET /customs/products/{id}": "customs_products.get",
        "GET /labels/{id}": "labels.get labels.pdf labels.wait",
        "GET /manifests": "manifests.list",
        "GET /manifests/{id}": "manifests.get manifests.pdf manifests.wait",
        "GET /overpacks": "overpacks.list",
        "GET /overpacks/{id}": "overpacks.get overpacks.pdf",
        "GET /shipments": "shipments.find shipments.list",
        "GET /shipments/{id}": "shipments.get shipments.pdf",
    },
    "write_shipments": {
        "POST /customs/products": "customs_products.create",
        "PUT /customs/products/{id}": "customs_products.update",
        "DELETE /customs/products/{id}": "customs_products.delete",
        "PATCH /labels/{id}": "labels.cancel labels.take_out",
        "POST /labels": "labels.create",
        "POST /labels/bulk": "labels.pdf_of_many labels.pdfs",
        "PUT /labels/{id}/cancel": "",  # deprecated; `labels.cancel` does the same
        "POST /manifests": "manifests.create",
        "POST /overpacks": "overpacks.create",
        "PUT /overpacks/{id}": "overpacks.update",
        "DELETE /overpacks/{id}": "overpacks.delete",
        "POST /shipments": "shipments.create",
        "PUT /shipments/{id}": "shipments.update",
        "DELETE /shipments/{id}": "shipments.delete",
        "PUT /shipments/{id}/process": "shipments.process",
        "POST /track": "track.add",
    },
    "": {  # every token will do
        "GET /entry-points": "entry_points.list",
        "GET /entry-points/{id}": "entry_points.get",
        "GET /estimate": "estimates.get",
        "GET /track/{trackingNumber}": "track.get",
        "GET /warehouses": "warehouses.list",
        "GET /warehouses/{id}": "warehouses.get",
    },
    "read_products": {
        "GET /inbound": "inbound.list",
        "GET /inbound/{id}": "inbound.get inbound.pdf",
        "GET /products": "products.list",
        "GET /products/{id}": "products.get products.pdf",
    },
    "write_products": {
        "POST /inbound": "inbound.create",
        "PUT /inbound/{id}": "inbound.update",
        "DELETE /inbound/{id}": "inbound.delete",
        "POST /products": "products.create",
        "PUT /products/{id}": "products.update",
        "DELETE /products/{id}": "products.delete",
        "POST /products/{id}/skus": "products.add_sku",
        "PUT /products/{id}/shop/{shopId}/sku/{sku}": "products.update_sku",
        "DELETE /products/{id}/shop/{shopId}/sku/{sku}": "products.delete_sku",
    },
    "billing": {
        "GET /invoices": "invoices.list",
        "GET /invoices/{id}": "invoices.get invoices.pdf",
    },
    "read_orders": {
        "GET /orders": "orders.find orders.list",
        "GET /orders/{id}": "orders.get",
    },
    "write_orders": {
        "POST /orders": "orders.create",
        "PUT /orders/{id}": "orders.update",
        "DELETE /orders/{id}": "orders.delete",
        "POST /orders/status": "orders.set_status",
    },
    "returns": {
        "GET /reshipments": "reshipments.list",
        "POST /reshipments": "reshipments.create",
        "GET /reshipments/{id}": "reshipments.get reshipments.wait",
        "PUT /reshipments/{id}": "reshipments.approve reshipments.decline",
        "DELETE /reshipments/{id}": "reshipments.delete",
        "GET /returns": "returns.list",
        "GET /returns/{id}": "returns.get",
        "PUT /returns/{id}": "returns.verify",
        "DELETE /returns/{id}": "returns.discard",
        "POST /returns/{id}/messages": "returns.add_message",
    },
    "read_shops": {"GET /shops": "shops.list", "GET /shops/{id}": "shops.get"},
    "write_shops": {
        "POST /shops": "shops.create",
        "PUT /shops/{id}": "shops.update",
        "DELETE /shops/{id}": "shops.delete",
    },
    "openid profile email": {"GET /users/me": "users.me", "PUT /users/me": "users.update"},
    "validate": {"POST /validate-address": "addresses.validate"},
    "read_webhooks": {"GET /webhooks": "webhooks.list", "GET /webhooks/{id}": "webhooks.get"},
    "write_webhooks": {
        "POST /webhooks": "webhooks.create",
        "PUT /webhooks/{id}": "webhooks.update",
        "DELETE /webhooks/{id}": "webhooks.delete",
        "POST /webhooks/{id}/queue": "webhooks.queue",
    },
}
"""The typed methods of each operation, below its scope; empty where there are none."""

OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {
        name: Operation(
            name=name,
            scope=scope,
            kind=KIND_EXCEPTIONS.get(name) or kind_of_method(name.split()[0]),
            methods=tuple(methods.split()),
        )
        for scope, operations in _SCOPES.items()
        for name, methods in operations.items()
    }
)
"""Every operation of the description by its name."""
