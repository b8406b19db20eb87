"""The pytest plugin in processes of its own, with each async plugin and without."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.support.printed import printed

pytestmark = pytest.mark.servers

Run = Callable[..., pytest.RunResult]

HEAVY_MODULES = ("starlette", "uvicorn", "httptools", "httpx", "orjson", "anyio", "asyncio")


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs tests with this plugin and those named only, every warning an error."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(source: str, *plugins: str) -> pytest.RunResult:
        pytester.makepyfile(source)
        if "asyncio" in plugins:
            pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function")
        named = [word for plugin in ("boxapis", *plugins) for word in ("-p", plugin)]
        return pytester.runpytest_subprocess(*named, "-W", "error", "-q")

    return run


def test_readme_example_passes(run: Run) -> None:
    """The README's test passes as printed."""
    (block,) = printed("Testing")
    run(block, "asyncio").assert_outcomes(passed=1)


def test_readme_example_can_fail(run: Run) -> None:
    """A broken example fails, and pytest's output shows no password."""
    (block,) = printed("Testing")
    broken = block.replace("except AuthenticationError", "except ZeroDivisionError")
    result = run(broken, "asyncio")
    result.assert_outcomes(failed=1)
    assert "AuthenticationError" in result.stdout.str()
    assert "sandbox-api-password" not in result.stdout.str()


def test_with_anyio(run: Run) -> None:
    """The fixtures work with anyio's plugin."""
    source = """
        import pytest

        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        @pytest.mark.anyio
        async def test_both(boxtracker_sandbox, boxc_sandbox):
            async with boxtracker_sandbox.client() as tracker, boxc_sandbox.client() as boxc:
                await tracker.handshakes.portal()
                assert await boxc.request("GET", "/warehouses")
            assert boxtracker_sandbox.counts == {"cmdBoxTPortalHandShake": 1}
            assert boxc_sandbox.counts == {"GET /warehouses": 1}
    """
    run(source, "anyio").assert_outcomes(passed=1)


def test_with_pytest_asyncio(run: Run) -> None:
    """The fixtures work with pytest-asyncio, with a loop for each test or one for all."""
    source = """
        import pytest

        @pytest.mark.asyncio
        async def test_once(boxc_sandbox):
            async with boxc_sandbox.client() as boxc:
                await boxc.credentials.create("Janio", {"api_key": "a"})
            assert boxc_sandbox.counts == {"POST /credentials": 1}

        @pytest.mark.asyncio(loop_scope="session")
        async def test_again(boxc_sandbox):
            async with boxc_sandbox.client() as boxc:
                assert [one async for one in boxc.credentials.list()] == []
    """
    run(source, "asyncio").assert_outcomes(passed=2)


def test_dialect(run: Run) -> None:
    """The fixture `boxtracker_dialect` can be overridden and parametrized, for one test alone."""
    source = """
        import httpx
        import pytest

        def keys(sandbox):
            username, password = next(iter(sandbox.service.users.items()))
            login = {"username": username, "password": password}
            question = {"command": "cmdBoxTPortalHandShake", **login}
            return {*httpx.get(sandbox.base_url, params=question).json()} & {"key", "sessionKey"}

        @pytest.mark.parametrize("boxtracker_dialect", ["observed"])
        def test_observed(boxtracker_sandbox):
            assert keys(boxtracker_sandbox) == {"key"}

        def test_both(boxtracker_sandbox):
            assert keys(boxtracker_sandbox) == {"key", "sessionKey"}
    """
    run(source).assert_outcomes(passed=2)


def test_without_async(run: Run) -> None:
    """The fixtures work for synchronous tests, with any HTTP client."""
    source = """
        import json
        import urllib.request

        import httpx

        def test_urllib(boxtracker_sandbox):
            address = boxtracker_sandbox.environment["BOXTRACKER_BASE_URL"]
            with urllib.request.urlopen(address + "?command=cmdBoxTPortalHandShake") as response:
                assert json.load(response)["status"] == 303
            assert boxtracker_sandbox.counts == {"cmdBoxTPortalHandShake": 1}

        def test_httpx(boxc_sandbox):
            boxc_sandbox.fault("bad_gateway")
            token = boxc_sandbox.environment["BOXC_TOKEN"]
            with httpx.Client(headers={"Authorization": f"Bearer {token}"}) as client:
                responses = [client.get(f"{boxc_sandbox.base_url}/users/me") for _ in range(2)]
            assert [response.status_code for response in responses] == [502, 200]
    """
    run(source).assert_outcomes(passed=2)


def test_each_test_starts_afresh_on_one_server(run: Run) -> None:
    """Records, faults, held responses and clock changes end with their test; the port stays."""
    source = """
        import httpx
        import pytest

        addresses = set()

        @pytest.mark.parametrize("turn", range(3))
        def test_turn(boxtracker_sandbox, boxc_sandbox, turn):
            assert boxtracker_sandbox.clock.now() < 60
            assert boxtracker_sandbox.clock is boxc_sandbox.clock
            response = httpx.get(boxtracker_sandbox.base_url, timeout=10)
            assert response.json()["status"] == 303
            assert boxtracker_sandbox.counts == {"": 1}
            assert (boxtracker_sandbox.fault_hits, boxc_sandbox.requests) == ({}, [])
            addresses.add(boxtracker_sandbox.base_url)
            httpx.get(boxc_sandbox.base_url + "/warehouses")
            boxtracker_sandbox.clock.advance(3600)
            boxtracker_sandbox.fault("html_page", times=5)
            boxtracker_sandbox.service.hold_responses(until=2)

        def test_one_server():
            assert len(addresses) == 1
    """
    run(source).assert_outcomes(passed=4)


def test_offline_in_every_test(run: Run, pytester: pytest.Pytester) -> None:
    """Pytest's own setting ``usefixtures`` makes every test refuse connections to the service."""
    pytester.makeini("[pytest]\nusefixtures = boxapis_offline")
    source = """
        import asyncio

        import pytest

        from boxapis import BoxC, ConfigurationError

        async def call():
            async with BoxC("token") as boxc:
                await boxc.request("GET", "/warehouses")

        def test_service():
            with pytest.raises(ConfigurationError, match="boxapis_offline"):
                asyncio.run(call())
    """
    run(source).assert_outcomes(passed=1)


def test_missing_extra(run: Run) -> None:
    """Without the sandbox's dependencies one line says what to install."""
    source = """
        import sys

        sys.modules["uvicorn"] = None

        def test_page(boxtracker_sandbox):
            pass
    """
    result = run(source)
    result.assert_outcomes(errors=1)
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*During handling*")
    result.stdout.fnmatch_lines(["uvicorn is not installed: pip install 'boxapis[[]testing[]]'"])


def test_nothing_is_started_without_a_fixture(run: Run) -> None:
    """A run without the fixtures imports neither client nor server, and starts no thread."""
    source = f"""
        import sys
        import threading

        def test_page():
            assert "boxapis.testing._plugin" in sys.modules
            modules = {{"boxapis.sandbox", "boxapis.boxtracker", "boxapis.boxc"}}
            modules.add("boxapis._http.messages")
            assert not modules & sys.modules.keys()
            assert not {set(HEAVY_MODULES) - {"asyncio"}!r} & sys.modules.keys()
            assert threading.active_count() == 1
    """
    run(source).assert_outcomes(passed=1)


def test_import_is_light() -> None:
    """The plugin imports nothing heavy."""
    code = (
        "import sys, pytest; before = set(sys.modules); import boxapis.testing._plugin;"
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60
    )
    added = set(done.stdout.split())
    assert "boxapis" in added
    assert not added & set(HEAVY_MODULES)


def test_importing_the_names_needs_no_pytest() -> None:
    """The two classes, for annotations, import neither pytest nor the sandbox."""
    code = (
        "import sys; sys.modules['pytest'] = None;"
        "from boxapis.testing import BoxCSandbox, BoxTrackerSandbox;"
        "print('boxapis.sandbox' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "False\n"


def test_entry_point_names_the_plugin(pytester: pytest.Pytester) -> None:
    """Pytest finds the plugin of the installed package by itself."""
    pytester.makepyfile("def test_page(boxtracker_sandbox, boxc_sandbox): pass")
    pytester.runpytest_subprocess("-q").assert_outcomes(passed=1)
