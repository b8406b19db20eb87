"""`Lazy`: a resource as an attribute of what calls are made on, imported at its first use."""

from importlib import import_module
from typing import Any

__all__ = ["Lazy", "resource_of"]


class Lazy:
    """An attribute of a client whose module is imported when it is first asked for.

    Args:
        package: The package of the resources, for instance ``"boxapis.boxc"``.
        name: Module and class, for instance ``"webhooks.Webhooks"``.
    """

    __slots__ = ("_cls", "_name", "_package")

    def __init__(self, package: str, name: str) -> None:
        self._package = package
        self._name = name
        self._cls: Any = None

    def __get__(self, client: Any, owner: object = None) -> Any:
        # Of the class it is the resource's class, which `create_autospec` and `help` look into.
        return self.load() if client is None else self.on(client._caller)  # noqa: SLF001 - so

    def on(self, caller: Any) -> Any:
        """Returns the resource for a caller; it is small, and a new one each time."""
        return self.load()(caller)

    def load(self) -> Any:
        """Returns the class of the resource; its module is imported if need be."""
        if self._cls is None:
            module, _, name = self._name.partition(".")
            self._cls = getattr(import_module(f"{self._package}.{module}"), name)
        return self._cls


def resource_of(resources: type[Any], name: str, caller: Any, owner: object) -> Any:
    """Returns a resource by the name of its attribute, for the ``__getattr__`` of raw calls.

    Args:
        resources: The class that has the attributes.
        name: The name of the attribute.
        caller: The caller of the resource.
        owner: The object whose attribute was asked for, for the error.

    Raises:
        AttributeError: there is no resource of this name.
    """
    attribute = vars(resources).get(name)
    if isinstance(attribute, Lazy):
        return attribute.on(caller)
    message = f"{type(owner).__name__!r} object has no attribute {name!r}"
    raise AttributeError(message, name=name, obj=owner)
