"""`redact` masks echoes in shapes, cuts and escapes that it has no list of."""

import base64
import html
import json
import quopri
import unicodedata
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxapis._sansio import redaction
from boxapis._sansio.redaction import redact
from boxapis._sansio.text_views import View
from boxapis.secret import MASK, Secret, skeleton

LEFT_OUT = f"{MASK} (the text is left out: it may hold a part of a secret)"
KEY = "k9fLz3qWm7Rt2xBv8Nc4"
CARD = "4929718203645519"
PASSWORD = "p$ssw@rd!xylo-17"
ACCENTS = "p\xe4ssw\xf6rd-\xdc\xd1-xylophone"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"password":["hunter2x"]}', f'{{"password":{MASK}}}'),
        ('{"password": ["a", {"b": "c"}], "x": 1}', f'{{"password": {MASK}, "x": 1}}'),
        ('{"token":{"value":"hunter2x"},"x":1}', f'{{"token":{MASK},"x":1}}'),
        ("{'ccard_number': ('4929718203645519',)}", f"{{'ccard_number': {MASK}}}"),
        ("[password] => Array ( [0] => hunter2x )", f"[password] => {MASK}"),
        ('{"ccard_cvv":1234,"a":5}', f'{{"ccard_cvv":{MASK},"a":5}}'),
        ('{"password":[secret]"hunter2x"]}', f'{{"password":{MASK}]}}'),
        ('{"password":"[secret]"hunter2x"}', f'{{"password":{MASK}'),
        ("password='it''s'", f"password={MASK}"),
        ('password="ab""cd"ef; x', f"password={MASK}; x"),
        ("password=ab)cd,ef&gh&x=1", f"password={MASK}&x=1"),
        ('{"password": "never closed, x=1', f'{{"password": {MASK}'),
        ("token=[[[[[[[[[1]]]]]]]]] x", f"token={MASK}"),
        ("password: hunter2 sessionKey: abc123", f"password: {MASK} sessionKey: {MASK}"),
        ("password[]=hunter2", f"password[]={MASK}"),
        ("password[0][]=hunter2", f"password[0][]={MASK}"),
        ("<password>hunter2</password>!", f"<password>{MASK}</password>!"),
        ('<token a="b"><v>x</v></token>!', f'<token a="b">{MASK}</token>!'),
        ("<password>hunter2", f"<password>{MASK}"),
        ("&quot;password&quot;:&quot;hunter2&quot;", f"&quot;password&quot;:{MASK}"),
        ("password%3Dhunter2%26a%3D1", f"password%3D{MASK}%26a%3D1"),
        ("Set-Cookie: PHPSESSID=abc; path=/", f"Set-Cookie: {MASK}"),
        ("X-Api-Key: abcdef", f"X-Api-Key: {MASK}"),
        ("see https://api:hunter2@host/x", f"see https://api:{MASK}@host/x"),
        ("see https://hunter2x@host/x", f"see https://{MASK}@host/x"),
        ("bearer hunter2xABC, x", f"bearer {MASK}, x"),
        ("bearer authentication is missing", "bearer authentication is missing"),
        ("password(hunter2x) is wrong", f"password{MASK} is wrong"),
        ("password: <b>hunter2x</b>", f"password: {MASK}"),
        (
            '"name":"password","value":"hunter2x", "x": 1',
            f'"name":"password","value":{MASK}, "x": 1',
        ),
        ('<input name="password" value="hunter2x">', f'<input name="password" value={MASK}>'),
        ("name=api_key value=hunter2x x", f"name=api_key value={MASK} x"),
        ("name=color value=red", "name=color value=red"),
        ("pwd: hunter2x, cvv: 123", f"pwd: {MASK}, cvv: {MASK}"),
        ("call us (8 to 5)", "call us (8 to 5)"),
        ("Authorization:", "Authorization:"),
        ("password=", "password="),
    ],
)
def test_a_name_swallows_its_whole_value(text: str, expected: str) -> None:
    """F135: The value of a sensitive name is masked in any shape, to where it surely ends."""
    assert redact(text, []) == expected


VALUES = st.recursive(
    st.just("Zq9X") | st.text(max_size=5).map(lambda text: f"{text}Zq9X"),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(st.text("abc", min_size=1), inner, min_size=1, max_size=3)
    ),
    max_leaves=6,
)
WRITERS: list[Callable[[object], str]] = [
    json.dumps,
    repr,
    lambda value: json.dumps(value, ensure_ascii=False, indent=1),
    lambda value: json.dumps(json.dumps(value)),
    lambda value: html.escape(json.dumps(value)),
    lambda value: quote(json.dumps(value)),
]


@settings(deadline=None)
@given(value=VALUES, number=st.integers(0, len(WRITERS) - 1), before=st.text("abc {[", max_size=5))
def test_no_shape_survives(value: object, number: int, before: str) -> None:
    """F135: Nothing of a list or an object under a sensitive name is shown."""
    assert "Zq9X" not in redact(before + WRITERS[number]({"a": 1, "password": value}), [])


ECHOES: dict[str, tuple[str, str]] = {
    "an escape of Perl": (PASSWORD, "p\\$ssw\\@rd!xylo-17"),
    "quotemeta": (PASSWORD, "p\\$ssw\\@rd\\!xylo\\-17"),
    "an unknown escape": (PASSWORD, "p^$^ssw^@^rd^!^xylo^-^17"),
    "a doubled quote": ("O'Brien'sKey77", "O''Brien''sKey77"),
    "decomposed": (ACCENTS, unicodedata.normalize("NFD", ACCENTS)),
    "composed": (unicodedata.normalize("NFD", ACCENTS), ACCENTS),
    "Perl with braces": (ACCENTS, "p\\x{e4}ssw\\x{f6}rd-\\x{dc}\\x{d1}-xylophone"),
    "octal": (ACCENTS, "p\\303\\244ssw\\303\\266rd-\\303\\234\\303\\221-xylophone"),
    "no semicolon": (ACCENTS, "p&#228ssw&#246rd-&#220&#209-xylophone"),
    "question marks": (ACCENTS, "p?ssw?rd-??-xylophone"),
    "Windows-1252": (ACCENTS, ACCENTS.encode().decode("windows-1252", "replace")),
    "mojibake twice": (ACCENTS, ACCENTS.encode().decode("latin-1").encode().decode("latin-1")),
    "quoted-printable": (ACCENTS, quopri.encodestring(ACCENTS.encode()).decode()),
    "two lines": (KEY, f"{KEY[:9]}\n{KEY[9:]}"),
    "a soft break": (KEY, f"{KEY[:9]}<wbr>{KEY[9:]}"),
    "blanks lost": ("my xylo  pass  phrase", "my xylo pass phrase"),
    "a card with blanks": (CARD, "4929 7182 0364 5519"),
    "a card with dashes": (CARD, "4929-7182-0364-5519"),
    "a card without blanks": ("4929 7182 0364 5519", CARD),
    "cut": (KEY, KEY[:12]),
    "cut in front": (KEY, KEY[8:]),
    "in the middle": (KEY, f"..{KEY[4:15]}.."),
}


NUMBERS: dict[str, Callable[[str], str]] = {
    "hexadecimal with colons": lambda secret: secret.encode().hex(":"),
    "hexadecimal with blanks": lambda secret: secret.encode().hex(" ").upper(),
    "hexadecimal with a prefix": lambda secret: ", ".join(map(hex, secret.encode())),
    "decimal": lambda secret: str(list(secret.encode())),
    "octal": lambda secret: "".join(f"\\0{byte:03o}" for byte in secret.encode()),
    "code points": lambda secret: " ".join(f"U+{ord(sign):04X}" for sign in secret),
    "CSS": lambda secret: "".join(f"\\{ord(sign):x} " for sign in secret),
    "UTF-16": lambda secret: secret.encode("utf-16-le").hex(),
    "base32": lambda secret: base64.b32encode(secret.encode()).decode(),
}


@pytest.mark.parametrize("secret", [KEY, CARD, PASSWORD, "\u043f\u0430\u0440\u043e\u043b\u044c12"])
@pytest.mark.parametrize("form", NUMBERS)
def test_an_echo_in_numbers(form: str, secret: str) -> None:
    """F134: The numbers of the characters or bytes of a secret are found, in any list."""
    echo = NUMBERS[form](secret)
    result = redact(f"It says: {echo} !", [secret])
    assert MASK in result
    assert len(skeleton(result.replace(MASK, ""))) <= len("Itsays") + 6
    assert redact("Choose 1, 2, 3, 4, 5, 6 or 7", [secret]) == "Choose 1, 2, 3, 4, 5, 6 or 7"


SCRIPTS = {
    "Cyrillic": "\u043f\u0430\u0440\u043e\u043b\u044c-\u0441\u0435\u043a\u0440\u0435\u0442",
    "Greek": "\u039a\u03c9\u03b4\u03b9\u03ba\u03cc\u03c2\u039c\u03c5\u03c3\u03c4\u03b9\u03ba",
    "Japanese": "\u30d1\u30b9\u30ef\u30fc\u30c9\u79d8\u5bc6\u9375\u3067\u3059",
    "accents": ACCENTS,
}
CUTS: dict[str, Callable[[str], str]] = {
    "percent-encoded": lambda secret: quote(secret)[:-2],
    "percent-encoded twice": lambda secret: quote(quote(secret))[:-2],
    "percent-encoded, half a letter": lambda secret: quote(secret)[:-5],
    "base64": lambda secret: base64.b64encode(f"u:{secret}".encode()).decode()[:-5],
    "hexadecimal": lambda secret: secret.encode().hex()[:-3],
    "bytes as letters": lambda secret: secret.encode().decode("latin-1")[:-3].replace("\xa0", ""),
    "escaped": lambda secret: json.dumps(secret)[1:-3],
    "plain": lambda secret: secret[:-1],
}


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("cut", CUTS)
def test_a_cut_echo_in_any_script(script: str, cut: str) -> None:
    """F134: A cut inside of a letter leaves bytes, of which the secret's own are a part."""
    echo = CUTS[cut](SCRIPTS[script])
    result = redact(f"It says <b> {echo} </b>.", [SCRIPTS[script]])
    shown = result.removeprefix("It says <b> ").removesuffix(" </b>.")
    assert MASK in shown
    assert len(skeleton(shown.replace(MASK, ""))) <= 6  # of a letter that was cut


@pytest.mark.parametrize("name", ECHOES)
def test_an_echo_of_any_form(name: str) -> None:
    """F134: A secret is found by its letters and digits, whatever stands between them."""
    secret, echo = ECHOES[name]
    assert redact(f"It says <b> {echo} </b>.", [secret]) == f"It says <b> {MASK} </b>."


def test_a_trimmed_echo() -> None:
    """F134: A secret whose blanks at its ends were lost is found."""
    assert redact("<my xylo pass phrase>", [" my xylo pass phrase "]) == f"<{MASK}>"


@pytest.mark.parametrize("text", ["Card 4929 declined", f"ends with {CARD[-4:]}", KEY[:9]])
def test_less_than_half_is_no_echo(text: str) -> None:
    """Fewer than half of the letters and digits of a secret are shown, as on a receipt."""
    assert redact(text, [CARD, KEY]) == text


def test_the_text_is_left_out_in_doubt() -> None:
    """F136: With a part found and masked, another part of six letters blanks the text."""
    assert redact(f"It is {KEY[:11]} and then {KEY[12:19]}.", [KEY]) == LEFT_OUT
    assert redact(f"It is {KEY[:11]} and then {KEY[12:16]}.", [KEY]) == (
        f"It is {MASK} and then {KEY[12:16]}."
    )


SECRETS = st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=12).filter(
    lambda secret: len(set(skeleton(secret))) >= 8 and len(skeleton(secret)) >= 12
)


@settings(deadline=None)
@given(secret=SECRETS, data=st.data())
def test_no_half_survives(secret: str, data: st.DataObject) -> None:
    """F134: Any half of the skeleton, with anything between its letters, is taken out."""
    letters = [sign for sign in secret if sign.isalnum()]
    half = -(-len(letters) // 2)
    first = data.draw(st.integers(0, len(letters) - half))
    between = data.draw(st.text(" -.:~^|!\n", max_size=3))
    echo = between.join(letters[first : first + half])
    result = redact(f"( {echo} )", [Secret(secret)])
    assert MASK in result
    assert "".join(letters[first : first + half]).lower() not in skeleton(result)


def test_the_work_is_linear(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bounded part of a text of any length is searched, in a bounded number of views."""
    looked: list[int] = []
    search = redaction._search

    def counted(forms: Any, numbers: Any, view: View, **flags: Any) -> Any:
        looked.append(len(view.text))
        return search(forms, numbers, view, **flags)

    monkeypatch.setattr(redaction, "_search", counted)
    for piece in ("%25&amp;\\u0041=41", "[({", '"password":[', "password=,,", "abcdefgh"):
        looked.clear()
        redact(piece * 1_000_000, [KEY])
        assert len(looked) <= 16 * 9
        assert max(looked) <= 2 * (4096 + 12 * len(KEY))  # accents come apart
