"""`redact` masks the secrets of a call in the texts of services and proxies."""

import base64
import html
import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import Mock
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from boxapis._sansio import redaction
from boxapis._sansio.redacted_lists import redact_all, redactor
from boxapis._sansio.redaction import redact
from boxapis._sansio.text_views import View
from boxapis.secret import MASK, Secret

AWKWARD = "Zq9X/+ =&\"'<é%"


def php_quote(text: str) -> str:
    """Encodes like PHP's urlencode, which leaves fewer characters unencoded."""
    return quote_plus(text).replace("~", "%7E")


def go_json(text: str) -> str:
    """Encodes like Go's JSON, which is safe inside HTML."""
    inner = json.dumps(text, ensure_ascii=False)[1:-1]
    for sign in "<>&":
        inner = inner.replace(sign, f"\\u{ord(sign):04x}")
    return inner


def by_number(text: str) -> str:
    """Encodes every character as a numeric HTML entity."""
    return "".join(f"&#{ord(letter)};" for letter in text)


def old_javascript(text: str) -> str:
    """Encodes like JavaScript's escape()."""
    return "".join(
        letter if letter.isascii() and letter.isalnum() else f"%u{ord(letter):04X}"
        for letter in text
    )


def lower_hex(text: str) -> str:
    """Percent-encodes with lower-case hexadecimal digits."""
    pieces = quote(text, safe="").split("%")
    return pieces[0] + "".join(f"%{piece[:2].lower()}{piece[2:]}" for piece in pieces[1:])


# How services, proxies and logs write a text. Each is written a character at a time, so the form
# of a secret is found again within the form of a text around it.
ENCODERS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "quote": lambda text: quote(text, safe=""),
    "quote but for slashes": quote,
    "quote_plus": quote_plus,
    "quote with small digits": lower_hex,
    "encodeURIComponent": lambda text: quote(text, safe="!'()*~"),
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON in UTF-8": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "JSON with escaped slashes": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "JSON as Go writes it": go_json,
    "quote_plus as PHP does it": php_quote,
    "percent in percent": lambda text: quote(quote(text, safe=""), safe=""),
    "JSON in JSON": lambda text: json.dumps(json.dumps(text)[1:-1])[1:-1],
    "JSON in JSON in JSON": lambda text: json.dumps(json.dumps(json.dumps(text)[1:-1])[1:-1])[1:-1],
    "JSON in HTML": lambda text: html.escape(json.dumps(text)[1:-1]),
    "percent in JSON": lambda text: json.dumps(quote(text, safe=""))[1:-1],
    "HTML by numbers": by_number,
    "HTML with names": lambda text: html.escape(text).replace("é", "&eacute;"),
    "HTML": html.escape,
    "HTML without quotes": lambda text: html.escape(text, quote=False),
    "HTML with decimal quotes": lambda text: (
        html.escape(text).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")
    ),
    "HTML with a decimal apostrophe": lambda text: html.escape(text).replace("&#x27;", "&#39;"),
    "HTML with a padded apostrophe": lambda text: html.escape(text).replace("&#x27;", "&#039;"),
}

SECRETS = st.text(
    st.characters(codec="utf-8", exclude_characters="[]"), min_size=4, max_size=30
).filter(lambda secret: secret.lower() not in MASK)
AROUND = st.text(st.characters(codec="utf-8"), max_size=20)


@given(way=st.sampled_from(sorted(ENCODERS)), secret=SECRETS, before=AROUND, after=AROUND)
@example(way="raw", secret=AWKWARD, before="", after="")
@example(way="encodeURIComponent", secret=AWKWARD, before="", after="")
@example(way="HTML with a decimal apostrophe", secret=AWKWARD, before="", after="")
@example(way="HTML with a padded apostrophe", secret=AWKWARD, before="", after="")
def test_no_encoding_survives(way: str, secret: str, before: str, after: str) -> None:
    """No secret remains, whatever encoding the text is echoed in."""
    encode = ENCODERS[way]
    result = redact(encode(before + secret + after), [secret])
    assert MASK in result
    assert encode(secret) not in result


@pytest.mark.parametrize("way", ENCODERS)
def test_nothing_but_the_secret_is_taken_out(way: str) -> None:
    """The text around a secret with special characters is unchanged."""
    text = f"<{ENCODERS[way](AWKWARD)}>"
    assert redact(text, [AWKWARD]) == f"<{MASK}>"


@pytest.mark.parametrize(
    "written",
    [
        old_javascript(AWKWARD),
        quote(AWKWARD.encode("latin-1")),
        AWKWARD.encode().decode("latin-1"),
        AWKWARD.encode().hex(),
        AWKWARD.encode().hex().upper(),
        "".join(f"\\u{ord(letter):04x}" for letter in AWKWARD),
        "".join(f"\\x{byte:02x}" for byte in AWKWARD.encode()),
        quote(base64.b64encode(AWKWARD.encode()).rstrip(b"="), safe=""),
        AWKWARD.replace("+", " "),
        AWKWARD.replace(" ", "+"),
    ],
    ids=[
        *("escape()", "Latin-1", "mojibake", "hex", "HEX", "\\u", "\\x", "base64 in percent"),
        *("decoded too often", "encoded in part"),
    ],
)
def test_odd_ways_to_write_it(written: str) -> None:
    """Encodings that apply only to whole texts are searched, too."""
    result = redact(f"<{written}>", [AWKWARD])
    assert MASK in result
    assert len(result) <= len(f"<{MASK}>") + 4  # the last letters of base64 may stay


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("command=x&password=hunter2&a=1", f"command=x&password={MASK}&a=1"),
        ("session-key_API = K3Y; a", f"session-key_API = {MASK}; a"),
        ("params[api_key]=K3Y", f"params[api_key]={MASK}"),
        ('{"clientSecret": "a \\" b", "x": 1}', f'{{"clientSecret": {MASK}, "x": 1}}'),
        ("{'token': 'a b', 'x': 1}", f"{{'token': {MASK}, 'x': 1}}"),
        (r"{\"key\":\"a b\",\"x\":1}", rf"{{\"key\":{MASK},\"x\":1}}"),
        ("Array ( [ccard_cvv] => 737 )", f"Array ( [ccard_cvv] => {MASK} )"),
        ("Authorization: Bearer ab.CD_12", f"Authorization: Bearer {MASK}"),
        ("got Basic dXNlcjpwdw==", f"got Basic {MASK}"),
    ],
)
def test_values_of_sensitive_fields(text: str, expected: str) -> None:
    """A value assigned to a sensitive field is masked, even if it is no secret of the call."""
    assert redact(text, []) == expected


@pytest.mark.parametrize(
    "text",
    [
        "/credential: The required properties (api_key) are missing",
        "webhook/key: String is too short",
        "customer_id=13913 offset=50",
        "Basic authentication failed",
    ],
)
def test_words_about_fields_stay(text: str) -> None:
    """A sentence that only mentions a field, or assigns to a harmless one, is unchanged."""
    assert redact(text, []) == text


def test_a_failure_blanks_the_text() -> None:
    """When the search fails, the whole text is masked."""
    wrong: list[Any] = [5]
    assert redact("declined", wrong) == MASK


def test_nothing_is_kept() -> None:
    """No cache of the interpreter holds a pattern built from a secret."""
    re.purge()  # patterns of other tests are theirs
    redact(f"no: {AWKWARD}", [AWKWARD])
    assert "Zq9X" not in repr(re._cache)  # type: ignore[attr-defined]  # that is the point


def test_huge_texts_cost_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the part of a huge text that can be shown is searched, so its length costs nothing."""
    searched = 0
    search = redaction._search

    def counted(forms: Any, numbers: Any, view: View, **flags: Any) -> Any:
        nonlocal searched
        searched += len(view.text)
        return search(forms, numbers, view, **flags)

    monkeypatch.setattr(redaction, "_search", counted)
    counts: list[int] = []
    for times in (1_000, 1_000_000):
        searched = 0
        assert redact("%41&amp;\\u0041" * times, [AWKWARD]).endswith("…")
        counts.append(searched)
    assert 0 < counts[0] == counts[1] < 100_000


@pytest.mark.parametrize("before", range(4090, 4520, 43))
def test_no_part_survives_where_the_search_ends(before: int) -> None:
    """No part of a secret that crosses the end of the searched text is shown."""
    text = "k9Zz" * (before // 4) + AWKWARD * 40
    result = redact(text, [AWKWARD, "k9Zz"])
    assert "Zq9" not in result


@given(secret=SECRETS, before=AROUND, after=AROUND)
@example(secret="it's", before='"', after="")
@example(secret=AWKWARD, before="", after="")
@example(secret="a\\'b'", before='"', after="")
def test_no_repr_survives(secret: str, before: str, after: str) -> None:
    """A ``repr`` escapes quotes depending on the rest of the text; both forms are found."""
    result = redact(repr(before + secret + after), [secret])
    assert MASK in result
    inner = repr(secret)[1:-1]
    assert inner not in result
    assert "'".join(repr(part)[1:-1] for part in secret.split("'")) not in result
    assert "\\'".join(repr(part)[1:-1] for part in secret.split("'")) not in result


@given(secret=SECRETS, before=st.binary(max_size=6), after=st.binary(max_size=6))
def test_no_repr_of_bytes_survives(secret: str, before: bytes, after: bytes) -> None:
    """The same for the ``repr`` of bytes that hold the secret in UTF-8."""
    result = redact(repr(before + secret.encode() + after), [secret])
    assert MASK in result
    assert repr(secret.encode())[2:-1] not in result


@given(secret=SECRETS, before=st.binary(max_size=5), after=st.binary(max_size=5))
@example(secret=AWKWARD, before=b"", after=b"")
@example(secret=AWKWARD, before=b"u", after=b":")
@example(secret=AWKWARD, before=b"us", after=b":")
@example(secret="\xff\xff\xff\xff", before=b"", after=b"")
@example(secret="4\U0006000000", before=b"\0\0", after=b"")  # begins like hexadecimal digits
def test_no_base64_survives(secret: str, before: bytes, after: bytes) -> None:
    """Every base64 character that depends only on the secret is masked, at any offset."""
    raw = secret.encode()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        encoded = encode(before + raw + after).decode()
        first = -(-len(before) * 8 // 6)
        last = (len(before) + len(raw)) * 8 // 6
        result = redact(encoded, [secret])
        assert MASK in result
        assert encoded[first:last].lower() not in result.lower()


def test_http_basic_is_masked() -> None:
    """An echoed Basic header, with user and password in one base64, is masked."""
    header = "Basic " + base64.b64encode(f"client:{AWKWARD}".encode()).decode()
    result = redact(header, [AWKWARD])
    core = base64.b64encode(AWKWARD.encode() * 3).decode().rstrip("=")
    assert MASK in result
    assert not any(core[at : at + 8] in result for at in range(len(core) - 8))


def test_what_was_decoded_too_often() -> None:
    """A secret is masked even if the service decoded escapes inside it."""
    assert redact("<Zq9X&7>", ["Zq9X%267"]) == f"<{MASK}>"


def test_case_is_no_hiding_place() -> None:
    """A secret echoed in capitals is masked."""
    assert redact("no such key: SECRET-KEY-1", ["secret-key-1"]) == f"no such key: {MASK}"


def test_every_occurrence_is_masked() -> None:
    """Every occurrence of a secret is masked."""
    text = f"{AWKWARD} and {quote(AWKWARD)}"
    assert redact(text, [AWKWARD]) == f"{MASK} and {MASK}"


def test_half_a_surrogate_pair_is_masked() -> None:
    """A secret without a UTF-8 form is found, too."""
    assert redact("<key\ud800x>", ["key\ud800x"]) == f"<{MASK}>"


def test_the_longer_secret_goes_first() -> None:
    """With one secret inside another, no rest of the longer one remains."""
    assert redact("key abcdefgh.", ["abcd", "abcdefgh"]) == f"key {MASK}."


@pytest.mark.parametrize(
    ("text", "secret", "expected"),
    [
        ("declined", "a", "declined"),
        ("a card was declined", "a", f"{MASK} card was declined"),
        ("Card declined: 737 is wrong (CVV2)", "737", f"Card declined: {MASK} is wrong (CVV2)"),
        ("cvv737, 1737 or 7371", "737", f"cvv{MASK}, 1737 or 7371"),
        ("%37%33%37 and \\u0037\\u0033\\u0037", "737", f"{MASK} and {MASK}"),
        ("month 12 of 2012", Secret("12"), f"month {MASK} of 2012"),
        ("pw A1b, a1bc", "a1B", f"pw {MASK}, a1bc"),
        ("insufficient funds!", "!", f"insufficient funds{MASK}"),
    ],
)
def test_a_short_secret_is_masked_where_it_stands_alone(
    text: str, secret: str | Secret, expected: str
) -> None:
    """F133: A secret of three characters or fewer is a whole run of letters or digits."""
    assert redact(text, [AWKWARD, secret]) == expected


def test_four_characters_are_enough() -> None:
    """From four characters on only the secret is masked."""
    assert redact("card 1234 declined", ["1234"]) == f"card {MASK} declined"


@pytest.mark.parametrize("secrets", [[], [""], [Secret("")]], ids=["none", "empty", "Secret"])
def test_without_secrets_the_text_stays(secrets: list[str | Secret]) -> None:
    """Without secrets, or with empty ones, the text is unchanged."""
    assert redact("declined", secrets) == "declined"


def test_secrets_may_be_an_iterator_of_both_kinds() -> None:
    """Secrets may be ``str`` or `Secret`."""
    secrets: Iterator[str | Secret] = iter(["abcd", Secret("efgh")])
    assert redact("abcd efgh", secrets) == f"{MASK} {MASK}"


def test_a_long_text_is_cut() -> None:
    """The result has at most 500 characters; a cut one ends with an ellipsis."""
    assert redact("x" * 500, []) == "x" * 500
    assert redact("x" * 501, []) == "x" * 499 + "…"


@pytest.mark.parametrize("start", [480, 490, 495, 497, 498, 499, 500, 510])
def test_no_part_survives_at_the_cut(start: int) -> None:
    """Text is masked before it is cut, so no half of a secret remains at the end."""
    secret = "HK7JW2PQ4RT8MZ3NB6"
    result = redact("x" * start + secret + "y" * 100, [secret])
    assert len(result) == 500
    assert not any(char in result for char in set(secret))


@given(text=st.text(max_size=1200), secret=SECRETS, at=st.integers(0, 1200))
def test_never_too_long_and_never_the_secret(text: str, secret: str, at: int) -> None:
    """No secret remains in any text, wherever it stands."""
    assume(secret.lower() not in text.lower())
    result = redact(text[:at] + secret + text[at:], [secret])
    assert len(result) <= 500
    assert secret not in result


def test_forms_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The forms of secrets are made once for all texts of a response."""
    make_forms = Mock(wraps=redaction._make_forms)
    monkeypatch.setattr(redaction, "_make_forms", make_forms)
    without_secrets = redactor([AWKWARD])
    assert without_secrets(f"by {AWKWARD}") == f"by {MASK}"
    assert redact_all([f"by {AWKWARD}"] * 9, 9, without_secrets) == (f"by {MASK}",) * 9
    make_forms.assert_called_once_with({AWKWARD})


def test_the_texts_of_a_list_are_masked() -> None:
    """Each text of a short list is masked; what is no text is left out."""
    texts = ["one", f"by {AWKWARD}", 5, None, ["x"]]
    assert redact_all(texts, len(texts), redactor(iter([AWKWARD]))) == ("one", f"by {MASK}")


@pytest.mark.parametrize(
    ("text", "kept"),
    [("x", 50), ("x" * 199, 50), ("x" * 200, 50), ("x" * 201, 50), ("x" * 400, 25), (5, 0)],
    ids=repr,
)
def test_of_a_long_list_the_beginning_is_kept(text: object, kept: int) -> None:
    """F115: of a long list, 50 entries or 10,000 characters are kept, and the rest is counted.

    No further entry is even looked at.
    """
    looked_at = 0

    def endless() -> Iterator[object]:
        nonlocal looked_at
        while True:
            looked_at += 1
            yield text

    texts = redact_all(endless(), 1_000_000, redactor([AWKWARD]))
    assert texts[:-1] == (text,) * kept
    assert texts[-1] == f"… and {1_000_000 - (kept or 50)} more"
    assert looked_at <= 51


@pytest.mark.parametrize(
    ("sign", "shown"),
    [
        *((sign, " ") for sign in ("\n", "\r\n", "\r", "\t", "\x0b", "\x85", "\xa0", "\u2028")),
        *((sign, "\ufffd") for sign in ("\x00", "\x1b", "\x9b", "\u202e", "\u2066", "\ud83d")),
    ],
)
def test_what_a_service_says_stays_on_one_line(sign: str, shown: str) -> None:
    """F275: no text of a service begins a line of a log, or does anything in a terminal."""
    text = redact(f"refused{sign}2026-11-27 paid, key hunter2-hunter2", [Secret("hunter2-hunter2")])
    assert text == f"refused{shown}2026-11-27 paid, key {MASK}"
    assert redact("naïve 東京 😀", []) == "naïve 東京 😀"
