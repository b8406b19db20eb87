"""BoxC credentials: what is stored, and what of it is shown."""

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

    def shown(self, rules: BoxCRules) -> dict[str, object]:
        """The credential as an answer shows it: without any secret value."""
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
    """Every credential ever made, the deleted ones too."""

    _credentials: dict[int, StoredCredential] = field(init=False, factory=dict, repr=False)

    def create(
        self, user_id: int, carrier: str, params: dict[str, str], moment: datetime
    ) -> StoredCredential:
        """Store a new credential."""
        number = _FIRST_ID + len(self._credentials)
        now = written(moment)
        credential = StoredCredential(number, user_id, carrier, dict(params), now, now)
        self._credentials[number] = credential
        return credential

    def stored(self, number: int) -> StoredCredential:
        """Any credential by its ID; raises Fault with 1450."""
        try:
            return self._credentials[number]
        except KeyError:
            raise credential_not_found() from None

    def find(self, user_id: int, number: int, *, deleted_too: bool = False) -> StoredCredential:
        """A user's credential; raises Fault with 1450, also for somebody else's."""
        credential = self.stored(number)
        if credential.user_id != user_id or (credential.deleted and not deleted_too):
            raise credential_not_found()
        return credential

    def page(
        self, user_id: int, query: PageQuery, *, deleted_too: bool
    ) -> tuple[list[StoredCredential], str | None]:
        """One page and the token of the next, or None after the last."""
        mine = [
            credential
            for credential in self._credentials.values()
            if credential.user_id == user_id and (deleted_too or not credential.deleted)
        ]
        rest = self._after(query, _sorted(mine, query))
        found = rest[: query.limit]
        more = len(rest) > query.limit
        return found, page_token(query, found[-1].id) if more else None

    def of_another(self, user_id: int, moment: datetime) -> StoredCredential:
        """The last credential of any other user, or one made up for a user there is not."""
        others = [one for one in self._credentials.values() if one.user_id != user_id]
        if others:
            return others[-1]
        number, now = _FIRST_ID - 1, written(moment)
        return StoredCredential(number, user_id + 1, "USPS", {"somebody_elses": ""}, now, now)

    def everything(self) -> list[StoredCredential]:
        """Every credential in order of creation."""
        return list(self._credentials.values())

    def _after(self, query: PageQuery, ordered: list[StoredCredential]) -> list[StoredCredential]:
        if query.last_id is None:
            return ordered
        if query.last_id not in self._credentials:
            raise invalid_page_token()
        last = _place(self._credentials[query.last_id], query)
        if query.order == "asc":
            return [item for item in ordered if _place(item, query) > last]
        return [item for item in ordered if _place(item, query) < last]


def written(moment: datetime) -> str:
    """A moment in UTC as the service writes it: ``YYYY-MM-DD HH:MM:SS``."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _sorted(credentials: list[StoredCredential], query: PageQuery) -> list[StoredCredential]:
    descending = query.order == "desc"
    return sorted(credentials, key=lambda item: _place(item, query), reverse=descending)


def _place(credential: StoredCredential, query: PageQuery) -> tuple[str, int]:
    return (credential.carrier if query.sort == "carrier" else "", credential.id)
