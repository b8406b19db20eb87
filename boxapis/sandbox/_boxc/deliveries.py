"""Deliveries to BoxC webhooks: signed, and sent to loopback addresses only."""

import base64
import hashlib
import hmac
import http.client
import ipaddress
import json
import threading
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from attrs import define, field, frozen

from boxapis.sandbox._boxc.records import Kind, Record, RecordStore

WEBHOOKS: Final = Kind(
    path="/webhooks",
    key="webhook",
    keys="webhooks",
    missing=1400,
    required=("address", "key", "topic"),
    start={"active": True, "failures": 0},
    hidden=frozenset({"key", "failures"}),
    smallest_page=1,
)
FAILURES: Final = 1000
"""Failed deliveries in a row after which a webhook becomes inactive until it is updated."""

NOT_LOOPBACK: Final = "The sandbox delivers webhooks over http to loopback addresses only."

_SECONDS: Final = 4.0  # as the service; an answer that comes later counts as none
_SUCCESSES: Final = range(200, 300)


@frozen
class RecordedDelivery:
    """One delivery to a webhook.

    Attributes:
        webhook_id: ID of the webhook.
        topic: Topic of the event.
        body: The bytes that were sent.
        attempts: How often they were sent.
        status: HTTP status of the last response; None where there was none.
        problem: The reason why nothing was sent or no response came; empty after a response.
    """

    webhook_id: int
    topic: str
    body: bytes = field(repr=False)
    attempts: int
    status: int | None
    problem: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether the receiver accepted it, with any status from 200 to 299."""
        return self.status in _SUCCESSES


@define(eq=False)
class Deliveries:
    """Every delivery so far; each is sent by a thread of its own."""

    records: RecordStore
    done: list[RecordedDelivery] = field(init=False, factory=list, repr=False)
    _changed: threading.Condition = field(init=False, factory=threading.Condition, repr=False)

    def publish(
        self, user_id: int, topic: str, payload: Mapping[str, Any], *, attempts: int
    ) -> None:
        """Deliver an event to each of the user's active webhooks of its topic."""
        for webhook in self.records.all(WEBHOOKS, user_id):
            if webhook["topic"] == topic and webhook["active"]:
                self.deliver(user_id, webhook, payload, attempts=attempts)

    def deliver(
        self, user_id: int, webhook: Record, payload: Mapping[str, Any], *, attempts: int
    ) -> None:
        """Deliver a payload to one webhook in the background, with at most so many attempts."""
        body = escaped_json(payload)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "BoxC/1.0 Webhook",
            "X-BoxC-Hmac-SHA256": signature(webhook["key"], body),
            "X-BoxC-Topic": webhook["topic"],
            "X-BoxC-Account": str(user_id),
        }
        arguments = (webhook, webhook["address"], body, headers, attempts)
        threading.Thread(target=self._run, args=arguments, daemon=True).start()

    def wait(self, count: int, seconds: float) -> list[RecordedDelivery]:
        """Block until `count` deliveries are done; returns all of them.

        Raises:
            TimeoutError: it took longer than `seconds`.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.done) >= count, seconds):
                raise TimeoutError(f"{len(self.done)} of {count} deliveries were made")
            return list(self.done)

    def _run(
        self, webhook: Record, address: str, body: bytes, headers: Mapping[str, str], most: int
    ) -> None:
        results = list(_attempts(address, body, headers, most))
        status, problem = results[-1]
        attempts = len(results)
        delivery = RecordedDelivery(
            webhook["id"], webhook["topic"], body, attempts, status, problem
        )
        with self._changed:
            webhook["failures"] = 0 if delivery.succeeded else webhook["failures"] + attempts
            if webhook["failures"] >= FAILURES:
                webhook["active"] = False
            self.done.append(delivery)
            self._changed.notify_all()


def loopback_address(address: str) -> tuple[str, int, str] | None:
    """Host, port and target of an ``http`` address on this machine; None for any other."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or 80
        host = "127.0.0.1" if host == "localhost" else host
        if parts.scheme != "http" or not ipaddress.ip_address(host).is_loopback:
            return None
    except ValueError:
        return None
    query = f"?{parts.query}" if parts.query else ""
    return host, port, f"{parts.path or '/'}{query}"


def escaped_json(payload: Mapping[str, Any]) -> bytes:
    r"""JSON as PHP writes it: without spaces, in ASCII, and with ``/`` as ``\/``."""
    return json.dumps(payload, separators=(",", ":")).replace("/", "\\/").encode()


def signature(key: str, body: bytes) -> str:
    """The HMAC-SHA256 of a body, in Base64."""
    return base64.b64encode(hmac.digest(key.encode(), body, hashlib.sha256)).decode()


def _attempts(
    address: str, body: bytes, headers: Mapping[str, str], most: int
) -> Iterator[tuple[int | None, str]]:
    """Status and problem of each attempt up to the first success; redirects are not followed."""
    place = loopback_address(address)
    if place is None:
        yield None, NOT_LOOPBACK
        return
    for _ in range(max(1, most)):
        status, problem = _attempt(*place, body, headers)
        yield status, problem
        if status in _SUCCESSES:
            return


def _attempt(
    host: str, port: int, target: str, body: bytes, headers: Mapping[str, str]
) -> tuple[int | None, str]:
    connection = http.client.HTTPConnection(host, port, timeout=_SECONDS)
    try:
        connection.request("POST", target, body, dict(headers))
        return connection.getresponse().status, ""
    except (OSError, ValueError, http.client.HTTPException) as error:
        return None, type(error).__name__
    finally:
        connection.close()
