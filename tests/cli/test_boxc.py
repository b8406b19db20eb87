"""BoxC on the command line: credentials are written, any operation is called, tokens are shown."""

import base64
import http.server
import io
import json
import re
import sys
import threading
from pathlib import Path

import pytest

from boxapis import CARRIER_PARAMETERS, Secret
from boxapis._sansio.boxc.operations import OPERATIONS
from boxapis.cli import prompts
from boxapis.cli.boxc.claims import Claims, read_claims
from boxapis.cli.run import run
from boxapis.sandbox import Sandbox
from tests.support.command_line import is_one_line, stdin_of

pytestmark = pytest.mark.servers

Captured = pytest.CaptureFixture[str]

CREDENTIALS = ["boxc", "credentials"]


@pytest.fixture
def stored(served: Sandbox) -> str:
    """The id of a stored credential."""
    return str(served.boxc.add_credential("Janio", {"api_key": "old-key"}))


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    """A carrier's secret, set as an environment variable."""
    monkeypatch.setenv("CARRIER_KEY", "s3cret-key")
    return "s3cret-key"


def test_create(served: Sandbox, capsys: Captured, key: str) -> None:
    """A secret given as a reference is looked up and stored, and is not printed."""
    assert run([*CREDENTIALS, "create", "Janio", "api_key=env:CARRIER_KEY", "--json"]) == 0
    output, errors = capsys.readouterr()
    created = json.loads(output)
    assert (created["carrier"], created["parameters"], errors) == ("Janio", ["api_key"], "")
    assert served.boxc.stored_params(created["id"]) == {"api_key": key}
    assert key not in output


def test_create_from_a_file(served: Sandbox, capsys: Captured, home: Path) -> None:
    """Parameters may come from a JSON file; a user name may be given in plain text."""
    (home / "more.json").write_text('{"api_password": "s3cret"}', encoding="utf-8")
    given = ["api_username=me", f"@{home}/more.json"]
    assert run([*CREDENTIALS, "create", "DHL Express", *given, "--json"]) == 0
    created = json.loads(capsys.readouterr().out)
    expected = {"api_username": "me", "api_password": "s3cret"}
    assert served.boxc.stored_params(created["id"]) == expected


def test_create_from_stdin(
    served: Sandbox, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parameters may come from stdin; without --json a table is printed."""
    monkeypatch.setattr("sys.stdin", stdin_of('{"api_key": "s3cret"}'))
    assert run([*CREDENTIALS, "create", "Janio", "@-"]) == 0
    output = capsys.readouterr().out
    assert "Janio" in output
    assert "s3cret" not in output


PUBLIC = {
    *("client_id", "username", "api_username", "customer_code", "customer_number", "cost_center"),
    *("ekp", "contract_participation", "gkp_username", "cig_username", "tnt_username"),
    "retoure_username",
}
"""Parameters that identify an account and give no access."""


@pytest.mark.parametrize(
    ("carrier", "name"),
    [(carrier, name) for carrier, names in CARRIER_PARAMETERS.items() for name in sorted(names)],
)
def test_secrets_of_carriers_must_not_be_arguments(
    served: Sandbox, capsys: Captured, carrier: str, name: str
) -> None:
    """An identifier may be in plain text; every other value is refused, and not shown."""
    status = run([*CREDENTIALS, "create", carrier, f"{name}=in-clear"])
    assert status == (0 if name in PUBLIC else 2)
    assert "in-clear" not in "".join(capsys.readouterr())
    assert served.boxc.counts.total() == (1 if name in PUBLIC else 0)


def test_an_unknown_parameter_must_be_a_reference(served: Sandbox, capsys: Captured) -> None:
    """An unknown parameter may be a secret; as a reference it is sent with a warning."""
    assert run([*CREDENTIALS, "create", "Janio", "strange=in-clear"]) == 2
    assert "in-clear" not in capsys.readouterr().err
    assert served.boxc.counts.total() == 0
    assert run([*CREDENTIALS, "create", "Janio", "strange=env:CARRIER_KEY"]) == 0
    warning = capsys.readouterr().err
    assert is_one_line(warning)
    assert "warning: POST /credentials: not a known parameter of carrier Janio" in warning


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "give the parameters: api_key=env:NAME. "),
        (["api_key"], "give each argument as NAME=VALUE, a secret as NAME=env:NAME, or a file"),
        (["=value"], "give each argument as NAME=VALUE"),
        (["api_key=env:CARRIER_KEY"] * 2, "api_key is given twice"),
        (["@"], "give JSON as @FILE"),
        (["@/there/is/no/such/file"], "No such file"),
        (["@LIST"], "must hold a JSON object"),
        (["@BROKEN"], "it is not JSON"),
    ],
)
def test_invalid_parameters(
    served: Sandbox, capsys: Captured, home: Path, given: list[str], words: str
) -> None:
    """Invalid parameters give one line on stderr and status 2, and nothing is sent."""
    (home / "LIST").write_text("[]")
    (home / "BROKEN").write_text("{")
    files = [text.replace("@LIST", f"@{home}/LIST") for text in given]
    files = [text.replace("@BROKEN", f"@{home}/BROKEN") for text in files]
    assert run([*CREDENTIALS, "create", "Janio", *files]) == 2
    errors = capsys.readouterr().err
    assert is_one_line(errors)
    assert words in errors
    assert served.boxc.counts.total() == 0


def test_update_replaces_all(served: Sandbox, capsys: Captured, stored: str, key: str) -> None:
    """An update replaces all parameters; the carrier may be sent along."""
    given = ["api_key=env:CARRIER_KEY", "--carrier", "Janio", "--json"]
    assert run([*CREDENTIALS, "update", stored, *given]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == int(stored)
    assert served.boxc.stored_params(int(stored)) == {"api_key": key}


def test_update_without_parameters(served: Sandbox, capsys: Captured, stored: str) -> None:
    """An update without parameters would erase every value, so it is refused."""
    assert run([*CREDENTIALS, "update", stored]) == 2
    assert "give the parameters: NAME=VALUE, or NAME=env:NAME" in capsys.readouterr().err
    assert served.boxc.stored_params(int(stored)) == {"api_key": "old-key"}


@pytest.mark.parametrize("carrier", sorted(CARRIER_PARAMETERS))
def test_advice_of_parameters(
    served: Sandbox, capsys: Captured, monkeypatch: pytest.MonkeyPatch, carrier: str
) -> None:
    """What is advised when no parameters are given is accepted, with a variable for each secret."""
    assert run([*CREDENTIALS, "create", carrier]) == 2
    advised = re.search(r"give the parameters: (.+?)\. ", capsys.readouterr().err)
    assert advised is not None
    monkeypatch.setenv("NAME", "value")
    assert run([*CREDENTIALS, "create", carrier, *advised[1].split()]) == 0
    assert served.boxc.counts["POST /credentials"] == 1


@pytest.mark.parametrize("as_json", [True, False])
def test_get(served: Sandbox, capsys: Captured, stored: str, as_json: bool) -> None:  # noqa: FBT001
    """One credential is printed as a table or as JSON, without its values."""
    assert run([*CREDENTIALS, "get", stored, *(["--json"] if as_json else [])]) == 0
    output = capsys.readouterr().out
    assert stored in output
    assert "api_key" in output
    assert "old-key" not in output
    assert output.startswith("{") is as_json


def test_get_an_unknown_credential(served: Sandbox, capsys: Captured) -> None:
    """An unknown id gives one line on stderr and status 1."""
    assert run([*CREDENTIALS, "get", "99"]) == 1
    assert is_one_line(capsys.readouterr().err)


class Typed(io.StringIO):
    """What is typed at a terminal."""

    def isatty(self) -> bool:
        """It is one."""
        return True


@pytest.mark.usefixtures("at_terminal")
def test_delete_needs_a_yes(
    served: Sandbox, capsys: Captured, stored: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a terminal --yes must be given; at a terminal the user may say no."""
    assert run([*CREDENTIALS, "delete", stored]) == 2
    assert "give --yes" in capsys.readouterr().err
    monkeypatch.setattr(prompts, "can_prompt", lambda: True)
    monkeypatch.setattr(sys, "stdin", Typed("n\n"))
    assert run([*CREDENTIALS, "delete", stored]) == 1
    question = f"Delete credential {stored}? [y/N] "
    assert capsys.readouterr().err == f"{question}boxapis: credential {stored} was not deleted\n"
    assert served.boxc.counts.total() == 0
    monkeypatch.setattr(sys, "stdin", Typed("yes\n"))
    assert run([*CREDENTIALS, "delete", stored]) == 0
    assert capsys.readouterr().out == f"credential {stored} is deleted\n"


def test_delete_for_programs(served: Sandbox, capsys: Captured, stored: str) -> None:
    """With --yes nothing is asked; with --json the deleted id is printed as JSON."""
    assert run([*CREDENTIALS, "delete", stored, "--yes", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"deleted": int(stored)}
    assert served.boxc.counts["DELETE /credentials/{id}"] == 1


def test_what_the_environment_allows(
    served: Sandbox, capsys: Captured, stored: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``BOXAPIS_ALLOW`` holds for every command: it reads, and changes nothing. F151."""
    monkeypatch.setenv("BOXAPIS_ALLOW", "reads")
    assert run([*CREDENTIALS, "list"]) == 0
    assert run([*CREDENTIALS, "delete", stored, "--yes"]) == 2
    assert run(["boxc", "request", "DELETE", f"/credentials/{stored}"]) == 2
    assert capsys.readouterr().err.count('allow="reads"') == 2
    assert set(served.boxc.counts) <= {"POST /auth/v1/token", "GET /credentials"}


@pytest.mark.usefixtures("at_terminal")
def test_carriers(home: Path, capsys: Captured) -> None:
    """Table and JSON list the carriers that the library knows; no call is made."""
    assert run([*CREDENTIALS, "carriers", "--json"]) == 0
    carriers = json.loads(capsys.readouterr().out)
    assert {carrier: set(names) for carrier, names in carriers.items()} == CARRIER_PARAMETERS
    assert run([*CREDENTIALS, "carriers"]) == 0
    table = capsys.readouterr().out
    assert all(carrier in table for carrier in CARRIER_PARAMETERS)
    assert max(map(len, table.splitlines())) <= 80


OPERATIONS_COMMAND = ["boxc", "operations"]


@pytest.mark.usefixtures("at_terminal")
def test_operations(home: Path, capsys: Captured) -> None:
    """Table and JSON list every operation of the library's table; no call is made."""
    assert run([*OPERATIONS_COMMAND, "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    shown = {
        f"{entry['method']} {entry['path']}": (
            entry["scope"],
            entry["kind"],
            entry["typed_methods"],
        )
        for entry in listed
    }
    assert len(listed) == 83
    assert shown == {
        name: (one.scope, one.kind, list(one.methods)) for name, one in OPERATIONS.items()
    }
    assert run(OPERATIONS_COMMAND) == 0
    table = capsys.readouterr().out
    assert all(method in table for one in OPERATIONS.values() for method in one.methods)
    assert max(map(len, table.splitlines())) <= 80


@pytest.mark.parametrize("name", [("labels.Get",), ("get", "/labels/{id}"), ("GET /labels/{id}",)])
@pytest.mark.usefixtures("at_terminal")
def test_one_operation(name: tuple[str, ...], home: Path, capsys: Captured) -> None:
    """An operation is found by its name or by a method, and described with all its methods."""
    assert run([*OPERATIONS_COMMAND, *name]) == 0
    shown = capsys.readouterr().out
    assert "GET /labels/{id}" in shown
    assert "read; it changes nothing" in shown
    assert "boxc.labels.get(id)" in shown
    assert "boxc.labels.pdf(id)" in shown
    assert "(1205)" in shown
    assert run([*OPERATIONS_COMMAND, *name, "--json"]) == 0
    methods = ["labels.get", "labels.pdf", "labels.wait"]
    assert json.loads(capsys.readouterr().out)["typed_methods"] == methods


@pytest.mark.usefixtures("at_terminal")
def test_page_options_are_shown(home: Path, capsys: Captured) -> None:
    """A list is shown with its filters and each page option."""
    assert run([*OPERATIONS_COMMAND, "shops.list"]) == 0
    assert run([*OPERATIONS_COMMAND, "webhooks.list"]) == 0
    shown = capsys.readouterr().out
    assert "boxc.shops.list(*, name=None, limit=None, page_token=None)" in shown
    assert "boxc.webhooks.list(*, limit=None, order=None, page_token=None)" in shown


@pytest.mark.usefixtures("at_terminal")
def test_every_method_is_described(home: Path, capsys: Captured) -> None:
    """Each method is found, and shown with its arguments and its whole documentation."""
    for operation in OPERATIONS.values():
        for method in operation.methods:
            assert run([*OPERATIONS_COMMAND, method]) == 0
            shown = capsys.readouterr().out
            assert f"\nboxc.{method}(" in shown
            assert "Kind: " in shown
            assert "Methods raise errors of `boxapis.errors`" in shown


@pytest.mark.parametrize(
    ("name", "meant"),
    [("shipment.create", "shipments.create"), ("post /lables", "POST /labels"), ("x" * 40, "")],
)
def test_misspelt_operation(name: str, meant: str, home: Path, capsys: Captured) -> None:
    """A misspelt name is one line with the name that was meant, if there is one near it."""
    assert run([*OPERATIONS_COMMAND, name]) == 2
    output, errors = capsys.readouterr()
    assert output == ""
    assert is_one_line(errors)
    assert (f"did you mean {meant}?" in errors) == bool(meant)
    assert name not in errors


def test_request(served: Sandbox, capsys: Captured) -> None:
    """Any path can be called with query arguments, and the response is printed as JSON."""
    served.boxc.add_credential("Janio", {})
    command = ["boxc", "request", "get", "/credentials", "--param", "limit=50", "-p", "order=asc"]
    assert run(command) == 0
    assert json.loads(capsys.readouterr().out)["credentials"][0]["carrier"] == "Janio"
    assert served.boxc.requests[-1].query == {"limit": "50", "order": "asc"}


@pytest.mark.parametrize("from_stdin", [True, False])
def test_request_with_a_body(
    served: Sandbox,
    capsys: Captured,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    from_stdin: bool,  # noqa: FBT001
) -> None:
    """A JSON body from stdin or from a file is sent unchanged."""
    body = json.dumps({"credential": {"carrier": "Janio", "params": {"api_key": "s3cret"}}})
    (home / "body.json").write_text(body, encoding="utf-8")
    monkeypatch.setattr("sys.stdin", stdin_of(body))
    given = "@-" if from_stdin else f"@{home}/body.json"
    assert run(["boxc", "request", "POST", "/credentials", given]) == 0
    created = json.loads(capsys.readouterr().out)["credential"]
    assert served.boxc.stored_params(created["id"]) == {"api_key": "s3cret"}


def test_request_with_an_empty_response(served: Sandbox, capsys: Captured, stored: str) -> None:
    """An empty response prints nothing."""
    assert run(["boxc", "request", "DELETE", f"/credentials/{stored}"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["GET", "/credentials", "--param", "access_token=in-clear"],
        ["POST", "/credentials", "{}"],
        ["GET", "https://example.com/"],
        ["TRACE", "/credentials"],
    ],
)
def test_refused_requests(served: Sandbox, capsys: Captured, arguments: list[str]) -> None:
    """A secret or a body in plain text, a whole URL and an unknown method give status 2."""
    assert run(["boxc", "request", *arguments]) == 2
    errors = capsys.readouterr().err
    assert is_one_line(errors)
    assert "in-clear" not in errors
    assert served.boxc.counts.total() == 0


def test_a_document_is_not_printed_at_a_terminal(
    served: Sandbox, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a terminal, a request for anything but JSON is refused before it is sent."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert run(["boxc", "request", "GET", "/labels/1", "--accept", "application/pdf"]) == 2
    assert "add > FILE" in capsys.readouterr().err
    assert served.boxc.counts.total() == 0


class Document(http.server.BaseHTTPRequestHandler):
    """A server that responds with a document."""

    def do_GET(self) -> None:
        """Sends the document."""
        self.send_response(200)
        self.send_header("Content-Type", "application/pdf")
        self.send_header("Content-Length", "6")
        self.end_headers()
        self.wfile.write(b"%PDF\x00\xff")

    def log_message(self, *_: object) -> None:
        """Logs nothing."""


def test_a_document_is_written_to_a_pipe_unchanged(
    served: Sandbox, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bytes of a document are written as they came, without a newline after them."""
    with http.server.HTTPServer(("127.0.0.1", 0), Document) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        monkeypatch.setenv("BOXC_BASE_URL", f"http://127.0.0.1:{server.server_port}")
        assert run(["boxc", "request", "GET", "/labels/1", "--accept", "application/pdf"]) == 0
        thread.join()
    assert capfdbinary.readouterr() == (b"%PDF\x00\xff", b"")


def test_a_new_token(served: Sandbox, capsys: Captured) -> None:
    """A new token takes one request; its claims are shown, the token only with --reveal."""
    assert run(["boxc", "token", "--new"]) == 0
    shown = capsys.readouterr().out
    assert "user_id" in shown
    assert "read_credentials" in shown
    assert served.boxc.counts["POST /auth/v1/token"] == 1
    assert run(["boxc", "token", "--new", "--reveal"]) == 0
    value = capsys.readouterr().out.rstrip("\n")
    assert value.count(".") == 2
    assert value.split(".")[1] not in shown
    monkeypatch = pytest.MonkeyPatch()
    with monkeypatch.context() as context:
        context.setenv("BOXC_TOKEN", value)
        assert run(["boxc", "request", "GET", "/warehouses"]) == 0


def test_the_token_that_is_set(
    served: Sandbox, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token's claims are shown without a call; with --json, too, the token needs --reveal."""
    assert run(["boxc", "token", "--json"]) == 0
    claims = json.loads(capsys.readouterr().out)
    assert set(claims) == {"user_id", "client_id", "scopes", "issued", "expires"}
    assert run(["boxc", "token", "--json", "--reveal"]) == 0
    assert json.loads(capsys.readouterr().out)["token"] == served.environment["BOXC_TOKEN"]
    monkeypatch.setenv("BOXC_TOKEN", "opaque")
    assert run(["boxc", "token"]) == 0
    assert "opaque" not in capsys.readouterr().out
    assert served.boxc.counts.total() == 0


def test_a_client_that_is_refused(
    served: Sandbox, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong client secret gives one line on stderr and status 1, and is not shown."""
    monkeypatch.setenv("BOXC_CLIENT_SECRET", "something-wrong")
    assert run(["boxc", "token", "--new"]) == 1
    errors = capsys.readouterr().err
    assert is_one_line(errors)
    assert "something-wrong" not in errors


def jwt(payload: bytes) -> Secret:
    """A JSON Web Token with this payload."""
    return Secret(f"a.{base64.urlsafe_b64encode(payload).decode().rstrip('=')}.c")


@pytest.mark.parametrize(
    "token",
    [
        *(Secret("opaque"), Secret("a.b"), Secret("a.%%%.c"), Secret("a.é.c")),
        *(jwt(b"[]"), jwt(b"{"), jwt(b"{}"), jwt(b'{"exp": 99999999999999999}')),
        *(jwt(b'{"exp": "soon", "sub": 5, "scope": ["a"]}'), jwt(b"\xff")),
    ],
)
def test_tokens_without_claims(token: Secret) -> None:
    """A token in another form has no claims, and is no error."""
    assert read_claims(token) == Claims()
