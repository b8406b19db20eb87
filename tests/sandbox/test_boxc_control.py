"""BoxC's rate limit, scripted responses, records and reset."""

import httpx

from boxapis.sandbox import BoxCRules, RateLimit, Sandbox
from tests.support.boxc_calls import TOKEN, bearer, error, get


async def test_bucket_holds_thirty_and_leaks_two_a_second(
    sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    """The request after thirty gets 429; half a second makes room for one more."""
    used = [(await get(sandbox, http, "/warehouses")).headers["x-rate-requests"] for _ in range(30)]
    full = await get(sandbox, http, "/warehouses")
    sandbox.clock.advance(0.5)
    after = [(await get(sandbox, http, "/warehouses")).status_code for _ in range(2)]
    sandbox.clock.advance(15)
    drained = await get(sandbox, http, "/warehouses")
    assert used == [str(number) for number in range(1, 31)]
    assert full.json() == {
        "code": 1015,
        "message": "Too many requests. Please wait before trying again.",
        "errors": ["Too many requests. Please wait before trying again."],
    }
    assert (full.headers["x-rate-limit"], full.headers["x-rate-requests"]) == ("30", "30")
    assert "retry-after" not in full.headers
    assert after == [200, 429]
    assert drained.headers["x-rate-requests"] == "1"


async def test_bucket_belongs_to_the_user(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """All tokens of one user share a bucket; another user has another bucket."""
    sandbox.boxc.fill_bucket(100)
    same = bearer(sandbox.boxc.issue_token())
    other = bearer(sandbox.boxc.issue_token(user_id=77))
    assert (await http.get("/v1/warehouses", headers=same)).status_code == 429
    assert (await http.get("/v1/warehouses", headers=other)).headers["x-rate-requests"] == "1"


async def test_retry_after_is_a_setting(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """With the setting, 429 has the whole seconds until the next request is accepted."""
    sandbox.boxc.rules = BoxCRules(retry_after=True)
    sandbox.boxc.rate_limit = RateLimit(size=2, leak=0.25)
    sandbox.boxc.fill_bucket(2)
    assert (await get(sandbox, http, "/warehouses")).headers["retry-after"] == "4"


async def test_rate_limit_can_be_changed_and_switched_off(
    sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    """Size and leak are settings; with the limit switched off, no request is refused."""
    sandbox.boxc.rate_limit = RateLimit(size=3)
    got = [(await get(sandbox, http, "/warehouses")).status_code for _ in range(4)]
    sandbox.boxc.rate_limit = RateLimit(size=3, enabled=False)
    free = await get(sandbox, http, "/warehouses")
    assert got == [200, 200, 200, 429]
    assert (free.status_code, free.headers["x-rate-limit"]) == (200, "3")


async def test_rate_headers_can_be_left_out_of_errors(
    sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    """Every response has rate headers by default; with the setting, only successful ones do."""
    assert "x-rate-limit" in (await http.get("/v1/warehouses")).headers
    sandbox.boxc.rules = BoxCRules(rate_headers_on_errors=False)
    assert "x-rate-limit" not in (await http.get("/v1/warehouses")).headers
    assert "x-rate-limit" in (await get(sandbox, http, "/warehouses")).headers


async def test_every_response_has_its_own_request_id(
    sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    """No two responses share an `X-Request-Id`, refusals included."""
    responses = [
        await get(sandbox, http, "/warehouses"),
        await get(sandbox, http, "/credentials/1"),
        await http.get("/v1/warehouses"),
    ]
    assert len({response.headers["x-request-id"] for response in responses}) == 3


async def test_scripted_responses_come_first_and_run_out(
    sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    """A scripted error is sent as often as was set, whatever the token, and is not counted."""
    sandbox.boxc.respond_next(503, 503, "Down", times=2, errors=["a", "b"], headers={"X-Y": "z"})
    first = await get(sandbox, http, "/warehouses")
    second = await http.get("/v1/warehouses")
    third = await get(sandbox, http, "/warehouses")
    assert first.json() == {"code": 503, "message": "Down", "errors": ["a", "b"]}
    assert first.headers["x-y"] == "z"
    assert [second.status_code, third.status_code] == [503, 200]
    assert third.headers["x-rate-requests"] == "1"


async def test_scripted_responses_may_name_one_operation(
    sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    """An error scripted for one operation waits for it; the token endpoint must be named."""
    sandbox.boxc.respond_next(500, 1453, operation="POST /credentials")
    sandbox.boxc.respond_next(500, 1001, operation="POST /auth/v1/token")
    sandbox.boxc.respond_next(400, 1000)
    token = await http.post(TOKEN)
    created = await http.post("/v1/credentials", headers=bearer(sandbox.boxc.ready_token))
    read = await get(sandbox, http, "/credentials")
    assert [error(token), error(created), error(read)] == [(500, 1001), (500, 1453), (400, 1000)]
    assert read.json()["status"] == "error"
    assert "status" not in created.json()


async def test_requests_are_counted_and_recorded(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """Counts are by method and path template; records have status, code and time."""
    sandbox.clock.advance(7)
    await get(sandbox, http, "/credentials/12", params={"a": "b"})
    await get(sandbox, http, "/credentials/13")
    await http.post(TOKEN)
    await http.get("/v1/elsewhere")
    service = sandbox.boxc
    assert service.counts == {
        "GET /credentials/{id}": 2,
        "POST /auth/v1/token": 1,
        "GET unknown": 1,
    }
    record = service.requests[0]
    assert (record.path, record.query) == ("/v1/credentials/12", {"a": "b"})
    assert (record.status, record.code, record.time) == (404, 1450, 7.0)
    assert service.requests[2].code is None


async def test_reset_keeps_the_ready_made_token(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """After a reset settings, records and tokens are gone; only the ready-made token is valid."""
    service = sandbox.boxc
    issued = service.issue_token()
    service.rules, service.rate_limit = BoxCRules(masked="absent"), RateLimit(size=1)
    service.add_credential("SPL", {"username": "u"})
    service.revoke_tokens()
    sandbox.clock.advance(60)
    sandbox.reset()
    assert (service.rules, service.rate_limit) == (BoxCRules(), RateLimit())
    assert service.credentials == []
    assert sandbox.clock.now() == 0
    assert (await get(sandbox, http, "/credentials")).status_code == 200
    assert error(await http.get("/v1/credentials", headers=bearer(issued))) == (401, 1005)


def test_representations_hide_secrets(sandbox: Sandbox) -> None:
    """No representation shows a token, the client's secret or a stored value."""
    service = sandbox.boxc
    service.add_credential("SPL", {"password": "hidden-value"})
    shown = repr([service, service.client, service.credentials, sandbox])
    secrets = [service.ready_token, service.client.secret, "hidden-value"]
    assert not [secret for secret in secrets if secret in shown]
