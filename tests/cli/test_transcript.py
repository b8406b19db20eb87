"""The README's transcript: each command is run, and must print what the README shows."""

import os
import re
import sys
from pathlib import Path

import pytest

from boxapis.cli.run import run
from boxapis.sandbox import Sandbox
from tests.support.command_line import surroundings
from tests.support.paths import README
from tests.support.terminals import Terminal

pytestmark = pytest.mark.servers

PICTURE = Path(__file__).parent / "doctor" / "doctor.svg"


def transcript() -> list[tuple[str, str]]:
    """Each command line of the README's console blocks, with what is shown below it."""
    blocks = re.findall(r"(?ms)^```console\n(.*?)^```", README.read_text("utf-8"))
    return re.findall(r"(?m)^\$ (.*)\n((?:(?!\$ ).*\n)*)", "".join(blocks))


def stripped(text: str) -> str:
    """A text without the blanks at the ends of its lines."""
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def test_transcript(tmp_path: Path) -> None:
    """Against one sandbox and at a terminal, each command prints what is shown below it."""
    steps = transcript()
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    with Sandbox() as sandbox:
        given = surroundings(
            **sandbox.environment,
            PATH=path,
            JANIO_KEY="made-up-key",
            NO_COLOR="1",
            XDG_STATE_HOME=str(tmp_path / "state"),
        )
        for line, shown in steps:
            terminal = Terminal(["bash", "-c", line], given)
            try:
                terminal.end()
                assert (line, stripped(terminal.plain)) == (line, shown)
            finally:
                terminal.close()
    assert len(steps) >= 6


def test_transcript_shows_no_secret() -> None:
    """The transcript shows no password of the sandbox."""
    with Sandbox() as sandbox:
        given = sandbox.environment
    text = "".join(line + shown for line, shown in transcript())
    assert not [name for name in given if name.endswith("PASSWORD") and given[name] in text]


def picture_text(picture: str) -> str:
    """The text of an SVG, without the port, which differs from run to run."""
    texts = re.findall(r"<text [^>]*>([^<]*)</text>", picture)
    # Versions of rich differ in the blanks that fill up a column.
    lines = [text.replace("&#160;", " ").strip() for text in texts]
    return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", "\n".join(lines))


def test_picture(
    served: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The README's picture is what the doctor draws, and loads nothing from the network.

    To draw it anew, run the README's command against a sandbox.
    """
    file = Path(os.environ["XDG_STATE_HOME"] + ".svg")
    assert run(["doctor", "--svg", str(file)]) == 0
    drawn, kept = (path.read_text(encoding="utf-8") for path in (file, PICTURE))
    assert picture_text(kept) == picture_text(drawn)
    assert "the API user is accepted" in picture_text(kept)
    assert not re.search(r"url\(\W?http|href=|@import", drawn + kept)
