"""The recipe for Sentry runs as it stands, and filters secrets."""

import json
import runpy
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk

from boxapis import SENSITIVE_FIELDS
from tests.canaries.channels.telemetry import Kept
from tests.support.paths import ROOT

VALUE = "Zq9Xw7"


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    """Sentry as the recipe sets it up, with a transport that keeps the events."""
    kept, init = Kept(), sentry_sdk.init
    monkeypatch.setenv("SENTRY_DSN", "https://public@sentry.invalid/1")
    monkeypatch.setattr(
        "sentry_sdk.init",
        lambda **options: init(transport=kept, auto_enabling_integrations=False, **options),
    )
    runpy.run_path(str(ROOT / "tests" / "recipes" / "sentry_scrubber.py"))
    yield kept
    sentry_sdk.get_global_scope().set_client(None)


def variables(kept: Kept) -> dict[str, Any]:
    """The locals of the last frame in the one event."""
    (envelope,) = kept.envelopes
    event = json.loads(envelope.split(b"\n")[2])
    found: dict[str, Any] = event["exception"]["values"][0]["stacktrace"]["frames"][-1]["vars"]
    return found


def failing(**given: Any) -> None:
    """A user's function that fails with secret arguments in a local."""
    message = f"no {len(given)}"
    raise ValueError(message)


@pytest.mark.parametrize("name", sorted(SENSITIVE_FIELDS))
def test_sensitive_fields_are_filtered(kept: Kept, name: str) -> None:
    """A local under the name of a sensitive field is filtered, however deep."""
    try:
        failing(**{name: VALUE}, deeper=[{name.upper(): VALUE}], other="shown")
    except ValueError as error:
        sentry_sdk.capture_exception(error)
    sent = json.dumps(variables(kept))
    assert "shown" in sent
    assert VALUE not in sent


def test_breadcrumbs_lose_their_query(kept: Kept) -> None:
    """A request of your own code becomes a breadcrumb without its query."""
    sentry_sdk.add_breadcrumb(type="http", data={"url": "https://a/", "http.query": VALUE})
    sentry_sdk.capture_message("shown")
    (envelope,) = kept.envelopes
    assert b"https://a/" in envelope
    assert VALUE.encode() not in envelope
