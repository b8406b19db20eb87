"""The reference: made from the docstrings without a warning, a page for each public module."""

import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import boxapis
from tests.support.paths import ROOT

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the pages, as ``tox run -e reference`` makes them."""
    folder = tmp_path_factory.mktemp("reference")
    program = [sys.executable, "-W", "error", str(ROOT / ".ci" / "reference"), str(folder)]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


def test_a_page_for_each_public_module(pages: Path) -> None:
    """Each public module has a page, and no other; the command line has one alone."""
    names = {one.name for one in pkgutil.walk_packages(boxapis.__path__, "boxapis.")}
    public = {name for name in names if "._" not in name and not name.startswith("boxapis.cli.")}
    made = {str(page.relative_to(pages).with_suffix("")) for page in pages.rglob("*.html")}
    assert made == {"index", "boxapis", *(name.replace(".", "/") for name in public)}


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("boxapis.html", 'id="BoxTracker.from_env"'),
        ("boxapis/boxtracker.html", "<td>1</td>"),
        ("boxapis/boxc/credentials.html", 'id="Credentials.update"'),
        ("boxapis/cli.html", "may have been carried out"),
        ("boxapis/stores.html", 'id="SQLiteStore"'),
        ("boxapis/transports.html", 'id="DirectTransport"'),
    ],
)
def test_what_pages_show(pages: Path, page: str, shown: str) -> None:
    """Tables are tables, and names that are imported when first used are there."""
    assert shown in (pages / page).read_text(encoding="utf-8")
