"""The operations of BoxC: kinds by HTTP method, and names and scopes of those on credentials.

Source: the published API description 1.123 (https://docs.boxc.com/).
"""

from types import MappingProxyType

from boxapis._sansio.operation import Kind

__all__ = ["CREDENTIAL_OPERATIONS", "CREDENTIAL_SCOPES", "kind_of_method"]


def kind_of_method(method: str) -> Kind:
    """Returns the kind of an operation; PUT and DELETE may be repeated, POST and PATCH not."""
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
