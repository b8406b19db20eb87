"""The 83 BoxC operations, one file in `resources` for each resource with rules of its own."""

from collections import defaultdict
from typing import Final

from boxapis.sandbox._boxc.authorization import AUTHORIZATION_OPERATIONS
from boxapis.sandbox._boxc.request import BoxCRequest, Operation
from boxapis.sandbox._boxc.resources import (
    calculations,
    credentials,
    kinds,
    labels,
    orders,
    overpacks,
    places,
    products,
    returns,
    shipments,
    table,
    tracking,
    users,
    webhooks,
)

OPERATIONS: Final = (
    *calculations.OPERATIONS,
    *credentials.OPERATIONS,
    *labels.OPERATIONS,
    *orders.OPERATIONS,
    *overpacks.OPERATIONS,
    *places.OPERATIONS,
    *products.OPERATIONS,
    *returns.OPERATIONS,
    *shipments.OPERATIONS,
    *table.OPERATIONS,
    *tracking.OPERATIONS,
    *users.OPERATIONS,
    *webhooks.OPERATIONS,
)

KINDS: Final = {
    kind.path: kind
    for kind in (
        *(table.CUSTOMS_PRODUCTS, table.INBOUND, table.INVOICES, table.SHOPS),
        *(kinds.LABELS, kinds.OVERPACKS, kinds.SHIPMENTS, overpacks.MANIFESTS),
        *(orders.ORDERS, products.PRODUCTS, returns.RETURNS, returns.RESHIPMENTS),
    )
}
"""Every kind of record by the path of its list, except webhooks, which have secret keys."""

OPERATION_NAMES: Final = AUTHORIZATION_OPERATIONS | {one.name for one in OPERATIONS}
"""Names of the supported operations, those of the authorization server included."""


def _root(path: str) -> str:
    return path.split("/")[1] if path else ""


_BY_ROOT: Final[defaultdict[tuple[str, str], list[Operation]]] = defaultdict(list)
for _operation in OPERATIONS:
    _BY_ROOT[_operation.method, _root(_operation.template)].append(_operation)


def find_operation(request: BoxCRequest) -> tuple[Operation, tuple[str, ...]] | None:
    """The operation of a request and the segments in the places of its ``{id}``, or None."""
    for operation in _BY_ROOT.get((request.method, _root(request.api_path)), ()):
        if (identifiers := operation.identifiers(request.api_path)) is not None:
            return operation, identifiers
    return None


def operation_name(request: BoxCRequest) -> str:
    """Method and path template of a request; ``GET unknown`` for an unsupported path."""
    name = f"{request.method} {request.path}"
    if name in AUTHORIZATION_OPERATIONS:
        return name
    found = find_operation(request)
    return found[0].name if found else f"{request.method} unknown"
