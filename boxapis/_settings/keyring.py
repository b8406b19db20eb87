"""Secrets in the system's keyring, by references: ``keyring:SERVICE/NAME``."""

from typing import Any

from boxapis.errors import ConfigurationError
from boxapis.secret import Secret

__all__ = ["forget_in_keyring", "read_from_keyring", "store_in_keyring"]


def read_from_keyring(reference: str, name: str) -> str | None:
    """The secret that a reference points to, or None.

    Args:
        reference: ``keyring:SERVICE/NAME``.
        name: What the secret is for, used in errors.

    Raises:
        ConfigurationError: It is no such reference, or the keyring or its library fails.
    """
    found = _call("get_password", reference, name)
    return found if isinstance(found, str) else None


def store_in_keyring(reference: str, name: str, secret: Secret) -> None:
    """Stores a secret where a reference points to; arguments and errors as above."""
    _call("set_password", reference, name, secret)


def forget_in_keyring(reference: str, name: str) -> None:
    """Deletes the secret that a reference points to, if there is one; the rest as above."""
    if read_from_keyring(reference, name) is not None:
        _call("delete_password", reference, name)


def _call(action: str, reference: str, name: str, *secrets: Secret) -> Any:
    service, slash, user = reference.removeprefix("keyring:").rpartition("/")
    if not (slash and service and user):
        raise ConfigurationError(f"{name}: write keyring:SERVICE/NAME, not {reference}")
    try:
        import keyring  # noqa: PLC0415 - an optional extra
    except ModuleNotFoundError as error:
        problem = f"{error.name} is not installed: pip install 'boxapis[keyring]'"
    else:
        try:
            return getattr(keyring, action)(service, user, *(one.reveal() for one in secrets))
        except Exception as error:  # noqa: BLE001 - backends raise what they like
            problem = f"the keyring failed for {reference} ({type(error).__name__})"
    raise ConfigurationError(f"{name}: {problem}")
