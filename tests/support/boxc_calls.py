"""Requests to the sandbox's BoxC, shared by the tests."""

from typing import Any

import httpx

from boxapis.sandbox import Sandbox

TOKEN = "/auth/v1/token"
CREDENTIALS = "/v1/credentials"
GRANT = {"grant_type": "client_credentials"}


def bearer(token: str) -> dict[str, str]:
    """The ``Authorization`` header of a bearer token."""
    return {"Authorization": f"Bearer {token}"}


async def get(sandbox: Sandbox, http: httpx.AsyncClient, path: str, **more: Any) -> httpx.Response:
    """Send a GET with the ready-made token."""
    headers = bearer(sandbox.boxc.ready_token) | more.pop("headers", {})
    return await http.get(f"/v1{path}", headers=headers, **more)


def error(response: httpx.Response) -> tuple[int, int]:
    """HTTP status and error code."""
    return response.status_code, response.json()["code"]


def full_error(response: httpx.Response) -> tuple[int, int, str]:
    """HTTP status, error code and message."""
    return response.status_code, response.json()["code"], response.json()["message"]
