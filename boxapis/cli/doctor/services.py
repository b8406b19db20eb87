"""What the doctor checks at each service: its variables, its addresses, and its logins."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Generic, TypeVar

from attrs import frozen

from boxapis import BoxAPIError, BoxC, BoxTracker, Retries, Timeouts
from boxapis._core.client import Client
from boxapis._sansio.boxc.operations import OPERATIONS
from boxapis._settings.settings import Settings
from boxapis._settings.variables import CLIENT_VARIABLES, CUSTOMER_VARIABLES
from boxapis.boxc._from_settings import ACCOUNTS_URL
from boxapis.boxc._from_settings import BASE_URL as BOXC_URL
from boxapis.boxtracker._from_settings import BASE_URL as BOXTRACKER_URL
from boxapis.cli.boxc.claims import read_claims
from boxapis.cli.clients import boxc_client, boxtracker_client

if TYPE_CHECKING:
    from boxapis.cli.options import Method

__all__ = ["CheckedService", "boxc_service", "boxtracker_service"]

C = TypeVar("C", bound=Client)

_RETRIES, _TIMEOUTS = Retries.none(), Timeouts(connect=10, total=20, call=40)
_API_VARIABLES = ("BOXTRACKER_USERNAME", "BOXTRACKER_PASSWORD")


@frozen
class CheckedService(Generic[C]):
    """A service to check.

    Attributes:
        title: Name of the service.
        settings: Settings that hold its variables.
        prefix: Prefix of its variables.
        required: Variables that must be set.
        addresses: Variables that hold an address, each with its default.
        make_client: Creates a client from the settings.
        logins: Functions that log in with the client and return a message, by name of the check.
    """

    title: str
    settings: Settings
    prefix: str
    required: tuple[str, ...]
    addresses: Mapping[str, str]
    make_client: Callable[[], C]
    logins: Mapping[str, Callable[[C], Awaitable[str]]]


def boxtracker_service(settings: Settings, method: "Method") -> CheckedService[BoxTracker]:
    """Box Tracker, with its customer if the settings name one."""
    has_customer = any(map(settings.has, CUSTOMER_VARIABLES))

    async def log_in_customer(client: BoxTracker) -> str:
        opened = await client.handshakes.customer(*settings.require(*CUSTOMER_VARIABLES))
        return f"customer {opened.customer_id} is accepted"

    return CheckedService(
        title="Box Tracker",
        settings=settings,
        prefix="BOXTRACKER_",
        required=_API_VARIABLES + (CUSTOMER_VARIABLES if has_customer else ()),
        addresses={"BOXTRACKER_BASE_URL": BOXTRACKER_URL},
        make_client=lambda: boxtracker_client(
            settings, method.value, retries=_RETRIES, timeouts=_TIMEOUTS
        ),
        logins={"handshake": _log_in_api_user}
        | ({"customer": log_in_customer} if has_customer else {}),
    )


async def _log_in_api_user(client: BoxTracker) -> str:
    await client.handshakes.portal()
    return "the API user is accepted"


def boxc_service(settings: Settings) -> CheckedService[BoxC]:
    """BoxC, with its token service unless a token is set."""
    has_token = settings.has("BOXC_TOKEN")
    accounts = {"BOXC_ACCOUNTS_URL": ACCOUNTS_URL}
    return CheckedService(
        title="BoxC",
        settings=settings,
        prefix="BOXC_",
        required=() if has_token else CLIENT_VARIABLES,
        addresses=({} if has_token else accounts) | {"BOXC_BASE_URL": BOXC_URL},
        make_client=lambda: boxc_client(settings, retries=_RETRIES, timeouts=_TIMEOUTS),
        logins={"token": _use_token, "operations": _count_operations},
    )


async def _use_token(client: BoxC) -> str:
    await client.request("GET", "/warehouses")  # needs no scope
    return "the token is accepted"


async def _count_operations(client: BoxC) -> str:
    """Says how many operations the token's scopes allow, and which scopes others need."""
    # The client has no public way to its token; the doctor reads only the claims in it.
    token = await client._caller.tokens.ensure()  # noqa: SLF001
    if isinstance(token, BoxAPIError):
        raise token
    scopes = set(read_claims(token.value).scopes)
    if not scopes:
        return "the token does not name its scopes"
    lacking = [set(one.scope.split()) - scopes for one in OPERATIONS.values()]
    missing = sorted(set().union(*lacking))
    count = f"{lacking.count(set())} of {len(OPERATIONS)} operations"
    return f"{count}; missing scopes: {', '.join(missing)}" if missing else count
