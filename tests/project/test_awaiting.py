"""Rules for awaiting, raising and signatures of all public classes.

A method that returns an awaitable is a coroutine function for `asyncio` and for mocks, and from
Python 3.12 on for `inspect`, too. Wrong arguments raise when the call is awaited, never before.
Signatures have no private parameter.
"""

import asyncio
import inspect
import sys
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import AsyncMock, create_autospec

import pytest

import boxapis
from boxapis import (
    BoxC,
    BoxTracker,
    ConfigurationError,
    Customer,
    batch,
    errors,
    options,
    sandbox,
    secret,
    stores,
    telemetry,
    testing,
    transports,
)
from boxapis._core.lazy_resource import Lazy
from boxapis.boxc._resources import Resources
from boxapis.boxtracker._resources import CustomerResources, TrackerResources
from boxapis.boxtracker.handshakes import Handshakes
from boxapis.transports import ScriptedTransport

MODULES = (batch, errors, options, sandbox, secret, stores, telemetry, testing, transports)
"""The public modules beside the package itself."""

MARKED = {
    "BoxC.request",
    "BoxTracker.command",
    "Cards.store",
    "Credentials.create",
    "Credentials.update",
    "Customer.command",
    "Handshakes.customer",
    "OAuth.exchange",
    "Ordering.book",
    "Ordering.request_service",
    "RawCommands.command",
    "RawRequests.request",
    "Transactions.pay",
    "Webhooks.create",
    "Webhooks.update",
}
"""Plain functions that return a coroutine: they take secrets, which no frame may keep."""


def public_classes() -> Iterator[type[Any]]:
    """Yields the classes that the public modules export, and those of clients' attributes."""
    for module in (boxapis, *MODULES):
        for name in module.__all__:
            if inspect.isclass(thing := getattr(module, name)):
                yield thing
    yield Handshakes
    for name in (name for name, value in vars(Resources).items() if isinstance(value, Lazy)):
        yield type(getattr(boxc(), name))
    for name in (n for n, value in vars(CustomerResources).items() if isinstance(value, Lazy)):
        yield type(getattr(customer(), name))
    for name in (n for n, value in vars(TrackerResources).items() if isinstance(value, Lazy)):
        yield type(getattr(tracker(), name))
    yield from (type(client().raw) for client in (tracker, boxc))


def tracker() -> BoxTracker:
    """Returns a client that sends nothing."""
    return BoxTracker("api-user", "api-password", transport=ScriptedTransport([]))


def customer() -> Customer:
    """Returns a customer of a client that sends nothing."""
    return tracker().customer("jane", "pw")


def boxc() -> BoxC:
    """Returns a client that sends nothing."""
    return BoxC("token", transport=ScriptedTransport([]))


def methods() -> Iterator[tuple[str, type[Any], str, Any]]:
    """Yields every public method of every public class."""
    for thing in dict.fromkeys(public_classes()):
        for name, member in inspect.getmembers(thing, inspect.isfunction):
            if not name.startswith("_") or name == "__init__":
                place = "sandbox." if thing.__module__.startswith("boxapis.sandbox") else ""
                yield f"{place}{thing.__name__}.{name}", thing, name, member


def functions() -> Iterator[tuple[str, Any]]:
    """Yields every function that the public modules export."""
    for module in MODULES:
        for name in module.__all__:
            if inspect.isfunction(thing := getattr(module, name)):
                yield f"{module.__name__.removeprefix('boxapis.')}.{name}", thing


METHODS = sorted(methods(), key=lambda row: row[0])
CALLABLES = [(name, function) for name, *_, function in METHODS] + sorted(functions())
AWAITED = [
    row for row in METHODS if "Coroutine[" in str(inspect.signature(row[3]).return_annotation)
]
AWAITED += [row for row in METHODS if inspect.iscoroutinefunction(row[3]) and row not in AWAITED]


def test_methods_are_found() -> None:
    """`methods` finds coroutine functions, and the plain functions that are marked."""
    names = {name for name, *_ in AWAITED}
    assert names >= MARKED | {"BoxTracker.aclose", "Credentials.get", "Customer.handshake"}


@pytest.mark.parametrize(
    ("name", "owner", "method", "function"), AWAITED, ids=[r[0] for r in AWAITED]
)
def test_is_a_coroutine_function(
    name: str, owner: type[Any], method: str, function: Callable[..., Any]
) -> None:
    """It is one for asyncio, for mocks and, from Python 3.12 on, for inspect."""
    assert asyncio.iscoroutinefunction(function)
    assert isinstance(getattr(create_autospec(owner, instance=True), method), AsyncMock)
    assert isinstance(getattr(AsyncMock(spec=owner), method), AsyncMock)
    plain = not function.__code__.co_flags & inspect.CO_COROUTINE
    assert plain == (name in MARKED)
    assert inspect.iscoroutinefunction(function) is (sys.version_info >= (3, 12) or not plain)


@pytest.mark.parametrize("function", [row[1] for row in CALLABLES], ids=[c[0] for c in CALLABLES])
def test_signatures_are_public(function: Callable[..., Any]) -> None:
    """No signature has a private parameter."""
    assert [name for name in inspect.signature(function).parameters if name.startswith("_")] == []


def test_functions_are_found() -> None:
    """`functions` finds the functions of the modules."""
    assert "batch.run" in {name for name, _ in CALLABLES}


WRONG: dict[str, Callable[[], Any]] = {
    "BoxC.request": lambda: boxc().request("FETCH", "/shops"),
    "RawRequests.request": lambda: boxc().raw.request("GET", "shops"),
    "BoxTracker.command": lambda: tracker().command("cmdNothing"),
    "RawCommands.command": lambda: tracker().raw.command("cmdNothing"),
    "Customer.command": lambda: tracker().customer("jane", "pw").command("cmdNothing"),
    "Cards.store": lambda: customer().cards.store("4111111111111111"),  # type: ignore[arg-type]
    "Cards.make_primary": lambda: customer().cards.make_primary(0),
    "JobSites.get": lambda: customer().job_sites.get(0),
    "JobSites.page": lambda: customer().job_sites.list().page(-1),
    "Ordering.book": lambda: tracker().ordering.book(mode="test"),  # type: ignore[arg-type,call-arg]
    "Ordering.request_service": lambda: tracker().ordering.request_service(mode=""),  # type: ignore[arg-type,call-arg]
    "Reports.run": lambda: customer().reports.run(0),
    "Transactions.email": lambda: customer().transactions.email(7, []),
    "Transactions.pay": lambda: customer().transactions.pay(7, []),
    "WorkOrders.blank": lambda: customer().work_orders.blank(0),
    "WorkOrders.remove": lambda: customer().work_orders.remove(0),
    "Handshakes.customer": lambda: tracker().handshakes.customer("jane"),
    "Credentials.create": lambda: boxc().credentials.create("", {"a": "b"}),
    "Credentials.update": lambda: boxc().credentials.update(0, {"a": "b"}),
    "Credentials.get": lambda: boxc().credentials.get(0),
    "Credentials.delete": lambda: boxc().credentials.delete(0),
    "Credentials.page": lambda: boxc().credentials.page(limit=0),
    "Credentials.list": lambda: anext(aiter(boxc().credentials.list(limit=0))),
    "OAuth.exchange": lambda: boxc().oauth.exchange("c", "https://a.example/b"),
    "OAuth.revoke": lambda: boxc().oauth.revoke(7),
    "Webhooks.create": lambda: boxc().webhooks.create("https://a.example/b", "orders_status", ""),
    "Webhooks.update": lambda: boxc().webhooks.update(0, key="k" * 16),
    "Webhooks.get": lambda: boxc().webhooks.get(0),
    "Webhooks.page": lambda: boxc().webhooks.list(page_token=b"").page(),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("name", WRONG)
async def test_wrong_arguments_raise_at_the_await(name: str) -> None:
    """A wrong argument raises when the call is awaited, or the list is first iterated."""
    call = WRONG[name]()
    with pytest.raises(ConfigurationError):
        await call


@pytest.mark.parametrize("name", sorted(MARKED))
def test_the_warning_names_the_method(name: str) -> None:
    """F265: if it is not awaited, Python's warning names the method and nothing private."""
    with pytest.warns(RuntimeWarning, match=f"^coroutine '{name}' was never awaited$"):
        WRONG[name]()


def test_every_marked_method_has_a_wrong_call() -> None:
    """`WRONG` has every marked method."""
    assert set(WRONG) >= MARKED
