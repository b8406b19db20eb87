"""``boxapis boxc webhooks send``: signed samples to receivers on this machine, and to no other."""

import json
import socket
from collections.abc import Iterator

import pytest

from boxapis.boxc.webhook_events import ShipmentEvent
from boxapis.boxc.webhooks import verify
from boxapis.cli.boxc import webhooks
from boxapis.cli.boxc.webhooks import _suggest_topics
from boxapis.cli.run import run
from tests.support.command_line import is_one_line
from tests.support.receiver import Receiver, receiving

pytestmark = [pytest.mark.servers, pytest.mark.usefixtures("home")]

Captured = pytest.CaptureFixture[str]
KEY = "Zq9X-Zq9X-Zq9X-Zq9X"
SEND = ["boxc", "webhooks", "send"]


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key of the webhook, set as an environment variable."""
    monkeypatch.setenv("HOOK_KEY", KEY)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A running receiver."""
    with receiving() as server:
        yield server


@pytest.mark.usefixtures("at_terminal")
def test_a_sample_is_accepted(receiver: Receiver, capsys: Captured) -> None:
    """The receiver gets a delivery that the key fits, with the fields that were given."""
    given = ["id=7", "status=En Route", "order_number=A/1"]
    assert run([*SEND, "shipments_status", receiver.address, *given, "--key", "env:HOOK_KEY"]) == 0
    assert capsys.readouterr() == ("answered 200 within 4 s: accepted\n", "")
    ((target, headers, body),) = receiver.deliveries
    assert target == "/hook?a=1"
    event = verify(body, headers, KEY).event
    assert isinstance(event, ShipmentEvent)
    assert (event.id, event.status, event.order_number) == (7, "En Route", "A/1")


@pytest.mark.parametrize("status", [302, 401, 500])
def test_a_sample_is_refused(receiver: Receiver, capsys: Captured, status: int) -> None:
    """Another status than 2xx is exit status 1, and a redirect is not followed."""
    receiver.statuses[:] = [status]
    command = [*SEND, "orders_status", receiver.address, "--key", "env:HOOK_KEY", "--json"]
    assert run(command) == 1
    output, errors = capsys.readouterr()
    assert json.loads(output) == {"topic": "orders_status", "status": status, "accepted": False}
    assert errors == ""
    assert len(receiver.deliveries) == 1


def test_no_answer_in_time(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    """A receiver that does not answer in time is exit status 4: it may have handled the event."""
    monkeypatch.setattr(webhooks, "_OVERALL", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/boxc"
        assert run([*SEND, "orders_status", url, "--key", "env:HOOK_KEY"]) == 4
    output, errors = capsys.readouterr()
    assert output == ""
    assert is_one_line(errors)
    assert "webhook: not answered within 0.3 s; BoxC would deliver it again" in errors


def test_a_proxy_is_not_asked(
    receiver: Receiver, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F171: a proxy of the environment gets nothing."""
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    assert run([*SEND, "orders_status", receiver.address, "--key", "env:HOOK_KEY"]) == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/boxc",
        "http://10.0.0.1/boxc",
        "http://127.0.0.1.example.com/boxc",
        "http://user@127.0.0.1/boxc",
        "http://127.0.0.1@example.com/boxc",
        "https://127.0.0.1/boxc",
        "http://127.0.0.1:0/boxc",
        "http://127.0.0.1:99999/boxc",
        "http://[::1/boxc",
        "http://127.0.0.1/a b",
        "127.0.0.1/boxc",
        "",
    ],
)
def test_other_machines(url: str, capsys: Captured) -> None:
    """F171: a URL that is not http on this machine is status 2, and nothing is sent."""
    assert run([*SEND, "orders_status", url, "--key", "env:HOOK_KEY"]) == 2
    output, errors = capsys.readouterr()
    assert output == ""
    assert is_one_line(errors)
    assert "the URL must be http, on this machine" in errors


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["orders_status", "--key", KEY], "--key must be a reference"),
        (["orders_status", "--key", "env:NOTHING"], "there is nothing at env:NOTHING"),
        (["orders_new", "--key", "env:HOOK_KEY"], "the topics with a sample are"),
        (["orders_status", "stauts=x", "--key", "env:HOOK_KEY"], "the fields of this topic are"),
        (["orders_status", "id", "--key", "env:HOOK_KEY"], "NAME=VALUE"),
    ],
)
def test_wrong_arguments(
    receiver: Receiver, capsys: Captured, arguments: list[str], expected: str
) -> None:
    """A key in plain text, an unknown topic or field is status 2; no key is shown, nothing sent."""
    topic, *rest = arguments
    assert run([*SEND, topic, receiver.address, *rest]) == 2
    output, errors = capsys.readouterr()
    assert output == ""
    assert is_one_line(errors)
    assert expected in errors
    assert KEY not in errors
    assert receiver.deliveries == []


def test_topics_are_suggested() -> None:
    """The tab key knows the topics."""
    assert _suggest_topics("shipments_") == ["shipments_label", "shipments_status"]
