"""Commands, arguments, keys and paths of the scenarios, shared by clients and origin.

The keys have a fixed length, so that every contender sends a query of the same length.
"""

from types import SimpleNamespace
from typing import Any, Final

CONTROLLER: Final = "/controller.html"
COMMAND: Final = "cmdBoxTPortalJobsiteList"
PORTAL_HANDSHAKE: Final = "cmdBoxTPortalHandShake"
CUSTOMER_HANDSHAKE: Final = "cmdBoxTPortalCustomerHandShake"
HANDSHAKES: Final = (PORTAL_HANDSHAKE, CUSTOMER_HANDSHAKE)

API_USER: Final = "hauler-api"
API_PASSWORD: Final = "correct-horse+battery/staple"
CUSTOMER: Final = "jane.doe"
CUSTOMER_PASSWORD: Final = "another horse & battery"
CUSTOMER_ID: Final = 13913

TOKEN: Final = "benchmark-token"
BOXC_PATH: Final = "/v1"
CREDENTIAL_ID: Final = 1234567
CREDENTIAL: Final = f"{BOXC_PATH}/credentials/{CREDENTIAL_ID}"
CREDENTIALS: Final = f"{BOXC_PATH}/credentials"
CARRIER: Final = "DHLeC"
SECRETS: Final = {"client_id": "benchmark-client", "client_secret": "benchmark-secret"}
"""Parameters of the credential that a changing call stores."""
ONE_PAGE_PATH: Final = "/one-page/v1"
"""Base path below which the list of credentials has one page, for the command line."""
REFUSALS: Final = ("list", "object", "similarWOs", "brackets")
"""Long refusals: BoxC's lists of errors, Box Tracker's of orders, and 16 MiB of ``[``."""
REFUSED: Final = f"{BOXC_PATH}/refused"
REFUSED_COMMAND: Final = "cmdBoxTPortalWorkOrderData"
PAGE: Final = 100
ITEMS: Final = 10_000


def api_key(generation: int) -> str:
    """Returns an API session key; each expiry begins a new generation."""
    return f"A{generation:017d}"


def customer_key(generation: int) -> str:
    """Returns the customer session key of a generation."""
    return f"C{generation:017d}"


def portal_handshake() -> dict[str, str]:
    """Returns the arguments of the API handshake."""
    return {"command": PORTAL_HANDSHAKE, "username": API_USER, "password": API_PASSWORD}


def customer_handshake(key: str) -> dict[str, str]:
    """Returns the arguments of the customer handshake, with the API session key."""
    return {
        "command": CUSTOMER_HANDSHAKE,
        "username_api": API_USER,
        "password_api": API_PASSWORD,
        "session_key_api": key,
        "username_customer": CUSTOMER,
        "password_customer": CUSTOMER_PASSWORD,
    }


def customer_command(key: str, key_customer: str) -> dict[str, str | int]:
    """Returns the arguments of the measured customer command, including the keys."""
    return {
        "command": COMMAND,
        "username_api": API_USER,
        "session_key_api": key,
        "username_customer": CUSTOMER,
        "session_key_customer": key_customer,
        "customer_id": CUSTOMER_ID,
        "offset": 0,
    }


def new_credential() -> dict[str, Any]:
    """Returns the body of the request that stores a credential."""
    return {"credential": {"carrier": CARRIER, "params": SECRETS}}


def is_expected(response: object) -> bool:
    """Whether a decoded response is that of the customer command."""
    return isinstance(response, dict) and response.get("status") == 200 and "jobsites" in response  # noqa: PLR2004 - success


def is_credential(response: object, number: int = CREDENTIAL_ID) -> bool:
    """Whether a response is a credential: a typed value, or JSON with or without envelope."""
    found: Any = response
    if isinstance(found, dict):
        found = SimpleNamespace(**found.get("credential", found))
    return (getattr(found, "id", 0), getattr(found, "carrier", "")) == (number, CARRIER)


def is_whole_list(response: object) -> bool:
    """Whether a response has the sum of the ids of all credentials, and the last one."""
    match response:
        case (total, last):
            return total == ITEMS * (ITEMS + 1) // 2 and is_credential(last, ITEMS)
        case _:
            return False
