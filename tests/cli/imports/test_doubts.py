"""Doubtful values and misspelt names: each reason by its examples, and what is no reason."""

import pytest

from boxapis import CARRIER_PARAMETERS
from boxapis.cli.imports.doubts import doubt
from boxapis.cli.imports.names import misspelt, normalised

PEM = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----"

DOUBTFUL = {
    "begins or ends with a blank": [
        *(" k1", "k1 ", "\tk1", "\xa0k1", "k1\u3000", "k1\n", "k1\r\n", "\nk1", " ", f" {PEM}"),
        *(f"{PEM}\n\n", ' "k1"'),
    ],
    "has an invisible": [
        "k\u200b1",
        "\ufeffk1",
        "k\xad1",
        "k\x001",
        "k\x1b[31m",
        "k\ud8001",
        "k1\u200e",
    ],
    "stands in quotes": ['"k1"', "'k1'", "“k1”", "„k1“", "«k1»", "\u2018k1\u2019"],
    "is a formula": ['="0012"'],
    "begins with an apostrophe": ["'0012", "'=x", "'-1"],
    "is a number that a spreadsheet": [
        "1.23E+15",
        "1,23E+15",
        "1E+16",
        "-1.5e-10",
        "1.234567890123e+300",
    ],
    "is a whole number with a decimal": ["1234567.0", "1234567,0"],
    "is an error of a spreadsheet": [
        *("#REF!", "#N/A", "#NV", "#VALUE!", "#DIV/0!", "#NAME?", "#BEZUG!", "#ÜBERLAUF!", "#####"),
    ],
    "is a word for no value": ["null", "NULL", "None", "nil", "NaN", "n/a", "undefined", "\\N"],
    "is masked": ["********", "sk_live_****abcd", "••••••", "●●●●"],
    "is a placeholder": ["[secret]", "[REDACTED]", "<your-api-key>", "<API key>"],
    "is a reference that": [
        *("op://vault/item/field", "${X}", "pre-${X}", "{{ secret }}", "$(pass x)", "$BOXC_KEY"),
        *("%BOXC_KEY%", "vault://a/b", "vault:secret/data/x", "ref+vault://x", "bw://x"),
        *("arn:aws:secretsmanager:eu-west-1:1:secret:x", "@Microsoft.KeyVault(SecretUri=x)"),
    ],
    "is a reference, which": ["ENV:NAME", "File:key.txt", "env :X"],
    "is encrypted": [
        *("$ANSIBLE_VAULT;1.1;AES256", "ENC[AES256_GCM,data:x]", "-----BEGIN PGP MESSAGE-----"),
    ],
}

PLAIN = [
    *(
        "k1",
        "0012",
        "007",
        "no",
        "1.5",
        "1234567",
        "12E45",
        "1E5",
        "9e99f00d",
        "a b",
        "x",
        "1.0",
        "12.0",
    ),
    *(
        "#1!a",
        "p#REF!",
        "**",
        "a*b*c",
        "[a",
        "<b",
        "a=b==",
        "==",
        "'tis",
        'a"b',
        "$ecret",
        "$1",
        "{x}",
    ),
    *(
        "100%",
        "%a",
        "https://example.org/api",
        "user@example.org",
        "Straße 名",
        "env",
        "environment:x",
    ),
    *(
        "nullable",
        "Nonesuch",
        "x" * 5000,
        PEM,
        f"{PEM}\n",
        PEM.replace("\n", "\r\n") + "\r\n",
        "क्\u200dष",
    ),
]


@pytest.mark.parametrize(
    ("reason", "value"),
    [(reason, value) for reason, values in DOUBTFUL.items() for value in values],
    ids=ascii,
)
def test_doubtful_values(reason: str, value: str) -> None:
    """F189. A value that a tool left behind has a reason, and the reason quotes nothing of it."""
    found = doubt(value)
    assert found is not None
    assert found.startswith(reason)
    assert value == " " or value not in found


@pytest.mark.parametrize("value", PLAIN, ids=lambda value: ascii(value[:20] + value[-5:]))
def test_values_that_are_not_doubtful(value: str) -> None:
    """F189. Passwords, numbers, words and keys of several lines are as good as they are written."""
    assert doubt(value) is None


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        *(
            (name, "id")
            for name in ("ID", "Id", "i d", "\ufeffid", "i\u200bd", "\uff29\uff24", "credential_id")
        ),
        *(
            ("Credential ID", "id"),
            ("credentialId", "id"),
            ("Carrier", "carrier"),
            ("NAME", "name"),
        ),
        *(("carrier_code", "carrier"), ("api-key", "api_key"), ("API Key", "api_key")),
        *(("id", None), ("api_key", None), ("ident", None), ("", None), ("api_keys", None)),
    ],
)
def test_misspelt_names(name: str, meant: str | None) -> None:
    """F188. A name that is a known one but for case, blanks, marks and what is invisible."""
    assert misspelt(name, ("id", "name", "carrier", "api_key")) == meant


def test_no_known_parameter_is_another_misspelt() -> None:
    """The names of each carrier differ in more than case and marks, so that none is refused."""
    for known in CARRIER_PARAMETERS.values():
        assert not [name for name in known if misspelt(name, known - {name})]


def test_names_are_compared_normalised() -> None:
    """Two ways to write an accent are one name, and blanks around it are no part of it."""
    assert normalised("\xa0cafe\u0301 ") == normalised("caf\xe9") == "caf\xe9"
