"""Content codings that nobody asked for: undone under a cap, or refused."""

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
    """No header, an empty one and ``identity`` are the same: nothing is done."""
    assert decompress(BODY, coding, CAP) == BODY
    assert decompress(b"", coding, CAP) == b""


@pytest.mark.parametrize("coding", [*PACKERS, " GZip ", "DEFLATE"])
def test_packed_bodies_are_unpacked(coding: str) -> None:
    """An answer to a charge is not thrown away for its coding, in whatever case it is named."""
    packed = PACKERS[coding.strip().lower()](BODY)
    assert decompress(packed, coding, CAP) == BODY


@pytest.mark.parametrize("coding", PACKERS)
def test_an_empty_content_is_unpacked(coding: str) -> None:
    """A whole stream of nothing is nothing."""
    assert decompress(PACKERS[coding](b""), coding, CAP) == b""


@pytest.mark.parametrize("coding", PACKERS)
@pytest.mark.parametrize("missing", [1, 4, 8, 12])
def test_a_cut_stream_is_refused(coding: str, missing: int) -> None:
    """Without its end a body is not whole, even when all of its text seems to be there."""
    packed = PACKERS[coding](BODY)[:-missing]
    with pytest.raises(Undecodable):
        decompress(packed, coding, CAP)


@pytest.mark.parametrize("coding", PACKERS)
@pytest.mark.parametrize("body", [BODY, b"\x1f\x8b", b"\x1f\x8b\x08\x00rubbish"], ids=len)
def test_rubbish_under_a_header_is_refused(coding: str, body: bytes) -> None:
    """A plain body under the header of a packed one is not guessed at."""
    with pytest.raises(Undecodable):
        decompress(body, coding, CAP)


@pytest.mark.parametrize("coding", PACKERS)
@pytest.mark.parametrize("more", [b"x", b"\x00\x00", BODY], ids=len)
def test_bytes_after_the_end_are_refused(coding: str, more: bytes) -> None:
    """Surplus bytes may be somebody else's answer."""
    with pytest.raises(Undecodable):
        decompress(PACKERS[coding](BODY) + more, coding, CAP)


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, gzip", "gzip;q=1", "Zq9X"])
def test_unknown_codings_are_refused(coding: str) -> None:
    """Only what the standard library undoes is undone; the error carries nothing."""
    with pytest.raises(Undecodable) as caught:
        decompress(BODY, coding, CAP)
    assert str(caught.value) == ""


@pytest.mark.parametrize("coding", PACKERS)
def test_the_cap_is_exact(coding: str) -> None:
    """As many bytes as the cap pass; one more is too large."""
    packed = PACKERS[coding](BODY)
    assert decompress(packed, coding, len(BODY)) == BODY
    with pytest.raises(TooLarge):
        decompress(packed, coding, len(BODY) - 1)


@pytest.mark.parametrize("coding", PACKERS)
def test_a_bomb_is_stopped(coding: str) -> None:
    """Thousands of bytes that would become twenty million are refused at the cap."""
    packed = PACKERS[coding](b"\x00" * 20_000_000)
    assert len(packed) < 50_000
    with pytest.raises(TooLarge):
        decompress(packed, coding, CAP)


def test_refusals_bring_no_foreign_exception() -> None:
    """No error of zlib is chained, for it would drag the body along."""
    with pytest.raises(Undecodable) as caught:
        decompress(b"rubbish", "gzip", CAP)
    assert caught.value.__context__ is None


@given(body=st.binary(max_size=3000), coding=st.sampled_from(sorted(PACKERS)))
def test_round_trip(body: bytes, coding: str) -> None:
    """Any bytes come back as they were packed."""
    assert decompress(PACKERS[coding](body), coding, CAP) == body
