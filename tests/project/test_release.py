"""A release: both artefacts build, are complete, and describe themselves without dead links."""

import json
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from datetime import UTC, date, datetime, timedelta
from email import message_from_string
from email.message import Message
from pathlib import Path

import pytest

from boxapis import __version__
from tests.support.paths import ROOT

pytestmark = pytest.mark.servers

DOCUMENTS = ("README.md", ".github/CONTRIBUTING.md", ".github/SECURITY.md", "benchmarks/README.md")
FOLDERS = (".ci", ".github", "benchmarks", "boxapis", "tests")
FILES = (".editorconfig", ".gitignore", ".pre-commit-config.yaml", "CHANGELOG.md", "LICENSE")
INFO = f"boxapis-{__version__}.dist-info"
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
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
def metadata(artefacts: list[str]) -> Message:
    """What the wheel says of itself."""
    with zipfile.ZipFile(artefacts[0]) as wheel:
        return message_from_string(wheel.read(f"{INFO}/METADATA").decode())


@pytest.fixture(scope="module")
def page(metadata: Message, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The description as a package index shows it."""
    description = tmp_path_factory.mktemp("page") / "description.md"
    description.write_text(str(metadata.get_payload()), encoding="utf-8")
    return run("readme_renderer", str(description))


def files_of(*folders: str) -> set[str]:
    """Returns the files in folders of the repository, without those that Python leaves there."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file())
    return {path.relative_to(ROOT).as_posix() for path in found if path.suffix != ".pyc"}


def test_both_are_accepted(artefacts: list[str]) -> None:
    """An index takes both, under the version of the package; nothing in the wheel is misplaced."""
    names = [Path(path).name for path in artefacts]
    assert names == [f"boxapis-{__version__}-py3-none-any.whl", f"boxapis-{__version__}.tar.gz"]
    run("twine", "check", "--strict", *artefacts)
    run("check_wheel_contents", artefacts[0])


def test_the_source_is_whole(artefacts: list[str]) -> None:
    """The source distribution has the files that its tests and users read, and no other."""
    with tarfile.open(artefacts[1]) as source:
        packed = {name.partition("/")[2] for name in source.getnames()}
    assert packed == {*files_of(*FOLDERS), *FILES, "README.md", "pyproject.toml", "PKG-INFO"}


def test_the_wheel_is_whole(artefacts: list[str]) -> None:
    """The wheel has each file of the package, the marker for type checkers too, and no other."""
    with zipfile.ZipFile(artefacts[0]) as wheel:
        packed = {name for name in wheel.namelist() if not name.startswith(f"{INFO}/")}
        assert f"{INFO}/licenses/LICENSE" in wheel.namelist()
    assert "boxapis/py.typed" in packed
    assert packed == files_of("boxapis")


def test_the_metadata_says_what_is_tested(metadata: Message) -> None:
    """The Pythons of the classifiers are those that CI runs, and pip takes none that is older."""
    classifiers = metadata.get_all("Classifier", [])
    versions = re.findall(r"Python :: (3\.\d+)", "\n".join(classifiers))
    environments = [f"py{version.replace('.', '')}" for version in versions]
    assert environments == [one for one in SETTINGS["tool"]["tox"]["env_list"] if "py" in one]
    assert metadata["Requires-Python"] == f">={versions[0]}"
    assert {"Framework :: AsyncIO", "Framework :: Pytest", "Typing :: Typed"} <= {*classifiers}
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Keywords"]


def test_the_wheel_installs_program_and_plugin(artefacts: list[str]) -> None:
    """The program and the pytest plugin are entry points; the second is off in these tests."""
    with zipfile.ZipFile(artefacts[0]) as wheel:
        points = wheel.read(f"{INFO}/entry_points.txt").decode().split("\n\n")
    program, plugin = "boxapis = boxapis.__main__:main", "boxapis = boxapis.testing._plugin"
    assert [one.strip() for one in points] == [
        f"[console_scripts]\n{program}",
        f"[pytest11]\n{plugin}",
    ]


def test_the_description_has_no_dead_link(page: str) -> None:
    """Links and pictures of the description are addresses, or headings that it has."""
    targets = re.findall(r'(?:href|src)="([^"]*)"', page)
    headings = {f"#{name}" for name in re.findall(r'<h\d id="([^"]+)"', page)}
    assert len(headings) > 10
    assert [one for one in targets if not one.startswith("https://") and one not in headings] == []
    assert "](" not in re.sub(r"(?s)<pre.*?</pre>|<code>.*?</code>", "", page)


def test_the_description_names_files(page: str) -> None:
    """Where the README links to a file, the description says the file's path."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"(?<!!)\[[^\]!]+\]\((?!https:|#)([^)]+)\)", readme)
    assert len(links) > 10
    assert [link for link in links if f"<code>{link}</code>" not in page] == []


def test_the_changelog_has_the_version() -> None:
    """The version is the first below what is not released; dates are real, and none lies ahead."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    first, *released = re.findall(r"(?m)^## (.+)$", text)
    assert first == "[Unreleased]"
    assert released[0].startswith(f"[{__version__}] - ")
    dates = [date.fromisoformat(heading.partition(" - ")[2]) for heading in released]
    assert dates == sorted(dates, reverse=True)
    assert dates[0] <= datetime.now(UTC).date() + timedelta(days=1)  # its author's time zone


def test_the_sbom_is_that_of_the_package(tmp_path: Path) -> None:
    """The SBOM has the package as subject and what it needs: no tool, and no path of a machine."""
    wheel = {"url": "file:///home/jane/dist/boxapis-1.0-py3-none-any.whl", "type": "distribution"}
    own = {"name": "boxapis", "version": "1.0", "bom-ref": "own", "externalReferences": [wheel]}
    others = [{"name": name, "bom-ref": name} for name in ("pip", "httpx", "idna")]
    needs = [{"ref": "own", "dependsOn": ["httpx"]}, {"ref": "httpx", "dependsOn": ["idna"]}]
    needs += [{"ref": "idna"}, {"ref": "pip"}]
    file = tmp_path / "sbom.json"
    bom = {"metadata": {}, "components": [own, *others], "dependencies": needs}
    file.write_text(json.dumps(bom), encoding="utf-8")
    subprocess.run([sys.executable, ROOT / ".ci" / "sbom", file], check=True)
    made = json.loads(file.read_text(encoding="utf-8"))
    assert made["metadata"]["component"]["purl"] == "pkg:pypi/boxapis@1.0"
    assert [one["name"] for one in made["components"]] == ["httpx", "idna"]
    assert made["dependencies"] == needs[:3]
    assert "jane" not in json.dumps(made)


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
