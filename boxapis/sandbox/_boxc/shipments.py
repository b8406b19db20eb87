"""BoxC shipments: made, and remembered for whoever looks from outside; no labels."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from attrs import define, field

from boxapis.sandbox._boxc.bodies import wrapped
from boxapis.sandbox._boxc.credentials import CredentialStore, written
from boxapis.sandbox._boxc.refusals import Fault, invalid_credentials_id, unknown_credential

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
    """Every shipment ever made."""

    _shipments: list[dict[str, object]] = field(init=False, factory=list, repr=False)

    def create(self, sent: Mapping[str, object], moment: datetime) -> dict[str, object]:
        """Store a new shipment; gives it as an answer shows it.

        A label that was asked for is not made, and the shipment says so, as it would after any
        other failure to make one.
        """
        now = written(moment)
        kept = {name: value for name, value in sent.items() if name not in _WRITE_ONLY}
        number = _FIRST_ID + len(self._shipments)
        own = {"id": number, "created": now, "updated": now}
        made: dict[str, object] = {"credentials_id": None, **kept, **own}
        self._shipments.append(made)
        return {**made, "errors": dict(_NO_LABEL)} if sent.get("create_label") is True else made

    def everything(self) -> list[dict[str, object]]:
        """Every shipment in order of creation."""
        return [dict(shipment) for shipment in self._shipments]


def new_shipment(body: bytes, user_id: int, credentials: CredentialStore) -> dict[str, Any]:
    """The fields of a shipment to be made; raises Fault with 1000 or 1450.

    That the required ones are there is checked, and that the credential is one of the user's;
    nothing else is.
    """
    sent = wrapped(body, "shipment", *_REQUIRED)
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
        credentials.find(user_id, number)
    except Fault:
        raise unknown_credential() from None
