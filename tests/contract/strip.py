"""Strips a published description of BoxC of its prose.

``python -m tests.contract.strip openapi.yml >tests/samples/boxc/openapi-1.123.yml``: descriptions,
summaries and code samples go; names, types, limits, words and examples stay.
"""

import sys
from pathlib import Path
from typing import Any

import yaml

__all__ = ["Loader", "stripped"]

_PROSE = frozenset({"description", "summary", "title", "termsOfService"})
_DATA = frozenset({"example", "default", "enum", "value"})
"""Keys below which everything is data, a field called ``description`` as well."""


class Loader(yaml.SafeLoader):
    """Reads dates as the text they are, as JSON does."""


Loader.yaml_implicit_resolvers = {
    mark: [(tag, rule) for tag, rule in rules if tag != "tag:yaml.org,2002:timestamp"]
    for mark, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _Dumper(yaml.SafeDumper):
    """Writes no anchors: each place says all of it."""

    def ignore_aliases(self, data: Any) -> bool:
        """Whether equal parts are written in full."""
        return True


def stripped(node: Any) -> Any:
    """Returns a part of the description without its prose.

    Below ``properties`` a key is the name of a field, and stands before an object.
    """
    match node:
        case dict():
            return {
                name: part if name in _DATA else stripped(part)
                for name, part in node.items()
                if not _is_prose(name, part)
            }
        case list():
            return [stripped(part) for part in node]
        case _:
            return node


def _is_prose(name: object, part: object) -> bool:
    if isinstance(name, str) and name.lower().startswith(("x-code", "x-logo", "x-tag")):
        return True
    return name in _PROSE and (part is None or isinstance(part, str))


if __name__ == "__main__":
    found = yaml.load(Path(sys.argv[1]).read_text(encoding="utf-8"), Loader)  # noqa: S506 - a SafeLoader
    found["info"] = {"version": found["info"]["version"]}
    found.pop("tags", None)
    yaml.dump(stripped(found), sys.stdout, _Dumper, sort_keys=False, allow_unicode=True, width=100)
