"""Manifests of credentials for imports, and the journal that an import writes beside one."""

import json
from pathlib import Path

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
