"""Shell completion: the suggestions, and the scripts that let a shell ask for them."""

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
    """Asks for suggestions as bash does."""
    return Suggested(monkeypatch, capsys)


class Suggested:
    """A stand-in for bash that asks the program for suggestions."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *words: str) -> list[str]:
        """Returns the suggestions for the last of these words."""
        self._monkeypatch.setenv("_BOXAPIS_COMPLETE", "complete_bash")
        self._monkeypatch.setenv("COMP_WORDS", "\n".join(("boxapis", *words)))
        self._monkeypatch.setenv("COMP_CWORD", str(len(words)))
        with pytest.raises(SystemExit) as ended:
            run([])
        assert ended.value.code == 0
        return self._capsys.readouterr().out.split("\n")[:-1]


def test_every_command_of_the_catalogue_has_its_arguments() -> None:
    """The table of argument names has the same commands as the client's catalogue."""
    assert list(ARGUMENT_NAMES) == list(COMMANDS)
    assert sum(name.startswith("cmdBoxTPortal") for name in ARGUMENT_NAMES) == 21


@pytest.mark.parametrize("name", COMMANDS)
def test_argument_names(name: str) -> None:
    """Names are unique, leave out those the client adds, and include the command's secrets."""
    names = ARGUMENT_NAMES[name]
    assert len(set(names)) == len(names)
    assert not set(names) & {*RESERVED_ARGUMENTS, "customer_id"}
    if COMMANDS[name].session_level in ("customer", "web"):
        assert COMMANDS[name].secrets <= set(names)


def test_names_of_commands(suggested: Suggested) -> None:
    """Box Tracker's commands are suggested, narrowed down by what was typed."""
    assert suggested("boxtracker", "command", "") == list(COMMANDS)
    found = suggested("boxtracker", "command", "cmdBoxTPortalJ")
    assert found == ["cmdBoxTPortalJobsiteList", "cmdBoxTPortalJobsiteData"]
    assert len(suggested("boxtracker", "command", "cmdBoxTWebAPI")) == 4


def test_names_of_arguments(suggested: Suggested) -> None:
    """The command's arguments are suggested with `=`, except those already given."""
    command = ("boxtracker", "command", "cmdBoxTPortalJobsiteList")
    assert suggested(*command, "") == ["offset=", "search=", "orderBy="]
    assert suggested(*command, "offset=0", "") == ["search=", "orderBy="]
    assert suggested(*command, "offset", "=", "0", "o") == ["orderBy="]
    assert suggested(*command, "@more.json", "s") == ["search="]


@pytest.mark.parametrize("words", [("offset", "="), ("offset", "=", "1"), ("offset=",)])
def test_no_names_in_place_of_values(suggested: Suggested, words: tuple[str, ...]) -> None:
    """After `=`, which bash may pass as a word of its own, no names are suggested."""
    assert suggested("boxtracker", "command", "cmdBoxTPortalJobsiteList", *words) == [""]


def test_carriers_and_their_parameters(suggested: Suggested) -> None:
    """Carriers are suggested, then the parameters of the chosen carrier."""
    create = ("boxc", "credentials", "create")
    assert suggested(*create, "") == list(CARRIER_PARAMETERS)
    assert suggested(*create, "DHLeC", "") == ["client_id=", "client_secret="]
    assert suggested(*create, "unknown", "") == [""]


def test_methods_of_boxc(suggested: Suggested) -> None:
    """The methods of BoxC are suggested for its operations."""
    assert suggested("boxc", "operations", "labels.c") == ["labels.cancel", "labels.create"]


def test_profiles(suggested: Suggested, profiles: Path) -> None:
    """The file's profiles are suggested, and none if the file cannot be read."""
    profiles.write_text("[second]\n[sandbox]\n", encoding="utf-8")
    assert suggested("doctor", "--profile", "s") == ["sandbox", "second"]
    profiles.write_text("[", encoding="utf-8")
    assert suggested("doctor", "--profile", "s") == [""]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_scripts(shell: str, capsys: Captured) -> None:
    """Each script asks the program through the variable that Typer reads."""
    assert run(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "_BOXAPIS_COMPLETE" in script
    assert "complete_" in script


def test_bash_accepts_the_script(capsys: Captured) -> None:
    """Bash runs its script without an error and registers the completion of `boxapis`."""
    run(["completion", "bash"])
    script = capsys.readouterr().out
    done = subprocess.run(
        ["bash", "-u"],  # noqa: S607 - the bash on the path
        input=f"{script}\ncomplete -p boxapis",
        capture_output=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "complete -o default -F _boxapis_completion boxapis\n"
