"""BoxC shipments: their store, and the check of new ones; no labels."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from attrs import define, field

from boxapis.sandbox._boxc.bodies import unwrap
from boxapis.sandbox._boxc.credentials import CredentialStore, timestamp
from boxapis.sandbox._boxc.refusals import Refusal, invalid_credentials_id, unknown_credential

_FIRST_ID: Final = 42001
_REQUIRED: Final = ("line_items", "service", "entry_point", "consignor", "to", "weight")
_WRITE_ONLY: Final = frozenset({"compliance", "create_label", "packages", "tracking_number"})
_NO_LABEL: Final[Mapping[str, object]] = {
    "code": 1203,
    "http_status": 500,
    "message": "Label could not be created.",
    "status": "error",
}


@define(eq=False)
class ShipmentStore:
    """Every shipment ever created."""

    _shipments: list[dict[str, object]] = field(init=False, factory=list, repr=False)

    def create(self, sent: Mapping[str, object], created: datetime) -> dict[str, object]:
        """Store a new shipment; returns it as a response shows it.

        A label that was asked for is not created, and the shipment shows the error that the
        service shows when it fails to create one.
        """
        now = timestamp(created)
        kept = {name: value for name, value in sent.items() if name not in _WRITE_ONLY}
        number = _FIRST_ID + len(self._shipments)
        own = {"id": number, "created": now, "updated": now}
        shipment: dict[str, object] = {"credentials_id": None, **kept, **own}
        self._shipments.append(shipment)
        wants_label = sent.get("create_label") is True
        return {**shipment, "errors": dict(_NO_LABEL)} if wants_label else shipment

    def all(self) -> list[dict[str, object]]:
        """Every shipment in order of creation."""
        return [dict(shipment) for shipment in self._shipments]


def new_shipment(body: bytes, user_id: int, credentials: CredentialStore) -> dict[str, Any]:
    """The fields of a shipment to be created; raises Refusal with 1000 or 1450.

    Only two things are checked: that the required fields are present, and that the credential
    belongs to the user.
    """
    sent = unwrap(body, "shipment", *_REQUIRED)
    match sent.get("credentials_id"):
        case None:
            pass
        case int(number) if not isinstance(number, bool):
            _check_credential(user_id, number, credentials)
        case _:
            raise invalid_credentials_id()
    return sent


def _check_credential(user_id: int, number: int, credentials: CredentialStore) -> None:
    try:
        credentials.get_own(user_id, number)
    except Refusal:
        raise unknown_credential() from None
