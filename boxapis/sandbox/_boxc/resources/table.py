"""The rules that most kinds of records share, and the kinds that have no others."""

from collections.abc import Callable
from functools import partial
from typing import Final

from boxapis.sandbox._boxc.bodies import unwrap
from boxapis.sandbox._boxc.data import pdf
from boxapis.sandbox._boxc.pages import parse_page_query
from boxapis.sandbox._boxc.records import Kind, Record
from boxapis.sandbox._boxc.refusals import refused
from boxapis.sandbox._boxc.request import Operation, RequestContext
from boxapis.sandbox._response import SandboxResponse, json_response

CUSTOMS_PRODUCTS: Final = Kind(
    path="/customs/products",
    key="product",
    keys="products",
    missing=1460,
    required=(
        *("brand_name", "coo", "coi", "contact", "description", "intended_use_code"),
        *("manufacturer", "importer", "shipper", "type", "uom"),
    ),
    unset=frozenset({"deleted_at"}),
    created_status=200,
)
INBOUND: Final = Kind(
    path="/inbound",
    key="inbound",
    keys="inbound",
    missing=1350,
    start={"processed_at": None, "received": None, "status": "Pending"},
    unlisted=frozenset({"products"}),
    has_pdf=True,
)
INVOICES: Final = Kind(
    path="/invoices", key="invoice", keys="invoices", missing=1090, seeds=({},), has_pdf=True
)
SHOPS: Final = Kind(
    path="/shops",
    key="shop",
    keys="shops",
    missing=1370,
    required=("id",),
    start={"active": True, "type": "BoxC"},
    filters={"name": lambda shop, value: value.lower() in (shop.get("name") or "").lower()},
    smallest_page=1,
    is_named=True,
)


def record_response(
    status: int, kind: Kind, record: Record, *, in_list: bool = False
) -> SandboxResponse:
    """A response with one record."""
    return json_response(status, {kind.key: kind.shown(record, in_list=in_list)})


def pdf_response() -> SandboxResponse:
    """A response with a PDF: one empty page."""
    return SandboxResponse(200, pdf(), "application/pdf")


def list_records(kind: Kind, context: RequestContext) -> SandboxResponse:
    """Respond with one page of the user's records."""
    query = parse_page_query(
        context.request.query,
        context.rules,
        sorts=kind.sorts,
        filters=kind.filters,
        smallest=kind.smallest_page,
    )
    found, next_page = context.records.page(kind, context.user_id, query)
    shown = [kind.shown(record, in_list=True) for record in found]
    return json_response(200, {kind.keys: shown, "next_page": next_page})


def get_record(kind: Kind, context: RequestContext) -> SandboxResponse:
    """Respond with one record, as JSON or as PDF."""
    record = own_record(kind, context)
    if kind.has_pdf and context.request.wants_pdf:
        return pdf_response()
    return record_response(200, kind, record)


def create_record(kind: Kind, context: RequestContext) -> SandboxResponse:
    """Store a record."""
    sent = unwrap(context.request.body, kind.key, *kind.required)
    record = context.records.create(kind, context.user_id, kind.taken(sent), context.now)
    return record_response(kind.created_status, kind, record)


def update_record(kind: Kind, context: RequestContext) -> SandboxResponse:
    """Change the fields that were sent."""
    record = own_record(kind, context)
    sent = unwrap(context.request.body, kind.key, *kind.required_on_update)
    change(kind, record, sent, context)
    return record_response(200, kind, record)


def delete_record(kind: Kind, context: RequestContext) -> SandboxResponse:
    """Delete a record; the response is 200 without a body."""
    context.records.delete(kind, context.user_id, context.identifier)
    return SandboxResponse(200)


def own_record(kind: Kind, context: RequestContext) -> Record:
    """The record that the path names; raises Refusal with the kind's code."""
    return context.records.get(kind, context.user_id, context.identifier)


def change(kind: Kind, record: Record, sent: Record, context: RequestContext) -> None:
    """Change a record's fields and the time of its update, never its ID."""
    record |= {**kind.taken(sent), "id": record["id"]}
    for name in {"updated", "updated_at"} & record.keys():
        record[name] = context.now


def operations(kind: Kind, read: str, write: str, verbs: str) -> tuple[Operation, ...]:
    """The operations of a kind: the first letters of list, create, get, update and delete.

    Args:
        kind: The kind of record.
        read: The scope to list and get.
        write: The scope to create, update and delete.
        verbs: The first letters of what there is.
    """
    return tuple(
        Operation(method, kind.path + suffix, read if method == "GET" else write, partial(do, kind))
        for letter, (method, suffix, do) in _VERBS.items()
        if letter in verbs
    )


_VERBS: Final[dict[str, tuple[str, str, Callable[[Kind, RequestContext], SandboxResponse]]]] = {
    "l": ("GET", "", list_records),
    "c": ("POST", "", create_record),
    "g": ("GET", "/{id}", get_record),
    "u": ("PUT", "/{id}", update_record),
    "d": ("DELETE", "/{id}", delete_record),
}


def _create_shop(context: RequestContext) -> SandboxResponse:
    sent = unwrap(context.request.body, SHOPS.key, *SHOPS.required)
    if context.records.find(SHOPS, context.user_id, id=sent["id"]):
        raise refused(1373)
    return create_record(SHOPS, context)


def _update_customs_product(context: RequestContext) -> SandboxResponse:
    kind = CUSTOMS_PRODUCTS
    product = own_record(kind, context)
    sent = unwrap(context.request.body, kind.key, *kind.required)
    if sent["type"] != product["type"]:
        raise refused(1463)
    return update_record(kind, context)


OPERATIONS: Final = (
    *operations(CUSTOMS_PRODUCTS, "read_shipments", "write_shipments", "lcgd"),
    Operation("PUT", "/customs/products/{id}", "write_shipments", _update_customs_product),
    *operations(INBOUND, "read_products", "write_products", "lcgud"),
    *operations(INVOICES, "billing", "billing", "lg"),
    *operations(SHOPS, "read_shops", "write_shops", "lgu"),
    Operation("POST", "/shops", "write_shops", _create_shop),
)
