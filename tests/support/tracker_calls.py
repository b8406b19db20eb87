"""How the tests speak to the sandbox's Box Tracker."""

from typing import Any

import httpx

from boxapis.sandbox import Sandbox, SandboxCustomer

USER, PASSWORD = "sandbox-api", "sandbox-api-password+&%=/ 1"
JANE, JANE_PASSWORD, JANE_ID = "jane", "jane-password &+%=#1", 13913


async def ask(http: httpx.AsyncClient, command: str, **arguments: Any) -> dict[str, Any]:
    """Send one command and read the answer's body."""
    answer = await http.get("/controller.html", params={"command": command, **arguments})
    body: dict[str, Any] = answer.json()
    return body


async def api_key(http: httpx.AsyncClient, user: str = USER, password: str = PASSWORD) -> str:
    """Open a portal session."""
    opened = await ask(http, "cmdBoxTPortalHandShake", username=user, password=password)
    return str(opened["sessionKey"])


async def customer_answer(http: httpx.AsyncClient, key: str, **arguments: Any) -> dict[str, Any]:
    """Send the customer handshake of jane."""
    given = {
        "username_api": USER,
        "password_api": PASSWORD,
        "session_key_api": key,
        "username_customer": JANE,
    }
    return await ask(http, "cmdBoxTPortalCustomerHandShake", **(given | arguments))


async def log_in(http: httpx.AsyncClient) -> dict[str, Any]:
    """Open both sessions; gives the arguments of every further command."""
    key = await api_key(http)
    opened = await customer_answer(http, key, password_customer=JANE_PASSWORD)
    return {
        "username_api": USER,
        "session_key_api": key,
        "username_customer": JANE,
        "session_key_customer": opened["sessionKey"],
    }


async def data_status(http: httpx.AsyncClient, session: dict[str, Any], **more: Any) -> int:
    """Ask for jane's record and give the status."""
    arguments = {"customer_id": JANE_ID, **session, **more}
    answer = await ask(http, "cmdBoxTPortalCustomerData", **arguments)
    return int(answer["status"])


class Portal:
    """One customer's log-in, and commands in their name."""

    def __init__(self, sandbox: Sandbox, http: httpx.AsyncClient) -> None:
        self.sandbox = sandbox
        self.http = http
        self.session: dict[str, Any] = {}

    async def send(self, command: str, **arguments: Any) -> dict[str, Any]:
        """Send a command with its arguments alone."""
        answer = await self.http.post("/controller.html", data={"command": command, **arguments})
        body: dict[str, Any] = answer.json()
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
