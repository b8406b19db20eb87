"""Options that may hold a password: an error about one shows it in no frame of ours."""

import asyncio
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from boxapis import BoxC, BoxTracker, ConfigurationError, Secret
from boxapis._http.messages import Origin
from boxapis._http.proxies import proxy_for
from boxapis.transports import DirectTransport, HttpxTransport, ScriptedTransport
from tests.support.paths import is_test_code

SERVICE = Origin("https", "api.boxc.com", 443)
ADDRESS = "https://user:Zq9X@127.0.0.1/"


def shown(call: Callable[[], object]) -> str:
    """The traceback of a refusal with the locals of all frames but the test's own."""
    with pytest.raises(ConfigurationError) as caught:
        result = call()
        if asyncio.iscoroutine(result):
            asyncio.run(result)
    report = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    own = [frame for frame in report.stack if not is_test_code(frame.filename)]
    assert own
    return f"{caught.value!r} {[frame.locals for frame in own]}"


CALLS: dict[str, Callable[[], object]] = {
    "BoxTracker": lambda: BoxTracker("u", "Zq9X", base_url=ADDRESS),
    "BoxTracker, method": lambda: BoxTracker("u", "Zq9X", method="PUT"),  # type: ignore[arg-type]
    "BoxTracker, user": lambda: BoxTracker("", "Zq9X"),
    "BoxTracker, proxy": lambda: BoxTracker("u", "Zq9X", proxy="ftp://user:Zq9X@h"),
    "BoxTracker.from_env": lambda: BoxTracker.from_env(base_url=ADDRESS),
    "customer": lambda: BoxTracker("u", "Zq9X").customer("", "Zq9X"),
    "customer, key": lambda: BoxTracker("u", "Zq9X").customer("", session_key="Zq9X"),
    "BoxC, token": lambda: BoxC("Zq9X\n"),
    "BoxC, both": lambda: BoxC("Zq9X", client_id="i", client_secret="Zq9X"),
    "BoxC, colon": lambda: BoxC(client_id="a:b", client_secret="Zq9X"),
    "BoxC, address": lambda: BoxC("Zq9X", base_url=ADDRESS),
    "BoxC, accounts": lambda: BoxC("Zq9X", accounts_url=ADDRESS),
    "BoxC.from_env": lambda: BoxC.from_env(accounts_url=ADDRESS),
    "create": lambda: BoxC("t").credentials.create("", {"api_key": "Zq9X"}),
    "update": lambda: BoxC("t").credentials.update(0, {"api_key": "Zq9X"}),
    "DirectTransport": lambda: DirectTransport(proxy="ftp://user:Zq9X@h"),
    "HttpxTransport": lambda: HttpxTransport(proxy="http://user:Zq9X@h:99999999"),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_refused_option_is_shown_nowhere(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the error nor a local of any frame of the library holds a refused option."""
    for variable in ("BOXTRACKER_USERNAME", "BOXTRACKER_PASSWORD", "BOXC_TOKEN"):
        monkeypatch.setenv(variable, "Zq9X")
    assert "Zq9X" not in shown(CALLS[name])


@pytest.mark.parametrize("variable", ["BOXTRACKER_BASE_URL", "BOXC_BASE_URL"])
def test_a_refused_address_of_the_environment(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same for URLs in the environment."""
    for name in ("BOXTRACKER_USERNAME", "BOXTRACKER_PASSWORD", "BOXC_TOKEN"):
        monkeypatch.setenv(name, "Zq9X")
    monkeypatch.setenv(variable, ADDRESS)
    door: Any = BoxTracker if "TRACKER" in variable else BoxC
    assert "Zq9X" not in shown(door.from_env)


@pytest.mark.parametrize(
    "text", ["Zq9X", "https://u:Zq9X@h", "redis://:Zq9X@h.example", "rediss://:Zq9X@h?x=Zq9X"]
)
@pytest.mark.parametrize("door", [BoxTracker, BoxC])
def test_a_refused_store_of_the_environment(
    door: Any, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same for the URL of a store."""
    for name in ("BOXTRACKER_USERNAME", "BOXTRACKER_PASSWORD", "BOXC_TOKEN"):
        monkeypatch.setenv(name, "Zq9X")
    monkeypatch.setenv("BOXAPIS_STORE", text)
    assert "Zq9X" not in shown(door.from_env)


def test_proxies_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy variable that is no URL is named; neither its value nor another's is shown."""
    for name in ("https_proxy", "all_proxy", "http_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "ftp://user:Zq9X@h")
    monkeypatch.setenv("ALL_PROXY", "http://user:Zq9X@h")
    text = shown(lambda: proxy_for(SERVICE, None))
    assert "HTTPS_PROXY" in text
    assert "Zq9X" not in text


async def test_a_secret_is_accepted_wherever_text_is() -> None:
    """User names, client ids and URLs may be secrets, too, and are sent in full."""
    script = ScriptedTransport(
        [
            {"status": 200, "sessionKey": "k"},
            {"status": 200, "sessionKey": "c", "customerID": 1},
            {"access_token": "t", "expires_in": 60},
            {"warehouses": []},
        ]
    )
    url = Secret("https://127.0.0.1/x")
    async with BoxTracker(Secret("api"), Secret("pw"), base_url=url, transport=script) as tracker:
        await tracker.handshakes.customer(Secret("jane"), Secret("pw"))
    assert script.requests[0].arguments["username"] == "api"
    assert script.requests[1].arguments["username_customer"] == "jane"
    script = ScriptedTransport([{"access_token": "t", "expires_in": 60}, {}])
    client_id = Secret("client")
    async with BoxC(client_id=client_id, client_secret=Secret("s"), transport=script) as boxc:
        await boxc.request("GET", "/warehouses")
    assert script.requests[0].header("authorization") == "Basic Y2xpZW50OnM="
