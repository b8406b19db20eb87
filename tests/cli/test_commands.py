"""The commands that call the services, as a program against a sandbox."""

import json
from collections.abc import Iterator

import pytest

from boxapis import CARRIER_PARAMETERS
from boxapis.sandbox import Sandbox
from tests.support.command_line import assert_no_secret, boxapis, is_one_line
from tests.support.terminals import boxapis_in

pytestmark = pytest.mark.servers

STORED = "stored-carrier-secret"


@pytest.fixture
def served() -> Iterator[Sandbox]:
    """Both services over real HTTP, with a credential of each carrier."""
    with Sandbox() as sandbox:
        for carrier, names in CARRIER_PARAMETERS.items():
            sandbox.boxc.add_credential(carrier, dict.fromkeys(names, STORED))
        yield sandbox


@pytest.mark.parametrize("method", ["GET", "post"])
def test_handshake_says_what_was_opened(served: Sandbox, method: str) -> None:
    """One portal and one customer handshake, by the method asked for; no key is printed."""
    done = boxapis("boxtracker", "handshake", "--method", method, **served.environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "portal\ttrue\ncustomer_id\t13913\n"
    assert_no_secret(done.stdout, served.environment)
    assert [record.method for record in served.boxtracker.requests] == [method.upper()] * 2


def test_handshake_without_a_customer(served: Sandbox) -> None:
    """Without the customer's variables only the portal session is opened."""
    given = {name: text for name, text in served.environment.items() if "CUSTOMER" not in name}
    done = boxapis("boxtracker", "handshake", **given)
    assert (done.returncode, done.stdout) == (0, "portal\ttrue\ncustomer_id\t\n")
    assert served.boxtracker.counts.total() == 1


def test_customer_without_a_password_is_refused(served: Sandbox) -> None:
    """A customer's name without the password is a missing setting: nothing is sent."""
    given = {**served.environment, "BOXTRACKER_CUSTOMER_PASSWORD": ""}
    done = boxapis("boxtracker", "handshake", **given)
    assert (done.returncode, done.stdout) == (2, "")
    assert is_one_line(done.stderr)
    assert served.boxtracker.counts.total() == 0


def test_refused_password_is_one_line(served: Sandbox) -> None:
    """A refused password gives one line on stderr and status 1, and is not shown."""
    wrong = {"BOXTRACKER_CUSTOMER_PASSWORD": "a-wrong-password"}
    done = boxapis("boxtracker", "handshake", **{**served.environment, **wrong})
    assert (done.returncode, done.stdout) == (1, "")
    assert is_one_line(done.stderr)
    assert "a-wrong-password" not in done.stderr


def test_list_for_people(served: Sandbox) -> None:
    """At a terminal a table has every carrier, and is at most 80 columns wide."""
    command = ("boxc", "credentials", "list", "--limit", "4")
    with boxapis_in(*command, NO_COLOR="1", **served.environment) as terminal:
        assert terminal.end() == 0
        shown = terminal.plain
    assert all(carrier in shown for carrier in CARRIER_PARAMETERS)
    assert max(map(len, shown.splitlines())) <= 80
    assert STORED not in shown
    assert served.boxc.counts["GET /credentials"] == 3
    assert_no_secret(shown, served.environment)


def test_list_for_programs(served: Sandbox) -> None:
    """With --json, stdout holds only JSON, in the requested order and without secret values."""
    options = ("--sort", "carrier", "--order", "asc", "--json")
    done = boxapis("boxc", "credentials", "list", *options, **served.environment)
    listed = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert [entry["carrier"] for entry in listed] == sorted(CARRIER_PARAMETERS)
    assert {e["carrier"]: set(e["parameters"]) for e in listed} == dict(CARRIER_PARAMETERS)
    assert STORED not in done.stdout
    assert {entry["deleted"] for entry in listed} == {None}
    assert_no_secret(done.stdout, served.environment)


def test_list_without_credentials() -> None:
    """An empty list is a header in a pipe, and with --json an empty array."""
    with Sandbox() as empty:
        piped = boxapis("boxc", "credentials", "list", **empty.environment)
        programs = boxapis("boxc", "credentials", "list", "--json", **empty.environment)
    header = "id\tuser_id\tcarrier\tparameters\tcreated\tupdated\tdeleted\n"
    assert (piped.stdout, json.loads(programs.stdout)) == (header, [])
