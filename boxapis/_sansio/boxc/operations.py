"""The operations of BoxC: the kind of each, and names and scopes of those on credentials.

The HTTP method tells the kind, except for the operations in one table, each with its reason.
Source: the published API description 1.123 (https://docs.boxc.com/).
"""

import re
from types import MappingProxyType
from urllib.parse import unquote

from boxapis._sansio.operation import Kind

__all__ = [
    "CREDENTIAL_OPERATIONS",
    "CREDENTIAL_SCOPES",
    "KIND_EXCEPTIONS",
    "kind_of",
    "kind_of_method",
]

KIND_EXCEPTIONS: MappingProxyType[str, Kind] = MappingProxyType(
    {
        # "Create a PDF with up to 100 labels": of labels that exist; nothing is made or charged.
        "POST /labels/bulk": "read",
        # "Calculate the landed cost ... without having to create" a shipment; not billed, unlike
        # POST /classify and POST /validate-address, which are billed for each request.
        "POST /calculate-duty": "read",
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
"""The operations whose kind is not that of their method."""

_SEPARATORS = re.compile(r"(?:;[^/\\]*)?[/\\]+|;.*")  # some servers drop what follows a ;


def _split(path: str) -> list[str]:
    return [part for part in _SEPARATORS.split(path) if part]


_BY_METHOD: dict[str, list[tuple[list[str], Kind]]] = {}
for _operation, _kind in KIND_EXCEPTIONS.items():
    _method, _, _path = _operation.partition(" ")
    _BY_METHOD.setdefault(_method, []).append((_split(_path), _kind))


def kind_of(method: str, path: str) -> Kind:
    """Returns the kind of an operation.

    Args:
        method: The HTTP method.
        path: The path below the base URL. It is compared as a server may read it: unquoted, in any
            case, with or without a prefix such as ``/v1``.
    """
    exceptions = _BY_METHOD.get(method)
    if exceptions is not None:
        parts = _split(unquote(path).casefold())
        for pattern, kind in exceptions:
            if _ends_with(parts, pattern):
                return kind
    return kind_of_method(method)


def _ends_with(parts: list[str], pattern: list[str]) -> bool:
    tail = parts[-len(pattern) :]
    return len(tail) == len(pattern) and all(
        expected in ("{id}", part) for expected, part in zip(pattern, tail, strict=True)
    )


def kind_of_method(method: str) -> Kind:
    """Returns the kind of most operations; PUT and DELETE may be repeated, POST and PATCH not."""
    match method:
        case "GET" | "HEAD" | "OPTIONS":
            return "read"
        case "PUT" | "DELETE":
            return "idempotent"
        case _:
            return "changing"


CREDENTIAL_OPERATIONS = MappingProxyType(
    {
        "list": "GET /credentials",
        "get": "GET /credentials/{id}",
        "create": "POST /credentials",
        "update": "PUT /credentials/{id}",
        "delete": "DELETE /credentials/{id}",
    }
)

CREDENTIAL_SCOPES = MappingProxyType(
    {
        operation: "read_credentials" if operation.startswith("GET") else "write_credentials"
        for operation in CREDENTIAL_OPERATIONS.values()
    }
)
