"""Answers that break a rule and are read: what httpx and aiohttp do with each, and why it is safe.

Each cell of the table is run against a real server, with the newest version of both libraries.
"""

import asyncio
import gzip
import json
import re
import zlib
from typing import Any

import aiohttp
import httpx
import pytest
from attrs import frozen

from boxapis._sansio.bodies import read_json
from boxapis.transports import Origin
from tests.support.peers import Make, answering, plain, request, serving, soon

HEAD = b"HTTP/1.1 200 OK\r\n"
BODY = b'{"status": 200}'
LENGTH = b"Content-Length: 15\r\n"
FOUND: Any = {"status": 200}


def coded(body: bytes, coding: bytes) -> bytes:
    """Returns an answer with a content coding."""
    return plain(body, b"Content-Encoding: " + coding)


def raw_deflate(body: bytes) -> bytes:
    """Returns a body compressed without zlib's header."""
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(body) + compressor.flush()


@frozen
class Leniency:
    """One thing that breaks a rule and is read all the same.

    Attributes:
        answer: The bytes of a response.
        httpx: Whether httpx reads the same value.
        aiohttp: Whether aiohttp does.
        why: Why it is safe to read it here.
        value: The value that is read.
        is_kept: Whether the connection is used again.
    """

    answer: bytes
    httpx: bool
    aiohttp: bool
    why: str
    value: Any = FOUND
    is_kept: bool = True


ONE_VALUE = "the whole body is one JSON value either way, and it is parsed strictly"
TABLE = {
    "an integer beyond 64 bits": Leniency(
        plain(b'{"id": 9400111899223100001234}'),
        httpx=True,
        aiohttp=True,
        why="it is valid JSON; only a float would be wrong",
        value={"id": 9400111899223100001234},
    ),
    "half a surrogate pair as an escape": Leniency(
        plain(b'{"a": "x\\ud83d", "b": 1}'),
        httpx=True,
        aiohttp=True,
        why="only the half becomes U+FFFD, so that the text can be stored and printed",
        value={"a": "x\ufffd", "b": 1},
    ),
    "half a surrogate pair in bytes": Leniency(
        plain(b'{"a": "x\xed\xa0\xbd"}'),
        httpx=True,
        aiohttp=False,
        why="as above; no other text has these bytes in UTF-8",
        value={"a": "x\ufffd"},
    ),
    "a byte order mark": Leniency(
        plain(b"\xef\xbb\xbf" + BODY), httpx=True, aiohttp=False, why=ONE_VALUE
    ),
    "text in windows-1252": Leniency(
        plain(b'{"a": "\xe9"}'),
        httpx=False,
        aiohttp=False,
        why="bytes that are not UTF-8 have no other common reading",
        value={"a": "é"},
    ),
    "JSON as text/html": Leniency(
        plain(BODY, b"Content-Type: text/html"),
        httpx=True,
        aiohttp=True,
        why="Box Tracker sends it so, and an HTML page is no JSON",
    ),
    "an unknown content coding": Leniency(
        coded(BODY, b"utf-8"), httpx=True, aiohttp=True, why=ONE_VALUE
    ),
    "gzip that was never applied": Leniency(
        coded(BODY, b"gzip"), httpx=False, aiohttp=False, why=ONE_VALUE
    ),
    "gzip of several members": Leniency(
        coded(gzip.compress(BODY[:5]) + gzip.compress(BODY[5:]), b"gzip"),
        httpx=False,
        aiohttp=True,
        why="the standard of gzip allows it; each member has its checksum, and the sum its cap",
    ),
    "zeros behind gzip": Leniency(
        coded(gzip.compress(BODY) + bytes(100), b"gzip"),
        httpx=True,
        aiohttp=False,
        why="a padded block; any other byte is refused, since it may be another response",
    ),
    "deflate without zlib's header": Leniency(
        coded(raw_deflate(BODY), b"deflate"),
        httpx=True,
        aiohttp=True,
        why="it must end exactly with the body",
    ),
    "a list of codings": Leniency(
        coded(gzip.compress(BODY), b"gzip, identity"),
        httpx=True,
        aiohttp=False,
        why="the standard allows it; each is undone under the cap, five at most",
    ),
    "a coding beside an unknown one": Leniency(
        coded(gzip.compress(BODY), b"gzip, utf-8"), httpx=True, aiohttp=False, why=ONE_VALUE
    ),
    "a blank behind a chunk's size": Leniency(
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nf \r\n" + BODY + b"\r\n0\r\n\r\n",
        httpx=True,
        aiohttp=True,
        why="the size is the same number without it",
    ),
    "a folded header": Leniency(
        HEAD + b"X: a\r\n b\r\n" + LENGTH + b"\r\n" + BODY,
        httpx=True,
        aiohttp=True,
        why="no header of framing is folded, and the connection ends",
        is_kept=False,
    ),
    "a control character in a header": Leniency(
        HEAD + b"X: a\x01b\r\n" + LENGTH + b"\r\n" + BODY,
        httpx=True,
        aiohttp=True,
        why="it becomes a blank, never in a header of framing, and the connection ends",
        is_kept=False,
    ),
    "the same length twice": Leniency(
        HEAD + LENGTH + LENGTH + b"\r\n" + BODY,
        httpx=True,
        aiohttp=False,
        why="both say where the body ends; different ones are refused, and the connection ends",
        is_kept=False,
    ),
    "the same length in a list": Leniency(
        HEAD + b"Content-Length: 15, 15\r\n\r\n" + BODY,
        httpx=True,
        aiohttp=False,
        why="as above",
        is_kept=False,
    ),
    "an empty line behind an answer": Leniency(
        plain(BODY) + b"\r\n",
        httpx=True,
        aiohttp=True,
        why="it cannot be taken for an answer; any other byte ends the connection",
    ),
}


def same(first: Any, second: Any) -> bool:
    """Whether two values are the same but for halves of surrogate pairs."""
    texts = [json.dumps(value, ensure_ascii=False) for value in (first, second)]
    return len({re.sub("[\ud800-\udfff]", "\ufffd", text) for text in texts}) == 1


async def read_by_httpx(origin: Origin) -> Any:
    """Returns what httpx reads."""
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.get(f"http://{origin.host_and_port}/")).json()


async def read_by_aiohttp(origin: Origin) -> Any:
    """Returns what aiohttp reads."""
    url = f"http://{origin.host_and_port}/"
    async with aiohttp.ClientSession() as client, client.get(url) as response:
        return await response.json(content_type=None)


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("read", [read_by_httpx, read_by_aiohttp], ids=["httpx", "aiohttp"])
async def test_what_others_read(name: str, read: Any) -> None:
    """Whether httpx and aiohttp read the same stands in the table."""
    row = TABLE[name]
    async with serving(answering(row.answer)) as peer:
        try:
            is_read = same(await read(peer.origin), row.value)
        except (ValueError, httpx.HTTPError, aiohttp.ClientError):
            is_read = False
    # httpx leaves the generator of a body open that it could not unpack; collected, it would warn.
    await asyncio.get_running_loop().shutdown_asyncgens()
    assert is_read is (row.httpx if read is read_by_httpx else row.aiohttp), row.why


@pytest.mark.parametrize("name", TABLE)
async def test_what_is_read(make: Make, name: str) -> None:
    """Each row is read over both transports."""
    row = TABLE[name]
    async with serving(answering(row.answer)) as peer:
        response = await make().send(request(peer.origin), deadline=soon())
        assert read_json(response, operation="x", changing=False) == row.value, row.why


@pytest.mark.parametrize("name", TABLE)
async def test_which_connections_are_used_again(make_direct: Make, name: str) -> None:
    """Where the head was repaired, the connection ends."""
    row = TABLE[name]
    transport = make_direct()
    async with serving(answering(row.answer)) as peer:
        for _ in range(2):
            await transport.send(request(peer.origin), deadline=soon())
        assert peer.connections == (1 if row.is_kept else 2)
