"""The commands inside this process, against a sandbox: the same rules as for the program."""

import json
import sys
from collections.abc import Iterator

import pytest

from boxapis import CARRIER_PARAMETERS, BoxTracker, Customer, __version__
from boxapis.__main__ import main
from boxapis.cli.demo.boxtracker import BoxTrackerDemo
from boxapis.cli.run import run
from boxapis.sandbox import Sandbox
from tests.support.command_line import assert_no_secret, is_one_line

pytestmark = pytest.mark.servers

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A running sandbox, with its variables in this process's environment."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Sandbox() as sandbox:
        for name, value in sandbox.environment.items():
            monkeypatch.setenv(name, value)
        yield sandbox


@pytest.mark.usefixtures("at_terminal")
def test_handshakes(served: Sandbox, capsys: Captured) -> None:
    """Both sessions are opened, by one request each, and nothing secret is printed."""
    assert run(["boxtracker", "handshake"]) == 0
    output, errors = capsys.readouterr()
    assert (output.count("opened"), errors) == (2, "")
    assert_no_secret(output, served.environment)
    assert served.boxtracker.counts.total() == 2


def test_refused_handshake(
    served: Sandbox, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong password of the API user gives status 1, and no customer handshake is sent."""
    monkeypatch.setenv("BOXTRACKER_PASSWORD", "a-wrong-password")
    assert run(["boxtracker", "handshake"]) == 1
    assert is_one_line(capsys.readouterr().err)
    assert served.boxtracker.counts.total() == 1


@pytest.mark.parametrize("name", ["BOXTRACKER_CUSTOMER_USERNAME", "BOXTRACKER_CUSTOMER_PASSWORD"])
def test_incomplete_customer(
    served: Sandbox, capsys: Captured, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The customer's missing variable is named, and nothing is sent."""
    monkeypatch.delenv(name)
    assert run(["boxtracker", "handshake"]) == 2
    assert name in capsys.readouterr().err
    assert served.boxtracker.counts.total() == 0


@pytest.mark.usefixtures("at_terminal")
def test_no_customer(served: Sandbox, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the customer's variables only the portal session is opened."""
    monkeypatch.delenv("BOXTRACKER_CUSTOMER_USERNAME")
    monkeypatch.delenv("BOXTRACKER_CUSTOMER_PASSWORD")
    assert run(["boxtracker", "handshake"]) == 0
    assert capsys.readouterr().out == "portal session opened\n"
    assert served.boxtracker.counts.total() == 1


def test_lists(served: Sandbox, capsys: Captured) -> None:
    """The table and the JSON have the same credentials."""
    for carrier in CARRIER_PARAMETERS:
        served.boxc.add_credential(carrier, {"api_key": "stored-carrier-secret"})
    command = ["boxc", "credentials", "list", "--limit", "5", "--order", "asc"]
    assert run(command) == 0
    table = capsys.readouterr().out
    assert run([*command, "--json"]) == 0
    data = capsys.readouterr().out
    assert [entry["carrier"] for entry in json.loads(data)] == list(CARRIER_PARAMETERS)
    assert all(carrier in table for carrier in CARRIER_PARAMETERS)
    assert "stored-carrier-secret" not in table + data


@pytest.mark.usefixtures("at_terminal")
def test_empty_list(served: Sandbox, capsys: Captured) -> None:
    """An empty list is printed as a sentence."""
    assert run(["boxc", "credentials", "list"]) == 0
    assert capsys.readouterr().out == "No credentials.\n"
    assert served.boxc.counts["GET /credentials"] == 1


def test_sandbox_prints_its_environment(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables are printed to stdout, one a line; messages go to stderr."""
    printed: list[int] = []
    monkeypatch.setattr(Sandbox, "wait", lambda served: printed.append(len(served.environment)))
    assert run(["sandbox", "--port", "0"]) == 0
    output, errors = capsys.readouterr()
    assert [output.count("export ")] == printed
    assert "Press Ctrl-C to stop it." in errors


def test_early_interruption(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while the sandbox starts gives status 0 and prints nothing."""

    def interrupted(_: Sandbox) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Sandbox, "start", interrupted)
    assert run(["sandbox", "--port", "0"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("host", "status"), [("0.0.0.0", 2), ("127.0.0.1", 1)])  # noqa: S104
def test_sandbox_that_cannot_listen(
    served: Sandbox, capsys: Captured, host: str, status: int
) -> None:
    """A host that is not loopback gives status 2, a port in use status 1, each with one line."""
    port = served.accounts_url.rpartition(":")[2]
    assert run(["sandbox", "--host", host, "--port", port]) == status
    output, errors = capsys.readouterr()
    assert output == ""
    assert is_one_line(errors)


async def test_a_command_after_the_log_out_is_noticed(
    served: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If a logged-out customer's command is accepted, the demo's step reports it."""
    tracker = BoxTracker.from_env()
    demo = BoxTrackerDemo(served, tracker)
    async with tracker:
        await demo.customer_handshake()
        monkeypatch.setattr(Customer, "logout", Customer.handshake)
        result = await demo.log_out()
    assert "went through" in result.summary
    assert not all(check.passed for check in result.checks)


def test_main_ends_with_the_status(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    """The console script hands the exit status to the system."""
    monkeypatch.setattr(sys, "argv", ["boxapis", "--version"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"boxapis {__version__}\n"
