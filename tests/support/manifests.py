"""Manifests of credentials for imports, and the journal that an import writes beside one."""

import json
from pathlib import Path

from boxapis.cli.imports.manifest import ManifestFormat, read_manifest
from boxapis.cli.imports.rows import CheckedManifest, check_rows
from boxapis.sandbox import Sandbox


def lay_down(folder: Path, sandbox: Sandbox, rows: int) -> dict[str, str]:
    """Writes a manifest, every second row an update; returns the secrets by the rows' names."""
    secrets = {f"row-{number}": f"rotated-secret-{number}" for number in range(rows)}
    lines = ["id,name,carrier,api_key"]
    for number, (name, secret) in enumerate(secrets.items()):
        old = sandbox.boxc.add_credential("Janio", {"api_key": "old"}) if number % 2 else ""
        lines.append(f"{old},{name},Janio,{secret}")
    (folder / "secrets.csv").write_text("\n".join(lines) + "\n")
    return secrets


def events(folder: Path) -> list[str]:
    """The events in the journal, in their order."""
    text = (folder / "secrets.csv.journal").read_text()
    return [json.loads(line).get("event") for line in text.splitlines()[1:]]


def is_quiet(folder: Path) -> bool:
    """Whether the journal has an end for every call that was begun."""
    found = events(folder)
    return found.count("begun") == found.count("done") > 0


def check_manifest(
    folder: Path, content: str | bytes, kind: ManifestFormat = "csv", *, as_is: bool = False
) -> CheckedManifest:
    """Reads and checks a manifest."""
    file = folder / "a.txt"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return check_rows(read_manifest(file, kind), any_carrier=False, as_is=as_is)


def checked_values(checked: CheckedManifest) -> list[tuple[str, str]]:
    """The name and the secrets of each row; there must be no problem."""
    assert not checked.problems
    return [
        (row.key, ",".join(value.reveal() for value in row.params.values())) for row in checked.rows
    ]


def only_problem(folder: Path, content: str | bytes, kind: ManifestFormat = "csv") -> str:
    """Why the only row of a file is refused."""
    checked = check_manifest(folder, content, kind)
    (issue,) = checked.problems
    assert not checked.rows
    assert "-secret" not in issue.text
    return f"{issue.place}: {issue.text}"
