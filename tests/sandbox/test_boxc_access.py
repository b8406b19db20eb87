"""BoxC tokens and scopes, and paths that need only a token."""

import base64

import httpx
import orjson
import pytest

from boxapis.sandbox import (
    ALL_SCOPES,
    BoxCRules,
    BoxCService,
    OAuthClient,
    Sandbox,
)
from tests.support.boxc_calls import GRANT, TOKEN, bearer, error, get


async def test_token_endpoint_gives_a_working_token(
    sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    """Client ID and secret (Basic) and a form with the grant get a ten-year token."""
    client = sandbox.boxc.client
    response = await http.post(TOKEN, data=GRANT, auth=(client.client_id, client.secret))
    given = response.json()
    assert given.keys() == {"token_type", "access_token", "expires_in"}
    assert (given["token_type"], given["expires_in"]) == ("Bearer", 315360000)
    read = await http.get("/v1/credentials", headers=bearer(given["access_token"]))
    assert read.status_code == 200


async def test_token_looks_like_a_jwt(sandbox: Sandbox) -> None:
    """A token has three parts; its claims name user, client, scopes and ten years."""
    head, claims, signature = sandbox.boxc.issue_token(["validate", "returns"]).split(".")
    decoded = orjson.loads(base64.urlsafe_b64decode(f"{claims}=="))
    assert orjson.loads(base64.urlsafe_b64decode(f"{head}=="))["alg"] == "RS256"
    assert decoded["exp"] - decoded["iat"] == 315360000
    assert (decoded["sub"], decoded["scope"]) == ("12006", "returns validate")
    assert len(signature) > 300


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer abc", "Basic !!!", "Basic é", "Basic bm9ib2R5Om5vYm9keQ=="],
)
async def test_wrong_client_is_401(http: httpx.AsyncClient, authorization: str) -> None:
    """Anything but the right client ID and secret is refused."""
    headers = {b"Authorization": authorization.encode()}
    response = await http.post(TOKEN, data=GRANT, headers=headers)
    assert (response.status_code, response.json()) == (401, {"error": "invalid_client"})


async def test_other_grants_are_400(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """Any other grant, no grant, and a body that is not a form are refused."""
    client = sandbox.boxc.client
    auth = (client.client_id, client.secret)
    other = await http.post(TOKEN, data={"grant_type": "password"}, auth=auth)
    none = await http.post(TOKEN, auth=auth)
    json = await http.post(TOKEN, json=GRANT, auth=auth)
    assert [response.status_code for response in (other, none, json)] == [400, 400, 400]
    assert other.json() == {"error": "unsupported_grant_type"}
    assert none.json() == json.json() == {"error": "invalid_request"}


async def test_token_endpoint_takes_post_only(http: httpx.AsyncClient) -> None:
    """Any other method gets 404, without rate headers but with a request ID."""
    response = await http.get(TOKEN)
    assert response.status_code == 404
    assert "x-rate-limit" not in response.headers
    assert response.headers["x-request-id"]


async def test_token_carries_the_scopes_of_the_client(http: httpx.AsyncClient) -> None:
    """The endpoint grants the scopes of the client's settings and no others."""
    client = OAuthClient("me", "mine", frozenset({"returns"}))
    sandbox = Sandbox(boxc=BoxCService(client=client))
    transport = httpx.ASGITransport(app=sandbox.app)
    async with httpx.AsyncClient(transport=transport, base_url=http.base_url) as own:
        given = (await own.post(TOKEN, data=GRANT, auth=("me", "mine"))).json()
        response = await own.get("/v1/credentials", headers=bearer(given["access_token"]))
    assert error(response) == (403, 1009)


@pytest.mark.parametrize("authorization", [None, "Bearer", "Bearer abc", "Basic abc"])
async def test_bad_tokens_are_401(http: httpx.AsyncClient, authorization: str | None) -> None:
    """A request without an issued token gets 401 with code 1005."""
    headers = {} if authorization is None else {"Authorization": authorization}
    response = await http.get("/v1/credentials", headers=headers)
    assert response.status_code == 401
    assert response.json() == {
        "code": 1005,
        "message": "Invalid access token",
        "errors": ["Invalid access token"],
    }


async def test_revoked_tokens_are_403(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """A revoked token gets 1008; others stay valid until all are revoked."""
    token = sandbox.boxc.issue_token()
    sandbox.boxc.revoke_token(token)
    assert error(await http.get("/v1/credentials", headers=bearer(token))) == (403, 1008)
    assert (await get(sandbox, http, "/credentials")).status_code == 200
    sandbox.boxc.revoke_tokens()
    assert error(await get(sandbox, http, "/credentials")) == (403, 1008)
    fresh = bearer(sandbox.boxc.issue_token())
    assert (await http.get("/v1/credentials", headers=fresh)).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/credentials", "read_credentials"),
        ("GET", "/credentials/1", "read_credentials"),
        ("POST", "/credentials", "write_credentials"),
        ("PUT", "/credentials/1", "write_credentials"),
        ("DELETE", "/credentials/1", "write_credentials"),
        ("GET", "/users/me", "openid profile email"),
        ("GET", "/labels/1", "read_shipments"),
    ],
)
async def test_each_operation_needs_its_scope(
    sandbox: Sandbox, http: httpx.AsyncClient, method: str, path: str, scope: str
) -> None:
    """All scopes but the required one are not enough; the message names it."""
    token = sandbox.boxc.issue_token(ALL_SCOPES - {scope.split(maxsplit=1)[0]})
    response = await http.request(method, f"/v1{path}", headers=bearer(token))
    assert error(response) == (403, 1009)
    assert response.json()["errors"] == [f"Forbidden: Missing required scope '{scope}'"]


async def test_scope_name_can_be_left_out(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """With the setting, the message does not name the scope, as in the documented examples."""
    sandbox.boxc.rules = BoxCRules(scope_named=False)
    token = sandbox.boxc.issue_token(["validate"])
    response = await http.get("/v1/credentials", headers=bearer(token))
    assert response.json()["message"] == "Forbidden: Missing required scope"


@pytest.mark.parametrize(
    ("path", "key"), [("/entry-points", "entry_points"), ("/warehouses", "warehouses")]
)
async def test_public_lists_need_any_token(
    sandbox: Sandbox, http: httpx.AsyncClient, path: str, key: str
) -> None:
    """Entry points and warehouses need a token but no scope, and come without pages."""
    response = await http.get(f"/v1{path}", headers=bearer(sandbox.boxc.issue_token([])))
    assert response.status_code == 200
    assert response.json().keys() == {key}
    assert all(isinstance(item["id"], str) for item in response.json()[key])


async def test_user_is_the_holder_of_the_token(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """`/users/me` returns the token's user."""
    token = sandbox.boxc.issue_token(["openid profile email"], user_id=77)
    response = await http.get("/v1/users/me", headers=bearer(token))
    assert response.json()["user"]["id"] == 77


async def test_label_comes_as_json_or_pdf(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """The sample label is JSON, or a PDF if the header or the old query parameter asks for it."""
    plain = await get(sandbox, http, "/labels/7000001")
    by_number = await get(sandbox, http, "/labels/SANDBOX000000000001")
    headers = {"Accept": "application/pdf"}
    by_header = await get(sandbox, http, "/labels/7000001", headers=headers)
    by_query = await get(sandbox, http, "/labels/7000001", params={"type": "PDF"})
    assert plain.json()["label"]["id"] == 7000001
    assert plain.content == by_number.content
    assert by_header.headers["content-type"] == "application/pdf"
    assert by_header.content == by_query.content
    assert by_header.content.startswith(b"%PDF-")
    start = int(by_header.content.splitlines()[-2])
    assert by_header.content[start:].startswith(b"xref")
    assert error(await get(sandbox, http, "/labels/1")) == (404, 1205)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/nothing"), ("PATCH", "/credentials/1"), ("GET", "/credentials/1/2")],
)
async def test_unsupported_paths_are_404(
    sandbox: Sandbox, http: httpx.AsyncClient, method: str, path: str
) -> None:
    """Other paths and methods get 404 and a JSON object that is not an error envelope."""
    headers = bearer(sandbox.boxc.ready_token)
    response = await http.request(method, f"/v1{path}", headers=headers)
    assert response.status_code == 404
    assert response.json().keys() == {"error"}
