"""What editors complete of BoxC, as a language server says: resources, methods, keys, words."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any, Literal, get_args, get_origin, is_typeddict

import pytest

from boxapis._core.lazy_resource import Lazy
from boxapis.boxc._pages import PageOptions
from boxapis.boxc._resources import Resources
from boxapis.boxc.labels import LabelStatus
from boxapis.boxc.orders import OrderStatus
from boxapis.boxc.parties import Service
from boxapis.boxc.webhooks import Topic
from tests.typing.language_server import LanguageServer

pytestmark = pytest.mark.servers

START = """\
from boxapis import BoxC
from boxapis.boxc.labels import Label


async def use(boxc: BoxC, label: Label) -> None:
    """

RESOURCES = [name for name, value in vars(Resources).items() if isinstance(value, Lazy)]
METHODS: dict[str, dict[str, Callable[..., Any]]] = {
    name: {
        method: function
        for method, function in inspect.getmembers(vars(Resources)[name].load())
        if inspect.isfunction(function) and not method.startswith("_")
    }
    for name in RESOURCES
}


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    """A language server with an empty workspace."""
    with LanguageServer(tmp_path_factory.mktemp("workspace")) as server:
        yield server


def test_resources(editor: LanguageServer) -> None:
    """Every resource is offered behind the client."""
    assert set(RESOURCES) <= editor.completions(f"{START}boxc.")


def test_methods(editor: LanguageServer) -> None:
    """Exactly the public methods of a resource are offered."""
    for name, methods in METHODS.items():
        offered = editor.completions(f"{START}boxc.{name}.")
        assert {method for method in offered if not method.startswith("_")} == methods.keys()


def test_filters(editor: LanguageServer) -> None:
    """Each argument of a list is offered."""
    for name, methods in METHODS.items():
        if "list" in methods:
            offered = editor.completions(f"{START}boxc.{name}.list(")
            expected = inspect.signature(methods["list"]).parameters.keys() - {"self"}
            if "pages" in expected:
                expected = expected - {"pages"} | PageOptions.__annotations__.keys()
            assert {word[:-1] for word in offered if word.endswith("=")} == expected


def test_keys(editor: LanguageServer) -> None:
    """Each key of a dictionary argument is offered, that of an address in it, too."""
    asked = 0
    for name, methods in METHODS.items():
        for method, function in methods.items():
            *before, last = inspect.signature(function).parameters.values()
            given = last.annotation
            if is_typeddict(given):
                ids = "1, " * len(before[1:])  # without `self`
                offered = editor.completions(f'{START}boxc.{name}.{method}({ids}{{"')
                assert offered == {f'"{key}"' for key in given.__annotations__}
                asked += 1
    assert asked >= 5
    offered = editor.completions(f'{START}boxc.shipments.create({{"to": {{"')
    assert {'"street1"', '"postal_code"'} <= offered


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ('if label.status == "', LabelStatus),
        ('boxc.orders.list(status="', OrderStatus),
        ('boxc.shipments.list(labeled="', Literal["yes", "no", "both"]),
        ('boxc.shipments.create({"service": "', Service),
        ('boxc.webhooks.create("https://shop.example/hook", "', Topic),
    ],
)
def test_words(editor: LanguageServer, code: str, words: Any) -> None:
    """Each known word is offered where it is compared and where it is given."""
    offered = editor.completions(START + code)
    assert {word for word in offered if word.startswith('"')} == {
        f'"{word}"' for word in known(words)
    }


def known(words: Any) -> Iterator[str]:
    """The words of a `Literal`, or of `Literal[...] | str`."""
    for literal in (words, *get_args(words)):
        if get_origin(literal) is Literal:
            yield from get_args(literal)
