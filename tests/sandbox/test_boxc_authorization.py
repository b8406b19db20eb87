"""BoxC's authorization server: codes, their exchange, and revocation."""

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from boxapis.sandbox import Sandbox
from tests.support.boxc_calls import TOKEN, bearer, error

ADDRESS = "https://shop.example/back?a=1"
REVOKE = "/auth/v1/revoke"


async def authorize(http: httpx.AsyncClient, **query: str) -> httpx.Response:
    """Request an authorization."""
    own = {"client_id": "sandbox-client", "redirect_uri": ADDRESS, "response_type": "code"}
    return await http.get("/auth/v1/authorize", params={**own, **query})


async def exchange(sandbox: Sandbox, http: httpx.AsyncClient, **form: str) -> httpx.Response:
    """Exchange a code."""
    client = sandbox.boxc.client
    own = {"grant_type": "authorization_code", "redirect_uri": ADDRESS}
    return await http.post(TOKEN, data={**own, **form}, auth=(client.client_id, client.secret))


def fields(response: httpx.Response) -> Mapping[str, list[str]]:
    """The query of a redirection."""
    assert response.status_code == 302
    return parse_qs(urlsplit(response.headers["location"]).query)


async def test_code_is_exchanged_once(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """A code gives an access token and an ID token with the nonce, and works once."""
    found = fields(await authorize(http, state="s", nonce="n"))
    assert (found["a"], found["state"]) == (["1"], ["s"])
    response = await exchange(sandbox, http, code=found["code"][0])
    given = response.json()
    assert (given["token_type"], given["expires_in"]) == ("Bearer", 315_360_000)
    claims: dict[str, Any] = json.loads(base64.b64decode(given["id_token"].split(".")[1] + "=="))
    assert claims["nonce"] == "n"
    assert (claims["sub"], claims["exp"] - claims["iat"]) == (str(sandbox.boxc.user_id), 604_800)
    headers = bearer(given["access_token"])
    assert (await http.get("/v1/users/me", headers=headers)).status_code == 200
    again = await exchange(sandbox, http, code=found["code"][0])
    assert (again.status_code, again.json()) == (400, {"error": "invalid_grant"})


async def test_code_of_another_address(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """A code is exchanged only with the address that it was issued for."""
    (code,) = fields(await authorize(http))["code"]
    response = await exchange(sandbox, http, code=code, redirect_uri="https://other.example/")
    assert (response.status_code, response.json()) == (400, {"error": "invalid_grant"})


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"client_id": "other"}, "unauthorized_client"),
        ({"redirect_uri": "back"}, "invalid_request"),
    ],
)
async def test_wrong_authorizations(
    http: httpx.AsyncClient, query: Mapping[str, str], problem: str
) -> None:
    """An unknown client or a relative address is not redirected."""
    response = await authorize(http, **query)
    assert (response.status_code, response.json()) == (400, {"error": problem})


async def test_other_response_types(http: httpx.AsyncClient) -> None:
    """Only codes are given; another response type is redirected with an error."""
    found = fields(await authorize(http, response_type="token", state="s"))
    assert (found["error"], found["state"]) == (["unsupported_response_type"], ["s"])


async def test_revocation(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """Every token of the user is revoked, codes not exchanged yet too, and no one else's."""
    (code,) = fields(await authorize(http))["code"]
    mine, theirs = sandbox.boxc.issue_token(), sandbox.boxc.issue_token(user_id=99)
    client = sandbox.boxc.client
    auth = (client.client_id, client.secret)
    wrong = await http.post(REVOKE, data={"sub": "me"}, auth=auth)
    assert (wrong.status_code, wrong.json()) == (400, {"error": "invalid_request"})
    stranger = await http.post(REVOKE, data={"sub": "1"}, auth=("a", "b"))
    assert stranger.status_code == 401
    done = await http.post(REVOKE, data={"sub": str(sandbox.boxc.user_id)}, auth=auth)
    assert (done.status_code, done.content) == (200, b"")
    response = await http.get("/v1/credentials", headers=bearer(mine))
    assert error(response) == (403, 1008)
    late = await exchange(sandbox, http, code=code)
    assert (late.status_code, late.json()) == (400, {"error": "invalid_grant"})
    assert (await http.get("/v1/credentials", headers=bearer(theirs))).status_code == 200
    assert sandbox.boxc.counts["POST /auth/v1/revoke"] == 3
