"""`BoxC.from_profile` and `BoxTracker.from_profile`: the command line's profiles in a program."""

import subprocess
import sys
from pathlib import Path

import pytest

from boxapis import BoxC, BoxTracker, ConfigurationError
from boxapis.sandbox import Sandbox
from boxapis.transports import ScriptedTransport


@pytest.fixture
def profiles(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file of profiles, to be written by the test."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    folder = tmp_path / "boxapis"
    folder.mkdir()
    return folder / "profiles.toml"


def write(profiles: Path, name: str, **variables: str) -> None:
    """Writes one profile."""
    lines = [f"[{name}]", *(f'{variable} = "{value}"' for variable, value in variables.items())]
    profiles.write_text("\n".join(lines), encoding="utf-8")


async def test_clients_of_a_profile(profiles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both clients use the profile's variables and references, and never the environment's."""
    with Sandbox() as sandbox:
        given = sandbox.environment
        for name, value in given.items():
            monkeypatch.setenv(f"MY_{name}", value)
            monkeypatch.setenv(name, "https://elsewhere.invalid/")
        write(
            profiles,
            "live",
            BOXTRACKER_USERNAME=given["BOXTRACKER_USERNAME"],
            BOXTRACKER_PASSWORD="env:MY_BOXTRACKER_PASSWORD",
            BOXTRACKER_BASE_URL=given["BOXTRACKER_BASE_URL"],
            BOXC_CLIENT_ID=given["BOXC_CLIENT_ID"],
            BOXC_CLIENT_SECRET="env:MY_BOXC_CLIENT_SECRET",
            BOXC_BASE_URL=given["BOXC_BASE_URL"],
            BOXC_ACCOUNTS_URL=given["BOXC_ACCOUNTS_URL"],
        )
        async with BoxTracker.from_profile("live") as tracker:
            await tracker.handshakes.portal()
        async with BoxC.from_profile("live") as boxc:
            assert (await boxc.credentials.page()).items == ()
        assert sandbox.boxtracker.counts.total() == 1
        assert sandbox.boxc.counts["GET /credentials"] == 1


async def test_options_go_first(profiles: Path) -> None:
    """An address given as an option goes before that of the profile."""
    with Sandbox() as sandbox:
        given = sandbox.environment
        write(profiles, "live", BOXC_BASE_URL="https://elsewhere.invalid", BOXC_TOKEN="env:TOKEN")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TOKEN", given["BOXC_TOKEN"])
            boxc = BoxC.from_profile("live", base_url=given["BOXC_BASE_URL"])
        async with boxc:
            await boxc.credentials.page()


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({}, "set BOXC_TOKEN, or BOXC_CLIENT_ID and BOXC_CLIENT_SECRET in profile 'live' in "),
        ({"BOXC_TOKEN": "prompt:"}, "BOXC_TOKEN cannot be asked for: there is no terminal"),
        ({"BOXC_TOKEN": "in-plain-text"}, "BOXC_TOKEN must not be in plain text"),
        ({"BOXC_TOKEN": "env:NO_SUCH_NAME"}, "BOXC_TOKEN: there is nothing at env:NO_SUCH_NAME"),
    ],
)
def test_what_a_profile_lacks(profiles: Path, variables: dict[str, str], words: str) -> None:
    """The error says which variable, where, and shows no value; nothing is asked."""
    write(profiles, "live", **variables)
    with pytest.raises(ConfigurationError, match=words) as refused:
        BoxC.from_profile("live")
    assert "in-plain-text" not in str(refused.value)
    with pytest.raises(ConfigurationError, match="there is no profile 'other'"):
        BoxTracker.from_profile("other")


@pytest.mark.parametrize(("inside", "outside"), [("reads", "tests"), ("everything", "reads")])
async def test_what_a_profile_allows(
    profiles: Path, monkeypatch: pytest.MonkeyPatch, inside: str, outside: str
) -> None:
    """``BOXAPIS_ALLOW`` of a profile, or of the environment around it, counts if it is narrower.

    F153.
    """
    write(profiles, "live", BOXC_TOKEN="env:TOKEN", BOXAPIS_ALLOW=inside)
    monkeypatch.setenv("TOKEN", "made-up")
    monkeypatch.setenv("BOXAPIS_ALLOW", outside)
    transport = ScriptedTransport(lambda _: {"shipment": {"id": 1}})
    async with BoxC.from_profile("live", transport=transport) as boxc:
        with pytest.raises(ConfigurationError, match='allow="reads"'):
            await boxc.request("POST", "/shipments", json={"shipment": {"test": True}})
    assert transport.requests == []
    write(profiles, "live", BOXC_TOKEN="env:TOKEN", BOXAPIS_ALLOW="read")
    with pytest.raises(ConfigurationError, match="BOXAPIS_ALLOW"):
        BoxC.from_profile("live", transport=transport)


@pytest.mark.parametrize(("source", "toml"), [("from_env()", False), ("from_profile('x')", True)])
def test_what_is_imported(profiles: Path, source: str, toml: bool) -> None:  # noqa: FBT001 - a row
    """No client imports the command line, and only a profile brings TOML along."""
    write(profiles, "x", BOXC_TOKEN="env:PATH")
    code = f"import sys, boxapis; boxapis.BoxC.{source}"
    code += "; print('boxapis.cli' in sys.modules, 'tomllib' in sys.modules)"
    environment = {"XDG_CONFIG_HOME": str(profiles.parent.parent), "BOXC_TOKEN": "a", "PATH": "b"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == ["False", str(toml)]
