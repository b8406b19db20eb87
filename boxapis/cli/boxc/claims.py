"""What a token of BoxC says of itself; not checked, because only the service can."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

from attrs import frozen

from boxapis import Secret

__all__ = ["Claims", "read_claims"]

_PARTS = 3


@frozen
class Claims:
    """The claims of a token that are of use; None where it does not tell.

    Attributes:
        user_id: Whose it is.
        client_id: Who it was given to.
        scopes: What it allows.
        issued: When it was given.
        expires: When it ends.
    """

    user_id: str | None = None
    client_id: str | None = None
    scopes: tuple[str, ...] = ()
    issued: datetime | None = None
    expires: datetime | None = None

    def as_data(self) -> dict[str, Any]:
        """The claims for programs."""
        return {
            "user_id": self.user_id,
            "client_id": self.client_id,
            "scopes": list(self.scopes),
            "issued": self.issued and self.issued.isoformat(),
            "expires": self.expires and self.expires.isoformat(),
        }


def read_claims(token: Secret) -> Claims:
    """The claims of a token; none of one that is no JWT."""
    parts = token.reveal().split(".")
    if len(parts) != _PARTS:
        return Claims()
    try:
        told = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return Claims()
    if not isinstance(told, dict):
        return Claims()
    return Claims(
        user_id=_text(told.get("sub")),
        client_id=_text(told.get("client_id")),
        scopes=tuple((_text(told.get("scope")) or "").split()),
        issued=_moment(told.get("iat")),
        expires=_moment(told.get("exp")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _moment(value: object) -> datetime | None:
    if not isinstance(value, int):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError):
        return None
