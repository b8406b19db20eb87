"""Mocks of the clients: `create_autospec` refuses a method or an argument that does not exist."""

from typing import Any
from unittest.mock import AsyncMock, create_autospec

import pytest

from boxapis import BoxC, BoxTracker, Customer
from boxapis._core.lazy_resource import Lazy
from boxapis.boxc._resources import Resources
from boxapis.boxtracker._resources import CustomerResources, TrackerResources
from boxapis.transports import ScriptedTransport

OWNERS = ((BoxC, Resources), (Customer, CustomerResources), (BoxTracker, TrackerResources))
RESOURCES = [
    (owner, name)
    for owner, resources in OWNERS
    for name, value in vars(resources).items()
    if isinstance(value, Lazy)
] + [(BoxTracker, "handshakes")]


@pytest.mark.parametrize(
    ("owner", "name"), RESOURCES, ids=lambda part: getattr(part, "__name__", part)
)
def test_resources(owner: type[Any], name: str) -> None:
    """F264: a mock of a client has the methods of the resource, as coroutines, and no others."""
    resource = getattr(create_autospec(owner, instance=True), name)
    with pytest.raises(AttributeError):
        resource.lst()
    methods = [one for one in vars(getattr(owner, name)) if not one.startswith("_")]
    assert methods
    for method in methods:
        assert callable(getattr(resource, method))


async def test_arguments() -> None:
    """F264: a misspelt argument is refused at the call; the right one is awaited as usual."""
    boxc = create_autospec(BoxC, instance=True)
    boxc.credentials.get.return_value = "a credential"
    assert isinstance(boxc.credentials.get, AsyncMock)
    assert await boxc.credentials.get(7) == "a credential"
    boxc.credentials.get.assert_awaited_once_with(7)
    with pytest.raises(TypeError):
        await boxc.credentials.get(credential=7)
    with pytest.raises(TypeError):
        await boxc.credentials.get()


async def test_of_an_object() -> None:
    """A client that sends nothing can be the model of a mock, too."""
    tracker = BoxTracker("api-user", "api-password", transport=ScriptedTransport())
    mock = create_autospec(tracker)
    with pytest.raises(TypeError):
        await mock.handshakes.customer(user="jane")
    mock.handshakes.customer.return_value = "a handshake"
    assert await mock.handshakes.customer("jane", "pw") == "a handshake"
    customer = create_autospec(Customer, instance=True)
    with pytest.raises(TypeError):
        await customer.transactions.pay(1, amount_in_words="ten")
    with pytest.raises(AttributeError):
        await customer.transactions.pay_now()
