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


def invalid_carrier() -> Refusal:
    """A carrier that is not a string; the wording is the sandbox's own."""
    return _invalid("/credential/carrier: Carrier is not valid")


def missing(*names: str, path: str) -> Refusal:
    """Missing properties at a path."""
    return _invalid(f"{path}: The required properties ({', '.join(names)}) are missing")


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
    return _invalid("/shipment/credentials_id: Credentials ID is not valid")


def carrier_changed() -> Refusal:
    """An update that names another carrier."""
    return Refusal(400, 1454, "The carrier can't be changed")


def label_not_found() -> Refusal:
    """A label that does not exist."""
    return Refusal(404, 1205, "Label not found")


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


def _invalid(error: str) -> Refusal:
    message = f"Validation Error. {error}"
    return Refusal(400, VALIDATION_ERROR, message, [error])
