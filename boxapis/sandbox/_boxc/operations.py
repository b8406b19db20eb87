"""What each BoxC operation does: path, scope and effect."""

from collections.abc import Callable, Mapping
from typing import Final

from attrs import field, frozen

from boxapis.sandbox._answer import Answer, json_answer
from boxapis.sandbox._boxc import data
from boxapis.sandbox._boxc.bodies import changed_credential, new_credential
from boxapis.sandbox._boxc.credentials import CredentialStore, StoredCredential, written
from boxapis.sandbox._boxc.pages import page_query
from boxapis.sandbox._boxc.refusals import carrier_changed, credential_not_found, label_not_found
from boxapis.sandbox._boxc.rules import BoxCRules
from boxapis.sandbox._boxc.shipments import ShipmentStore, new_shipment
from boxapis.sandbox._clock import SandboxClock

_ID_DIGITS: Final = 18


@frozen
class Errand:
    """One authorized request, with all that an operation may look at."""

    user_id: int
    identifier: str
    query: Mapping[str, str]
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    rules: BoxCRules
    store: CredentialStore
    shipments: ShipmentStore
    clock: SandboxClock


@frozen
class Operation:
    """A method and a path, ``{id}`` standing for one segment, and the scope that is needed."""

    method: str
    template: str
    scope: str
    act: Callable[[Errand], Answer]

    @property
    def name(self) -> str:
        """Method and path template, as in ``GET /credentials/{id}``."""
        return f"{self.method} {self.template}"

    def identifier(self, method: str, path: str) -> str | None:
        """What stands for ``{id}`` in a path that fits (empty without ``{id}``), or None."""
        prefix, marker, suffix = self.template.partition("{id}")
        if method != self.method or not (path.startswith(prefix) and path.endswith(suffix)):
            return None
        middle = path[len(prefix) :]
        return middle if bool(middle) == bool(marker) and "/" not in middle else None


def list_credentials(errand: Errand) -> Answer:
    """One page of the user's credentials."""
    query = page_query(errand.query, errand.rules)
    deleted_too = errand.rules.soft_delete_visible
    found, following = errand.store.page(errand.user_id, query, deleted_too=deleted_too)
    shown = [credential.shown(errand.rules) for credential in found]
    return json_answer(200, {"credentials": shown, "next_page": following})


def get_credential(errand: Errand) -> Answer:
    """One credential."""
    deleted_too = errand.rules.soft_delete_visible
    number = _number(errand)
    credential = errand.store.find(errand.user_id, number, deleted_too=deleted_too)
    return _shown(200, credential, errand)


def create_credential(errand: Errand) -> Answer:
    """Store a credential."""
    carrier, params = new_credential(errand.body)
    credential = errand.store.create(errand.user_id, carrier, params, errand.clock.utc())
    return _shown(201, credential, errand)


def update_credential(errand: Errand) -> Answer:
    """Replace all params of a credential."""
    credential = errand.store.find(errand.user_id, _number(errand))
    with_carrier = errand.rules.update_needs_carrier
    carrier, params = changed_credential(errand.body, with_carrier=with_carrier)
    if carrier not in {None, credential.carrier}:
        raise carrier_changed()
    credential.params, credential.updated = params, written(errand.clock.utc())
    return _shown(200, credential, errand)


def delete_credential(errand: Errand) -> Answer:
    """Delete a credential; the answer is 200 without a body."""
    credential = errand.store.find(errand.user_id, _number(errand))
    credential.deleted = written(errand.clock.utc())
    return Answer(200)


def list_entry_points(_errand: Errand) -> Answer:
    """Every entry point."""
    return json_answer(200, {"entry_points": data.entry_points()})


def list_warehouses(_errand: Errand) -> Answer:
    """Every warehouse."""
    return json_answer(200, {"warehouses": data.warehouses()})


def get_user(errand: Errand) -> Answer:
    """The token's user."""
    return json_answer(200, {"user": data.user(errand.user_id)})


def create_shipment(errand: Errand) -> Answer:
    """Store a shipment, without a label."""
    sent = new_shipment(errand.body, errand.user_id, errand.store)
    return json_answer(201, {"shipment": errand.shipments.create(sent, errand.clock.utc())})


def get_label(errand: Errand) -> Answer:
    """The sample label by its ID or tracking number, as JSON or as PDF."""
    if errand.identifier not in {data.LABEL_ID, data.TRACKING_NUMBER}:
        raise label_not_found()
    as_pdf = "application/pdf" in errand.headers.get("accept", "")
    if as_pdf or errand.query.get("type") == "PDF":
        return Answer(200, data.label_pdf(), "application/pdf")
    return json_answer(200, {"label": data.label()})


OPERATIONS: Final = (
    Operation("GET", "/credentials", "read_credentials", list_credentials),
    Operation("POST", "/credentials", "write_credentials", create_credential),
    Operation("GET", "/credentials/{id}", "read_credentials", get_credential),
    Operation("PUT", "/credentials/{id}", "write_credentials", update_credential),
    Operation("DELETE", "/credentials/{id}", "write_credentials", delete_credential),
    Operation("GET", "/entry-points", "", list_entry_points),
    Operation("GET", "/warehouses", "", list_warehouses),
    Operation("GET", "/users/me", "openid profile email", get_user),
    Operation("GET", "/labels/{id}", "read_shipments", get_label),
    Operation("POST", "/shipments", "write_shipments", create_shipment),
)


def _number(errand: Errand) -> int:
    text = errand.identifier
    if not (text.isascii() and text.isdigit() and len(text) <= _ID_DIGITS):
        raise credential_not_found()
    return int(text)


def _shown(status: int, credential: StoredCredential, errand: Errand) -> Answer:
    return json_answer(status, {"credential": credential.shown(errand.rules)})
