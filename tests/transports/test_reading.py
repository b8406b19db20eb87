"""ResponseReader against h11: responses cut at every byte; where both accept, they agree."""

from collections.abc import Iterator
from itertools import product

import h11
import pytest
from attrs import frozen
from hypothesis import given, settings, strategies

from boxapis import Limits
from boxapis.transports import Response
from boxapis.transports._h1_reader import Malformed, ResponseReader

CAP = Limits(max_json_bytes=1_000_000, max_file_bytes=1_000_000)


@frozen
class Seen:
    """The parts of an answer that both readers give."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


def ours(pieces: list[bytes], *, ends: bool) -> Seen | None:
    """The result of `ResponseReader` for pieces and perhaps an end; None for a refusal."""
    reader = ResponseReader(CAP)
    outcome: object = None
    for piece in pieces:
        outcome = reader.feed(piece)
        if outcome is not None:
            break
    if outcome is None and ends:
        outcome = reader.end()
    if not isinstance(outcome, Response):
        assert outcome is None or isinstance(outcome, Malformed)
        return None
    headers = tuple(_as_h11_writes(name, value) for name, value in outcome.headers)
    return Seen(outcome.status, headers, outcome.body)


def _as_h11_writes(name: str | bytes, value: str | bytes) -> tuple[bytes, bytes]:
    assert isinstance(name, bytes)
    assert isinstance(value, bytes)
    name = name.lower()
    return name, value.lower() if name == b"transfer-encoding" else value


def theirs(pieces: list[bytes], *, ends: bool) -> Seen | None:
    """The result of h11 for the same."""
    connection = h11.Connection(our_role=h11.CLIENT)
    connection.send(h11.Request(method="GET", target="/", headers=[("Host", "x")]))
    connection.send(h11.EndOfMessage())
    head: h11.Response | None = None
    body = b""
    try:
        for piece in [*pieces, *([b""] if ends else [])]:
            connection.receive_data(piece)
            while (event := connection.next_event()) not in (h11.NEED_DATA, h11.PAUSED):
                match event:
                    case h11.Response():
                        head = event
                    case h11.Data():
                        body += event.data
                    case h11.EndOfMessage() if head is not None:
                        return Seen(head.status_code, tuple(head.headers), body)
                    case h11.ConnectionClosed():
                        return None
    except h11.RemoteProtocolError:
        return None
    return None


STATUS_LINES = [
    b"HTTP/1.1 200 OK",
    b"HTTP/1.0 200 OK",
    b"HTTP/1.1 200",
    b"HTTP/1.1 204 No Content",
    b"HTTP/1.1 304 Not Modified",
    b"HTTP/1.1 500 \xff reason",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created",
    b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK",
]
FRAMINGS = {
    "length": (b"Content-Length: 5\r\n", b"hello"),
    "no length": (b"Content-Length: 0\r\n", b""),
    "chunks": (b"Transfer-Encoding: chunked\r\n", b"3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"),
    "extensions": (b"Transfer-Encoding: Chunked\r\n", b"5;a=b\r\nhello\r\n0\r\n\r\n"),
    "trailers": (b"Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n0\r\nX: y\r\n\r\n"),
    "to the end": (b"", b"hello"),
}
EXTRAS = [b"", b"X-Empty:\r\nX-Wide:   v  \r\n", b"Connection: close\r\n", b"X: \xe9\r\nX: 2\r\n"]


def generated() -> Iterator[bytes]:
    """Valid answers: each status line with each framing and each kind of header."""
    for line, (framing, body), extra in product(STATUS_LINES, FRAMINGS.values(), EXTRAS):
        empty = b" 204 " in line or b" 304 " in line
        yield line + b"\r\n" + extra + framing + b"\r\n" + (b"" if empty else body)


RIGHT = list(generated())


def test_right_answers_agree_wherever_they_are_cut() -> None:
    """Both read every valid answer alike, in one piece, in two, and byte by byte."""
    for whole in RIGHT:
        expected = theirs([whole], ends=True)
        assert expected is not None, whole
        assert (
            ours([whole[place : place + 1] for place in range(len(whole))], ends=True) == expected
        )
        for cut in range(len(whole)):
            assert ours([whole[:cut], whole[cut:]], ends=True) == expected, (whole, cut)


def test_answers_that_stop_agree() -> None:
    """Both read every beginning of a valid answer alike, with the connection's end or not."""
    for whole in RIGHT:
        for cut, ends in product(range(len(whole)), (False, True)):
            start = [whole[:cut]]
            assert ours(start, ends=ends) == theirs(start, ends=ends), (whole[:cut], ends)


HEAD = b"HTTP/1.1 200 OK\r\n"
LENGTH = b"Content-Length: 5\r\n"
FIVE = LENGTH + b"\r\nhello"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
LAST = b"0\r\n\r\n"
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
FOLDED_HINTS = b"HTTP/1.1 103 Early Hints\r\nLink:\r\n </a>\r\n\r\n"

AGREED = {
    "a length with zeros": HEAD + b"Content-Length: 0005\r\n\r\nhello",
    "a length between blanks": HEAD + b"Content-Length:  5  \r\n\r\nhello",
    "chunks with a blank": HEAD + b"Transfer-Encoding: chunked \r\n\r\n5\r\nhello\r\n" + LAST,
    "chunks in 1.0": b"HTTP/1.0 200 OK\r\n" + CHUNKED + b"\r\n5\r\nhello\r\n" + LAST,
    "a quoted extension": HEAD + CHUNKED + b'\r\n5;a="b;c"\r\nhello\r\n' + LAST,
    "a blank behind a chunk size": HEAD + CHUNKED + b"\r\n5 \r\nhello\r\n" + LAST,
    "a chunk size with zeros": HEAD + CHUNKED + b"\r\n00000000005\r\nhello\r\n" + LAST,
    "a header in UTF-8": HEAD + b"X: \xc3\xa9\r\n" + FIVE,
    "a length without a body, 204": b"HTTP/1.1 204 X\r\n" + LENGTH + b"\r\n",
    "a length without a body, 304": b"HTTP/1.1 304 X\r\n" + LENGTH + b"\r\n",
    "chunks without a body": b"HTTP/1.1 204 X\r\n" + CHUNKED + b"\r\n",
    "an unknown informational": b"HTTP/1.1 150 X\r\n\r\n" + HEAD + FIVE,
    "surplus": HEAD + FIVE + b"HTTP/1.1",
    "another major version": b"HTTP/2.0 200 OK\r\n" + FIVE,
}
"""Unusual answers that both accept."""

REFUSED = {
    "two lengths": HEAD + LENGTH + b"Content-Length: 6\r\n\r\nhello!",
    "a negative length": HEAD + b"Content-Length: -5\r\n\r\nhello",
    "a signed length": HEAD + b"Content-Length: +5\r\n\r\nhello",
    "an empty length": HEAD + b"Content-Length: \r\n\r\nhello",
    "a length with a blank": HEAD + b"Content-Length: 1 0\r\n\r\nhelloworld",
    "a length without end": HEAD + b"Content-Length: 99999999999999999999999\r\n\r\nhello",
    "a chunk without end": HEAD + CHUNKED + b"\r\nffffffffffffffffff\r\nhello",
    "a negative chunk": HEAD + CHUNKED + b"\r\n-5\r\nhello\r\n" + LAST,
    "an empty chunk size": HEAD + CHUNKED + b"\r\n\r\nhello\r\n" + LAST,
    "a chunk that is longer": HEAD + CHUNKED + b"\r\n5\r\nhelloX\r\n" + LAST,
    "bare LF in chunks": HEAD + CHUNKED + b"\r\n5\nhello\n0\n\n",
    "a trailer without colon": HEAD + CHUNKED + b"\r\n5\r\nhello\r\n0\r\nbad\r\n\r\n",
    "an unknown transfer coding": HEAD + b"Transfer-Encoding: gzip\r\n\r\nhello",
    "two transfer codings": HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n" + LAST,
    "chunks twice": HEAD + CHUNKED + CHUNKED + b"\r\n5\r\nhello\r\n" + LAST,
    "chunks with a parameter": HEAD
    + b"Transfer-Encoding: chunked;a=b\r\n\r\n5\r\nhello\r\n"
    + LAST,
    "bare CR": HEAD + b"X: a\rb\r\n" + FIVE,
    "a blank before the colon": HEAD + b"X : a\r\n" + FIVE,
    "a header without name": HEAD + b": a\r\n" + FIVE,
    "a header without colon": HEAD + b"X\r\n" + FIVE,
    "a zero byte in a header": HEAD + b"X: a\0b\r\n" + FIVE,
    "a quote in a name": HEAD + b'X"y: 1\r\n' + FIVE,
    "small letters": b"http/1.1 200 OK\r\n" + FIVE,
    "half a version": b"HTTP/1 200 OK\r\n" + FIVE,
    "two blanks": b"HTTP/1.1  200 OK\r\n" + FIVE,
    "a status below 100": b"HTTP/1.1 099 OK\r\n" + FIVE,
    "a status of two digits": b"HTTP/1.1 42 OK\r\n" + FIVE,
    "a status of four digits": b"HTTP/1.1 2000 OK\r\n" + FIVE,
    "another protocol": HEAD.replace(b"200", b"101") + b"Upgrade: x\r\nConnection: upgrade\r\n\r\n",
    "a request": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "not HTTP": b"SSH-2.0\r\n\r\n",
    "nothing": b"",
}
"""Answers that both refuse."""

STRICTER = {
    "a length and chunks": (
        HEAD + LENGTH + CHUNKED + b"\r\n5\r\nhello\r\n" + LAST,
        "RFC 9112 lets a client refuse it, and it is how smuggling begins",
    ),
    "bare LF": (HEAD.replace(b"\r\n", b"\n") + b"Content-Length: 5\n\nhello", "no HTTP/1.1"),
    "a folded length": (
        HEAD + b"Content-Length:\r\n 5\r\n\r\nhello",
        "what says where an answer ends is not repaired",
    ),
    "a folded transfer coding": (
        HEAD + b"Transfer-Encoding:\r\n chunked\r\n\r\n5\r\nhello\r\n" + LAST,
        "what says where an answer ends is not repaired",
    ),
    "a length in a folded line": (
        HEAD + b"X: a\r\n Content-Length: 5\r\nConnection: close\r\n\r\nhello",
        "readers differ in whether it is a length",
    ),
    "a fold, a length and chunks": (
        HEAD + b"X: a\r\n b\r\n" + LENGTH + CHUNKED + b"\r\n5\r\nhello\r\n" + LAST,
        "what is repaired is read as strictly as before",
    ),
    "folds in two heads": (
        FOLDED_HINTS + HEAD + b"X: a\r\n b\r\n" + FIVE,
        "only one head is repaired, so that no byte is read more than twice",
    ),
    "a control byte in an extension": (
        HEAD + CHUNKED + b"\r\n5;\x01\r\nhello\r\n" + LAST,
        "RFC 9112 forbids it",
    ),
    "a later version": (b"HTTP/1.2 200 OK\r\n" + FIVE, "there is none, so it is no server's"),
    "a status over 599": (
        b"HTTP/1.1 999 OK\r\n" + FIVE,
        "it has no class, so its meaning is unknown",
    ),
    "an unknown content coding": (
        HEAD + b"Content-Encoding: br\r\n" + FIVE,
        "h11 gives bodies as they come, we give them unpacked",
    ),
}
"""Answers that only we refuse, with the reason."""

REPAIRED = {
    "the same length twice": HEAD + LENGTH + FIVE,
    "the same length thrice": HEAD + LENGTH + b"X: y\r\ncontent-length:5 \r\n" + FIVE,
    "the same length in a list": HEAD + b"Content-Length: 5, 5\r\n\r\nhello",
    "a folded header": HEAD + b"X: a\r\n b\r\n" + FIVE,
    "a header folded twice": HEAD + b"X: a\r\n\tb\r\n  c\r\n" + FIVE,
    "a folded header in 1.0": b"HTTP/1.0 200 OK\r\n" + LENGTH + b"X: a\r\n b\r\n\r\nhello",
    "a control byte in a header": HEAD + b"X: a\x01b\r\n" + FIVE,
    "a folded header behind early hints": HINTS + HEAD + b"X: a\r\n b\r\n" + FIVE,
    "the same length twice behind early hints": HINTS * 3 + HEAD + LENGTH + FIVE,
    "a folded header in early hints": HINTS + FOLDED_HINTS + HINTS + HEAD + FIVE,
    "a folded header before chunks": HEAD
    + b"X: a\r\n b\r\n"
    + CHUNKED
    + b"\r\n5\r\nhello\r\n"
    + LAST,
}
"""Answers with a broken head that both accept; for us, the connection then ends."""

UNREPAIRED = {
    "two lengths behind early hints": HINTS + HEAD + b"Content-Length: 6\r\n" + FIVE,
    "two lengths": HEAD + b"Content-Length: 6\r\n" + FIVE,
    "two lengths in a list": HEAD + b"Content-Length: 5, 6\r\n\r\nhello",
    "a length and nothing in a list": HEAD + b"Content-Length: 5,\r\n\r\nhello",
    "two spellings of a length": HEAD + LENGTH + b"Content-Length: 05\r\n\r\nhello",
    "a control byte in a length": HEAD + b"Content-Length: \x015\r\n\r\nhello",
    "a control byte in a coding": HEAD
    + b"Transfer-Encoding: \x01chunked\r\n\r\n5\r\nhello\r\n"
    + LAST,
    "a blank before a length's colon": HEAD + b"X: a\r\n b\r\nContent-Length : 5\r\n\r\nhello",
    "a control byte before a length": HEAD + b"X: a\x01b\r\n\x01" + FIVE,
    "a control byte behind a length": HEAD + b"X: a\x01b\r\nContent-Length\x01: 5\r\n\r\nhello",
    "a length twice, and chunks": HEAD + LENGTH + LENGTH + CHUNKED + b"\r\n5\r\nhello\r\n" + LAST,
    "a fold before all": HEAD + b" X: a\r\n" + FIVE,
    "a fold behind a length": HEAD + LENGTH + b" 5\r\n\r\nhello",
    "a folded length in a list": HEAD + b"Content-Length: 5,\r\n 5\r\n\r\nhello",
    "a zero byte beside a fold": HEAD + b"X: a\r\n b\0\r\n" + FIVE,
    "bare LF behind a fold": HEAD + b"X: a\r\n b\nContent-Length: 5\r\n\r\nhello",
    "bare CR behind a fold": HEAD + b"X: a\r\n b\rContent-Length: 5\r\n\r\nhello",
    "a fold in a trailer": HEAD + CHUNKED + b"\r\n5\r\nhello\r\n0\r\nX: a\r\n b\r\n\r\n",
    "a head without end": HEAD + b"X: a\r\n b\r\n" + LENGTH,
}
"""Answers with a broken head that are refused: what says where they end is not repaired."""

MORE_LENIENT = {
    "empty lines before it": (b"\r\n\r\n" + HEAD + FIVE, "a known habit of servers, harmless"),
    "a zero byte in the reason": (b"HTTP/1.1 200 O\0K\r\n" + FIVE, "the reason is never used"),
    "a chunk size with 30 zeros": (
        HEAD + CHUNKED + b"\r\n" + b"0" * 30 + b"5\r\nhello\r\n" + LAST,
        "it is the number it is, and the bytes are counted",
    ),
}
"""Answers that only we accept, with the reason."""


def accepted(whole: bytes) -> tuple[bool, bool]:
    """Whether each reader accepts an answer; if both do, they agree, wherever it is cut."""
    mine, other = ours([whole], ends=True), theirs([whole], ends=True)
    assert mine is None or other is None or mine == _blanked(other)
    for cut in range(len(whole)):
        assert ours([whole[:cut], whole[cut:]], ends=True) == mine, cut
    return mine is not None, other is not None


@pytest.mark.parametrize("name", AGREED)
def test_odd_answers_agree(name: str) -> None:
    """Both read unusual but valid answers alike."""
    assert accepted(AGREED[name]) == (True, True)


@pytest.mark.parametrize("name", REFUSED)
def test_wrong_answers_are_refused(name: str) -> None:
    """Both refuse invalid answers."""
    assert accepted(REFUSED[name]) == (False, False)


@pytest.mark.parametrize("name", STRICTER)
def test_where_we_are_stricter(name: str) -> None:
    """Each answer that only we refuse has a name and a reason."""
    whole, reason = STRICTER[name]
    assert accepted(whole) == (False, True), reason


@pytest.mark.parametrize("name", REPAIRED)
def test_broken_heads_are_repaired(name: str) -> None:
    """F121: a head that breaks rules on which no length depends is read, as the last one."""
    whole = REPAIRED[name]
    assert accepted(whole) == (True, True)
    for cut in range(len(whole)):
        reader = ResponseReader(CAP)
        outcome = reader.feed(whole[:cut]) or reader.feed(whole[cut:])
        assert isinstance(outcome, Response)
        assert (outcome.body, reader.is_clean) == (b"hello", False)


@pytest.mark.parametrize("name", UNREPAIRED)
def test_doubtful_lengths_are_not_repaired(name: str) -> None:
    """F121: where the end of an answer is in doubt it is refused, wherever it is cut."""
    whole = UNREPAIRED[name]
    for cut in range(len(whole)):
        assert ours([whole[:cut], whole[cut:]], ends=True) is None, cut


def test_a_broken_head_that_drips_is_bounded() -> None:
    """F121: a head to be repaired is refused once it is too large, in however many pieces."""
    reader = ResponseReader(CAP)
    assert reader.feed(HEAD + b"X: a\r\n b") is None
    outcomes = [reader.feed(b"x" * 10_000) for _ in range(10)]
    assert outcomes[:9] == [None] * 9
    assert outcomes[9] == Malformed("the response's headers are too large")


def test_many_hints_before_a_broken_head() -> None:
    """F121, F20: as many informational answers may come before it as before any other."""
    for count, fits in ((20, True), (21, False)):
        outcome = ResponseReader(CAP).feed(HINTS * count + HEAD + b"X: a\r\n b\r\n" + FIVE)
        assert isinstance(outcome, Response) is fits


def test_a_padded_chunk_size_leaves_the_connection_usable() -> None:
    """F121: a blank behind a chunk size is no reason to end the connection."""
    reader = ResponseReader(CAP)
    outcome = reader.feed(HEAD + CHUNKED + b"\r\n5  \r\nhello\r\n0 \r\n\r\n")
    assert isinstance(outcome, Response)
    assert (outcome.body, reader.is_clean) == (b"hello", True)


@pytest.mark.parametrize("name", MORE_LENIENT)
def test_where_we_are_more_lenient(name: str) -> None:
    """Each answer that only we accept has a name and a reason."""
    whole, reason = MORE_LENIENT[name]
    assert accepted(whole) == (True, False), reason


def test_large_head_in_one_piece() -> None:
    """Headers over the limit are refused also when they come in one piece."""
    head = HEAD + b"".join(b"X-%d: %s\r\n" % (n, b"x" * 1000) for n in range(150))
    outcome = ResponseReader(CAP).feed(head + FIVE)
    assert outcome == Malformed("the response's headers are too large")


@pytest.mark.parametrize("start", [b"\r\n5;", b"\r\n0\r\nX: "], ids=["extension", "trailer"])
def test_framing_without_end(start: bytes) -> None:
    """An endless chunk extension or trailer is refused, though it adds nothing to the body."""
    reader = ResponseReader(Limits(max_json_bytes=1000))
    assert reader.feed(HEAD + CHUNKED + start) is None
    outcomes = [reader.feed(b"x" * 100_000) for _ in range(11)]
    assert outcomes[:10] == [None] * 10
    assert outcomes[10] == Malformed("the response is larger than 1000 bytes")


@given(strategies.data())
@settings(max_examples=200)
def test_damaged_answers(data: strategies.DataObject) -> None:
    """Where one byte of a valid answer is changed, both read it alike, or one refuses it."""
    whole = data.draw(strategies.sampled_from(RIGHT))
    place = data.draw(strategies.integers(0, len(whole) - 1))
    damaged = whole[:place] + data.draw(strategies.binary(max_size=2)) + whole[place + 1 :]
    cut = data.draw(strategies.integers(0, len(damaged)))
    mine, other = ours([damaged[:cut], damaged[cut:]], ends=True), theirs([damaged], ends=True)
    assert mine is None or other is None or mine == _blanked(other)


def _blanked(seen: Seen) -> Seen:
    """Returns an answer as we give it: a control character but a tab in a header is a blank."""
    blanks = bytes.maketrans(bytes([*range(1, 9), *range(10, 32), 127]), b" " * 31)
    headers = tuple((name, value.translate(blanks).strip()) for name, value in seen.headers)
    return Seen(seen.status, headers, seen.body)
