"""What the shell suggests at the tab key, and the scripts that have it ask."""

import subprocess
from pathlib import Path

import pytest

from boxapis import CARRIER_PARAMETERS
from boxapis._sansio.boxtracker.catalogue import COMMANDS, RESERVED_ARGUMENTS
from boxapis.cli.completion.argument_names import ARGUMENT_NAMES
from boxapis.cli.run import run

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def suggested(monkeypatch: pytest.MonkeyPatch, capsys: Captured, home: Path) -> "Suggested":
    """Asks as bash does."""
    return Suggested(monkeypatch, capsys)


class Suggested:
    """A shell that asks what may follow."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *words: str) -> list[str]:
        """The suggestions for the last of these words, each on a line in bash's terms."""
        self._monkeypatch.setenv("_BOXAPIS_COMPLETE", "complete_bash")
        self._monkeypatch.setenv("COMP_WORDS", "\n".join(("boxapis", *words)))
        self._monkeypatch.setenv("COMP_CWORD", str(len(words)))
        with pytest.raises(SystemExit) as ended:
            run([])
        assert ended.value.code == 0
        return self._capsys.readouterr().out.split("\n")[:-1]


def test_every_command_of_the_catalogue_has_its_arguments() -> None:
    """The table of argument names knows the commands that the client knows, all 25."""
    assert list(ARGUMENT_NAMES) == list(COMMANDS)
    assert sum(name.startswith("cmdBoxTPortal") for name in ARGUMENT_NAMES) == 21


@pytest.mark.parametrize("name", COMMANDS)
def test_argument_names(name: str) -> None:
    """Each once, none that the client puts in, and every secret of the command among them."""
    names = ARGUMENT_NAMES[name]
    assert len(set(names)) == len(names)
    assert not set(names) & {*RESERVED_ARGUMENTS, "customer_id"}
    if COMMANDS[name].session_level in ("customer", "web"):
        assert COMMANDS[name].secrets <= set(names)


def test_names_of_commands(suggested: Suggested) -> None:
    """All of Box Tracker's are there, and what was written narrows them down."""
    assert suggested("boxtracker", "command", "") == list(COMMANDS)
    found = suggested("boxtracker", "command", "cmdBoxTPortalJ")
    assert found == ["cmdBoxTPortalJobsiteList", "cmdBoxTPortalJobsiteData"]
    assert len(suggested("boxtracker", "command", "cmdBoxTWebAPI")) == 4


def test_names_of_arguments(suggested: Suggested) -> None:
    """Those of the command, each with its sign, but for those that are there already."""
    command = ("boxtracker", "command", "cmdBoxTPortalJobsiteList")
    assert suggested(*command, "") == ["offset=", "search=", "orderBy="]
    assert suggested(*command, "offset=0", "") == ["search=", "orderBy="]
    assert suggested(*command, "offset", "=", "0", "o") == ["orderBy="]
    assert suggested(*command, "@more.json", "s") == ["search="]


@pytest.mark.parametrize("words", [("offset", "="), ("offset", "=", "1"), ("offset=",)])
def test_no_names_in_place_of_values(suggested: Suggested, words: tuple[str, ...]) -> None:
    """Behind the sign comes a value, also where bash makes words of its own of sign and value."""
    assert suggested("boxtracker", "command", "cmdBoxTPortalJobsiteList", *words) == [""]


def test_carriers_and_their_parameters(suggested: Suggested) -> None:
    """The carriers, then what the one that was chosen wants."""
    create = ("boxc", "credentials", "create")
    assert suggested(*create, "") == list(CARRIER_PARAMETERS)
    assert suggested(*create, "DHLeC", "") == ["client_id=", "client_secret="]
    assert suggested(*create, "unknown", "") == [""]


def test_profiles(suggested: Suggested, profiles: Path) -> None:
    """The profiles of the file, and none where it cannot be read."""
    profiles.write_text("[second]\n[sandbox]\n", encoding="utf-8")
    assert suggested("doctor", "--profile", "s") == ["sandbox", "second"]
    profiles.write_text("[", encoding="utf-8")
    assert suggested("doctor", "--profile", "s") == [""]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_scripts(shell: str, capsys: Captured) -> None:
    """Each has the program asked in a way that Typer understands."""
    assert run(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "_BOXAPIS_COMPLETE" in script
    assert "complete_" in script


def test_bash_takes_the_script(capsys: Captured) -> None:
    """Bash finds nothing wrong with its script, and ties it to the program."""
    run(["completion", "bash"])
    script = capsys.readouterr().out
    done = subprocess.run(
        ["bash", "-u"],  # noqa: S607 - whichever is there
        input=f"{script}\ncomplete -p boxapis",
        capture_output=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "complete -o default -F _boxapis_completion boxapis\n"
