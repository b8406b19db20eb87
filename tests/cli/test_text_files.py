"""Text from files, variables and standard input: UTF-8 whatever the locale, and up to a limit."""

import os
from pathlib import Path

import pytest

from boxapis import ConfigurationError
from boxapis._settings.references import resolve_reference
from boxapis._settings.settings import load_settings
from boxapis.cli.arguments import read_json
from boxapis.cli.prompts import secret_from_stdin
from tests.support.command_line import stdin_of

PEM = "-----BEGIN KEY-----\nschlüssel\n-----END KEY-----"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"key", "key"),
        (b"key\n", "key"),
        (b"key\r\n", "key"),
        (b"key\n\n", "key\n"),
        (b" key \n", " key "),
        (b"\xef\xbb\xbfkey\n", "key"),
        (b"\xef\xbb\xbf\xef\xbb\xbfkey\n", "key"),
        ("schlüssel\r\n".encode("utf-16"), "schlüssel"),
        (f"{PEM}\n".encode(), PEM),
        (PEM.replace("\n", "\r\n").encode(), PEM.replace("\n", "\r\n")),
    ],
)
def test_the_whole_text_of_a_reference(
    home: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, expected: str
) -> None:
    """F194. A byte order mark and one line end are dropped; all lines of a key are kept."""
    (home / "key").write_bytes(content)
    assert resolve_reference(f"file:{home}/key", "x").reveal() == expected
    if b"\0" not in content:
        monkeypatch.setenv("KEY", os.fsdecode(content))
        assert resolve_reference("env:KEY", "x").reveal() == expected


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("schlüssel".encode("cp1252"), "line 1 looks like Windows-1252"),
        (b"a\0b", "it holds NUL characters"),
        (b"x" * ((1 << 20) + 1), "it has more than 1 MiB"),
    ],
)
def test_a_reference_to_what_is_no_text(home: Path, content: bytes, words: str) -> None:
    """F194. The reason names the encoding or the limit; the error holds nothing of the text."""
    (home / "key").write_bytes(content)
    with pytest.raises(ConfigurationError, match=words) as refused:
        resolve_reference(f"file:{home}/key", "x")
    assert refused.value.__cause__ is refused.value.__context__ is None


def test_a_variable_in_another_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    """F194. Bytes of a variable that are no UTF-8 are refused, and not sent as half characters."""
    monkeypatch.setenv("KEY", os.fsdecode(b"schl\xfcssel"))
    with pytest.raises(ConfigurationError, match="env:KEY cannot be read: it is not text in UTF-8"):
        resolve_reference("env:KEY", "x")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_profiles_with_a_byte_order_mark(profiles: Path, encoding: str) -> None:
    """F193. Profiles are read as an editor on Windows saves them."""
    profiles.write_text('[mine]\nBOXC_CLIENT_ID = "Straße"\n', encoding)
    value = load_settings("mine").get("BOXC_CLIENT_ID")
    assert value is not None
    assert value.reveal() == "Straße"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"a": "Stra\xc3\x9fe"}', ""),
        (b'\xef\xbb\xbf{"a": "Stra\xc3\x9fe"}', ""),
        ('{"a": "Straße"}'.encode("utf-16"), ""),
        (b'{"a": "Stra\xdfe"}', "line 1 looks like Windows-1252"),
        (b"[" * 100_000, "it is not JSON"),
        (None, "stdin is closed"),
    ],
)
def test_json_on_stdin(monkeypatch: pytest.MonkeyPatch, data: bytes | None, words: str) -> None:
    """F193. Standard input is UTF-8 where the locale's encoding is another."""
    monkeypatch.setattr("sys.stdin", None if data is None else stdin_of(data))
    if not words:
        assert read_json("@-") == {"a": "Straße"}
        return
    with pytest.raises(ConfigurationError, match=words):
        read_json("@-")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("schlüssel\r\nmore\n".encode(), ""),
        (b"\xef\xbb\xbfschl\xc3\xbcssel", ""),
        (b"schl\xfcssel\n", "it is not text in UTF-8"),
    ],
)
def test_a_secret_on_stdin(monkeypatch: pytest.MonkeyPatch, data: bytes, words: str) -> None:
    """F193. The first line of standard input is UTF-8 whatever the locale."""
    monkeypatch.setattr("sys.stdin", stdin_of(data))
    if not words:
        assert secret_from_stdin("x").reveal() == "schlüssel"
        return
    with pytest.raises(ConfigurationError, match=words) as refused:
        secret_from_stdin("x")
    assert "ssel" not in str(refused.value)
