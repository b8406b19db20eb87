"""The error class of each of BoxC's 123 codes, and of an HTTP status without a code."""

from collections import Counter
from collections.abc import Callable
from urllib.parse import quote

import pytest

from boxapis._sansio.boxc.codes import BOXC_CODES, boxc_error
from boxapis._sansio.boxc.operations import (
    KIND_EXCEPTIONS,
    OPERATIONS,
    kind_of,
    kind_of_method,
)
from boxapis._sansio.operation import Kind, http_error
from boxapis.errors import (
    APIError,
    AuthenticationError,
    ConflictError,
    NotFoundError,
    NotProcessedError,
    PaymentError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    ValidationError,
)

# The text beside each is that of BoxC's own table, cut where it is long.
EXPECTED: dict[int, type[APIError]] = {
    1000: ValidationError,  # Validation Error. %s
    1001: ServerError,  # Server error. Try again later.
    1002: ValidationError,  # Requested language is not supported
    1003: AuthenticationError,  # Client is deleted
    1004: AuthenticationError,  # Client was deactivated by BoxC
    1005: AuthenticationError,  # Invalid access token
    1007: AuthenticationError,  # Client with that ID doesn't exist
    1008: AuthenticationError,  # Forbidden: Authorization revoked
    1009: PermissionDeniedError,  # Forbidden: Missing required scope '%s'
    1010: ServerError,  # Service Unavailable: %s
    1012: ValidationError,  # Address Error: %s
    1015: RateLimitError,  # Too many requests. Please wait before trying again.
    1025: ValidationError,  # Invalid page token
    1031: ValidationError,  # Query parameter '%s' is invalid
    1040: NotFoundError,  # Entry point not found
    1050: NotFoundError,  # No routes found
    1051: ServerError,  # There was an error while fetching exchange rates
    1080: PaymentError,  # Insufficient funds
    1081: PaymentError,  # There was an error while fetching the account balance
    1082: PaymentError,  # There was an error while charging the account balance
    1090: NotFoundError,  # Invoice not found
    1120: NotFoundError,  # Return not found
    1121: ConflictError,  # Return must be processed before verifying
    1122: ConflictError,  # Return can't be discarded
    1140: NotFoundError,  # Reshipment not found
    1141: ConflictError,  # Reshipment can't be updated
    1143: ConflictError,  # One or more returns can't be reshipped
    1144: ConflictError,  # Return can't be reshipped: %s
    1145: ValidationError,  # All returns must ship from the same warehouse
    1200: ValidationError,  # Shipping address not found
    1201: ConflictError,  # Shipment has uncancelled or processed labels
    1202: ConflictError,  # Shipment has no labels
    1203: ServerError,  # Label could not be created: %s
    1204: ConflictError,  # Label was previously cancelled
    1205: NotFoundError,  # Label not found
    1207: ConflictError,  # Label isn't ready for download yet
    1208: ValidationError,  # Use the master tracking number '%s' to cancel multi-package shipm...
    1210: NotFoundError,  # Shipment not found
    1211: NotFoundError,  # Shipment not found or doesn't belong to user: %s
    1213: ConflictError,  # Shipment can't be updated
    1215: ValidationError,  # Shipment requires an HS Code and description for all line items
    1216: ConflictError,  # Shipment entry point doesn't match the overpack
    1217: ConflictError,  # Shipment and overpack must use the same service
    1218: ConflictError,  # Shipments that are linked to an overpack can't be deleted
    1219: ConflictError,  # Duplicate shipment in overpack
    1220: ConflictError,  # Shipments to '%s' don't require a manifest
    1221: ValidationError,  # DG and non-DG shipments can't be mixed
    1222: ValidationError,  # Origin description for '%s' must be in the entry point's language
    1223: ValidationError,  # Description for '%s' isn't acceptable
    1224: ValidationError,  # HTS Code error: %s
    1225: NotFoundError,  # Shipment was flagged as %s but no routes were found
    1226: ValidationError,  # Total line item weight is greater than the shipment weight
    1227: ValidationError,  # Supplier is required for %s
    1228: ValidationError,  # Item is PGA so a product_id is required for %s
    1230: ConflictError,  # Multi-package shipments can't be processed
    1240: ValidationError,  # Recipient is a denied party and can't be shipped to
    1242: ValidationError,  # Shipment contains prohibited/restricted goods
    1243: ServerError,  # Unable to get tax and/or duty rates for this shipment
    1250: NotFoundError,  # Overpack not found: %s
    1251: ConflictError,  # Overpack is locked
    1252: ServerError,  # Overpack can't be created
    1253: ServerError,  # Overpack can't be deleted
    1254: ServerError,  # Overpack can't be updated
    1270: ConflictError,  # Overpack %s is empty
    1271: ConflictError,  # All overpacks must have the same entry point
    1272: ConflictError,  # Overpack %s was already used in another manifest
    1273: ConflictError,  # Overpack %s is missing weight or dimensions
    1274: ServerError,  # Manifest could not be created
    1275: NotFoundError,  # Manifest not found
    1276: ConflictError,  # All packages in shipment %s must be overpacked before manifesting
    1277: ConflictError,  # All packages in shipment %s must be manifested together
    1320: NotFoundError,  # Order not found
    1321: ConflictError,  # Order can't be modified in its current state
    1322: ConflictError,  # Order can't be deleted
    1323: ServerError,  # Order could not be created
    1324: ServerError,  # Order could not be updated
    1325: ValidationError,  # Line items in the order must be unique
    1326: ConflictError,  # Duplicate shop.order_id '%s'
    1330: NotFoundError,  # SKU '%s' does not exist in Shop '%s'
    1331: ConflictError,  # SKU is inactive: %s
    1332: NotFoundError,  # Product not found
    1334: ConflictError,  # SKU '%s' for Shop '%s' is already in use
    1335: ConflictError,  # SKU can't be deleted
    1337: ConflictError,  # Only one SKU can be active for Product '%s' in Shop '%s'
    1338: ConflictError,  # Contact support to update barcode for Product '%s'
    1339: ValidationError,  # Product '%s' is missing warehouse description in the local language
    1340: ValidationError,  # Packing slip is required for a gift message
    1341: ValidationError,  # Packaging is not allowed in orders
    1350: NotFoundError,  # Inbound shipment not found
    1351: ConflictError,  # Inbound shipment can't be deleted
    1352: ValidationError,  # Product '%s' can't be added
    1353: ConflictError,  # Inbound shipment can't be updated
    1354: ValidationError,  # Duplicate products in the shipment: %s
    1360: NotFoundError,  # Warehouse not found
    1370: NotFoundError,  # Shop not found
    1371: ConflictError,  # Shop can't be deleted
    1372: ServerError,  # Shop can't be created
    1373: ConflictError,  # Shop ID is already in use
    1374: ConflictError,  # Shop %s is inactive
    1400: NotFoundError,  # Webhook not found
    1401: ConflictError,  # Webhook with that address already exists
    1402: ServerError,  # Webhook can't be created
    1403: ServerError,  # Webhook can't be updated
    1404: ServerError,  # Webhook can't be deleted
    1425: ServerError,  # Unable to validate address due to an error
    1450: NotFoundError,  # Credential not found
    1451: ConflictError,  # Credential can't be updated
    1452: ServerError,  # Credential can't be deleted
    1453: ServerError,  # Credential could not be created
    1454: ConflictError,  # The carrier can't be changed
    1460: NotFoundError,  # Customs Product not found
    1461: NotFoundError,  # The product_id in %s was not found or may have been deleted
    1462: ConflictError,  # Product could not be added to the catalog
    1463: ConflictError,  # Product type can't be changed
    1500: ValidationError,  # Return address country must match shipping address country
    1501: ValidationError,  # Consignee country must match shipping address country
    1502: ValidationError,  # %s.name will not be accepted
    1503: ValidationError,  # %s.id is required for the country or service
}

BOTH_WAYS = (
    1142,  # Reshipment can't be deleted
    1206,  # Label can't be cancelled
    1212,  # Shipment can't be deleted
    1333,  # Product can't be deleted because it's being used
    1405,  # Webhook event can't be enqueued due to an error
)


def test_the_table_is_whole() -> None:
    """118 codes have one error class, and five depend on the HTTP status: 123."""
    assert len(EXPECTED) == 118
    assert set(BOXC_CODES) == set(EXPECTED) | set(BOTH_WAYS)
    assert len(BOXC_CODES) == 123


@pytest.mark.parametrize("code", EXPECTED)
def test_codes(code: int) -> None:
    """The code alone determines the error class, whatever the HTTP status."""
    assert {boxc_error(code, status) for status in (200, 400, 404, 500)} == {EXPECTED[code]}


@pytest.mark.parametrize("code", BOTH_WAYS)
def test_codes_that_go_both_ways(code: int) -> None:
    """These five are conflicts with 400, and server failures with 500."""
    assert boxc_error(code, 400) is ConflictError
    assert boxc_error(code, 499) is ConflictError
    assert boxc_error(code, 500) is ServerError
    assert boxc_error(code, 503) is ServerError


def test_503_is_a_code_too() -> None:
    """503 occurs as a code when the address service is down, though no table lists it."""
    assert boxc_error(503, 503) is ServerError
    assert boxc_error(503, 400) is ServerError


@pytest.mark.parametrize("code", [0, -1, 1, 400, 500, 999, 1006, 1100, 1336, 1504, 9999, 10**9])
def test_unknown_codes(code: int) -> None:
    """Undocumented codes, and those removed from the documents, have no error class."""
    assert boxc_error(code, 400) is None
    assert boxc_error(code, 500) is None


HTTP: dict[int, type[APIError] | None] = {
    200: None,
    204: None,
    302: None,
    400: ValidationError,
    401: AuthenticationError,
    402: PaymentError,
    403: PermissionDeniedError,
    404: NotFoundError,
    405: NotProcessedError,
    407: NotProcessedError,
    408: NotProcessedError,
    409: ConflictError,
    410: None,
    411: NotProcessedError,
    413: NotProcessedError,
    414: NotProcessedError,
    415: NotProcessedError,
    417: NotProcessedError,
    418: None,
    421: NotProcessedError,
    422: ValidationError,
    425: NotProcessedError,
    429: RateLimitError,
    431: NotProcessedError,
    499: None,
    500: ServerError,
    502: ServerError,
    503: ServerError,
    504: ServerError,
    599: ServerError,
    999: ServerError,
}


@pytest.mark.parametrize("status", HTTP)
def test_http_statuses(status: int) -> None:
    """From 500 on the server failed; below, only unambiguous statuses have a class."""
    assert http_error(status) is HTTP[status]


KINDS: dict[str, Kind] = {
    "GET": "read",
    "HEAD": "read",
    "OPTIONS": "read",
    "PUT": "idempotent",
    "DELETE": "idempotent",
    "POST": "changing",
    "PATCH": "changing",
    "get": "changing",
    "TRACE": "changing",
}


@pytest.mark.parametrize("method", KINDS)
def test_kinds_of_methods(method: str) -> None:
    """PUT and DELETE may be repeated; an unknown method counts as changing."""
    assert kind_of_method(method) == KINDS[method]


EXCEPTIONS: dict[str, Kind] = {
    "POST /labels/bulk": "read",
    "PATCH /labels/{id}": "idempotent",
    "POST /orders/status": "idempotent",
    "PUT /reshipments/{id}": "changing",
    "PUT /returns/{id}": "changing",
    "PUT /shipments/{id}/process": "changing",
}


def test_kind_exceptions() -> None:
    """F126: the operations whose kind is not that of their method are these, each for a reason."""
    assert dict(KIND_EXCEPTIONS) == EXCEPTIONS


@pytest.mark.parametrize("path", ["/calculate-duty", "/classify", "/validate-address"])
def test_what_may_be_charged_is_changing(path: str) -> None:
    """F126: a POST that stores nothing is no read where each request may be charged."""
    assert kind_of("POST", path) == OPERATIONS[f"POST {path}"].kind == "changing"


SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": lambda path: path,
    "in capitals": lambda path: path.upper(),
    "quoted": lambda path: "/" + "".join(f"%{ord(one):02x}" for one in path[1:]),
    "below a version": lambda path: f"/v1{path}",
    "with parameters": lambda path: f"{path.replace('/', ';a=1/')[4:]};b=/",
    "with a slash more": lambda path: f"{path}/",
}
ODD_SPELLINGS: dict[str, Callable[[str], str]] = {
    "with slashes twice": lambda path: path.replace("/", "//"),
    "quoted twice": lambda path: "/" + "".join(f"%25{ord(one):02X}" for one in path[1:]),
    "in wide letters": lambda path: "/" + quote("".join(map(wide, path[1:])), safe="/"),
    "with accents": lambda path: path.replace("e", "%C3%A9").replace("l", "%C4%BA"),
    "with blanks": lambda path: "%20/%09".join(path.split("/"))[3:] + "%00",
    "with a query that is quoted": lambda path: f"{path}%3Fa=b%2Fc",
    "with a fragment that is quoted": lambda path: f"{path}%2523a",
    "with backslashes": lambda path: "/" + path[1:].replace("/", "%5C"),
    "in overlong letters": lambda path: "/" + "".join(map(overlong, path[1:])),
}


def wide(sign: str) -> str:
    """The wide form of a letter or digit."""
    return chr(ord(sign) + 0xFEE0) if sign.isalnum() else sign


def overlong(sign: str) -> str:
    """A sign of ASCII in two bytes, which UTF-8 forbids."""
    return f"%{0xC0 | ord(sign) >> 6:02x}%{0x80 | ord(sign) & 0x3F:02x}" if sign.isalnum() else sign


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("operation", EXCEPTIONS)
def test_spellings_of_a_path(operation: str, spelling: str) -> None:
    """F126: a path that the server may read as this operation has its kind."""
    method, _, path = operation.partition(" ")
    assert kind_of(method, SPELLINGS[spelling](path.replace("{id}", "7"))) == EXCEPTIONS[operation]


@pytest.mark.parametrize("spelling", ODD_SPELLINGS)
@pytest.mark.parametrize("operation", [name for name in EXCEPTIONS if name.startswith("PUT")])
def test_odd_spellings_of_a_path(operation: str, spelling: str) -> None:
    """F126: a path that some server may read as an operation that costs money is not repeated."""
    path = operation.removeprefix("PUT ").replace("{id}", "7")
    assert kind_of("PUT", ODD_SPELLINGS[spelling](path)) == "changing"


@pytest.mark.parametrize("operation", EXCEPTIONS)
@pytest.mark.parametrize("prefix", ["/inbound/7", "/v1/x", "/x%2Fv1", "/labels/7%2F.."])
def test_paths_that_end_like_an_exception(operation: str, prefix: str) -> None:
    """F126: the end of a path forbids a repeat; only the whole path allows one."""
    method, _, path = operation.partition(" ")
    expected = "changing" if method == "PUT" else kind_of_method(method)
    assert kind_of(method, prefix + path.replace("{id}", "7")) == expected


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("PUT", "/shipments/7/process.json", "changing"),
        ("PATCH", "/labels/7%2Fmessages", "changing"),
        ("POST", "/labels/bulk%252Fmessages", "changing"),
        ("PUT", "/shipments/7%252Fprocess%253Ba%2525b", "changing"),
        ("PUT", "/shipments/7%zz", "idempotent"),
        ("PATCH", "/labels/7%zz", "idempotent"),
    ],
)
def test_paths_that_can_be_read_in_two_ways(method: str, path: str, expected: Kind) -> None:
    """F126: of two readings of a path, the one that forbids a repeat counts."""
    assert kind_of(method, path) == expected


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/labels"),
        ("POST", "/bulk"),
        ("POST", "/labels/bulk/7"),
        ("PUT", "/labels/bulk"),
        ("GET", "/reshipments/7"),
        ("PUT", "/reshipments"),
        ("POST", "/returns/7/messages"),
        ("PUT", "/shipments/7"),
        ("POST", "/orders"),
        ("PATCH", "/labels"),
        ("DELETE", "/returns/7"),
        ("POST", "/classify"),
        ("POST", "/validate-address"),
    ],
)
def test_kinds_of_other_operations(method: str, path: str) -> None:
    """F126: the method tells the kind of every other operation."""
    assert kind_of(method, path) == kind_of_method(method)


def test_every_operation_has_its_kind() -> None:
    """The table has 83 operations, each of the kind that its path has, and 20 scopes."""
    assert len(OPERATIONS) == 83
    for name, operation in OPERATIONS.items():
        method, path = name.split()
        assert (operation.name, operation.kind) == (name, kind_of(method, path))
    assert len({scope for one in OPERATIONS.values() for scope in one.scope.split()}) == 20
    assert sum(not operation.scope for operation in OPERATIONS.values()) == 6
    kinds = Counter(operation.kind for operation in OPERATIONS.values())
    assert kinds == {"read": 35, "idempotent": 26, "changing": 22}
    assert OPERATIONS.keys() >= KIND_EXCEPTIONS.keys()


def test_credential_operations() -> None:
    """Operations on credentials have a scope each, and names without an id."""
    found = {name: one.scope for name, one in OPERATIONS.items() if " /credentials" in name}
    assert found == {
        "GET /credentials": "read_credentials",
        "GET /credentials/{id}": "read_credentials",
        "POST /credentials": "write_credentials",
        "PUT /credentials/{id}": "write_credentials",
        "DELETE /credentials/{id}": "write_credentials",
    }
