"""BoxC credentials: their store, and how responses show them."""

from datetime import datetime
from typing import Final

from attrs import define, field

from boxapis.sandbox._boxc.pages import PageQuery, page_token
from boxapis.sandbox._boxc.refusals import credential_not_found, invalid_page_token
from boxapis.sandbox._boxc.rules import BoxCRules

_FIRST_ID: Final = 1234567


@define
class StoredCredential:
    """One credential with its secret values; times are UTC as the service writes them."""

    id: int
    user_id: int
    carrier: str
    params: dict[str, str] = field(repr=False)
    created: str
    updated: str
    deleted: str | None = None

    def as_json(self, rules: BoxCRules) -> dict[str, object]:
        """The credential as a response shows it: without any secret value."""
        shown: dict[str, object] = {
            "id": self.id,
            "user_id": self.user_id,
            "carrier": self.carrier,
            "params": dict.fromkeys(self.params, ""),
            "updated": self.updated,
            "created": self.created,
            "deleted": self.deleted or rules.undeleted,
        }
        if rules.masked == "absent":
            del shown["params"]
        return shown


@define(eq=False)
class CredentialStore:
    """Every credential ever created, deleted ones included."""

    _credentials: dict[int, StoredCredential] = field(init=False, factory=dict, repr=False)

    def create(
        self, user_id: int, carrier: str, params: dict[str, str], created: datetime
    ) -> StoredCredential:
        """Store a new credential."""
        number = _FIRST_ID + len(self._credentials)
        now = timestamp(created)
        credential = StoredCredential(number, user_id, carrier, dict(params), now, now)
        self._credentials[number] = credential
        return credential

    def get(self, number: int) -> StoredCredential:
        """Any user's credential by its ID, deleted or not; raises Refusal with 1450."""
        try:
            return self._credentials[number]
        except KeyError:
            raise credential_not_found() from None

    def get_own(self, user_id: int, number: int, *, deleted_too: bool = False) -> StoredCredential:
        """A user's credential by its ID; raises Refusal with 1450, also for another user's."""
        credential = self.get(number)
        if credential.user_id != user_id or (credential.deleted and not deleted_too):
            raise credential_not_found()
        return credential

    def page(
        self, user_id: int, query: PageQuery, *, deleted_too: bool
    ) -> tuple[list[StoredCredential], str | None]:
        """One page of a user's credentials and the token of the next, or None after the last."""
        own = [
            credential
            for credential in self._credentials.values()
            if credential.user_id == user_id and (deleted_too or not credential.deleted)
        ]
        rest = self._after(query, _sorted(own, query))
        found = rest[: query.limit]
        more = len(rest) > query.limit
        return found, page_token(query, found[-1].id) if more else None

    def get_foreign(self, user_id: int, now: datetime) -> StoredCredential:
        """The newest credential of another user, or a made-up one where there is none."""
        foreign = [one for one in self._credentials.values() if one.user_id != user_id]
        if foreign:
            return foreign[-1]
        number, time = _FIRST_ID - 1, timestamp(now)
        return StoredCredential(number, user_id + 1, "USPS", {"foreign": ""}, time, time)

    def all(self) -> list[StoredCredential]:
        """Every credential in order of creation."""
        return list(self._credentials.values())

    def _after(self, query: PageQuery, ordered: list[StoredCredential]) -> list[StoredCredential]:
        if query.last_id is None:
            return ordered
        try:
            last = _sort_key(self._credentials[int(query.last_id)], query)
        except (KeyError, ValueError):
            raise invalid_page_token() from None
        if query.order == "asc":
            return [item for item in ordered if _sort_key(item, query) > last]
        return [item for item in ordered if _sort_key(item, query) < last]


def timestamp(time: datetime) -> str:
    """A UTC time as the service writes it: ``YYYY-MM-DD HH:MM:SS``."""
    return time.strftime("%Y-%m-%d %H:%M:%S")


def _sorted(credentials: list[StoredCredential], query: PageQuery) -> list[StoredCredential]:
    descending = query.order == "desc"
    return sorted(credentials, key=lambda item: _sort_key(item, query), reverse=descending)


def _sort_key(credential: StoredCredential, query: PageQuery) -> tuple[str, int]:
    return (credential.carrier if query.sort == "carrier" else "", credential.id)
