"""``boxapis boxc webhooks send``: posts a signed sample delivery to a receiver on this machine.

Promises: nothing goes to another machine, whatever the URL, a look-up or a proxy says, and the key
is taken as a reference alone. The receiver has as long as the service gives it.
"""

import json
import time
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from boxapis import ConfigurationError, Timeouts
from boxapis._settings.references import REFERENCE_FORMS, is_reference, resolve_reference
from boxapis.cli.arguments import parse_arguments
from boxapis.cli.exit_status import FAILED
from boxapis.cli.options import JsonOption
from boxapis.cli.output.data import for_people, print_data
from boxapis.cli.prompts import terminal
from boxapis.errors import RequestTimeoutError

if TYPE_CHECKING:
    from boxapis._http.messages import Origin
    from boxapis.testing import SampleDelivery

__all__ = ["EXAMPLE", "send"]

EXAMPLE = (
    "Example: boxapis boxc webhooks send orders_status http://127.0.0.1:8000/boxc --key env:KEY"
)

_CONNECT, _OVERALL = 2.0, 4.0  # seconds, as for the service
_SUCCESSES = range(200, 300)


def _suggest_topics(incomplete: str) -> list[str]:
    from boxapis.testing._deliveries import SAMPLES  # noqa: PLC0415 - slow, and seldom needed

    return [topic for topic in SAMPLES if topic.startswith(incomplete)]


def send(
    topic: Annotated[
        str,
        typer.Argument(
            metavar="TOPIC", autocompletion=_suggest_topics, help="Such as shipments_status."
        ),
    ],
    url: Annotated[str, typer.Argument(metavar="URL", help="Receiver, http on this machine.")],
    fields: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME=VALUE", help="Fields to change; @FILE for JSON."),
    ] = None,
    *,
    key_reference: Annotated[
        str, typer.Option("--key", metavar="env:NAME", help="Where the webhook's key is.")
    ],
    as_json: JsonOption = False,
) -> None:
    """Post a signed sample delivery to a receiver on this machine.

    Says whether it was accepted as BoxC demands it: with a status from 200 to 299, within
    4 seconds. Exit status 1 if it was refused, 4 if no answer came in time.
    """
    import anyio  # noqa: PLC0415 - as above

    from boxapis.testing._deliveries import SAMPLES, delivery  # noqa: PLC0415

    if not is_reference(key_reference):
        raise ConfigurationError("--key must be a reference", next_step=f"use {REFERENCE_FORMS}")
    origin, target = _receiver(url)
    changes = _changes(SAMPLES[topic][1] if topic in SAMPLES else {}, fields or [])
    made = delivery(topic, key=resolve_reference(key_reference, "--key", terminal()), **changes)
    status = anyio.run(_post, origin, target, made)
    accepted = status in _SUCCESSES
    if not for_people(as_json=as_json):
        print_data({"topic": topic, "status": status, "accepted": accepted}, as_json=as_json)
    else:
        rest = "accepted" if accepted else "refused; BoxC would deliver it again"
        print(f"answered {status} within {_OVERALL:g} s: {rest}")
    if not accepted:
        raise typer.Exit(FAILED)


def _receiver(url: str) -> "tuple[Origin, str]":
    """The origin and the target of a URL on this machine."""
    from boxapis._http.messages import Origin, is_loopback  # noqa: PLC0415 - as above

    try:
        parts = urlsplit(url if url.isascii() and url.isprintable() and " " not in url else "")
        is_here = is_loopback(parts.hostname or "") and parts.port != 0
    except ValueError:
        parts, is_here = urlsplit(""), False
    if parts.scheme != "http" or "@" in parts.netloc or not is_here:
        next_step = "write it as http://127.0.0.1:8000/path"
        raise ConfigurationError("the URL must be http, on this machine", next_step=next_step)
    query = f"?{parts.query}" if parts.query else ""
    return Origin.of(parts), f"{parts.path or '/'}{query}"


def _changes(sample: Any, fields: list[str]) -> dict[str, Any]:
    """The changed fields; a value is JSON, except where the sample has text."""
    given = parse_arguments(fields, is_secret=lambda _: False)
    if sample and not given.keys() <= sample.keys():
        raise ConfigurationError(f"the fields of this topic are {', '.join(sorted(sample))}")
    return {name: _value(value, sample.get(name)) for name, value in given.items()}


def _value(value: Any, example: object) -> Any:
    if not isinstance(value, str) or isinstance(example, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


async def _post(origin: "Origin", target: str, made: "SampleDelivery") -> int:
    """Posts a delivery; returns the status of the answer."""
    from boxapis._http.messages import Request  # noqa: PLC0415 - as above
    from boxapis.transports import DirectTransport  # noqa: PLC0415 - as above

    headers = tuple(made.headers.items())
    request = Request(origin, "POST", target, headers, made.body, "webhook", changing=True)
    transport = DirectTransport(timeouts=Timeouts(connect=_CONNECT), proxy=False)
    try:
        response = await transport.send(request, deadline=time.monotonic() + _OVERALL)
    except RequestTimeoutError as error:
        raise RequestTimeoutError(
            f"webhook: not answered within {_OVERALL:g} s; BoxC would deliver it again.",
            phase=error.phase,
            sent=error.sent,
        ) from None
    finally:
        await transport.aclose()
    return response.status
