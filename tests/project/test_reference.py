"""The reference: made from the docstrings without a warning, a page for each public module."""

import pkgutil
import re
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
        ("boxapis.html", 'id="BoxC.with_options"'),
        ("boxapis.html", "https://api.boxc.com/v1"),
        ("boxapis.html", 'href="boxapis/boxc/credentials.html#Credentials"'),
        ("boxapis/boxtracker.html", "<td>1</td>"),
        ("boxapis/batch.html", "How an item ended"),
        ("boxapis/boxc/credentials.html", 'id="Credentials.update"'),
        ("boxapis/boxc/shipments.html", "in kg, above 0 and below 10,000"),
        ("boxapis/cli.html", "may have been carried out"),
        ("boxapis/stores.html", 'id="SQLiteStore"'),
        ("boxapis/transports.html", 'id="DirectTransport"'),
    ],
)
def test_what_pages_show(pages: Path, page: str, shown: str) -> None:
    """Tables are tables, and names that are imported when first used are there."""
    assert shown in (pages / page).read_text(encoding="utf-8")


def test_no_private_name_is_shown(pages: Path) -> None:
    """No page shows a name that a user cannot import."""
    private = re.compile(r"boxapis\.(?:\w+\.)*_[a-z]\w*")
    for page in pages.rglob("*.html"):
        text = re.sub(r"<[^>]*>", "", page.read_text(encoding="utf-8"))
        assert private.findall(text) == [], page


def test_links_lead_somewhere(pages: Path) -> None:
    """Each link within the pages has its page, and the place on it."""
    texts = {page: page.read_text(encoding="utf-8") for page in pages.rglob("*.html")}
    places = {page: set(re.findall(r'id="([^"]+)"', text)) for page, text in texts.items()}
    for page, text in texts.items():
        for file, place in re.findall(r'href="((?:[\w./]+\.html)?)#([\w.]+)"', text):
            target = (page.parent / file).resolve() if file else page
            assert place in places[target], (page, file, place)
