"""How failed requests are made again, as one frozen value."""

from typing import Any

from attrs import Attribute, field, frozen

from boxapis.errors import ConfigurationError
from boxapis.options import _count, _not_negative, _positive

__all__ = ["Retries"]


def _whole(_: object, attribute: "Attribute[Any]", value: object) -> None:
    _not_negative(_, attribute, value)
    if not isinstance(value, int):
        message = f"{attribute.name} must be a whole number"
        raise ConfigurationError(message)


@frozen(kw_only=True)
class Retries:
    """How often, how fast and how long a failed request is made again.

    Attributes:
        attempts: Requests for one call, the first included; 1 switches every repeat off.
        base: Seconds within which the first repeat is made; doubled for each one after.
        cap: Seconds beyond which the doubling does not go.
        floor: Seconds that every pause lasts at least.
        throttle_rounds: How often a call goes into line again because the service said "too many
            requests", which proves that nothing was done.
        longest_wait: Seconds; a ``Retry-After`` that asks for more ends the call at once.
        budget: Tokens of an origin, from which repeats are paid.
        cost: Tokens for one repeat; a clean success earns one.
    """

    attempts: int = field(default=3, validator=_count)
    base: float = field(default=0.5, validator=_positive)
    cap: float = field(default=8.0, validator=_positive)
    floor: float = field(default=0.05, validator=_not_negative)
    throttle_rounds: int = field(default=5, validator=_whole)
    longest_wait: float = field(default=60.0, validator=_not_negative)
    budget: int = field(default=100, validator=_whole)
    cost: int = field(default=10, validator=_whole)

    def __attrs_post_init__(self) -> None:
        if self.floor > self.cap:
            message = "floor must not be longer than cap"
            raise ConfigurationError(message)

    @classmethod
    def none(cls) -> "Retries":
        """Every request is made once, whatever becomes of it."""
        return cls(attempts=1)
