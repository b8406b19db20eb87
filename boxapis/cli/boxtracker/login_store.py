"""Logins kept between commands: session keys, never a password, in a file for this user alone.

Promises: the file has mode 0600 from its first byte on and is replaced as a whole; two processes
at once lose nothing of each other's; a login dies with its session, after five idle minutes; it is
taken back only by whoever saw its very key refused, so that a newer one stays.
"""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from attrs import field, frozen

from boxapis import ConfigurationError, Secret
from boxapis.cli.boxtracker.file_lock import only_one
from boxapis.cli.settings.folders import state_folder

__all__ = ["IDLE_LIMIT", "Login", "Logins", "account"]

IDLE_LIMIT = 300.0
"""Seconds after which Box Tracker forgets a session that nobody used."""

_Entries = dict[str, dict[str, Any]]


@frozen
class Login:
    """A customer's session.

    Attributes:
        account: Of which API user it is, and where; see `account`.
        username: The customer's.
        customer_id: In Box Tracker.
        session_key: Of the customer; the API's is opened anew each time.
        last_used: When the last command that went well was begun, in seconds since 1970.
    """

    account: str
    username: str
    customer_id: int
    session_key: Secret
    last_used: float


def account(username: str, base_url: str) -> str:
    """A name for an API user at an address that shows neither."""
    return sha256(f"{username}\n{base_url}".encode()).hexdigest()


@frozen
class Logins:
    """The file of all logins: one for each profile, and one for the environment.

    Args:
        now: Seconds since 1970; several processes must agree on it.
    """

    folder: Path = field(factory=state_folder)
    now: Callable[[], float] = time.time

    @property
    def file(self) -> Path:
        """Where they are."""
        return self.folder / "logins.json"

    def get(self, profile: str | None) -> Login | None:
        """The login of a profile, if its session can still be alive."""
        login = _login(self._read().get(profile or ""))
        return login if login is not None and self._is_alive(login) else None

    def keep(self, profile: str | None, login: Login) -> None:
        """Puts a login in the place of the one there was."""
        with self._changing() as entries:
            entries[profile or ""] = _entry(login)

    def renew(self, profile: str | None, old: Login, new: Login) -> None:
        """Puts a login in the place of the one it goes on with, if that is still there."""
        with self._changing() as entries:
            if _is(entries.get(profile or ""), old):
                entries[profile or ""] = _entry(new)

    def forget(self, profile: str | None, login: Login) -> None:
        """Takes a login away, if it is still there."""
        with self._changing() as entries:
            if _is(entries.get(profile or ""), login):
                del entries[profile or ""]

    def _is_alive(self, login: Login) -> bool:
        return 0 <= self.now() - login.last_used < IDLE_LIMIT

    @contextmanager
    def _changing(self) -> Iterator[_Entries]:
        """All entries, to be changed while no other process does; dead ones are left out."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with only_one(self.folder / "logins.lock"):
                entries = self._read()
                yield entries
                self._write({name: entry for name, entry in entries.items() if self._lives(entry)})
            return
        except OSError as error:
            why = error.strerror or type(error).__name__
        raise ConfigurationError(f"logins cannot be kept in {self.folder}: {why}")

    def _lives(self, entry: Mapping[str, Any]) -> bool:
        login = _login(entry)
        return login is not None and self._is_alive(login)

    def _read(self) -> _Entries:
        """What is in the file; a damaged one holds nothing that five minutes would not end."""
        try:
            entries = json.loads(self.file.read_bytes())
        except (OSError, ValueError):
            return {}
        return entries if isinstance(entries, dict) else {}

    def _write(self, entries: _Entries) -> None:
        if not entries:
            self.file.unlink(missing_ok=True)
            return
        # Nobody else is in here. With the mode given at its making it never was readable to others.
        new = self.folder / "logins.new"
        new.unlink(missing_ok=True)
        number = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "w", encoding="utf-8") as file:
            json.dump(entries, file)
        new.replace(self.file)


def _is(entry: object, login: Login) -> bool:
    there = _login(entry)
    return there is not None and there.session_key == login.session_key


def _entry(login: Login) -> dict[str, Any]:
    return {
        "account": login.account,
        "username": login.username,
        "customer_id": login.customer_id,
        "session_key": login.session_key.reveal(),
        "last_used": login.last_used,
    }


def _login(entry: object) -> Login | None:
    match entry:
        case {
            "account": str(whose),
            "username": str(username),
            "customer_id": int(customer_id),
            "session_key": str(key),
            "last_used": float(last_used) | int(last_used),
        }:
            return Login(whose, username, customer_id, Secret(key), float(last_used))
        case _:
            return None
