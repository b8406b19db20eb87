"""BoxC refusals: HTTP status, error code and the envelope that carries them."""

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import Factory, frozen

from boxapis.sandbox._answer import Answer, json_answer

VALIDATION_ERROR: Final = 1000


@frozen
class Envelope:
    """An error answer: `http` is the status line's, the rest stands in the body.

    ``status`` is in the body only for code 1000. Without `errors` the message is the one item.
    """

    http: int
    code: int
    message: str
    errors: Sequence[str] = ()
    headers: Mapping[str, str] = Factory(dict)

    def answer(self) -> Answer:
        """Put the error into an HTTP answer."""
        body: dict[str, object] = {
            "code": self.code,
            "message": self.message,
            "errors": list(self.errors) or [self.message],
        }
        if self.code == VALIDATION_ERROR:
            body["status"] = "error"
        plain = json_answer(self.http, body)
        return Answer(plain.status, plain.body, plain.content_type, dict(self.headers))


class Fault(Exception):  # noqa: N818 - a refusal is an answer, not a failure
    """A request that is answered with an error."""

    def __init__(self, envelope: Envelope) -> None:
        super().__init__(envelope.code)
        self.envelope = envelope


def fault(http: int, code: int, message: str) -> Fault:
    """A refusal whose only item repeats the message."""
    return Fault(Envelope(http, code, message))


def invalid_carrier() -> Fault:
    """A carrier that is not a text; the wording is the sandbox's own."""
    return _invalid("/credential/carrier: Carrier is not valid")


def missing(*names: str, path: str) -> Fault:
    """A validation error for absent properties at a path."""
    return _invalid(f"{path}: The required properties ({', '.join(names)}) are missing")


def malformed() -> Fault:
    """A body that is not JSON."""
    return fault(400, VALIDATION_ERROR, "Request is malformed.")


def invalid_params() -> Fault:
    """``params`` that is not an object of strings."""
    return fault(400, VALIDATION_ERROR, "params: Params are not valid")


def invalid_query(name: str) -> Fault:
    """A query parameter outside its range."""
    return fault(400, 1031, f"Query parameter '{name}' is invalid")


def invalid_page_token() -> Fault:
    """A page token that this service never gave."""
    return fault(400, 1025, "Invalid page token")


def credential_not_found() -> Fault:
    """No such credential, or somebody else's."""
    return fault(404, 1450, "Credential not found")


def unknown_credential() -> Fault:
    """A shipment that names no such credential, or somebody else's."""
    return fault(400, 1450, "Credential not found")


def invalid_credentials_id() -> Fault:
    """A shipment whose ``credentials_id`` is no number; the wording is the sandbox's own."""
    return _invalid("/shipment/credentials_id: Credentials ID is not valid")


def carrier_changed() -> Fault:
    """An update that names another carrier."""
    return fault(400, 1454, "The carrier can't be changed")


def label_not_found() -> Fault:
    """No such label."""
    return fault(404, 1205, "Label not found")


def invalid_access_token() -> Fault:
    """No token, or one that was never issued."""
    return fault(401, 1005, "Invalid access token")


def authorization_revoked() -> Fault:
    """A token whose authorization the user took back."""
    return fault(403, 1008, "Forbidden: Authorization revoked")


def missing_scope(scope: str, *, named: bool) -> Fault:
    """A token that does not carry the scope of the operation."""
    message = "Forbidden: Missing required scope"
    return fault(403, 1009, f"{message} '{scope}'" if named else message)


def too_many_requests(headers: Mapping[str, str]) -> Fault:
    """The user's bucket is full."""
    message = "Too many requests. Please wait before trying again."
    return Fault(Envelope(429, 1015, message, headers=headers))


def insufficient_funds() -> Fault:
    """An account that cannot pay."""
    return fault(402, 1080, "Insufficient funds")


def server_error() -> Fault:
    """A failure of the service's own."""
    return fault(500, 1001, "Server error. Try again later.")


def _invalid(item: str) -> Fault:
    message = f"Validation Error. {item}"
    return Fault(Envelope(400, VALIDATION_ERROR, message, [item]))
