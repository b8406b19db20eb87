"""Deliveries: digests, several keys, headers that are not signed, and the value of each topic."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from boxapis import AuthenticationError, ConfigurationError, InvalidResponseError, Secret, testing
from boxapis._sansio.boxc import signatures
from boxapis.boxc import webhook_events, webhooks
from boxapis.boxc.webhooks import sign, verify
from boxapis.sandbox._boxc.deliveries import escaped_json, signature
from boxapis.testing import delivery
from boxapis.testing._deliveries import SAMPLES
from tests.support.paths import SAMPLES as TEXTS

KEY, OTHER = "Zq9X-Zq9X-Zq9X-Zq9X", "another-key-another"


def received(
    topic: str, headers: Mapping[str, str] | None = None, **changes: Any
) -> webhooks.Delivery:
    """A delivery of a topic as a receiver sees it, with some headers changed."""
    made = delivery(topic, key=KEY, **changes)
    return verify(made.body, {**made.headers, **(headers or {})}, KEY)


def test_samples_are_those_of_the_manual() -> None:
    """Each topic of the manual has its sample here, field for field."""
    manual = json.loads((TEXTS / "boxc" / "webhooks.json").read_text(encoding="utf-8"))
    assert manual == {topic: {key: fields} for topic, (key, fields) in SAMPLES.items()}


@pytest.mark.parametrize("topic", SAMPLES)
def test_bytes_and_signature_of_a_sample(topic: str) -> None:
    """A sample has the bytes and the signature that the sandbox sends."""
    made = delivery(topic, key=Secret(KEY), id=7, note="é/")
    key, fields = SAMPLES[topic]
    assert made.body == escaped_json({key: {**fields, "id": 7, "note": "é/"}})
    assert made.headers["X-BoxC-Hmac-SHA256"] == signature(KEY, made.body) == sign(made.body, KEY)
    assert (made.headers["X-BoxC-Topic"], made.headers["X-BoxC-Account"]) == (topic, "9512")
    assert KEY not in repr(made)


@pytest.mark.parametrize("topic", SAMPLES)
def test_every_field_has_its_value(topic: str) -> None:
    """Each field of a sample is read by the class of its topic, and none is left over."""
    event = received(topic).event
    name = topic.partition("_")[0].removesuffix("s").title()
    name = "Label" if topic == "shipments_label" else name
    assert type(event).__name__ == f"{name}Event"
    assert event is not None
    assert "extra={" not in repr(event).replace("extra={}", "")


def test_values_of_a_delivery() -> None:
    """A status has its tracking event, in local time; a change of the sample is seen."""
    event = received("shipments_status", status="En Route", order_number=5).event
    assert isinstance(event, webhook_events.ShipmentEvent)
    assert (event.id, event.status, event.order_number) == (1521231, "En Route", "5")
    assert (event.tracking_event.code, event.tracking_event.city) == (200, "AUSTIN")
    update = received("fulfillments_update").event
    assert isinstance(update, webhook_events.FulfillmentEvent)
    assert (update.line_items, update.order_id) == ((), 600001)


def test_a_large_label() -> None:
    """F197: what is signed is read whatever its size, since a refused delivery is soon given up."""
    pdf = b"%PDF-" + bytes(5 * 1024 * 1024)
    event = received("shipments_label", data=pdf).event
    assert isinstance(event, webhook_events.LabelEvent)
    assert event.data == pdf


def test_a_label_is_bytes_that_no_repr_shows() -> None:
    """The label of a delivery is decoded, and neither repr shows a byte of it."""
    one = received("shipments_label", data=b"%PDF-1.4 private")
    assert isinstance(one.event, webhook_events.LabelEvent)
    assert (one.event.data, one.event.shipment_id) == (b"%PDF-1.4 private", 1521231)
    assert "private" not in repr(one) + repr(one.event)
    assert one.payload["shipment"]["data"] not in repr(one) + repr(one.event)


@pytest.mark.parametrize("data", ["%PDF", "YQ", "YQ==YQ==", "é", 5, None], ids=repr)
def test_a_label_that_is_not_base64(data: object) -> None:
    """It is an error with the path and without the value; the payload can be read all the same."""
    one = received("shipments_label", data=data)
    with pytest.raises(InvalidResponseError, match=r"expected text in Base64 at \$.shipment.data"):
        _ = one.event
    assert one.payload["shipment"]["data"] == data


@pytest.mark.parametrize("payload", [{}, {"a": 1}, {"shipment": []}, {"shipment": {"id": 1}}])
def test_a_payload_of_no_known_topic(payload: dict[str, Any]) -> None:
    """It has the topic of the header, and no value."""
    body = escaped_json(payload)
    headers = {"X-BoxC-Hmac-SHA256": sign(body, KEY), "X-BoxC-Topic": "shipments_new"}
    one = verify(body, headers, KEY)
    assert (one.topic, one.event, one.payload) == ("shipments_new", None, payload)


@pytest.mark.parametrize(
    "keys", [[KEY, OTHER], (OTHER, KEY), [Secret(OTHER), Secret(KEY)], {KEY}], ids=repr
)
def test_one_of_several_keys(keys: Any) -> None:
    """F169: a delivery signed with the old or the new key is taken, with a third one it is not."""
    for key in (KEY, OTHER) if len(keys) > 1 else (KEY,):
        made = delivery("orders_status", key=key)
        assert verify(made.body, made.headers, keys).topic == "orders_status"
    made = delivery("orders_status", key="a-third-key-a-third")
    with pytest.raises(AuthenticationError):
        verify(made.body, made.headers, keys)


def test_every_key_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """F169: the first key that fits ends nothing: the time does not say which one it was."""
    compared: list[str] = []
    original = signatures.is_signed

    def noted(body: bytes, signature: str, key: Secret) -> bool:
        compared.append(key.reveal())
        return original(body, signature, key)

    monkeypatch.setattr(signatures, "is_signed", noted)
    made = delivery("orders_status", key=KEY)
    verify(made.body, made.headers, [KEY, OTHER, "a-third-key-a-third"])
    assert compared == [KEY, OTHER, "a-third-key-a-third"]


class Hostile:
    """Something whose iteration fails with the key in its text."""

    def __iter__(self) -> Any:
        raise RuntimeError(KEY)


@pytest.mark.parametrize("keys", [[], (), [KEY, ""], [KEY, None], [KEY, 5], 5, b"key", Hostile()])
def test_bad_keys(keys: Any) -> None:
    """One bad key among good ones is refused, and so is none; no value is shown."""
    made = delivery("orders_status", key=KEY)
    with pytest.raises(ConfigurationError, match="key must be a non-empty") as caught:
        verify(made.body, made.headers, keys)
    assert KEY not in str(caught.value)


def test_digests() -> None:
    """F168: the same bytes have the same digest; every other body has another one."""
    first, again = received("shipments_status"), received("shipments_status")
    assert first.digest == again.digest
    assert re.fullmatch("[0-9a-f]{64}", first.digest)
    assert received("shipments_status", id=2).digest != first.digest


def test_parts_of_a_digest_do_not_flow_into_each_other() -> None:
    """F168: letters that move from topic to account or body make another digest."""
    parts = [
        ("a", "b", b"c"),
        ("ab", "", b"c"),
        ("", "ab", b"c"),
        ("a", "", b"bc"),
        ("", "", b"abc"),
    ]
    parts += [("1:a,", "b", b"c"), ("é\ud800", "b", b"c")]
    assert len({signatures.digest(*one) for one in parts}) == len(parts)
    assert signatures.digest("a", "b", b"c") == (
        # SHA-256 of b"1:a,1:b,c": kept in databases, so it never changes.
        "dd7353d55f2720c245faf131efc6a02718c35db24c34b6927d3e22902e93d52c"
    )


@pytest.mark.parametrize("header", ["shipments_label", "shipments_new", "", "é"])
def test_the_payload_decides_the_topic(header: str) -> None:
    """F170: whatever the header says, topic, value and digest are those of what is signed."""
    true, forged = (
        received("shipments_status"),
        received("shipments_status", {"X-BoxC-Topic": header}),
    )
    assert forged == true
    assert isinstance(forged.event, webhook_events.ShipmentEvent)


def test_a_header_that_contradicts_the_payload() -> None:
    """F170: a header with a topic of another key is refused."""
    with pytest.raises(AuthenticationError, match="X-BoxC-Topic, which is not signed, contradicts"):
        received("shipments_status", {"X-BoxC-Topic": "orders_status"})


def test_another_account() -> None:
    """F170: the account is not signed: the same bytes under another one have another digest."""
    true, forged = received("orders_status"), received("orders_status", {"X-BoxC-Account": "1"})
    assert (true.account, forged.account) == ("9512", "1")
    assert true.digest != forged.digest


@pytest.mark.parametrize("change", [object(), {1, 2}, float("nan")], ids=["object", "set", "nan"])
def test_samples_that_cannot_be_made(change: object) -> None:
    """A change that JSON does not have, an empty key and an unknown topic are refused."""
    with pytest.raises(ConfigurationError, match="nothing that JSON has"):
        delivery("orders_status", key=KEY, status=change)
    with pytest.raises(ConfigurationError, match="key"):
        delivery("orders_status", key="")
    with pytest.raises(ConfigurationError, match="shipments_status"):
        delivery("orders_new", key=KEY)


def test_names_of_the_package() -> None:
    """The names of `boxapis.testing` can be imported; other names raise."""
    assert all(getattr(testing, name) for name in testing.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        testing.Nothing  # noqa: B018 - the access is the test


def test_a_body_to_sign_is_bytes() -> None:
    """Text has no signature: which bytes were meant?"""
    text: Any = "{}"
    with pytest.raises(ConfigurationError, match="bytes"):
        sign(text, KEY)


def test_headers_are_a_mapping() -> None:
    """Pairs, as in an ASGI scope, are refused with a word for what is meant."""
    pairs: Any = [(b"x-boxc-hmac-sha256", b"signature")]
    with pytest.raises(ConfigurationError, match=r"headers must be a mapping .*request\.headers"):
        verify(b"{}", pairs, "a-key")
