"""The option ``allow``: of client, view, option and environment the narrowest counts."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import pytest

from boxapis import BoxC, BoxTracker, ConfigurationError
from boxapis.options import Allow, CallOptions
from boxapis.transports import ScriptedTransport
from tests.boxc.test_allow import is_refused

WORDS: tuple[Allow, ...] = ("reads", "tests", "everything")


@pytest.mark.parametrize("first", WORDS)
@pytest.mark.parametrize("second", WORDS)
async def test_it_only_narrows(
    monkeypatch: pytest.MonkeyPatch, first: Allow, second: Allow
) -> None:
    """The narrower one counts, of client and view, view and view, option and environment.

    F153.
    """
    expected = WORDS[min(WORDS.index(first), WORDS.index(second))]
    assert CallOptions(allow=first).merged({"allow": second}).allow == expected
    assert CallOptions(allow=first).merged({"timeout": 1, "allow": None}).allow == first
    for name in ("BOXC_TOKEN", "BOXTRACKER_USERNAME", "BOXTRACKER_PASSWORD"):
        monkeypatch.setenv(name, "made-up")
    monkeypatch.setenv("BOXAPIS_ALLOW", first)
    transport = ScriptedTransport(lambda _: {"shops": []})
    for client in clients(transport, second):
        async with client:
            for caller in (client, client.with_options(allow="everything")):
                for word, request in (("reads", "GET"), ("everything", "PUT")):
                    call = change(caller, request)
                    is_allowed = WORDS.index(word) <= WORDS.index(expected)
                    assert await is_refused(call) == (not is_allowed)


def clients(transport: ScriptedTransport, allow: Allow) -> Iterator[BoxC | BoxTracker]:
    """A client of each service, made from the environment."""
    yield BoxC.from_env(transport=transport, allow=allow)
    yield BoxTracker.from_env(transport=ScriptedTransport(lambda _: {"status": 305}), allow=allow)


def change(caller: Any, method: str) -> Any:
    """A call that reads, or one that changes something and has no test."""
    if isinstance(caller, BoxC):
        return caller.request(method, "/shops" if method == "GET" else "/shops/1")
    customer = caller.customer("jane", "made-up").with_options(allow="everything")
    command = "cmdBoxTPortalReportList" if method == "GET" else "cmdBoxTPortalSaveJobSite"
    return customer.command(command)


@pytest.mark.parametrize("word", ["", "read", "READS", "reads ", 1, True, b"reads", ["reads"]])
async def test_unknown_words(monkeypatch: pytest.MonkeyPatch, word: Any) -> None:
    """A misspelt word allows everything to none: there is no client, and no view.

    F153.
    """
    for make in (lambda: BoxC("token", allow=word), lambda: BoxTracker("a", "b", allow=word)):
        with pytest.raises(ConfigurationError, match="allow"):
            make()
    async with BoxC("token") as boxc:
        with pytest.raises(ConfigurationError, match="allow"):
            boxc.with_options(allow=word)
    monkeypatch.setenv("BOXC_TOKEN", "token")
    with pytest.raises(ConfigurationError, match="allow"):
        BoxC.from_env(allow=word)
    if isinstance(word, str) and word:
        monkeypatch.setenv("BOXAPIS_ALLOW", word)
        with pytest.raises(ConfigurationError, match="BOXAPIS_ALLOW"):
            BoxC.from_env()


def test_words_of_a_subclass() -> None:
    """A word is plain text: a subclass could say that it equals another."""
    word: Any = StrEnum("Word", ["reads"]).reads  # type: ignore[attr-defined]
    with pytest.raises(ConfigurationError, match="allow"):
        CallOptions(allow=word)
