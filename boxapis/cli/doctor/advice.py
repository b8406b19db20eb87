"""Errors of the library in plain words: what is wrong, and what to do."""

from boxapis import APIError, BoxAPIError
from boxapis.cli.console import harmless
from boxapis.cli.doctor.values import Check, failed

__all__ = ["told"]

_WRONG_PASSWORD = (
    "the user name or the password is wrong",
    "check both, blanks and capitals included; after a few wrong ones an account may be locked",
)
_OVER = (
    "the service did not take the session it had just opened",
    "try again; if it stays so, ask",
)
_LATER = ("the service has trouble of its own", "try again later")
_TOKEN = (
    "the token is not valid",
    "make a new one, or set BOXC_CLIENT_ID and BOXC_CLIENT_SECRET instead of BOXC_TOKEN",
)

_BOXTRACKER = {
    305: _WRONG_PASSWORD,
    500: _WRONG_PASSWORD,
    502: ("there is no such user", "check the user name: it is issued by the vendor or hauler"),
    506: _LATER,
    507: _OVER,
    508: _OVER,
    509: (
        "your address is not the registered one",
        "call from the registered static IP address, or have the vendor register yours",
    ),
    510: _LATER,
    600: _OVER,
    900: _LATER,
}
_BOXC = {
    1003: ("the OAuth client was deleted", "make another one at BoxC"),
    1004: ("BoxC has deactivated the OAuth client", "ask BoxC why"),
    1005: _TOKEN,
    1007: ("there is no such OAuth client", "check BOXC_CLIENT_ID"),
    1008: ("the user has taken the permission back", "have the user authorize the client again"),
    1015: ("too many requests, of this or another program", "wait half a minute, then try again"),
}


def told(name: str, error: BoxAPIError) -> Check:
    """A failed check, in words of its own where the service's number is known."""
    if isinstance(error, APIError) and error.code is not None:
        table = _BOXTRACKER if error.service == "boxtracker" else _BOXC
        if error.code in table:
            said, advice = table[error.code]
            return failed(name, f"{said} (status {error.code})", advice)
    return failed(name, harmless(error.args[0]).rstrip("."), error.next_step)
