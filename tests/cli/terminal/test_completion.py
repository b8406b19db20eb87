"""The tab key in a real bash."""

from collections.abc import Iterator

import pytest

from tests.support.terminals import Terminal, bash_in

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
    bash.expect("command ")
    bash.press("cmdBoxTPortalJ\t")
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
