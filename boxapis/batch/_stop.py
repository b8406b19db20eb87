"""Errors that end a batch, because every further item would meet them, too."""

from boxapis._http.failures import HOST_NOT_FOUND
from boxapis.errors import (
    APIError,
    AuthenticationError,
    BatchStoppedError,
    BoxAPIError,
    ConnectError,
    NotFoundError,
    NotProcessedError,
    PaymentError,
    PermissionDeniedError,
    TLSError,
    type_name,
)

__all__ = ["batch_stopped", "meets_every_item"]

_ACCOUNT_CODES = {("boxc", 1080), *(("boxtracker", code) for code in (327, 328, 329))}
_WRONG_HOST_STATUSES = {407, 421}  # proxy authentication required, misdirected request
_NOT_FOUND = 404


def meets_every_item(error: BoxAPIError) -> bool:
    """Whether every further item of a batch would meet an error; the default of *stop_on*.

    True for these, which the account, the settings or the address of the client cause:

    * `AuthenticationError` that a service returned: Box Tracker's 305, 500 and 502, BoxC's 1003,
      1004, 1005, 1007 and 1008, a refused client ID and secret, HTTP 401;
    * `PermissionDeniedError` with a code of the service: Box Tracker's 308 (permissions) and 509
      (network address), BoxC's 1009 (scope); without a code it may be a firewall's, which refuses
      one request for its content;
    * `PaymentError` for insufficient funds, BoxC's 1080, and for merchant services that are not set
      up, Box Tracker's 327, 328 and 329; not for a card (324, 325, 340) or a failure to read or
      charge the balance (1081, 1082);
    * a wrong address: a host name that does not exist, a server whose certificate is not trusted, a
      proxy that refuses its user (407), HTTP 421, and HTTP 404 without a code of the service: BoxC
      gives one for each record that is not there, and Box Tracker answers with HTTP 200. A server
      that is down for now is none of these.

    False for everything else: a session that expired is renewed, and the rest concerns one item or
    passes. Where each item has a login of its own, give a *stop_on* that leaves out
    `AuthenticationError`. Sources of the codes: https://docs.boxc.com/ and Box Tracker's
    documentation of its API.
    """
    match error:
        case AuthenticationError():
            return bool(error.status)  # a wrong signature of a webhook has none
        case PermissionDeniedError():
            return error.code is not None
        case PaymentError():
            return (error.service, error.code) in _ACCOUNT_CODES
        case NotFoundError():
            return error.code is None and error.status == _NOT_FOUND
        case NotProcessedError():
            return error.status in _WRONG_HOST_STATUSES
        case TLSError():
            return True
        case ConnectError():  # permanent: a proxy's user, or http that would leave this machine
            return error.retry_stopped_by == "permanent" or HOST_NOT_FOUND in error.args[0]
        case _:
            return False


def batch_stopped(cause: BoxAPIError) -> BatchStoppedError:
    """Returns the error of a batch that an item's error has ended."""
    what = str(cause.args[0]).rstrip(".")
    advice = "" if cause.may_have_been_applied else f"{cause.next_step}, then run the batch again"
    error = BatchStoppedError(
        f"{what}; every other item would meet that, so the batch was ended.",
        reason=type_name(cause),
        code=cause.code if isinstance(cause, APIError) else None,
        operation=cause.operation,
        next_step=advice,
    )
    error.__cause__ = cause
    return error
