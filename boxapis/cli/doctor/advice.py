"""Explains errors of the services in plain words, with advice."""

from boxapis import APIError, BoxAPIError
from boxapis.cli.console import printable
from boxapis.cli.doctor.check import Check, failed

__all__ = ["explain"]

_WRONG_PASSWORD = (
    "the user name or the password is wrong",
    "check both, including blanks and capitals; a few wrong attempts may lock the account",
)
_SESSION_REFUSED = (
    "the service refused the session that it had just opened",
    "try again; if it fails every time, ask the vendor",
)
_INTERNAL_ERROR = ("the service has an internal problem", "try again later")
_INVALID_TOKEN = (
    "the token is not valid",
    "set a new BOXC_TOKEN, or set BOXC_CLIENT_ID and BOXC_CLIENT_SECRET instead",
)

_BOXTRACKER = {
    305: _WRONG_PASSWORD,
    500: _WRONG_PASSWORD,
    502: ("there is no such user", "check the user name: the vendor or the hauler issues it"),
    506: _INTERNAL_ERROR,
    507: _SESSION_REFUSED,
    508: _SESSION_REFUSED,
    509: (
        "your address is not the registered one",
        "call from the registered static IP address, or have the vendor register yours",
    ),
    510: _INTERNAL_ERROR,
    600: _SESSION_REFUSED,
    900: _INTERNAL_ERROR,
}
_BOXC = {
    1003: ("the OAuth client was deleted", "create a new one at BoxC"),
    1004: ("BoxC has deactivated the OAuth client", "ask BoxC why"),
    1005: _INVALID_TOKEN,
    1007: ("there is no such OAuth client", "check BOXC_CLIENT_ID"),
    1008: ("the user has revoked the permission", "have the user authorize the client again"),
    1015: ("too many requests, from this or another program", "wait half a minute and try again"),
}


def explain(name: str, error: BoxAPIError) -> Check:
    """A failed check that explains an error: by the service's code where that is known."""
    if isinstance(error, APIError) and error.code is not None:
        table = _BOXTRACKER if error.service == "boxtracker" else _BOXC
        if error.code in table:
            message, advice = table[error.code]
            return failed(name, f"{message} (status {error.code})", advice)
    return failed(name, printable(error.args[0]).rstrip("."), error.next_step)
