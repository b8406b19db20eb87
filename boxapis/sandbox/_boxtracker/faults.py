"""Faults that can be injected into Box Tracker, by name."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal

from boxapis.sandbox._faults import Fault, common_faults
from boxapis.sandbox._response import SandboxResponse

BoxTrackerFault = Literal[
    "bad_gateway",
    "card_declined",
    "duplicate_response",
    "expire_sessions",
    "forget_sessions",
    "html_page",
    "lost_response",
    "rate_limited",
    "reset_on_reuse",
    "server_error",
    "stall",
    "truncated_response",
    "wrong_customer",
]
"""Names of the faults that `BoxTrackerService.fault` describes and injects."""

DEFAULT_COMMANDS: Mapping[str, str] = MappingProxyType(
    {"card_declined": "cmdBoxTPortalProcessPayment"}
)
"""The command that a fault strikes when none is named; any command for all other faults."""

_CARD_DECLINED = 340
_DATABASE_DOWN = 900


def boxtracker_faults(
    expire_sessions: Callable[[], None],
    forget_sessions: Callable[[], None],
    refuse: Callable[[int], SandboxResponse],
) -> dict[str, Fault]:
    """Every fault of Box Tracker by its name.

    Args:
        expire_sessions: Expires all sessions of the service.
        forget_sessions: Deletes all sessions of the service.
        refuse: Builds the response of a refusal with a status.
    """
    return common_faults() | {
        "card_declined": Fault(response=refuse(_CARD_DECLINED)),
        "expire_sessions": Fault(before=expire_sessions),
        "forget_sessions": Fault(before=forget_sessions),
        "rate_limited": Fault(response=SandboxResponse(429)),
        "server_error": Fault(response=refuse(_DATABASE_DOWN)),
        "wrong_customer": Fault(misattributed=True),
    }
