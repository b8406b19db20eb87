"""BoxC refusals: HTTP status, error code and JSON body of each error response."""

from collections.abc import Mapping, Sequence
from typing import Final

from boxapis.sandbox._response import SandboxResponse, json_response

VALIDATION_ERROR: Final = 1000


class Refusal(Exception):  # noqa: N818 - a refusal is a response, not a failure
    """An error response of BoxC, raised in place of a result.

    Args:
        status: HTTP status.
        code: Error code in the body. The body has a ``status`` only for code 1000.
        message: Message in the body.
        errors: List of errors in the body; the message alone when it is empty.
        headers: Further headers of the response.
    """

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        errors: Sequence[str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.body: dict[str, object] = {
            "code": code,
            "message": message,
            "errors": list(errors) or [message],
        }
        if code == VALIDATION_ERROR:
            self.body["status"] = "error"
        self.headers = dict(headers or {})

    def response(self) -> SandboxResponse:
        """The refusal as an HTTP response."""
        return json_response(self.status, self.body, self.headers)


MESSAGES: Final[Mapping[int, str]] = {
    1012: "Address Error: %s",
    1040: "Entry point not found",
    1090: "Invoice not found",
    1120: "Return not found",
    1121: "Return must be processed before verifying",
    1122: "Return can't be discarded",
    1140: "Reshipment not found",
    1141: "Reshipment can't be updated",
    1142: "Reshipment can't be deleted",
    1143: "One or more returns can't be reshipped",
    1201: "Shipment has uncancelled or processed labels",
    1202: "Shipment has no labels",
    1204: "Label was previously cancelled",
    1205: "Label not found",
    1206: "Label can't be cancelled",
    1207: "Label isn't ready for download yet",
    1210: "Shipment not found",
    1211: "Shipment not found or doesn't belong to user: %s",
    1212: "Shipment can't be deleted",
    1218: "Shipments that are linked to an overpack can't be deleted",
    1230: "Multi-package shipments can't be processed",
    1250: "Overpack not found",
    1251: "Overpack is locked",
    1270: "Overpack %s is empty",
    1271: "All overpacks must have the same entry point",
    1272: "Overpack %s was already used in another manifest",
    1273: "Overpack %s is missing weight or dimensions",
    1275: "Manifest not found",
    1320: "Order not found",
    1321: "Order can't be modified in its current state",
    1322: "Order can't be deleted",
    1325: "Line items in the order must be unique",
    1326: "Duplicate shop.order_id '%s'",
    1330: "SKU '%s' does not exist in Shop '%s'",
    1332: "Product not found",
    1334: "SKU '%s' for Shop '%s' is already in use",
    1337: "Only one SKU can be active for Product '%s' in Shop '%s'",
    1340: "Packing slip is required for a gift message",
    1350: "Inbound shipment not found",
    1360: "Warehouse not found",
    1370: "Shop not found",
    1371: "Shop can't be deleted",
    1373: "Shop ID is already in use",
    1374: "Shop %s is inactive",
    1400: "Webhook not found",
    1401: "Webhook with that address already exists",
    1405: "Webhook event can't be enqueued due to an error",
    1460: "Customs Product not found",
    1463: "Product type can't be changed",
}
"""The message of each code that `refused` is used for."""


def refused(code: int, status: int = 400, *values: object) -> Refusal:
    """A refusal with a code of `MESSAGES`, whose ``%s`` stand for `values`."""
    return Refusal(status, code, MESSAGES[code] % values)


def invalid(error: str) -> Refusal:
    """A field that the service does not accept."""
    return Refusal(400, VALIDATION_ERROR, f"Validation Error. {error}", [error])


def invalid_carrier() -> Refusal:
    """A carrier that is not a string; the wording is the sandbox's own."""
    return invalid("/credential/carrier: Carrier is not valid")


def missing(*names: str, path: str) -> Refusal:
    """Missing properties at a path."""
    return invalid(f"{path}: The required properties ({', '.join(names)}) are missing")


def malformed() -> Refusal:
    """A body that is not JSON."""
    return Refusal(400, VALIDATION_ERROR, "Request is malformed.")


def invalid_params() -> Refusal:
    """``params`` that are not an object of strings."""
    return Refusal(400, VALIDATION_ERROR, "params: Params are not valid")


def invalid_query(name: str) -> Refusal:
    """A query parameter outside its range."""
    return Refusal(400, 1031, f"Query parameter '{name}' is invalid")


def invalid_page_token() -> Refusal:
    """A page token that this service did not issue."""
    return Refusal(400, 1025, "Invalid page token")


def credential_not_found() -> Refusal:
    """A credential that does not exist or belongs to another user."""
    return Refusal(404, 1450, "Credential not found")


def unknown_credential() -> Refusal:
    """A shipment with a credential that does not exist or belongs to another user."""
    return Refusal(400, 1450, "Credential not found")


def invalid_credentials_id() -> Refusal:
    """A shipment whose ``credentials_id`` is not a number; the wording is the sandbox's own."""
    return invalid("/shipment/credentials_id: Credentials ID is not valid")


def carrier_changed() -> Refusal:
    """An update that names another carrier."""
    return Refusal(400, 1454, "The carrier can't be changed")


def label_failed() -> Refusal:
    """A label that could not be created."""
    return Refusal(500, 1203, "Label could not be created.")


def invalid_access_token() -> Refusal:
    """A missing token, or one that was never issued."""
    return Refusal(401, 1005, "Invalid access token")


def authorization_revoked() -> Refusal:
    """A token whose authorization the user has revoked."""
    return Refusal(403, 1008, "Forbidden: Authorization revoked")


def missing_scope(scope: str, *, named: bool) -> Refusal:
    """A token without the scope that the operation requires."""
    message = "Forbidden: Missing required scope"
    return Refusal(403, 1009, f"{message} '{scope}'" if named else message)


def too_many_requests(headers: Mapping[str, str]) -> Refusal:
    """A request when the user's bucket is full."""
    message = "Too many requests. Please wait before trying again."
    return Refusal(429, 1015, message, headers=headers)


def insufficient_funds() -> Refusal:
    """An account that cannot pay."""
    return Refusal(402, 1080, "Insufficient funds")


def server_error() -> Refusal:
    """An internal failure of the service."""
    return Refusal(500, 1001, "Server error. Try again later.")
