"""Box Tracker refusals: the status in the body and its error text."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SUCCESS: Final = 200
INVALID_PAYLOAD: Final = 300
NOT_AVAILABLE: Final = 302
MISSING_INPUTS: Final = 303
MISSING_PERMISSIONS: Final = 308
BAD_REPORT_PARAMETERS: Final = 310
NOT_A_REPORT: Final = 312
CARD_NOT_VALID: Final = 324
NO_PRICE_SHEET: Final = 326
BAD_COORDINATES: Final = 333
BAD_DISTANCE: Final = 334
TOO_FAR: Final = 335
NO_MODE: Final = 337
CLOSED_WEEKDAY: Final = 338
EXPIRED_SESSION: Final = 507
INVALID_SESSION_KEY: Final = 508
WRONG_ADDRESS: Final = 509
DATE_IS_TODAY: Final = 514
TOO_MANY_OUT: Final = 516
DATE_BLACKED_OUT: Final = 518
KEY_OR_USER_INVALID: Final = 600

_TEXTS: Mapping[int, str] = MappingProxyType(
    {
        INVALID_PAYLOAD: "ERROR: Invalid Payload",
        NOT_AVAILABLE: "ERROR: Resource Not Available",
        MISSING_INPUTS: "ERROR: Missing Inputs",
        305: "ERROR: Invalid Credentials",
        MISSING_PERMISSIONS: "ERROR: Missing Permissions",
        BAD_REPORT_PARAMETERS: "ERROR: Missing or Malformed Report Parameters",
        NOT_A_REPORT: "ERROR: Not A Valid Report",
        CARD_NOT_VALID: "ERROR: Invalid Credit Card",
        NO_PRICE_SHEET: "ERROR: Missing Price Sheet",
        BAD_COORDINATES: "ERROR: Missing or Malformed Latitude or Longitude",
        BAD_DISTANCE: "ERROR: Missing or Malformed Distance By Road",
        TOO_FAR: "ERROR: Job Site Too Far Away",
        NO_MODE: "ERROR: Missing Mode",
        CLOSED_WEEKDAY: "ERROR: Day Of The Week Cannot Be Booked",
        500: "ERROR: Invalid Credentials",
        502: "ERROR: Invalid User",
        EXPIRED_SESSION: "ERROR: Session Expired",
        INVALID_SESSION_KEY: "ERROR: Invalid Session Key",
        WRONG_ADDRESS: "ERROR: Wrong IP Address",
        DATE_IS_TODAY: "ERROR: Order Date Cannot Be Today",
        TOO_MANY_OUT: "ERROR: Too Many Containers Out",
        DATE_BLACKED_OUT: "ERROR: Date Is Blacked Out",
        KEY_OR_USER_INVALID: "ERROR: Invalid Session Key or User",
    }
)


class Refusal(Exception):  # noqa: N818 - a refusal is a response, not a failure
    """A refused command: the ``status`` in the response's body is not 200.

    Attributes:
        status: The ``status``.
        text: The ``errorString``; None for the usual one of the status.
        payload: Further fields of the body.
    """

    def __init__(
        self, status: int, text: str | None = None, payload: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(status)
        self.status = status
        self.text = text
        self.payload = payload or {}


def error_text(status: int) -> str:
    """The ``errorString`` that goes with a status.

    Only the text of 508 is documented; the others are the sandbox's own.
    """
    return _TEXTS.get(status, "ERROR: Request Refused")
