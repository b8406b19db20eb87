"""Makes the store that ``BOXAPIS_STORE`` names, in the environment or in a profile."""

import os

from boxapis._core.store import Store
from boxapis._settings.settings import Settings
from boxapis.errors import ConfigurationError
from boxapis.secret import Secret

__all__ = ["open_store"]

_FILE = "sqlite:"
_FORMS = "it must be sqlite:/PATH, rediss://HOST:PORT, or redis:// for this machine"


def open_store(settings: Settings) -> Store | None:
    """Makes a store for one client, which closes it; None where the settings name none.

    Args:
        settings: Their ``BOXAPIS_STORE`` is ``sqlite:PATH``, with an absolute path or one that
            begins with ``~``; or ``rediss://[USER]:[PASSWORD]@HOST:PORT/NUMBER``, most of which may
            be left out, or ``redis://`` for this machine. ``BOXAPIS_STORE_PEPPER`` is its pepper.

    Raises:
        ConfigurationError: it has another form, or a package that it needs is not installed. The
            error does not show it, for it may hold a password.
    """
    text = settings.get("BOXAPIS_STORE")
    if text is None:
        return None
    try:
        store = _open(text, settings.get("BOXAPIS_STORE_PEPPER"))
    except ConfigurationError as error:
        problem, next_step = error.args[0], error.next_step
    else:
        store.belongs_to_client = True
        return store
    raise ConfigurationError(f"BOXAPIS_STORE in {settings.source}: {problem}", next_step=next_step)


def _open(text: Secret, pepper: Secret | None) -> Store:
    # Each is imported where it is named, with what it needs.
    if text.reveal().startswith(_FILE):
        from boxapis.stores._sqlite import SQLiteStore  # noqa: PLC0415

        path = os.path.expanduser(text.reveal().removeprefix(_FILE))  # noqa: PTH111 - never raises
        if path.startswith("//") or not os.path.isabs(path):  # noqa: PTH117 - the same text
            message = "the path must be absolute, so that all processes share one file"
            raise ConfigurationError(message)
        return SQLiteStore(path, pepper=pepper)
    if text.reveal().startswith(("rediss://", "redis://")):
        from boxapis.stores._redis import RedisStore  # noqa: PLC0415

        return RedisStore(text, pepper=pepper)
    raise ConfigurationError(_FORMS)
