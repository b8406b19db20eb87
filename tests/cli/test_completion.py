"""Shell completion: the suggestions, and the scripts that let a shell ask for them."""

import subprocess
from pathlib import Path

import pytest

from boxapis import CARRIER_PARAMETERS
from boxapis._sansio.boxtracker.catalogue import COMMANDS, RESERVED_ARGUMENTS
from boxapis._sansio.boxtracker.command_arguments import ARGUMENTS
from boxapis.cli.run import run
from tests.support.command_line import python

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def suggested(monkeypatch: pytest.MonkeyPatch, capsys: Captured, home: Path) -> "Suggested":
    """Asks for suggestions as bash does."""
    return Suggested(monkeypatch, capsys)


class Suggested:
    """A stand-in for a shell that asks the program for suggestions."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *words: str) -> list[str]:
        """Returns the suggestions for the last of these words; ``file`` for names of files."""
        return [line.split("\t")[1] if "\t" in line else line for line in self.lines(*words)]

    def lines(self, *words: str) -> list[str]:
        """Returns the same with types and descriptions."""
        self._monkeypatch.setenv("_BOXAPIS_COMPLETE", "complete_bash")
        self._monkeypatch.setenv("COMP_WORDS", "\n".join(("boxapis", *words)))
        self._monkeypatch.setenv("COMP_CWORD", str(len(words)))
        with pytest.raises(SystemExit) as ended:
            run([])
        assert ended.value.code == 0
        return self._capsys.readouterr().out.split("\n")[:-1]


def test_every_command_of_the_catalogue_has_its_arguments() -> None:
    """The table of argument names has the same commands as the client's catalogue."""
    assert list(ARGUMENTS) == list(COMMANDS)
    assert sum(name.startswith("cmdBoxTPortal") for name in ARGUMENTS) == 21


@pytest.mark.parametrize("name", COMMANDS)
def test_argument_names(name: str) -> None:
    """Names are unique, leave out those the client adds, and include the command's secrets."""
    names = [row.name for row in ARGUMENTS[name]]
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
    assert suggested("boxtracker", "command", "cmdBoxTPortalJobsiteList", *words) == []


def test_carriers_and_their_parameters(suggested: Suggested) -> None:
    """Carriers are suggested, then the parameters of the chosen carrier."""
    create = ("boxc", "credentials", "create")
    assert suggested(*create, "") == list(CARRIER_PARAMETERS)
    assert suggested(*create, "DHLeC", "") == ["client_id=", "client_secret="]
    assert suggested(*create, "unknown", "") == []


def test_methods_of_boxc(suggested: Suggested) -> None:
    """The methods of BoxC are suggested for its operations."""
    assert suggested("boxc", "operations", "labels.c") == ["labels.cancel", "labels.create"]


def test_profiles(suggested: Suggested, profiles: Path) -> None:
    """The file's profiles are suggested, and none if the file cannot be read."""
    profiles.write_text("[second]\n[sandbox]\n", encoding="utf-8")
    assert suggested("doctor", "--profile", "s") == ["sandbox", "second"]
    profiles.write_text("[", encoding="utf-8")
    assert suggested("doctor", "--profile", "s") == []


FILE_PLACES = [
    ("boxtracker", "command", "cmdBoxTPortalJobsiteList", "@"),
    ("boxtracker", "command", "cmdBoxTPortalJobsiteList", "@", "more"),
    ("boxtracker", "command", "cmdBoxTPortalJobsiteList", "@more"),
    ("boxc", "credentials", "create", "Janio", "@more"),
    ("boxc", "request", "POST", "/labels", "@"),
    ("credentials", "import", ""),
    ("credentials", "import", "more"),
    ("credentials", "import", "a.csv", "--journal", ""),
    ("doctor", "--svg", ""),
    ("sandbox", "--", ""),
]


@pytest.mark.parametrize("words", FILE_PLACES, ids=" ".join)
def test_files_where_they_belong(suggested: Suggested, words: tuple[str, ...]) -> None:
    """A shell completes the names of files for paths, for a command, and after `@`."""
    assert suggested.lines(*words) == ["file"]


@pytest.mark.parametrize(
    "words",
    [
        ("boxtracker", "command", ""),
        ("boxtracker", "command", "cmdBoxTPortalJobsiteList", ""),
        ("boxtracker", "command", "cmdBoxTPortalJobsiteList", "x"),
        ("boxtracker", "login", ""),
        ("boxc", "request", ""),
        ("boxc", "request", "GET", ""),
        ("boxc", "request", "POST", "/labels", ""),
        ("boxc", "credentials", "get", ""),
        ("boxc", "credentials", "list", "--query", ""),
        ("",),
    ],
    ids=" ".join,
)
def test_no_files_elsewhere(suggested: Suggested, words: tuple[str, ...]) -> None:
    """Nowhere else the names of files are offered."""
    assert "file" not in suggested.lines(*words)


def test_descriptions(suggested: Suggested) -> None:
    """Suggestions come with a description: of commands, arguments, options and methods."""
    lines = suggested.lines("boxtracker", "")
    assert "plain\tcommand\tRun a command of the portal or of the web..." in lines
    lines = suggested.lines("boxtracker", "command", "cmdBoxTPortalProcessPayment", "ccard_i")
    assert lines == ["plain\tccard_id=\tcard on file; 0 for the one given below"]
    assert suggested.lines("boxc", "operations", "labels.cr") == [
        "plain\tlabels.create\tPOST /labels"
    ]
    assert "plain\t--json\tPrint JSON." in suggested.lines("doctor", "--")


def test_completion_is_light() -> None:
    """An answer loads no HTTP library, no sandbox and nothing that only other commands need."""
    program = "import sys, atexit; from boxapis.cli.run import run\n"
    program += "atexit.register(lambda: print(*sys.modules, file=sys.stderr)); run([])"
    asked = {"_BOXAPIS_COMPLETE": "complete_bash", "COMP_WORDS": "boxapis\ndoctor\n--"}
    done = python("-c", program, COMP_CWORD="2", **asked)
    heavy = {"httpx", "httpcore", "httptools", "cattrs", "starlette", "uvicorn", "jmespath", "yaml"}
    assert "--json" in done.stdout
    assert not heavy & set(done.stderr.split())


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
    assert done.stdout == "complete -F _boxapis_completion boxapis\n"
