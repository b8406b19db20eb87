"""Box Tracker refusals: the status in the body and its error text."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SUCCESS: Final = 200
INVALID_PAYLOAD: Final = 300
NOT_AVAILABLE: Final = 302
MISSING_INPUTS: Final = 303
MISSING_PERMISSIONS: Final = 308
EXPIRED_SESSION: Final = 507
INVALID_SESSION_KEY: Final = 508
WRONG_ADDRESS: Final = 509
KEY_OR_USER_INVALID: Final = 600

_TEXTS: Mapping[int, str] = MappingProxyType(
    {
        INVALID_PAYLOAD: "ERROR: Invalid Payload",
        NOT_AVAILABLE: "ERROR: Resource Not Available",
        MISSING_INPUTS: "ERROR: Missing Inputs",
        305: "ERROR: Invalid Credentials",
        MISSING_PERMISSIONS: "ERROR: Missing Permissions",
        500: "ERROR: Invalid Credentials",
        502: "ERROR: Invalid User",
        EXPIRED_SESSION: "ERROR: Session Expired",
        INVALID_SESSION_KEY: "ERROR: Invalid Session Key",
        WRONG_ADDRESS: "ERROR: Wrong IP Address",
        KEY_OR_USER_INVALID: "ERROR: Invalid Session Key or User",
    }
)


class Refusal(Exception):  # noqa: N818 - a refusal is a response, not a failure
    """A refused command: the ``status`` in the response's body is not 200."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def error_text(status: int) -> str:
    """The ``errorString`` that goes with a status.

    Only the text of 508 is documented; the others are the sandbox's own.
    """
    return _TEXTS.get(status, "ERROR: Request Refused")
