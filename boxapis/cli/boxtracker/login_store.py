"""Saved logins: session keys, never passwords, in a file that only this user can read.

Promises: the file has mode 0600 from its first byte on and is replaced as a whole; processes that
write at the same time lose none of each other's logins; a login expires with its session, after
five idle minutes; removing or replacing a login leaves a newer one with another key untouched.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from attrs import asdict, field, frozen

from boxapis import ConfigurationError, Secret
from boxapis._settings.folders import state_folder
from boxapis._settings.state_files import UntrustedFileError, file_lock, read_file, replace_file

__all__ = ["IDLE_LIMIT", "Login", "LoginStore", "account_hash"]

IDLE_LIMIT = 300.0
"""Seconds without a command after which Box Tracker ends a session."""

_Entries = dict[str, dict[str, Any]]


@frozen
class Login:
    """A saved customer session.

    Attributes:
        account: The API user and address it was opened with, as `account_hash`.
        username: The customer's user name.
        customer_id: The customer's number at Box Tracker.
        session_key: The customer's key; the API session is opened anew for each command.
        last_used: Start of the last successful command, in seconds since 1970.
    """

    account: str
    username: str
    customer_id: int
    session_key: Secret
    last_used: float


def account_hash(username: str, base_url: str) -> str:
    """Identifies an API user at an address without showing either."""
    return sha256(f"{username}\n{base_url}".encode()).hexdigest()


@frozen
class LoginStore:
    """The file of saved logins: one for each profile, and one for the environment.

    Args:
        folder: Folder of the file; created when needed.
        now: Returns seconds since 1970, on a clock that all processes share.
    """

    folder: Path = field(factory=state_folder)
    now: Callable[[], float] = time.time

    @property
    def file(self) -> Path:
        """Path of the file."""
        return self.folder / "logins.json"

    def get(self, profile: str | None) -> Login | None:
        """The login of a profile, or None when it is missing or has expired."""
        return self._live(self._read().get(profile or ""))

    def save(self, profile: str | None, login: Login) -> None:
        """Saves the login of a profile in place of any earlier one."""
        with self._locked_entries() as entries:
            entries[profile or ""] = _to_entry(login)

    def replace(self, profile: str | None, old: Login, new: Login) -> None:
        """Saves a login, provided that the old one is still there."""
        with self._locked_entries() as entries:
            if _has_key(entries.get(profile or ""), old):
                entries[profile or ""] = _to_entry(new)

    def remove(self, profile: str | None, login: Login) -> None:
        """Removes a login, provided that it is still there."""
        with self._locked_entries() as entries:
            if _has_key(entries.get(profile or ""), login):
                del entries[profile or ""]

    def _live(self, entry: object) -> Login | None:
        login = _from_entry(entry)
        is_live = login is not None and 0 <= self.now() - login.last_used < IDLE_LIMIT
        return login if is_live else None

    @contextmanager
    def _locked_entries(self) -> Iterator[_Entries]:
        """All entries, to be changed under the file lock; expired ones are dropped."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with file_lock(self.folder / "logins.lock"):
                entries = self._read()
                yield entries
                self._write({name: entry for name, entry in entries.items() if self._live(entry)})
            return
        except OSError as error:
            problem = error.strerror or type(error).__name__
        raise ConfigurationError(f"logins cannot be saved in {self.folder}: {problem}")

    def _read(self) -> _Entries:
        """The entries of the file; none when it is damaged, for they expire soon anyway."""
        try:
            entries = json.loads(read_file(self.file))
            return entries if isinstance(entries, dict) else {}
        except UntrustedFileError as error:
            problem = error.strerror
        except (OSError, ValueError, RecursionError):
            return {}
        message = f"the logins in {self.file} are not used: {problem}"
        raise ConfigurationError(message, next_step="remove it, then log in again")

    def _write(self, entries: _Entries) -> None:
        if not entries:
            self.file.unlink(missing_ok=True)
            return
        replace_file(self.file, json.dumps(entries).encode())


def _has_key(entry: object, login: Login) -> bool:
    found = _from_entry(entry)
    return found is not None and found.session_key == login.session_key


def _to_entry(login: Login) -> dict[str, Any]:
    return asdict(login, recurse=False) | {"session_key": login.session_key.reveal()}


def _from_entry(entry: object) -> Login | None:
    match entry:
        case {
            "account": str(account),
            "username": str(username),
            "customer_id": int(customer_id),
            "session_key": str(key),
            "last_used": float(last_used) | int(last_used),
        }:
            return Login(account, username, customer_id, Secret(key), float(last_used))
        case _:
            return None
