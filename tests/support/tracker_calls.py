"""Commands to the sandbox's Box Tracker, shared by the tests."""

from typing import Any

import httpx

from boxapis.sandbox import Sandbox, SandboxCustomer

USER, PASSWORD = "sandbox-api", "sandbox-api-password+&%=/ 1"
JANE, JANE_PASSWORD, JANE_ID = "jane", "jane-password", 13913


async def ask(http: httpx.AsyncClient, command: str, **arguments: Any) -> dict[str, Any]:
    """Send one command and return the response's body."""
    response = await http.get("/controller.html", params={"command": command, **arguments})
    body: dict[str, Any] = response.json()
    return body


async def api_key(http: httpx.AsyncClient, user: str = USER, password: str = PASSWORD) -> str:
    """Open a portal session."""
    opened = await ask(http, "cmdBoxTPortalHandShake", username=user, password=password)
    return str(opened["sessionKey"])


async def customer_handshake(http: httpx.AsyncClient, key: str, **arguments: Any) -> dict[str, Any]:
    """Send jane's customer handshake."""
    given = {
        "username_api": USER,
        "password_api": PASSWORD,
        "session_key_api": key,
        "username_customer": JANE,
    }
    return await ask(http, "cmdBoxTPortalCustomerHandShake", **(given | arguments))


async def log_in(http: httpx.AsyncClient) -> dict[str, Any]:
    """Open both sessions; returns the session arguments of further commands."""
    key = await api_key(http)
    opened = await customer_handshake(http, key, password_customer=JANE_PASSWORD)
    return {
        "username_api": USER,
        "session_key_api": key,
        "username_customer": JANE,
        "session_key_customer": opened["sessionKey"],
    }


async def customer_data_status(
    http: httpx.AsyncClient, session: dict[str, Any], **more: Any
) -> int:
    """Request jane's record and return the status."""
    arguments = {"customer_id": JANE_ID, **session, **more}
    response = await ask(http, "cmdBoxTPortalCustomerData", **arguments)
    return int(response["status"])


class Portal:
    """A customer's login, and commands with its session."""

    def __init__(self, sandbox: Sandbox, http: httpx.AsyncClient) -> None:
        self.sandbox = sandbox
        self.http = http
        self.session: dict[str, Any] = {}

    async def send(self, command: str, **arguments: Any) -> dict[str, Any]:
        """Send a command without the session arguments."""
        response = await self.http.post("/controller.html", data={"command": command, **arguments})
        body: dict[str, Any] = response.json()
        return body

    async def log_in(self, customer: SandboxCustomer) -> None:
        """Open both sessions."""
        user, password = next(iter(self.sandbox.boxtracker.users.items()))
        api = await self.send("cmdBoxTPortalHandShake", username=user, password=password)
        given = {
            "username_api": user,
            "session_key_api": api["sessionKey"],
            "username_customer": customer.username,
        }
        opened = await self.send(
            "cmdBoxTPortalCustomerHandShake",
            password_api=password,
            password_customer=customer.password,
            **given,
        )
        key = opened["sessionKey"]
        self.session = {**given, "session_key_customer": key, "customer_id": opened["customerID"]}

    async def ask(self, command: str, **arguments: Any) -> dict[str, Any]:
        """Send a command with the session arguments."""
        return await self.send(command, **{**self.session, **arguments})
