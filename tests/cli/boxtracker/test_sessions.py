"""Log-in, commands and log-out against a sandbox: what is sent, and what is stored."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from boxapis import Customer, SessionExpiredError
from boxapis._settings.settings import load_settings
from boxapis.cli import prompts as _prompts
from boxapis.cli.boxtracker import login as _login
from boxapis.cli.boxtracker.current_customer import CurrentCustomer
from boxapis.cli.boxtracker.login_store import IDLE_LIMIT, LoginStore
from boxapis.cli.clients import boxtracker_client
from boxapis.cli.run import run
from boxapis.sandbox import Sandbox
from tests.support.command_line import assert_no_secret, is_one_line, stdin_of

pytestmark = pytest.mark.servers

Captured = pytest.CaptureFixture[str]

LIST = ["boxtracker", "command", "cmdBoxTPortalJobsiteList", "offset=0"]
PASSWORDS = ("BOXTRACKER_PASSWORD", "BOXTRACKER_CUSTOMER_PASSWORD")


@pytest.fixture
def request_count(
    served: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> Callable[[str], int]:
    """Logs Jane in, leaves no password in the environment, and counts requests from then on."""
    assert run(["boxtracker", "login"]) == 0
    monkeypatch.delenv("BOXTRACKER_CUSTOMER_USERNAME")
    monkeypatch.delenv("BOXTRACKER_CUSTOMER_PASSWORD")
    capsys.readouterr()
    before = served.boxtracker.counts
    return lambda name: served.boxtracker.counts[name] - before[name]


def saved_logins() -> dict[str, Any]:
    """The content of the file of logins."""
    file = LoginStore().file
    data: dict[str, Any] = json.loads(file.read_bytes()) if file.exists() else {}
    return data


def age_logins(seconds: float) -> None:
    """Makes every login older by some seconds."""
    entries = saved_logins()
    for entry in entries.values():
        entry["last_used"] -= seconds
    LoginStore().file.write_text(json.dumps(entries))


@pytest.mark.usefixtures("at_terminal")
def test_login_saves_a_key_and_no_password(served: Sandbox, capsys: Captured) -> None:
    """One handshake of each kind; the file holds the customer's key and no password at all."""
    assert run(["boxtracker", "login", "--method", "POST"]) == 0
    output, errors = capsys.readouterr()
    assert (output, errors) == ("jane is logged in, customer 13913\n", "")
    text = LoginStore().file.read_text()
    assert_no_secret(text, served.environment)
    assert set(saved_logins()[""]) == {
        "account",
        "username",
        "customer_id",
        "session_key",
        "last_used",
    }
    assert saved_logins()[""]["session_key"] not in output
    assert [record.method for record in served.boxtracker.requests] == ["POST", "POST"]


def test_login_for_programs(served: Sandbox, capsys: Captured) -> None:
    """With --json, stdout holds only JSON, without the key."""
    assert run(["boxtracker", "login", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"username": "jane", "customer_id": 13913}


def test_password_from_stdin(
    served: Sandbox, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The password may come from stdin; its line ending is removed."""
    password = served.environment["BOXTRACKER_CUSTOMER_PASSWORD"]
    monkeypatch.delenv("BOXTRACKER_CUSTOMER_PASSWORD")
    monkeypatch.setattr("sys.stdin", stdin_of(f"{password}\r\n"))
    assert run(["boxtracker", "login", "--password-stdin"]) == 0
    monkeypatch.setattr("sys.stdin", stdin_of(""))
    assert run(["boxtracker", "login", "--password-stdin"]) == 2
    assert "stdin is empty" in capsys.readouterr().err


def test_no_terminal_to_ask_for_the_password(
    served: Sandbox, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a terminal the error names the other ways to give the password."""
    monkeypatch.delenv("BOXTRACKER_CUSTOMER_PASSWORD")
    assert run(["boxtracker", "login"]) == 2
    errors = capsys.readouterr().err
    assert "BOXTRACKER_CUSTOMER_PASSWORD" in errors
    assert "--password-stdin" in errors
    assert served.boxtracker.counts.total() == 0


def test_password_from_the_terminal(served: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """At a terminal the password is asked for, with the customer's name."""
    asked: list[str] = []
    password = served.environment["BOXTRACKER_CUSTOMER_PASSWORD"]
    monkeypatch.delenv("BOXTRACKER_CUSTOMER_PASSWORD")
    monkeypatch.delenv("BOXTRACKER_CUSTOMER_USERNAME")
    monkeypatch.setattr(_prompts, "can_prompt", lambda: True)
    monkeypatch.setattr(_login, "can_prompt", lambda: True)

    def answer(what: str) -> str:
        asked.append(what)
        return password

    monkeypatch.setattr("getpass.getpass", answer)
    assert run(["boxtracker", "login", "jane"]) == 0
    assert asked == ["Password of jane: "]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["omar"], "names another customer"),
        ([], "name the customer"),
    ],
)
def test_a_login_names_one_customer(
    served: Sandbox,
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    words: str,
) -> None:
    """The customer is named once: by the settings or by the argument."""
    if not arguments:
        monkeypatch.delenv("BOXTRACKER_CUSTOMER_USERNAME")
    assert run(["boxtracker", "login", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert saved_logins() == {}


def test_a_refused_password_saves_no_login(
    served: Sandbox, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong password gives one line and status 1, and no login is saved."""
    monkeypatch.setenv("BOXTRACKER_CUSTOMER_PASSWORD", "a-wrong-password")
    assert run(["boxtracker", "login"]) == 1
    errors = capsys.readouterr().err
    assert is_one_line(errors)
    assert "a-wrong-password" not in errors
    assert saved_logins() == {}


def test_a_command_uses_the_saved_login(
    served: Sandbox, capsys: Captured, request_count: Callable[[str], int]
) -> None:
    """A command confirms the key, is sent, and renews the login as of its beginning."""
    age_logins(200)
    began = time.time()
    assert run([*LIST, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["recordCount"] == 120
    assert (
        request_count("cmdBoxTPortalCustomerHandShake")
        == request_count("cmdBoxTPortalJobsiteList")
        == 1
    )
    handshake = served.boxtracker.requests[-2].arguments
    assert "password_customer" not in handshake
    assert began - 1 < saved_logins()[""]["last_used"] <= time.time()


def test_a_new_key_is_saved(served: Sandbox, request_count: Callable[[str], int]) -> None:
    """If the service returns a new key, the next command uses it."""
    served.boxtracker.rules = evolve(served.boxtracker.rules, confirm_returns="new")
    before = saved_logins()[""]["session_key"]
    assert run(LIST) == 0
    assert saved_logins()[""]["session_key"] != before
    assert run(LIST) == 0


@pytest.mark.parametrize("how", ["age", "service"])
def test_an_expired_login(
    served: Sandbox, capsys: Captured, request_count: Callable[[str], int], how: str
) -> None:
    """A login that is idle for five minutes or whose key is refused is not used again."""
    if how == "age":
        age_logins(IDLE_LIMIT)
    else:
        served.boxtracker.forget_sessions()
    assert run(LIST) == (2 if how == "age" else 1)
    output, errors = capsys.readouterr()
    assert output == ""
    assert is_one_line(errors)
    assert "log in with 'boxapis boxtracker login'" in errors
    assert run(LIST) == 2
    assert "no customer is logged in" in capsys.readouterr().err
    assert request_count("cmdBoxTPortalJobsiteList") == 0
    assert saved_logins() == {} or how == "age"


def test_a_refused_key_is_replaced_if_a_password_is_set(
    served: Sandbox,
    capsys: Captured,
    request_count: Callable[[str], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A refused key means that nothing was done, so the command is run with the password."""
    password = served.boxtracker.customers[0].password
    monkeypatch.setenv("BOXTRACKER_CUSTOMER_USERNAME", "jane")
    monkeypatch.setenv("BOXTRACKER_CUSTOMER_PASSWORD", password)
    served.boxtracker.forget_sessions()
    assert run(LIST) == 0
    assert request_count("cmdBoxTPortalJobsiteList") == 1
    assert saved_logins() == {}


async def test_what_may_have_been_applied_is_not_repeated(
    served: Sandbox, request_count: Callable[[str], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even with a password set, a command that may have been carried out is not repeated."""
    monkeypatch.setenv("BOXTRACKER_CUSTOMER_USERNAME", "jane")
    monkeypatch.setenv("BOXTRACKER_CUSTOMER_PASSWORD", served.boxtracker.customers[0].password)
    tried: list[Customer] = []

    async def fail(customer: Customer) -> None:
        tried.append(customer)
        raise SessionExpiredError("over", may_have_been_applied=True)

    settings = load_settings(None)
    async with boxtracker_client(settings, "GET") as client:
        with pytest.raises(SessionExpiredError):
            await CurrentCustomer.from_settings(settings, LoginStore()).run(client, fail)
    assert len(tried) == 1


def test_handshake_for_programs(
    served: Sandbox, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --json, stdout holds only JSON: the customer's id, or null."""
    assert run(["boxtracker", "handshake", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"portal": True, "customer_id": 13913}
    monkeypatch.delenv("BOXTRACKER_CUSTOMER_USERNAME")
    monkeypatch.delenv("BOXTRACKER_CUSTOMER_PASSWORD")
    assert run(["boxtracker", "handshake", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"portal": True, "customer_id": None}


def test_a_refused_command_renews_the_login(
    served: Sandbox, capsys: Captured, request_count: Callable[[str], int]
) -> None:
    """A refused command renews the login, too, since the session was used."""
    age_logins(200)
    assert run(["boxtracker", "command", "cmdBoxTPortalJobsiteData", "jobsite_id=1"]) == 1
    assert is_one_line(capsys.readouterr().err)
    assert time.time() - saved_logins()[""]["last_used"] < 100


def test_a_command_without_a_login(served: Sandbox, capsys: Captured) -> None:
    """User name and password of the environment suffice for one command; no login is saved."""
    assert run(LIST) == 0
    assert "13913001" in capsys.readouterr().out
    assert saved_logins() == {}


def test_a_login_of_another_customer(
    request_count: Callable[[str], int], capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the settings and the login name different customers, nothing is sent."""
    monkeypatch.setenv("BOXTRACKER_CUSTOMER_USERNAME", "omar")
    assert run(LIST) == 2
    errors = capsys.readouterr().err
    assert "jane is logged in, but the environment names another customer" in errors
    assert request_count("cmdBoxTPortalHandShake") == 0


@pytest.mark.parametrize("name", ["BOXTRACKER_USERNAME", "BOXTRACKER_BASE_URL"])
def test_a_login_of_another_account(
    request_count: Callable[[str], int],
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    """A key is sent only for the API user, and to the address, that it came from."""
    with Sandbox() as other:
        changed = {"BOXTRACKER_BASE_URL": other.boxtracker_url, "BOXTRACKER_USERNAME": "other"}
        monkeypatch.setenv(name, changed[name])
        assert run(LIST) == 2
        assert "no customer is logged in" in capsys.readouterr().err
        assert run(["boxtracker", "logout"]) == 0
        assert other.boxtracker.counts.total() == 0
    assert request_count("cmdBoxTPortalHandShake") == 0


def test_each_profile_has_a_login_of_its_own(
    served: Sandbox, capsys: Captured, profiles: Path
) -> None:
    """Logging in with a profile does not log the environment in."""
    lines = [f'{name} = "env:{name}"' for name in served.environment]
    profiles.write_text("\n".join(["[sandbox]", *lines]), encoding="utf-8")
    assert run(["boxtracker", "login", "--profile", "sandbox"]) == 0
    assert list(saved_logins()) == ["sandbox"]
    assert run([*LIST, "--profile", "sandbox"]) == 0
    assert run(["boxtracker", "logout", "--profile", "sandbox"]) == 0
    assert saved_logins() == {}


@pytest.mark.usefixtures("at_terminal")
def test_logout(served: Sandbox, capsys: Captured, request_count: Callable[[str], int]) -> None:
    """The session is ended on the server and forgotten here; a second log-out finds no login."""
    assert run(["boxtracker", "logout"]) == 0
    assert run(["boxtracker", "logout"]) == 0
    assert capsys.readouterr().out == "jane is logged out\nno customer was logged in\n"
    assert served.boxtracker.live_sessions["customer"] == 0
    assert request_count("cmdBoxTPortalCustomerLogOut") == 1
    assert saved_logins() == {}


def test_logout_for_programs(capsys: Captured, request_count: Callable[[str], int]) -> None:
    """With --json the log-out prints the customer's user name, or null."""
    assert run(["boxtracker", "logout", "--json"]) == run(["boxtracker", "logout", "--json"]) == 0
    assert capsys.readouterr().out == '{\n  "username": "jane"\n}\n{\n  "username": null\n}\n'


def test_logout_without_a_response(
    served: Sandbox, capsys: Captured, request_count: Callable[[str], int]
) -> None:
    """The login is removed even so, and one line says that the log-out failed."""
    served.stop()
    assert run(["boxtracker", "logout"]) == 1
    assert is_one_line(capsys.readouterr().err)
    assert saved_logins() == {}
