"""Prepared responses of the origin, and a count of each command.

Box Tracker's part has one valid pair of session keys; `OriginResponses.expire_after` invalidates it
during a run. BoxC's part accepts every request.
"""

import json
from collections import Counter
from functools import cache
from typing import Any, Final

from benchmarks import wire

_SIZE: Final = 85
_STORE: Final = b"POST " + wire.CREDENTIALS.encode()
_ONE_PAGE: Final = f"{wire.ONE_PAGE_PATH}/credentials".encode()
_RATE: Final = "X-Rate-Limit: 30\r\nX-Rate-Requests: 1\r\n"


class OriginResponses:
    """Responds to requests and counts them by command."""

    generation: int

    def __init__(self) -> None:
        self._pages = [_message(_page(first), _RATE) for first in range(0, wire.ITEMS, wire.PAGE)]
        self._one_page = _message(_page(wire.ITEMS - wire.PAGE), _RATE)
        self._credential = _message({"credential": _credential(wire.CREDENTIAL_ID)}, _RATE)
        self._token = _message(
            {"token_type": "Bearer", "access_token": wire.TOKEN, "expires_in": 315360000}
        )
        self._command = _message(_job_sites())
        self._expired = _message({"status": 507, "errorString": "ERROR: Invalid Session Key"})
        self._unknown = _message({"status": 404}, status="404 Not Found")
        self.reset()

    def reset(self) -> None:
        """Resets the counts and the session keys."""
        self.generation = 0
        self._counts: Counter[bytes] = Counter()
        self._lengths: dict[bytes, int] = {}
        self._body = b""
        self._expires_at = -1
        self._renew()

    def expire_after(self, commands: int) -> None:
        """Invalidates both keys with the given number of further customer commands."""
        self._expires_at = self._counts[wire.COMMAND.encode()] + commands

    @property
    def counts(self) -> dict[str, int]:
        """Requests by command; requests to BoxC by path, and by method, too, if they change it."""
        return {name.decode(): count for name, count in self._counts.items()}

    @property
    def lengths(self) -> dict[str, int]:
        """Length of the last request line of each command, in bytes."""
        return {name.decode(): length for name, length in self._lengths.items()}

    @property
    def body(self) -> str:
        """The body of the last request that stored a credential."""
        return self._body.decode()

    def respond(self, request: bytes) -> bytes:
        """Returns the response to a complete request."""
        start = request.find(b"command=", 0, 64)
        if start < 0:
            return self._boxc(request)
        end = request.find(b" HTTP/1.1\r\n", start)
        stop = request.find(b"&", start, end)
        name = request[start + 8 : stop if stop > 0 else end]
        self._counts[name] += 1
        self._lengths[name] = end
        if name == wire.REFUSED_COMMAND.encode():
            return _refusal("similarWOs")
        if name == b"cmdBoxTPortalJobsiteList":
            return self._customer_command(request, name)
        return self._handshake(request, name)

    def _customer_command(self, request: bytes, name: bytes) -> bytes:
        if self._counts[name] == self._expires_at:
            self._renew()
        return self._command if self._customer_key in request else self._expired

    def _handshake(self, request: bytes, name: bytes) -> bytes:
        if name == wire.PORTAL_HANDSHAKE.encode():
            return self._portal
        if name == wire.CUSTOMER_HANDSHAKE.encode():
            return self._customer if self._api_key in request else self._expired
        return self._unknown

    def _renew(self) -> None:
        self.generation += 1
        key, key_customer = wire.api_key(self.generation), wire.customer_key(self.generation)
        self._api_key, self._customer_key = key.encode(), key_customer.encode()
        self._portal = _message({"status": 200, "sessionKey": key})
        body = {"status": 200, "sessionKey": key_customer, "customerID": wire.CUSTOMER_ID}
        self._customer = _message(body)

    def _boxc(self, request: bytes) -> bytes:
        path, _, query = request.split(b" ", 2)[1].partition(b"?")
        if request.startswith(_STORE):
            self._counts[_STORE] += 1
            self._body = request.partition(b"\r\n\r\n")[2]
            return self._credential
        self._counts[path] += 1
        if path == wire.CREDENTIAL.encode():
            return self._credential
        if path.startswith(wire.REFUSED.encode()):
            return _refusal(path.rpartition(b"/")[2].decode())
        if path == wire.CREDENTIALS.encode():
            return self._pages[_page_number(query)]
        if path == _ONE_PAGE:
            return self._one_page
        return self._token if path == b"/auth/v1/token" else self._unknown


@cache
def _refusal(name: str) -> bytes:
    """Returns a long refusal; built when it is first needed."""
    text = "packages[0]: the address was not found"
    # with a name, quotes and a comma below the limit of 4 MiB
    number = 4_000_000 // (len(text) + (12 if name == "object" else 3))
    if name == "brackets":
        brackets = b"[" * (16 * 1024 * 1024)  # in a chunk, so that no header says how long it is
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        return head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(brackets), brackets)
    if name == "similarWOs":
        return _message({"status": 303, "errorString": "no", name: [text] * number})
    errors = {f"{at}": text for at in range(number)} if name == "object" else [text] * number
    content = {"status": "error", "code": 1000, "message": "no", "errors": errors}
    return _message(content, _RATE, "400 Bad Request")


def _message(content: dict[str, Any], headers: str = "", status: str = "200 OK") -> bytes:
    body = json.dumps(content, separators=(",", ":")).encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{headers}"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _job_sites() -> dict[str, Any]:
    """Returns the body of the customer command's response, padded to 85 bytes."""
    body: dict[str, Any] = {"status": 200, "errorString": "", "jobsites": [{"id": 1, "name": ""}]}
    padding = _SIZE - len(json.dumps(body, separators=(",", ":")))
    return body | {"jobsites": [{"id": 1, "name": "x" * padding}]}


def _page(first: int) -> dict[str, Any]:
    after = first + wire.PAGE
    return {
        "credentials": [_credential(1 + number) for number in range(first, after)],
        "next_page": f"p{after // wire.PAGE}" if after < wire.ITEMS else None,
    }


def _credential(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "user_id": 12006,
        "carrier": wire.CARRIER,
        "params": dict.fromkeys(wire.SECRETS, ""),
        "created": "2026-01-01 00:00:00",
        "updated": "2026-01-01 00:00:00",
        "deleted": False,
    }


def _page_number(query: bytes) -> int:
    _, found, token = query.partition(b"page_token=p")
    return int(token.partition(b"&")[0]) if found else 0
