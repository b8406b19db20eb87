"""``BOXAPIS_STORE``: the store that clients make from the environment or from a profile."""

import threading
from pathlib import Path

import pytest

from boxapis import BoxC, BoxTracker, ConfigurationError
from boxapis._sansio.boxtracker.leases import Touch
from boxapis._settings.settings import Settings
from boxapis.stores import SQLiteStore
from boxapis.stores._from_settings import open_store
from boxapis.transports import ScriptedTransport

HARMLESS = Touch("a-slot", fence=1, idle=0, limit=1)
Made = type[BoxTracker] | type[BoxC]
each_client = pytest.mark.parametrize("client", [BoxTracker, BoxC])


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file that ``BOXAPIS_STORE`` names; both clients are set in the environment, too."""
    monkeypatch.setenv("BOXAPIS_STORE", f"sqlite:{tmp_path}/store.db")
    for name in ("BOXTRACKER_USERNAME", "BOXTRACKER_PASSWORD", "BOXC_TOKEN"):
        monkeypatch.setenv(name, "made-up")
    return tmp_path / "store.db"


@pytest.fixture
def profiles(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file of profiles, to be written by the test."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "boxapis").mkdir()
    return tmp_path / "boxapis" / "profiles.toml"


def threads_of_stores() -> list[threading.Thread]:
    """The threads in which stores work."""
    return [thread for thread in threading.enumerate() if thread.name.startswith("boxapis-store")]


def files(folder: Path) -> set[str]:
    """The names of the files in a folder."""
    return {path.name for path in folder.iterdir()}


@each_client
async def test_the_client_closes_its_own_store(database: Path, client: Made) -> None:
    """F246: a store made from the variable ends with its client, and not with a view of it."""
    async with client.from_env(transport=ScriptedTransport()) as made:
        store = made._dispatcher.store  # type: ignore[union-attr]  # it has been made
        assert isinstance(store, SQLiteStore)
        assert await store.run(HARMLESS) == "gone"
        await made.with_options(deadline=1).aclose()
        assert await store.run(HARMLESS) == "gone"
        assert len(threads_of_stores()) == 1
    assert threads_of_stores() == []
    assert files(database.parent) == {"store.db"}


@each_client
@pytest.mark.usefixtures("database")
async def test_a_transport_that_cannot_be_closed(
    client: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F256: a client whose transport fails to close closes its own store all the same."""
    transport = ScriptedTransport()

    async def fail() -> None:
        raise OSError

    monkeypatch.setattr(transport, "aclose", fail)
    made = client.from_env(transport=transport)
    store = made._dispatcher.store  # type: ignore[union-attr]  # it has been made
    assert store is not None
    assert await store.run(HARMLESS) == "gone"
    with pytest.raises(OSError):  # noqa: PT011 - it has no text
        await made.aclose()
    assert threads_of_stores() == []


@each_client
async def test_a_given_store_goes_first(database: Path, client: Made, tmp_path: Path) -> None:
    """F246: a store given as ``store=`` is used in place of the variable's, and never closed."""
    async with SQLiteStore(tmp_path / "given.db") as given:
        for _ in range(2):
            async with client.from_env(store=given, transport=ScriptedTransport()) as made:
                assert made._dispatcher.store is given  # type: ignore[union-attr]  # the same
                await given.run(HARMLESS)
        assert await given.run(HARMLESS) == "gone"
    assert "store.db" not in files(tmp_path)


@each_client
def test_without_the_variable(
    client: Made, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it, or where it is empty, a client has no store; the constructor never reads it."""
    assert BoxC("made-up")._dispatcher.store is None  # type: ignore[union-attr]  # as above
    monkeypatch.setenv("BOXAPIS_STORE", "")
    assert client.from_env()._dispatcher.store is None  # type: ignore[union-attr]  # as above


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hunter2", "it must be sqlite:/PATH, rediss://HOST:PORT, or redis:// for this machine"),
        ("https://:hunter2@127.0.0.1/", "it must be sqlite:/PATH"),
        ("SQLITE:/hunter2", "it must be sqlite:/PATH"),
        ("sqlite:", "the path must be absolute, so that all processes share one file"),
        ("sqlite:hunter2.db", "the path must be absolute"),
        ("sqlite:///hunter2.db", "the path must be absolute"),
        ("sqlite:/hunter2\0", "path must be the name of a file"),
        ("redis://:hunter2@example.com:6379/0", "must use rediss"),
        ("rediss://:hunter2@example.com/hunter2", "must have the number of a database"),
        ("rediss://example.com?password=hunter2", "has unknown parameters"),
    ],
)
@each_client
def test_a_wrong_form(
    client: Made, database: Path, monkeypatch: pytest.MonkeyPatch, text: str, words: str
) -> None:
    """F245: the error says what is wrong with the variable, and shows nothing of it."""
    with pytest.raises(ConfigurationError, match=words) as refused:
        open_store(Settings(None, {"BOXAPIS_STORE": text}))
    assert str(refused.value).startswith("BOXAPIS_STORE in the environment: ")
    assert "hunter2" not in str(refused.value)
    if "\0" not in text:
        monkeypatch.setenv("BOXAPIS_STORE", text)
        with pytest.raises(ConfigurationError, match=words):
            client.from_env()


def test_the_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A path may begin with ``~``, which service managers do not replace."""
    monkeypatch.setenv("HOME", str(tmp_path))
    store = open_store(Settings(None, {"BOXAPIS_STORE": "sqlite:~/store@1.db"}))
    assert isinstance(store, SQLiteStore)
    assert store.path == tmp_path / "store@1.db"


def test_a_profile(profiles: Path, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A profile may name a store, itself or by a reference; the environment's is then not used."""
    lines = ('BOXC_TOKEN = "env:BOXC_TOKEN"', 'BOXAPIS_STORE = "env:ELSEWHERE"')
    profiles.write_text("\n".join(("[none]", lines[0], "[one]", *lines)), encoding="utf-8")
    monkeypatch.setenv("ELSEWHERE", f"sqlite:{database}2")
    assert BoxC.from_profile("none")._dispatcher.store is None  # type: ignore[union-attr]  # made
    store = BoxC.from_profile("one")._dispatcher.store  # type: ignore[union-attr]  # the same
    assert isinstance(store, SQLiteStore)
    assert store.path == Path(f"{database}2")


@pytest.mark.parametrize("text", ["rediss://:hunter2@h", "redis://u:hunter2@127.0.0.1:6379/0"])
def test_a_password_in_a_profile(profiles: Path, text: str) -> None:
    """F245: a URL with a password stands in a profile as a reference only."""
    profiles.write_text(f'[mine]\nBOXC_TOKEN = "env:A"\nBOXAPIS_STORE = "{text}"', encoding="utf-8")
    with pytest.raises(ConfigurationError, match="BOXAPIS_STORE must not hold") as refused:
        BoxC.from_profile("mine")
    assert "write env:NAME" in str(refused.value)
    assert "hunter2" not in str(refused.value)
