"""Content codings that were not requested: decompressed up to a maximum size, or refused."""

import gzip
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxapis._sansio.content_codings import TooLarge, Undecodable, decompress

BODY = b'{"status":200,"note":"' + b"x" * 1000 + b'"}'
CAP = 4096

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
}


@pytest.mark.parametrize("coding", [None, "", "identity", " Identity "], ids=repr)
def test_without_coding_the_body_stays(coding: str | None) -> None:
    """Without a header, with an empty one or ``identity``, the body is unchanged."""
    assert decompress(BODY, coding, CAP) == BODY
    assert decompress(b"", coding, CAP) == b""


@pytest.mark.parametrize("coding", [*PACKERS, " GZip ", "DEFLATE"])
def test_packed_bodies_are_unpacked(coding: str) -> None:
    """Gzip and deflate are decompressed, in whatever case they are named."""
    packed = PACKERS[coding.strip().lower()](BODY)
    assert decompress(packed, coding, CAP) == BODY


@pytest.mark.parametrize("coding", PACKERS)
def test_an_empty_content_is_unpacked(coding: str) -> None:
    """A complete stream of no bytes is empty."""
    assert decompress(PACKERS[coding](b""), coding, CAP) == b""


@pytest.mark.parametrize("coding", PACKERS)
@pytest.mark.parametrize("missing", [1, 4, 8, 12])
def test_a_cut_stream_is_refused(coding: str, missing: int) -> None:
    """A stream without its end is refused, even if no text is missing."""
    packed = PACKERS[coding](BODY)[:-missing]
    with pytest.raises(Undecodable):
        decompress(packed, coding, CAP)


@pytest.mark.parametrize("coding", PACKERS)
@pytest.mark.parametrize(
    "body", [b"1", b"plain", b"{xy", b"\x1f\x8b", b"\x1f\x8b\x08\x00rubbish"], ids=len
)
def test_rubbish_under_a_header_is_refused(coding: str, body: bytes) -> None:
    """A body that is neither compressed nor plain JSON or PDF is refused."""
    with pytest.raises(Undecodable):
        decompress(body, coding, CAP)


@pytest.mark.parametrize("coding", PACKERS)
@pytest.mark.parametrize("more", [b"x", b"\0x", BODY], ids=len)
def test_bytes_after_the_end_are_refused(coding: str, more: bytes) -> None:
    """Surplus bytes are refused: they may belong to another response."""
    with pytest.raises(Undecodable):
        decompress(PACKERS[coding](BODY) + more, coding, CAP)


UNKNOWN = [
    "br",
    "zstd",
    "compress",
    "gzip, gzip",
    "gzip;q=1",
    "Zq9X",
    "gzip, br",
    ", ".join("aaaaaa"),
]


@pytest.mark.parametrize("coding", UNKNOWN)
def test_unknown_codings_are_refused(coding: str) -> None:
    """Other codings, or more than five, are refused; the error carries no data."""
    with pytest.raises(Undecodable) as caught:
        decompress(b"\x8b\x00Zq9X", coding, CAP)
    assert str(caught.value) == ""


NEVER_APPLIED = [
    *PACKERS,
    "none",
    "utf-8",
    "binary",
    "8bit",
    "br",
    "gzip;q=1",
    "gzip, gzip",
    "Zq9X",
]


@pytest.mark.parametrize("coding", NEVER_APPLIED)
@pytest.mark.parametrize(
    "body", [BODY, b'\xef\xbb\xbf \n{"a":1}\r\n', b"[1]", b"%PDF-1.7 and more"], ids=len
)
def test_a_coding_that_was_never_applied(coding: str, body: bytes) -> None:
    """F119: under whatever coding, a plain JSON object, JSON array or PDF file is unchanged."""
    assert decompress(body, coding, CAP) == body


@pytest.mark.parametrize("coding", ["gzip, utf-8", "binary, gzip", "gzip, gzip", "none,gzip,none"])
def test_a_coding_beside_one_that_was_never_applied(coding: str) -> None:
    """F119: the coding that was applied is undone."""
    assert decompress(gzip.compress(BODY), coding, CAP) == BODY


def _raw_deflate(body: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(body) + compressor.flush()


MEMBERS = b"".join(gzip.compress(part) for part in (BODY[:9], b"", BODY[9:]))
UNUSUAL: dict[str, tuple[bytes, str]] = {
    "members": (MEMBERS, "gzip"),
    "zeros behind members": (MEMBERS + bytes(512), "gzip"),
    "zeros behind zlib": (zlib.compress(BODY) + bytes(3), "deflate"),
    "no zlib header": (_raw_deflate(BODY), "deflate"),
    "identity last": (MEMBERS, "gzip, identity"),
    "identity first": (MEMBERS, "Identity,GZIP"),
    "twice": (gzip.compress(MEMBERS), "gzip, gzip"),
    "both": (gzip.compress(_raw_deflate(BODY)), "deflate, gzip"),
    "many members": (b"".join(gzip.compress(bytes([byte])) for byte in BODY[:999]), "gzip"),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_unusual_compression_is_undone(name: str) -> None:
    """F120: members, padding, a missing header and lists are understood, under the same cap."""
    body, coding = UNUSUAL[name]
    content = BODY[:999] if name == "many members" else BODY
    assert decompress(body, coding, len(content)) == content
    with pytest.raises(TooLarge):
        decompress(body, coding, len(content) - 1)


@pytest.mark.parametrize(("body", "coding"), UNUSUAL.values(), ids=UNUSUAL)
def test_unusual_compression_that_is_cut_is_refused(body: bytes, coding: str) -> None:
    """F120: where the end is missing, nothing is returned."""
    with pytest.raises(Undecodable):
        decompress(body.rstrip(b"\0")[:-9], coding, CAP)


@pytest.mark.parametrize("gap", [b"", b"\0" * 9])
def test_members_are_bounded(gap: bytes) -> None:
    """F120: a thousand members are accepted, however small, and no more."""
    member = gzip.compress(b"")
    assert decompress(member * 1000 + gap, "gzip", CAP) == b""
    with pytest.raises(Undecodable):
        decompress(member * 1001 + gap, "gzip", CAP)


@pytest.mark.parametrize("coding", PACKERS)
def test_the_cap_is_exact(coding: str) -> None:
    """The maximum size itself is accepted; one byte more is too large."""
    packed = PACKERS[coding](BODY)
    assert decompress(packed, coding, len(BODY)) == BODY
    with pytest.raises(TooLarge):
        decompress(packed, coding, len(BODY) - 1)


@pytest.mark.parametrize("coding", PACKERS)
def test_a_bomb_is_stopped(coding: str) -> None:
    """A decompression bomb is refused at the maximum size."""
    packed = PACKERS[coding](b"\x00" * 20_000_000)
    assert len(packed) < 50_000
    with pytest.raises(TooLarge):
        decompress(packed, coding, CAP)


def test_refusals_bring_no_foreign_exception() -> None:
    """No error of zlib is chained, because it would keep the body."""
    with pytest.raises(Undecodable) as caught:
        decompress(b"rubbish", "gzip", CAP)
    assert caught.value.__context__ is None


@given(body=st.binary(max_size=3000), coding=st.sampled_from(sorted(PACKERS)))
def test_round_trip(body: bytes, coding: str) -> None:
    """Any compressed bytes are restored."""
    assert decompress(PACKERS[coding](body), coding, CAP) == body
