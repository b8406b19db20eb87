"""Content codings that were not requested: decompressed up to a maximum size, or refused."""

import gzip
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxapis._sansio.bodies import TooLarge, Undecodable, decompress

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
@pytest.mark.parametrize("body", [BODY, b"\x1f\x8b", b"\x1f\x8b\x08\x00rubbish"], ids=len)
def test_rubbish_under_a_header_is_refused(coding: str, body: bytes) -> None:
    """A plain body with the header of a compressed one is refused."""
    with pytest.raises(Undecodable):
        decompress(body, coding, CAP)


@pytest.mark.parametrize("coding", PACKERS)
@pytest.mark.parametrize("more", [b"x", b"\x00\x00", BODY], ids=len)
def test_bytes_after_the_end_are_refused(coding: str, more: bytes) -> None:
    """Surplus bytes are refused: they may belong to another response."""
    with pytest.raises(Undecodable):
        decompress(PACKERS[coding](BODY) + more, coding, CAP)


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, gzip", "gzip;q=1", "Zq9X"])
def test_unknown_codings_are_refused(coding: str) -> None:
    """Other codings are refused; the error carries no data."""
    with pytest.raises(Undecodable) as caught:
        decompress(BODY, coding, CAP)
    assert str(caught.value) == ""


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
