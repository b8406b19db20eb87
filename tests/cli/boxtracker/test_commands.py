"""``boxapis boxtracker commands``, and the names that a misspelt one most likely means."""

import json

import pytest

from boxapis._sansio.boxtracker.catalogue import COMMANDS
from boxapis._sansio.boxtracker.command_arguments import ARGUMENTS
from boxapis.cli.catalogue import similar_operation
from boxapis.cli.run import run
from boxapis.sandbox import Sandbox
from tests.support.command_line import is_one_line

Captured = pytest.CaptureFixture[str]


@pytest.mark.usefixtures("at_terminal")
def test_all_commands(home: object, capsys: Captured) -> None:
    """The list has each command with its kind; JSON has the arguments, too."""
    assert run(["boxtracker", "commands"]) == 0
    shown = [line.split() for line in capsys.readouterr().out.splitlines()[2:]]
    assert {words[0]: words[1] for words in shown} == {
        name: command.kind for name, command in COMMANDS.items()
    }
    assert run(["boxtracker", "commands", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {one["command"]: len(one["arguments"]) for one in listed} == {
        name: len(ARGUMENTS.get(name, ())) for name in COMMANDS
    }


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.usefixtures("at_terminal")
def test_one_command(home: object, capsys: Captured, name: str) -> None:
    """The description says what a repetition does, and names every argument, in any spelling."""
    assert run(["boxtracker", "commands", name.upper()]) == 0
    shown = capsys.readouterr().out
    assert f"kind     {COMMANDS[name].kind}; " in shown
    words = shown.split()
    assert {row.name for row in ARGUMENTS.get(name, ())} <= set(words)


def test_a_misspelt_command(served: Sandbox, capsys: Captured) -> None:
    """The closest name is shown, what was given is not, and nothing is sent."""
    assert run(["boxtracker", "commands", "cmdBoxTPortalProcesPayment"]) == 2
    errors = capsys.readouterr().err
    assert "did you mean cmdBoxTPortalProcessPayment?" in errors
    assert "ProcesPayment" not in errors
    assert is_one_line(errors)
    assert served.boxtracker.counts.total() == 0


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["cmdBoxTPortalJobsiteLst"], "(did you mean cmdBoxTPortalJobsiteList?)"),
        (["cmdBoxTPortalJobsiteList", "ofset=0"], "'ofset' (did you mean offset?)"),
    ],
)
def test_newer_than_the_tables(
    served: Sandbox, capsys: Captured, words: list[str], meant: str
) -> None:
    """A command of the portal or an argument may be newer: it is sent, with a warning."""
    assert run(["boxtracker", "command", *words]) == 1
    warning, _ = capsys.readouterr().err.splitlines()
    assert meant in warning
    assert served.boxtracker.counts[words[0]] == 1


@pytest.mark.parametrize(
    ("method", "path", "meant"),
    [
        ("GET", "/warehouses", None),
        ("GET", "/labels/9400", None),
        ("GET", "warehoses", "GET /warehouses"),
        ("GET", "/lables/9400", "GET /labels/{id}"),
        ("PUT", "/shipments/7/proces?a=b", "PUT /shipments/{id}/process"),
        ("GET", "/something/quite/different", None),
    ],
)
def test_similar_paths(method: str, path: str, meant: str | None) -> None:
    """A path that fits no operation has the closest one; ids are no misspellings."""
    assert similar_operation(method, path) == meant


def test_a_misspelt_path(served: Sandbox, capsys: Captured) -> None:
    """The request is sent, because a path may be newer than the table; the warning says more."""
    assert run(["boxc", "request", "GET", "/warehoses"]) == 1
    warning, error = capsys.readouterr().err.splitlines()
    assert warning.endswith("no operation has this path: did you mean GET /warehouses?")
    assert error
    assert served.boxc.counts.total() == 1
