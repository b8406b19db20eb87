"""What may befall a request to BoxC, by name."""

from collections.abc import Callable
from typing import Literal

from boxapis.sandbox._boxc.refusals import (
    Fault,
    insufficient_funds,
    invalid_access_token,
    server_error,
    too_many_requests,
)
from boxapis.sandbox._faults import Trouble, common_troubles

BoxCFault = Literal[
    "answer_twice",
    "bad_gateway",
    "half_body",
    "html_page",
    "lost_answer",
    "no_funds",
    "rate_limit_storm",
    "refuse_token",
    "reset_on_reuse",
    "revoke_tokens",
    "server_error",
    "stall",
    "wrong_user",
]
"""The names that `BoxCService.fault` takes, and explains."""


def boxc_troubles(revoke: Callable[[], None]) -> dict[str, Trouble]:
    """All of them, given how the tokens are taken back."""
    return common_troubles() | {
        "no_funds": _refused(insufficient_funds()),
        "rate_limit_storm": _refused(too_many_requests({})),
        "refuse_token": _refused(invalid_access_token()),
        "revoke_tokens": Trouble(before=revoke),
        "server_error": _refused(server_error()),
        "wrong_user": Trouble(another=True),
    }


def _refused(fault: Fault) -> Trouble:
    return Trouble(instead=fault.envelope.answer())
