"""What may befall a request to Box Tracker, by name."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal

from boxapis.sandbox._answer import Answer
from boxapis.sandbox._faults import Trouble, common_troubles

BoxTrackerFault = Literal[
    "answer_twice",
    "bad_gateway",
    "card_declined",
    "expire_key",
    "forget_sessions",
    "half_body",
    "html_page",
    "lost_answer",
    "rate_limit_storm",
    "reset_on_reuse",
    "server_error",
    "stall",
    "wrong_customer",
]
"""The names that `BoxTrackerService.fault` takes, and explains."""

USUAL_COMMANDS: Mapping[str, str] = MappingProxyType(
    {"card_declined": "cmdBoxTPortalProcessPayment"}
)
"""The command that is meant when none is named; any command for all other faults."""

_DECLINED = 340
_NO_DATABASE = 900


def boxtracker_troubles(
    expire: Callable[[], None], forget: Callable[[], None], refused: Callable[[int], Answer]
) -> dict[str, Trouble]:
    """All of them, given how sessions end and how a refusal with a status is written."""
    return common_troubles() | {
        "card_declined": Trouble(instead=refused(_DECLINED)),
        "expire_key": Trouble(before=expire),
        "forget_sessions": Trouble(before=forget),
        "rate_limit_storm": Trouble(instead=Answer(429)),
        "server_error": Trouble(instead=refused(_NO_DATABASE)),
        "wrong_customer": Trouble(another=True),
    }
