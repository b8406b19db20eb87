"""The recipes for webhooks, served as processes, with deliveries of the sandbox over loopback."""

import json
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import frozen

from boxapis.boxc.webhooks import sign
from boxapis.sandbox import BoxCRules
from boxapis.testing import BoxCSandbox, delivery
from boxapis.testing._deliveries import SAMPLES
from tests.servers.program import Program, free_port
from tests.support.receiver import Receiver, receiving

pytestmark = pytest.mark.servers

NEW, OLD, FOREIGN = "a-new-key-a-new-key", "an-old-key-an-old-key", "a-foreign-key-a-foreign"
HERE = Path(__file__).parent
PORT = "{port}"
COMMANDS = {
    "fastapi": ["-m", "uvicorn", "fastapi_webhooks:app", "--app-dir", str(HERE), "--port", PORT],
    "django": [str(HERE / "django_webhooks.py"), f"127.0.0.1:{PORT}"],
}


@frozen
class Endpoint:
    """A recipe that runs, a receiver between the sandbox and it, and the database of the recipe."""

    url: str
    receiver: Receiver
    database: Path

    def post(self, headers: dict[str, str], body: bytes) -> int:
        """Hands one delivery on; returns the status of the answer."""
        return httpx.post(self.url, headers=headers, content=body, trust_env=False).status_code

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """The rows that handled events have left, digests aside."""
        with closing(sqlite3.connect(self.database)) as database:
            return sorted(row[-2:] for row in database.execute(f"SELECT * FROM {table}"))  # noqa: S608 - a name of this file


@pytest.fixture(params=COMMANDS)
def endpoint(
    request: pytest.FixtureRequest, boxc_sandbox: BoxCSandbox, tmp_path: Path
) -> Iterator[Endpoint]:
    """Each recipe, with the new and the old key, for the user of the sandbox."""
    port, database = free_port(), tmp_path / "events.db"
    variables = {
        "BOXC_WEBHOOK_KEYS": f"{NEW} {OLD}",
        "BOXC_ACCOUNTS": str(boxc_sandbox.service.user_id),
        "DATABASE": str(database),
    }
    command = [part.format(port=port) for part in COMMANDS[request.param]]
    program = Program([sys.executable, *command], port, tmp_path / "log.txt", variables=variables)
    program.start()
    try:
        with receiving() as receiver:
            running = Endpoint(f"http://127.0.0.1:{port}/boxc", receiver, database)
            receiver.forward = running.post
            yield running
    finally:
        program.stop()


async def subscribe(sandbox: BoxCSandbox, endpoint: Endpoint, topic: str, key: str) -> int:
    """Makes the sandbox deliver a topic to the endpoint; returns the webhook's id."""
    async with sandbox.client() as boxc:
        address = f"{endpoint.receiver.address}&key={key}"
        return (await boxc.webhooks.create(address, topic, key)).id


def publish(sandbox: BoxCSandbox, topic: str, **changes: Any) -> None:
    """Makes something happen in the sandbox."""
    key, fields = SAMPLES[topic]
    sandbox.service.publish(topic, {key: {**fields, **changes}})


async def test_a_delivery_that_comes_three_times(
    endpoint: Endpoint, boxc_sandbox: BoxCSandbox
) -> None:
    """F168: it is handled once, and refused when it is changed or comes for another account."""
    await subscribe(boxc_sandbox, endpoint, "shipments_status", NEW)
    boxc_sandbox.service.rules = BoxCRules(webhook_attempts=4)
    endpoint.receiver.statuses[:] = [503, 504]  # answers of the recipe that are lost on their way
    publish(boxc_sandbox, "shipments_status")
    (done,) = boxc_sandbox.service.wait_deliveries(1)
    assert (done.attempts, done.status) == (3, 204)
    (_, headers, body), *again = endpoint.receiver.deliveries
    assert [one[2] for one in again] == [body, body]
    assert endpoint.rows("statuses") == [(1521231, "Delivered")]
    assert endpoint.post(headers, body.replace(b"Delivered", b"Exception")) == 401
    assert endpoint.post({**headers, "X-BoxC-Account": "1"}, body) == 403
    assert endpoint.post({**headers, "X-BoxC-Topic": "orders_status"}, body) == 401
    assert endpoint.post({**headers, "X-BoxC-Topic": "shipments_new"}, body) == 204
    assert endpoint.rows("statuses") == [(1521231, "Delivered")]
    assert len(endpoint.rows("deliveries")) == 1


async def test_a_key_that_changes(endpoint: Endpoint, boxc_sandbox: BoxCSandbox) -> None:
    """F169: what is retried under the old key is taken, and so is what comes under the new one."""
    number = await subscribe(boxc_sandbox, endpoint, "shipments_status", OLD)
    boxc_sandbox.service.rules = BoxCRules(webhook_attempts=2)
    endpoint.receiver.forward = rotation(boxc_sandbox, number, endpoint)
    publish(boxc_sandbox, "shipments_status", id=1)
    (first,) = boxc_sandbox.service.wait_deliveries(1)
    assert (first.attempts, first.status) == (2, 204)
    assert endpoint.receiver.deliveries[1][1]["X-BoxC-Hmac-SHA256"] == sign(first.body, OLD)
    publish(boxc_sandbox, "shipments_status", id=2)
    assert boxc_sandbox.service.wait_deliveries(2)[1].status == 204
    assert endpoint.receiver.deliveries[2][1]["X-BoxC-Hmac-SHA256"] != sign(first.body, OLD)
    assert endpoint.rows("statuses") == [(1, "Delivered"), (2, "Delivered")]


def rotation(
    sandbox: BoxCSandbox, number: int, endpoint: Endpoint
) -> Callable[[dict[str, str], bytes], int]:
    """Gives the webhook the new key while its first attempt fails, and hands the others on."""
    attempts: list[bytes] = []

    def forward(headers: dict[str, str], body: bytes) -> int:
        attempts.append(body)
        if len(attempts) > 1:
            return endpoint.post(headers, body)
        token = {"Authorization": f"Bearer {sandbox.service.ready_token}"}
        url, json = f"{sandbox.base_url}/webhooks/{number}", {"webhook": {"key": NEW}}
        assert httpx.put(url, headers=token, json=json, trust_env=False).status_code == 200
        return 503

    return forward


async def test_the_key_of_another(endpoint: Endpoint, boxc_sandbox: BoxCSandbox) -> None:
    """F168: a delivery under another's key is refused; the label of one of ours is stored."""
    await subscribe(boxc_sandbox, endpoint, "shipments_label", FOREIGN)
    publish(boxc_sandbox, "shipments_label")
    assert boxc_sandbox.service.wait_deliveries(1)[0].status == 401
    assert endpoint.rows("deliveries") == []
    account = str(boxc_sandbox.service.user_id)
    made = delivery("shipments_label", key=NEW, account=account, data=b"%PDF-1.4")
    assert endpoint.post(dict(made.headers), made.body) == 204
    assert endpoint.rows("labels") == [(1521231, b"%PDF-1.4")]


def test_an_event_that_cannot_be_handled(endpoint: Endpoint, boxc_sandbox: BoxCSandbox) -> None:
    """No digest of it is kept, so that a retry is handled once the reason is gone."""
    account = str(boxc_sandbox.service.user_id)
    made = delivery("shipments_label", key=NEW, account=account, data="no Base64")
    assert endpoint.post(dict(made.headers), made.body) == 500
    assert endpoint.rows("deliveries") == []
    assert json.loads(made.body)["shipment"]["data"] == "no Base64"


def test_a_body_without_end(endpoint: Endpoint) -> None:
    """F274: who has no key cannot fill the memory: what is larger than any label is refused."""
    assert endpoint.post({}, b"x" * 11_000_000) in {400, 413}
    assert endpoint.rows("deliveries") == []
