"""A release: both artefacts build, are complete, and describe themselves without dead links."""

import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from boxapis import __version__
from tests.support.paths import ROOT

pytestmark = pytest.mark.servers

DOCUMENTS = ("README.md", ".github/CONTRIBUTING.md", ".github/SECURITY.md", "benchmarks/README.md")
LINK = re.compile(r"\]\((?!https:|#)([^)#\s]+)")


def run(*command: str) -> str:
    """Runs a module of this Python, which must succeed; returns what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def artefacts(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The wheel and the source distribution, the wheel built from the latter."""
    folder = tmp_path_factory.mktemp("dist")
    run("build", "--no-isolation", "--outdir", str(folder))
    return sorted(str(path) for path in folder.iterdir())


@pytest.fixture(scope="module")
def page(artefacts: list[str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The description as a package index shows it."""
    description = tmp_path_factory.mktemp("page") / "description.md"
    with zipfile.ZipFile(artefacts[0]) as wheel:
        metadata = wheel.read(f"boxapis-{__version__}.dist-info/METADATA").decode()
    description.write_text(metadata.partition("\n\n")[2], encoding="utf-8")
    return run("readme_renderer", str(description))


def test_both_are_accepted(artefacts: list[str]) -> None:
    """An index takes both, under the version of the package; nothing in the wheel is misplaced."""
    names = [Path(path).name for path in artefacts]
    assert names == [f"boxapis-{__version__}-py3-none-any.whl", f"boxapis-{__version__}.tar.gz"]
    run("twine", "check", "--strict", *artefacts)
    run("check_wheel_contents", artefacts[0])


def test_the_source_is_whole(artefacts: list[str]) -> None:
    """The source distribution has the files of the repository that its tests and users read."""
    with tarfile.open(artefacts[1]) as source:
        packed = {name.partition("/")[2] for name in source.getnames()}
    folders = [ROOT / name for name in (".ci", ".github", "benchmarks", "boxapis", "tests")]
    kept = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    kept += [ROOT / name for name in ("CHANGELOG.md", "LICENSE", "README.md", "pyproject.toml")]
    files = {path.relative_to(ROOT).as_posix() for path in kept if "__pycache__" not in path.parts}
    assert files - packed == set()


def test_the_description_has_no_dead_link(page: str) -> None:
    """Links and pictures of the description are addresses, or headings that it has."""
    targets = re.findall(r'(?:href|src)="([^"]*)"', page)
    headings = {f"#{name}" for name in re.findall(r'<h\d id="([^"]+)"', page)}
    assert len(headings) > 10
    assert [one for one in targets if not one.startswith("https://") and one not in headings] == []
    assert "](" not in re.sub(r"(?s)<pre.*?</pre>|<code>.*?</code>", "", page)


def test_the_changelog_has_the_version() -> None:
    """The version has a dated section, the first one below that of what is not released."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    first, second = re.findall(r"(?m)^## (.+)$", text)[:2]
    assert first == "[Unreleased]"
    assert re.fullmatch(rf"\[{re.escape(__version__)}\] - \d{{4}}-\d\d-\d\d", second)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_point_to_files(document: str) -> None:
    """Each relative link and picture of a document is a file or folder of the repository."""
    path = ROOT / document
    links = LINK.findall(path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_anchors_have_headings(document: str) -> None:
    """Each link within a document leads to one of its headings."""
    shown = run("readme_renderer", document)
    headings = set(re.findall(r'<h\d id="([^"]+)"', shown))
    assert set(re.findall(r'href="#([^"]+)"', shown)) <= headings


def test_dead_links_are_found() -> None:
    """The search for links finds those of files and pictures, and leaves out addresses."""
    text = "[a](b.md) ![c](d/e.svg) [f](g.md#h) [i](https://example.com) [j](#k)"
    assert LINK.findall(text) == ["b.md", "d/e.svg", "g.md"]
