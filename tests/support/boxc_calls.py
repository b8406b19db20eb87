"""How the tests speak to the sandbox's BoxC."""

from typing import Any

import httpx

from boxapis.sandbox import Sandbox

TOKEN = "/auth/v1/token"
CREDENTIALS = "/v1/credentials"
GRANT = {"grant_type": "client_credentials"}


def bearer(token: str) -> dict[str, str]:
    """The header that carries a token."""
    return {"Authorization": f"Bearer {token}"}


async def get(sandbox: Sandbox, http: httpx.AsyncClient, path: str, **more: Any) -> httpx.Response:
    """Read a path with the ready-made token."""
    headers = bearer(sandbox.boxc.ready_token) | more.pop("headers", {})
    return await http.get(f"/v1{path}", headers=headers, **more)


def error(answer: httpx.Response) -> tuple[int, int]:
    """HTTP status and error code."""
    return answer.status_code, answer.json()["code"]


def full_error(answer: httpx.Response) -> tuple[int, int, str]:
    """HTTP status, error code and message."""
    return answer.status_code, answer.json()["code"], answer.json()["message"]
