"""One BoxC request as it arrived, and which operation it asks for."""

from collections.abc import Mapping
from typing import Final

from attrs import field, frozen

from boxapis.sandbox._boxc.operations import OPERATIONS, Operation
from boxapis.sandbox._boxc.token_endpoint import TOKEN_OPERATION

NAMES: Final = frozenset({TOKEN_OPERATION, *(operation.name for operation in OPERATIONS)})
"""Every operation that is played."""

_BASE: Final = "/v1"
_UNKNOWN: Final = "unknown"


@frozen
class BoxCRequest:
    """Method, path, query, headers with lower-case names, and body."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def authorization(self) -> str:
        """The ``Authorization`` header, or an empty text."""
        return self.headers.get("authorization", "")

    @property
    def is_api(self) -> bool:
        """Whether the path is one of the API's, not of the accounts host."""
        return self.path.startswith(f"{_BASE}/")

    def operation(self) -> tuple[Operation, str] | None:
        """The operation asked for and what stands for its ``{id}``."""
        inner = self.path.removeprefix(_BASE) if self.is_api else ""
        for operation in OPERATIONS:
            if (identifier := operation.identifier(self.method, inner)) is not None:
                return operation, identifier
        return None

    def name(self) -> str:
        """Method and path template, the same for every request of an operation."""
        if f"{self.method} {self.path}" == TOKEN_OPERATION:
            return TOKEN_OPERATION
        found = self.operation()
        return found[0].name if found else f"{self.method} {_UNKNOWN}"
