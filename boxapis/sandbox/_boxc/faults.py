"""Faults that can be injected into BoxC, by name."""

from collections.abc import Callable
from typing import Literal

from boxapis.sandbox._boxc.refusals import (
    insufficient_funds,
    invalid_access_token,
    server_error,
    too_many_requests,
)
from boxapis.sandbox._faults import Fault, common_faults

BoxCFault = Literal[
    "bad_gateway",
    "duplicate_response",
    "html_page",
    "insufficient_funds",
    "lost_response",
    "rate_limited",
    "refuse_token",
    "reset_on_reuse",
    "revoke_tokens",
    "server_error",
    "stall",
    "truncated_response",
    "wrong_user",
]
"""Names of the faults that `BoxCService.fault` describes and injects."""


def boxc_faults(revoke_tokens: Callable[[], None]) -> dict[str, Fault]:
    """Every fault of BoxC by its name; `revoke_tokens` revokes all tokens of the service."""
    return common_faults() | {
        "insufficient_funds": Fault(response=insufficient_funds().response()),
        "rate_limited": Fault(response=too_many_requests({}).response()),
        "refuse_token": Fault(response=invalid_access_token().response()),
        "revoke_tokens": Fault(before=revoke_tokens),
        "server_error": Fault(response=server_error().response()),
        "wrong_user": Fault(misattributed=True),
    }
