"""BoxC entry points and warehouses: the same for every user, and read-only."""

from typing import Final

from boxapis.sandbox._boxc import data
from boxapis.sandbox._boxc.refusals import refused
from boxapis.sandbox._boxc.request import Operation, RequestContext
from boxapis.sandbox._response import SandboxResponse, json_response


def list_entry_points(_context: RequestContext) -> SandboxResponse:
    """Respond with every entry point."""
    return json_response(200, {"entry_points": data.entry_points()})


def get_entry_point(context: RequestContext) -> SandboxResponse:
    """Respond with one entry point."""
    for one in data.entry_points():
        if one["id"] == context.identifier:
            return json_response(200, {"entry_point": one})
    raise refused(1040, 404)


def list_warehouses(_context: RequestContext) -> SandboxResponse:
    """Respond with every warehouse, and what storage costs there."""
    return json_response(200, {"warehouses": data.warehouses()})


def get_warehouse(context: RequestContext) -> SandboxResponse:
    """Respond with one warehouse, without the cost of storage."""
    for one in data.warehouses():
        if one["id"] == context.identifier:
            del one["storage"]
            return json_response(200, {"warehouse": one})
    raise refused(1360, 404)


OPERATIONS: Final = (
    Operation("GET", "/entry-points", "", list_entry_points),
    Operation("GET", "/entry-points/{id}", "", get_entry_point),
    Operation("GET", "/warehouses", "", list_warehouses),
    Operation("GET", "/warehouses/{id}", "", get_warehouse),
)
