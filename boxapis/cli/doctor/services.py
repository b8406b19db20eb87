"""What the doctor must know of each service: its settings, its addresses, and how one is let in."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Generic, TypeVar

from attrs import frozen

from boxapis import BoxC, BoxTracker, Retries, Timeouts
from boxapis._core.client import Client
from boxapis.boxc._client import ACCOUNTS_URL
from boxapis.boxc._client import BASE_URL as BOXC_URL
from boxapis.boxtracker._client import BASE_URL as BOXTRACKER_URL
from boxapis.cli.clients import boxc, tracker
from boxapis.cli.settings.settings import Settings

if TYPE_CHECKING:
    from boxapis.cli.options import Method

__all__ = ["Service", "of_boxc", "of_boxtracker"]

C = TypeVar("C", bound=Client)

_ONCE, _SOON = Retries.none(), Timeouts(connect=10, total=20, call=40)
_API = ("BOXTRACKER_USERNAME", "BOXTRACKER_PASSWORD")
_CUSTOMER = ("BOXTRACKER_CUSTOMER_USERNAME", "BOXTRACKER_CUSTOMER_PASSWORD")
_CLIENT = ("BOXC_CLIENT_ID", "BOXC_CLIENT_SECRET")


@frozen
class Service(Generic[C]):
    """A service to look at.

    Attributes:
        title: Its name.
        settings: Where its variables come from.
        prefix: How its variables begin.
        needed: Those without which nothing goes.
        addresses: Variables with an address, and the one that counts without them.
        make: Makes a client of the settings.
        entries: Names of what is tried with the client, each with what does it and says so.
    """

    title: str
    settings: Settings
    prefix: str
    needed: tuple[str, ...]
    addresses: Mapping[str, str]
    make: Callable[[], C]
    entries: Mapping[str, Callable[[C], Awaitable[str]]]


def of_boxtracker(settings: Settings, method: "Method") -> Service[BoxTracker]:
    """Box Tracker, and its customer where the settings name one."""
    has_customer = any(map(settings.has, _CUSTOMER))

    async def customer(client: BoxTracker) -> str:
        opened = await client.handshakes.customer(*settings.need(*_CUSTOMER))
        return f"customer {opened.customer_id} is let in"

    return Service(
        title="Box Tracker",
        settings=settings,
        prefix="BOXTRACKER_",
        needed=_API + (_CUSTOMER if has_customer else ()),
        addresses={"BOXTRACKER_BASE_URL": BOXTRACKER_URL},
        make=lambda: tracker(settings, method.value, retries=_ONCE, timeouts=_SOON),
        entries={"handshake": _portal} | ({"customer": customer} if has_customer else {}),
    )


async def _portal(client: BoxTracker) -> str:
    await client.handshakes.portal()
    return "the API user is let in"


def of_boxc(settings: Settings) -> Service[BoxC]:
    """BoxC, and the service that gives tokens where there is none yet."""
    has_token = settings.has("BOXC_TOKEN")
    accounts = {"BOXC_ACCOUNTS_URL": ACCOUNTS_URL}
    return Service(
        title="BoxC",
        settings=settings,
        prefix="BOXC_",
        needed=() if has_token else _CLIENT,
        addresses=({} if has_token else accounts) | {"BOXC_BASE_URL": BOXC_URL},
        make=lambda: boxc(settings, retries=_ONCE, timeouts=_SOON),
        entries={"token": _token},
    )


async def _token(client: BoxC) -> str:
    await client.request("GET", "/warehouses")  # asks for no scope
    return "the token is taken"
