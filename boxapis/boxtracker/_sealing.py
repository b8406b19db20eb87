"""`Sealing`: names and encrypts what the processes of a fleet share in a store.

Promises: who reads the store without the API password learns neither keys nor user names; a slot's
name tells nothing either. A record opens only in the slot it was sealed for, so one that is moved
into another customer's slot is none. All keys come from the API password, which each process holds
anyway, so there is no key to manage: with a new password all names are new. A thief of
the store can try passwords on it, at the cost of scrypt each; a ``pepper`` prevents that. No frame
that an error passes through has a password or a key as a variable.
"""

import asyncio
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from boxapis.errors import ConfigurationError
from boxapis.secret import Secret

__all__ = ["Sealing"]

_FORM = 1
_COST = 2**14  # of scrypt, with 8 blocks: 16 MiB, and less than a tenth of a second
_KEY_BYTES = 32
_NONCE_BYTES = 12


class Sealing:
    """The keys of one API user.

    Args:
        password: The API user's password.
        salt: What else tells the user from others: the address and the user name.
        pepper: A secret beside the password, the same in all processes; None for none.

    Raises:
        ConfigurationError: the package ``cryptography`` is missing.
    """

    __slots__ = ("_keys", "_password", "_pepper", "_salt")

    def __init__(self, password: Secret, salt: str, pepper: Secret | None) -> None:
        if find_spec("cryptography") is None:
            message = "a store needs the package cryptography: pip install 'boxapis[fleet]'"
            raise ConfigurationError(message)
        self._password = password
        self._salt = salt
        self._pepper = pepper
        self._keys: tuple[bytes, bytes] | None = None

    @property
    def is_ready(self) -> bool:
        """Whether the keys are there; `prepare` makes them."""
        return self._keys is not None

    async def prepare(self) -> None:
        """Derives the keys in a thread, because that takes long on purpose."""
        if self._keys is None:
            self._keys = await asyncio.to_thread(self._derived)

    def _derived(self) -> tuple[bytes, bytes]:
        pepper = self._pepper
        both = hashlib.scrypt(
            json.dumps([self._password.reveal(), pepper and pepper.reveal()]).encode(),
            salt=f"boxapis/{_FORM}\0{self._salt}".encode(),
            n=_COST,
            r=8,
            p=1,
            dklen=2 * _KEY_BYTES,
        )
        return both[:_KEY_BYTES], both[_KEY_BYTES:]

    def slot(self, *parts: str | Secret) -> str:
        """Returns the name of the slot that these parts name, as 40 hexadecimal digits."""
        key = self._ready()[0]
        return hmac.new(key, json.dumps(parts, default=_revealed).encode(), "sha256").hexdigest()[
            :40
        ]

    def seal(self, slot: str, values: Mapping[str, Any]) -> bytes:
        """Returns values, as they go into JSON, encrypted for one slot; a `Secret` is revealed."""
        nonce, values = os.urandom(_NONCE_BYTES), {"form": _FORM, **values}
        sealed: bytes = self._cipher().encrypt(
            nonce, json.dumps(values, default=_revealed).encode(), slot.encode()
        )
        return nonce + sealed

    def open(self, slot: str, sealed: bytes) -> dict[str, Any] | None:
        """Returns the values, of which ``key`` becomes a `Secret`.

        None if they do not open, or have the form of a later version.
        """
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - as below

        nonce, encrypted = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            values = json.loads(
                self._cipher().decrypt(nonce, encrypted, slot.encode()), object_hook=_key_sealed
            )
        except (InvalidTag, ValueError):
            return None
        is_known = isinstance(values, dict) and values.get("form") == _FORM
        return values if is_known else None

    def _cipher(self) -> Any:
        # Imported here, because without a store nothing needs it.
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

        return AESGCM(self._ready()[1])

    def _ready(self) -> tuple[bytes, bytes]:
        if self._keys is None:
            message = "the keys are made by prepare()"
            raise RuntimeError(message)
        return self._keys


def _revealed(secret: Secret) -> str:
    return secret.reveal()


def _key_sealed(values: dict[str, Any]) -> dict[str, Any]:
    if "key" in values:
        values["key"] = Secret(values["key"])
    return values
