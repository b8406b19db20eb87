"""The tab key in a real bash, zsh and fish."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import surroundings
from tests.support.installed import program
from tests.support.paths import ROOT
from tests.support.terminals import Terminal, bash_in, shell_in

pytestmark = pytest.mark.servers


@pytest.fixture
def bash() -> Iterator[Terminal]:
    """A bash with the completion script loaded."""
    with bash_in() as terminal:
        terminal.press('eval "$(boxapis completion bash)"; echo loaded\n')
        terminal.expect("\nloaded\nready> ")
        yield terminal


def test_commands_and_arguments(bash: Terminal) -> None:
    """The tab key completes commands, subcommands and argument names.

    A blank follows a complete word, but not a name that needs a value.
    """
    bash.press("boxapis boxt\t")
    bash.expect("boxapis boxtracker ")
    bash.press("comm\t")
    bash.expect("command")  # or commands, so no blank follows
    bash.press(" cmdBoxTPortalJ\t")
    bash.expect("cmdBoxTPortalJobsite")
    bash.press("L\t")
    bash.expect("List ")
    bash.press("off\t")
    bash.expect("offset=")
    bash.press("7 sea\t")
    bash.expect("7 search=")
    bash.press("here\x01echo \x05\n")  # to the line's beginning, and to its end again
    bash.expect("\nboxapis boxtracker command cmdBoxTPortalJobsiteList offset=7 search=here\n")


def test_a_second_tab_lists_the_matches(bash: Terminal) -> None:
    """A second tab lists the commands that begin with what was typed."""
    bash.press("stty cols 200\n")
    bash.expect("\nready> ")
    bash.press("boxapis boxtracker command cmdBoxTWeb\t")
    bash.expect("cmdBoxTWebAPI")
    bash.press("\t\t")
    bash.expect("cmdBoxTWebAPIRequestService")
    bash.press("\x15boxapis boxtracker command cmdBoxTPortalSaveC\t\t")
    bash.expect("cmdBoxTPortalSaveCustomerProfile")


def test_a_blank_in_a_name(bash: Terminal) -> None:
    """A carrier code with a blank is completed as one word, with the blank escaped."""
    bash.press("printf '<%s>' boxapis boxc credentials create DHL\\ \t")
    bash.expect("create DHL\\ ")
    bash.press("\x15boxapis boxc credentials create DHL\\ E\t")
    bash.expect("DHL\\ Express ")


def test_files_in_bash(bash: Terminal) -> None:
    """The names of files are completed after `@` and for paths, and nowhere else."""
    bash.press("boxapis boxtracker command cmdBoxTPortalJobsiteList @READ\t")
    bash.expect("README.md ")
    bash.press("\x01echo \x05end\n")
    bash.expect("\nboxapis boxtracker command cmdBoxTPortalJobsiteList @README.md end\n")
    bash.press("boxapis doctor --svg READ\t")
    bash.expect("--svg README.md ")
    bash.press("\x15boxapis boxc credentials get READ\t; echo no file\n")
    bash.expect("get READ; echo no file")


@pytest.fixture
def zsh() -> Iterator[Terminal]:
    """A zsh with the completion script loaded."""
    with shell_in(program("zsh", install="apt-get install zsh"), "-f", "-i") as terminal:
        terminal.press("PS1='ready> '; unsetopt zle_bracketed_paste; stty cols 120\n")
        terminal.press("autoload -Uz compinit && compinit -u -D; zstyle ':completion:*' menu no\n")
        terminal.press('eval "$(boxapis completion zsh)"; echo loaded\n')
        terminal.expect("\nloaded\n")
        yield terminal


def test_zsh(zsh: Terminal) -> None:
    """The tab key completes names, no blank follows one that needs a value, and help is shown."""
    zsh.press("boxapis boxt\t")
    zsh.expect("racker ")
    zsh.press("login --timeout 3 --js\t")
    zsh.expect("on ")
    zsh.press("\x15boxapis boxtracker comm\t\t")
    zsh.expect("List the commands, or describe one")
    zsh.press(
        "\x15boxapis boxtracker command cmdBoxTPortalJobsiteList off\t7 sea\there\x01echo \x05\n"
    )
    zsh.expect("\nboxapis boxtracker command cmdBoxTPortalJobsiteList offset=7 search=here\n")


def test_files_in_zsh(zsh: Terminal) -> None:
    """The names of files are completed after `@` and for paths, and nowhere else."""
    for line, completed in {
        "boxtracker command cmdBoxTPortalJobsiteList @READ": "@README.md",
        "doctor --svg READ": "README.md",
        "boxc credentials get READ": "READ",
        "boxc credentials create DHL\\ E": "Express",
    }.items():
        zsh.press(f"boxapis {line}\t\x01echo \x05 end\n")
        zsh.expect(f"{completed} end\n")


def fish(tmp_path: Path, line: str) -> list[str]:
    """What fish offers for a line."""
    script = 'boxapis completion fish | source; complete --do-complete "boxapis $argv"'
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [program("fish", install="apt-get install fish"), "--no-config", "-c", script, line],
        env=surroundings(PATH=path, HOME=str(tmp_path), XDG_CONFIG_HOME=str(tmp_path)),
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("boxt", ["boxtracker\tCall Box Tracker."]),
        ("doctor --js", ["--json\tPrint JSON."]),
        (
            "boxtracker command cmdBoxTPortalJobsiteList offset=0 s",
            ["search=\ttext to search for; empty for all"],
        ),
        ("boxtracker command cmdBoxTPortalJobsiteList @READ", ["@README.md"]),
        ("doctor --svg READ", ["README.md"]),
        ("boxc credentials create DHL\\ E", ["DHL Express\tapi_password, api_username"]),
        ("boxc credentials get READ", []),
        ("boxtracker command READ", []),
    ],
)
def test_fish(tmp_path: Path, line: str, offered: list[str]) -> None:
    """Fish offers names with their descriptions, and files only where they belong."""
    assert fish(tmp_path, line) == offered
