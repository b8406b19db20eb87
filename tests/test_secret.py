"""`Secret`: only ``reveal`` returns the value; `seal`, `required` and the sensitive names."""

import copy
import dataclasses
import inspect
import json
import operator
import pickle
import traceback
from collections.abc import Callable
from typing import Any

import attrs
import orjson
import pytest

import boxapis
from boxapis._sansio.boxc.carriers import CARRIER_PARAMETERS
from boxapis.errors import ConfigurationError
from boxapis.secret import MASK, SENSITIVE_FIELDS, Secret, is_sensitive, required, seal

VALUE = "Zq9X/+ =&\"'<é%"

WAYS_TO_SHOW: dict[str, Callable[[Secret], str]] = {
    "str": str,
    "repr": repr,
    "ascii": ascii,
    "format": format,
    "format with width": lambda secret: format(secret, ">40"),
    "format as text": lambda secret: format(secret, "s"),
    "format method": "{}".format,
    "format method with index": "{0!r:>30}".format,
    "f-string": lambda secret: f"{secret}",
    "f-string with repr": lambda secret: f"{secret!r}",
    "f-string with name": lambda secret: f"{secret=}",
    "percent s": lambda secret: str(operator.mod("%s", (secret,))),
    "percent r": lambda secret: str(operator.mod("%r", (secret,))),
    "in a list": lambda secret: repr([secret]),
    "in a dict": lambda secret: str({"password": secret}),
}

REFUSED: dict[str, Callable[[Any], object]] = {
    "len": len,
    "hash": hash,
    "iter": iter,
    "list": list,
    "bytes": bytes,
    "int": int,
    "float": float,
    "vars": vars,
    "index": operator.itemgetter(0),
    "contains": lambda secret: "Z" in secret,
    "add": lambda secret: "" + secret,
    "order": lambda secret: secret < "a",
    "json": json.dumps,
    "orjson": orjson.dumps,
    "getstate": lambda secret: secret.__getstate__(),
    "reduce": lambda secret: object.__reduce_ex__(secret, 4),
    "asdict of a dataclass": lambda secret: dataclasses.asdict(Holder(secret)),
    "in a set": lambda secret: {secret},
    "pickle": pickle.dumps,
    "pickle in a list": lambda secret: pickle.dumps([secret]),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "deepcopy in a dict": lambda secret: copy.deepcopy({"password": secret}),
}


@dataclasses.dataclass
class Holder:
    """A dataclass of a user that holds a secret."""

    password: Any


@attrs.frozen
class Held:
    """An attrs class that holds a secret."""

    password: Any


def type_name(value: object) -> str:
    """Returns the name of a test case."""
    return type(value).__name__


@pytest.mark.parametrize("way", WAYS_TO_SHOW)
def test_a_secret_is_not_shown(way: str) -> None:
    """Every conversion to text gives the mask, and no character of the value."""
    shown = WAYS_TO_SHOW[way](Secret(VALUE))
    assert MASK in shown
    assert "Zq9X" not in shown


def test_the_mask_is_fixed() -> None:
    """Secrets of any length look alike."""
    assert {str(Secret(value)) for value in ("", "a", VALUE, "x" * 500)} == {"[secret]"}


def test_reveal_gives_the_value() -> None:
    """`reveal` returns the value, also of a secret made from a secret."""
    assert Secret(VALUE).reveal() == VALUE
    assert Secret(Secret(VALUE)).reveal() == VALUE


@pytest.mark.parametrize("way", REFUSED)
def test_refused_operations(way: str) -> None:
    """It has no length, hash, order or items, and cannot be pickled, copied or written as JSON."""
    with pytest.raises(TypeError) as caught:
        REFUSED[way](Secret(VALUE))
    assert "Zq9X" not in str(caught.value)


def test_no_attribute_can_be_added() -> None:
    """A secret has no ``__dict__``, so no attribute can be set."""
    secret = Secret(VALUE)
    assert not hasattr(secret, "__dict__")
    with pytest.raises(AttributeError):
        secret.note = "x"  # type: ignore[attr-defined]  # that is the point


def test_a_list_of_attributes_hides_the_value() -> None:
    """Debuggers and crash reporters that list attributes do not find the value."""
    secret = Secret(VALUE)
    assert "Zq9X" not in repr(inspect.getmembers(secret))
    assert [name for name in dir(secret) if not name.startswith("__")] == ["reveal"]


def test_subclass_of_str() -> None:
    """A `str` subclass with another ``__str__`` keeps its original text."""

    class Loud(str):
        __slots__ = ()

        def __str__(self) -> str:
            return "loud"

    assert Secret(Loud(VALUE)).reveal() == VALUE
    assert type(Secret(Loud(VALUE)).reveal()) is str


def test_values_that_hold_a_secret_hide_it() -> None:
    """``attrs.asdict`` keeps the secret as it is."""
    apart = attrs.asdict(Held(Secret(VALUE)))
    assert repr(apart) == "{'password': [secret]}"
    assert apart["password"] == VALUE


def test_a_traceback_with_locals_hides_the_value() -> None:
    """Crash reporters that print the locals of a frame show the mask."""

    def fail(password: Secret) -> None:
        kept = [password, {"password": password}]
        raise LookupError(len(kept))

    try:
        fail(Secret(VALUE))
    except LookupError as error:
        report = traceback.TracebackException.from_exception(error, capture_locals=True)
    printed = "".join(report.format())
    assert MASK in printed
    assert "Zq9X" not in printed


@pytest.mark.parametrize(
    "value", ["", "plain", VALUE, "пароль", "😀", "\ud800", "a\udfffb", "\x00\n"], ids=ascii
)
def test_equality_with_text_and_secret(value: str) -> None:
    """Equal text is equal, even with half a surrogate pair."""
    assert Secret(value) == value
    assert value == Secret(value)
    assert Secret(value) == Secret(value)
    assert Secret(value) != value + "x"
    assert Secret(value) != Secret(value + "x")


@pytest.mark.parametrize("other", [5, None, b"plain", ["plain"], object()], ids=type_name)
def test_equality_with_anything_else(other: object) -> None:
    """Other types are never equal."""
    assert Secret("plain") != other


def test_comparison_takes_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Comparison uses `hmac.compare_digest`."""
    seen: list[tuple[bytes, bytes]] = []

    def compare(one: bytes, other: bytes) -> bool:
        seen.append((one, other))
        return True

    monkeypatch.setattr("hmac.compare_digest", compare)
    assert Secret("é") == "x"
    assert seen == [(b"\xc3\xa9", b"x")]


@pytest.mark.parametrize("value", [VALUE, Secret(VALUE)], ids=["str", "Secret"])
def test_seal_hides_text(value: str | Secret) -> None:
    """Text and secrets become a secret of the same value."""
    sealed = seal(value)
    assert isinstance(sealed, Secret)
    assert sealed == VALUE


def test_seal_leaves_none() -> None:
    """None stays None."""
    assert seal(None) is None


@pytest.mark.parametrize("value", [5, b"x", ["x"], False, object()], ids=type_name)
def test_seal_never_raises(value: object) -> None:
    """Other types become an empty secret, which `required` refuses later."""
    assert seal(value) == ""


def test_required_returns_the_secret() -> None:
    """A secret that can be sent is returned, the same object."""
    secret = Secret(VALUE)
    assert required(secret, "password") is secret


@pytest.mark.parametrize("secret", [None, Secret("")], ids=["none", "empty"])
def test_required_refuses_nothing(secret: Secret | None) -> None:
    """A missing or empty secret is refused, with the name of the argument."""
    with pytest.raises(ConfigurationError, match="password must be a non-empty str or Secret"):
        required(secret, "password")


def test_required_refuses_half_a_surrogate_pair() -> None:
    """Text that cannot be encoded is refused; the error neither shows nor chains it."""
    with pytest.raises(ConfigurationError, match="session_key") as caught:
        required(Secret("Zq9X\ud800"), "session_key")
    assert "Zq9X" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "name",
    [
        *sorted(SENSITIVE_FIELDS),
        *("cardPassword", "new_password", "PASSWORD2", "clientSecret"),
        *("api-token", "accessToken", "CCARD-CVV", "CcardNumber", "SESSIONKEY", "set_cookie"),
    ],
)
def test_sensitive_names(name: str) -> None:
    """A name is sensitive in any case and spelling."""
    assert is_sensitive(name)


@pytest.mark.parametrize(
    "name", ["", "ccard_id", "ccard_first_name", "note", "offset", "customer_id", "number", "key2"]
)
def test_other_names(name: str) -> None:
    """Other names are not sensitive: hiding everything would leave no text of an error."""
    assert not is_sensitive(name)


def test_the_names_are_exported() -> None:
    """The names are public, for scrubbers of other tools, and cannot be changed."""
    assert boxapis.SENSITIVE_FIELDS is SENSITIVE_FIELDS
    assert isinstance(SENSITIVE_FIELDS, frozenset)


def test_every_secret_of_a_carrier_is_named() -> None:
    """A carrier parameter named a password, a secret or a key is sensitive."""
    names = frozenset().union(*CARRIER_PARAMETERS.values())
    named = {name for name in names if name.endswith(("password", "secret", "key", "_secret_id"))}
    assert len(named) >= 13
    assert named <= SENSITIVE_FIELDS
