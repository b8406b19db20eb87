"""Reads manifests in YAML: values stay the text that was written, so that 007 is no number.

Null, tags (``!vault``), merge keys, names that are no text and names that occur twice are refused
with their row. PyYAML parses and composes, one row at a time.
"""

from collections.abc import Iterator
from typing import Any

import yaml
from yaml.composer import Composer

from boxapis._settings.text_files import UnreadableTextError

__all__ = ["read_yaml"]

_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the former where libyaml is built in
_TAG = "tag:yaml.org,2002:"
_TEXT = frozenset(_TAG + name for name in ("str", "int", "float", "bool", "timestamp", "value"))


class _Loader(_Parser, Composer):  # type: ignore[misc]  # of two bases, one is found at run time
    """The parser, with the composer that libyaml's lacks: one that is asked node by node."""

    def __init__(self, text: str) -> None:
        _Parser.__init__(self, text)
        Composer.__init__(self)


class _RefusedError(Exception):
    """A row holds what a manifest must not; the message shows none of its values."""


def read_yaml(text: str) -> Iterator[tuple[Any, str | None]]:
    """Yields each row of a list: a mapping, or None and why it cannot be used.

    Raises:
        UnreadableTextError: The file cannot be read from some line on.
    """
    problem = None
    try:
        loader = _Loader(text)
        loader.get_event()  # the stream's start
        if loader.check_event(yaml.DocumentStartEvent):
            loader.get_event()
        if not loader.check_event(yaml.SequenceStartEvent):
            raise UnreadableTextError("it must hold a list of mappings")
        loader.get_event()
        while not loader.check_event(yaml.SequenceEndEvent):
            yield _row(loader.compose_node(None, 0))
        loader.get_event()
        loader.get_event()  # the document's end
        if not loader.check_event(yaml.StreamEndEvent):
            problem = "it holds more than one document"
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        last = len(text.splitlines())  # libyaml counts one more at the end
        problem = f"line {min(mark.line + 1, last)} is not YAML" if mark else "it is not YAML"
    if problem is not None:
        raise UnreadableTextError(problem)


def _row(node: Any) -> tuple[Any, str | None]:
    try:
        return _value(node, "it", depth=2), None
    except _RefusedError as error:
        return None, str(error)


def _value(node: Any, name: str, depth: int) -> Any:
    """A node as text or a dict of text, no deeper than the parameters of a row."""
    match node:
        case yaml.ScalarNode(tag=tag, value=text) if tag in _TEXT:
            return text
        case yaml.ScalarNode(tag=tag) if tag == f"{_TAG}null":
            raise _RefusedError(f"{name} is null: leave it out, or put it in quotes if it is text")
        case yaml.MappingNode(tag=tag) if tag == f"{_TAG}map" and depth:
            return _mapping(node, depth)
        case yaml.CollectionNode(tag=tag) if tag in (f"{_TAG}map", f"{_TAG}seq"):
            return ()  # not text, so the row is refused
        case _:
            raise _RefusedError(f"{name} has a tag: put text that begins with ! in quotes")


def _mapping(node: Any, depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.value:
        if key.tag == f"{_TAG}merge":
            raise _RefusedError("merge keys (<<) are not read: write the values out")
        name = _value(key, "a name", depth=0)
        if not isinstance(name, str):
            raise _RefusedError("a name is a mapping or a list, not text")
        if name in found:
            raise _RefusedError(f"{name} occurs twice")
        found[name] = _value(value, name, depth - 1)
    return found
