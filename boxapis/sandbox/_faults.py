"""What befalls one request beside the service's own rules."""

from collections.abc import Callable, Collection, Mapping
from typing import Final

from attrs import field, frozen

from boxapis.sandbox._answer import Answer
from boxapis.sandbox._http.wire_faults import Mishap


@frozen(kw_only=True)
class Trouble:
    """What befalls one request; by default nothing.

    - `name`: what it is counted by when it has struck; an empty one is not counted.
    - `before`: what is done directly before the request is looked at.
    - `instead`: the answer that is given; nothing is then checked or carried out.
    - `another`: what is shown belongs to another customer or user.
    - `mishap`: what happens to the answer on its way. Without a socket, as under an ASGI
      transport, nothing does.
    - `on_reuse`: only a request counts that comes over a connection which has been used before.
    """

    name: str = ""
    before: Callable[[], object] | None = field(default=None, repr=False)
    instead: Answer | None = None
    another: bool = False
    mishap: Mishap | None = None
    on_reuse: bool = False


NO_TROUBLE: Final = Trouble()

_PAGE: Final = b"<!DOCTYPE html><html><title>Sandbox</title><p>Down for maintenance.</p></html>"
_UNREAD: Final = Answer(503)


def common_troubles() -> dict[str, Trouble]:
    """What may befall a request to either service, by name."""
    return {
        "answer_twice": Trouble(mishap="twice"),
        "bad_gateway": Trouble(instead=Answer(502, _PAGE, "text/html")),
        "half_body": Trouble(mishap="half"),
        "html_page": Trouble(instead=Answer(200, _PAGE, "text/html")),
        "lost_answer": Trouble(mishap="reset"),
        "reset_on_reuse": Trouble(instead=_UNREAD, mishap="reset", on_reuse=True),
        "stall": Trouble(mishap="never"),
    }


def chosen(troubles: Mapping[str, Trouble], name: str) -> Trouble:
    """One of them by its name; raises ValueError that lists the names."""
    if name not in troubles:
        message = f"there is no fault {name!r}, but: {', '.join(sorted(troubles))}"
        raise ValueError(message)
    return troubles[name]


def checked(operation: str | None, known: Collection[str], usual: str) -> str:
    """The operation meant, `usual` when none is named; raises ValueError for an unknown one."""
    if operation is None:
        return usual
    if operation not in known:
        message = f"the sandbox has no operation {operation!r}, but: {', '.join(sorted(known))}"
        raise ValueError(message)
    return operation
