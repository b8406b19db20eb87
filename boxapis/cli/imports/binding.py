"""What an import is bound to: the account it writes to, and the key of its digests.

Promises: a journal or result file of another account is refused before anything is sent, and so is
a journal whose key is missing. A digest tells whether a row has changed, and without the key, which
only this user can read, it tells nothing about the row's values.
"""

import hmac
import json
import os
import secrets
import tempfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from attrs import field, frozen

from boxapis import BoxAPIError, BoxC, ConfigurationError
from boxapis._settings.folders import state_folder
from boxapis._settings.state_files import read_file
from boxapis.cli.boxc.claims import read_claims
from boxapis.cli.imports.rows import Row

__all__ = ["Account", "Binding", "bind", "digest_key_file"]

_KEY_BYTES = 32
_SHOWN = 8  # characters that tell two keys or tokens apart


@frozen
class Account:
    """The service's address, and the user whose credentials an import writes."""

    service: str
    user: str


@frozen
class Binding:
    """An account and the key of the digests; None in a dry run before the first import."""

    account: Account
    _key: bytes | None = field(repr=False)

    @property
    def scope(self) -> dict[str, str]:
        """The scope of the journal."""
        key = _fingerprint(self._key or b"", b"key")
        return {"service": self.account.service, "user": self.account.user, "digest key": key}

    def digest(self, row: Row) -> str:
        """A keyed digest of what is sent for a row."""
        values = sorted((name, value.reveal()) for name, value in row.params.items())
        content = json.dumps([row.id, row.carrier, values]).encode()
        return "" if self._key is None else hmac.new(self._key, content, sha256).hexdigest()


async def bind(client: BoxC, *, may_create: bool, must_exist: str | None) -> Binding:
    """Returns the account of a client, and the key; fetches a token if the client has none yet.

    Args:
        client: The client.
        may_create: Whether to make the key if there is none.
        must_exist: Name of a journal that needs the key; None if there is none.

    Raises:
        ConfigurationError: the key is missing or cannot be used.
        BoxAPIError: no token was issued.
    """
    key = _read_key()
    if key is None and must_exist is not None:
        raise ConfigurationError(
            f"the key of {must_exist} is missing, so its rows cannot be recognised",
            next_step=f"restore {digest_key_file()}, or give every row its id and another journal",
        )
    if key is None and may_create:
        key = _make_key()
    return Binding(await _account(client), key)


async def _account(client: BoxC) -> Account:
    caller = client._caller  # noqa: SLF001 - the token that its calls will have
    token = await caller.tokens.ensure()
    if isinstance(token, BoxAPIError):
        raise token
    text = token.value.reveal().encode()
    # A token that names no user still tells one account from another.
    user = read_claims(token.value).user_id or f"of token {_fingerprint(text, b'user')}"
    at = caller.origin
    return Account(f"{at.scheme}://{at.host}:{at.port}{caller.base_path}", user)


def _fingerprint(secret: bytes, purpose: bytes) -> str:
    return hmac.new(secret, purpose, sha256).hexdigest()[:_SHOWN]


def digest_key_file() -> Path:
    """Path of the file that holds the key."""
    return state_folder() / "import.key"


def _read_key() -> bytes | None:
    problem = "it is damaged"
    try:
        key = read_file(digest_key_file())
        if len(key) == _KEY_BYTES:
            return key
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        problem = error.strerror or type(error).__name__
    raise ConfigurationError(f"{digest_key_file()} cannot be used: {problem}")


def _make_key() -> bytes | None:
    """Makes the key once, whole, with mode 0600; of two that make it, both get the first one."""
    file = digest_key_file()
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".import.")
        try:
            with os.fdopen(descriptor, "wb") as new:
                new.write(secrets.token_bytes(_KEY_BYTES))
                new.flush()
                os.fsync(new.fileno())
            with suppress(FileExistsError):
                os.link(name, file)
        finally:
            Path(name).unlink()
        return _read_key()
    except OSError as error:
        problem = error.strerror or type(error).__name__
    raise ConfigurationError(
        f"the key of the import's digests cannot be kept in {file.parent}: {problem}",
        next_step="set XDG_STATE_HOME to a folder that can be written and is kept",
    )
