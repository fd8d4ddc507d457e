"""YAML files as plain values, every scalar text, with the place of each key and value.

YAML's own typing reads ``OFF``, ``N``, ``NULL`` and ``1`` as something else, and these are values in pools: so no scalar is
typed here. Anchors and aliases are refused, as a few lines of them can stand for more than a machine holds, and so is a
nest deeper than any rule needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from asnforge.findings import CannotContinue, Finding
from asnforge.rules.model import Place

Step = str | int
Path_ = tuple[Step, ...]

DEEPEST = 40
LARGEST = 2_000_000

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, slots=True)
class Document:
    """A file's content and where everything in it stands.

    Attributes
    ----------
    file : str
        The file as the user named it.
    content : object
        Mappings, lists and texts.
    values, keys : mapping of path to (line, column)
        Where the value at a path begins, and the key that it stands under; both from 1.
    """

    file: str
    content: Any
    values: dict[Path_, tuple[int, int]]
    keys: dict[Path_, tuple[int, int]]

    def place(self, *path: Step) -> Place:
        """Where the value at a path stands; of the nearest thing around it where the path leads nowhere."""
        return self._nearest(self.values, path)

    def key_place(self, *path: Step) -> Place:
        """Where the key of a path stands."""
        return self._nearest({**self.values, **self.keys}, path) if path in self.keys else self.place(*path)

    def finding(self, code: str, message: str, *path: Step, hint: str = "", key: bool = False) -> Finding:
        """A finding at the place of a path."""
        place = self.key_place(*path) if key else self.place(*path)
        return Finding(code, message, place.file, place.line, place.column, hint)

    def _nearest(self, places: dict[Path_, tuple[int, int]], path: Path_) -> Place:
        for length in range(len(path), -1, -1):
            if (found := places.get(path[:length])) is not None:
                return Place(self.file, *found)
        return Place(self.file, 1, 1)


def read_document(path: Path) -> Document:
    """Read a YAML file.

    Raises
    ------
    CannotContinue
        The file cannot be read, is no YAML, names a key twice, or uses what rule files must not.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise CannotContinue(Finding("R101", f"cannot be read: {error.strerror}", str(path))) from error
    return parse_document(text, str(path))


def parse_document(text: bytes, file: str) -> Document:
    """Read YAML from bytes; errors as for `read_document`."""
    if len(text) > LARGEST:
        raise CannotContinue(Finding("R102", f"is {len(text)} bytes long, a rule file at most {LARGEST}", file))
    builder = _Builder(file)
    try:
        content = builder.build(text)
    except yaml.MarkedYAMLError as error:
        raise CannotContinue(_syntax_finding(error, file)) from error
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        said = " ".join(str(error).split())
        raise CannotContinue(Finding("R102", f"is no YAML text: {said}", file, 1, 1)) from error
    return Document(file, content, builder.values, builder.keys)


def _syntax_finding(error: yaml.MarkedYAMLError, file: str) -> Finding:
    mark = error.problem_mark or error.context_mark
    said = " ".join(part for part in (error.context, error.problem) if part)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    hint = "indent with blanks, not tabs" if "'\\t'" in said else ""
    return Finding("R102", f"is no YAML: {said}", file, line, column, hint)


class _Builder:
    """Puts a document together from YAML's events, without recursion."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.values: dict[Path_, tuple[int, int]] = {}
        self.keys: dict[Path_, tuple[int, int]] = {}

    def build(self, text: bytes) -> Any:
        open_nodes: list[tuple[Any, Path_]] = []
        pending: list[tuple[str, Path_] | None] = []
        root: Any = None
        documents = 0
        for event in self._events(text):
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._refuse(event, "holds a second document", "write one rule a file")
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                open_nodes.pop()
                pending.pop()
            elif isinstance(event, yaml.NodeEvent):
                if open_nodes and isinstance(open_nodes[-1][0], dict) and pending[-1] is None:
                    pending[-1] = self._key(event, *open_nodes[-1])
                    continue
                node = self._node(event)
                path = self._attach(node, open_nodes, pending)
                if not open_nodes:
                    root = node
                self.values[path] = (event.start_mark.line + 1, event.start_mark.column + 1)
                if not isinstance(node, str):
                    open_nodes.append((node, path))
                    pending.append(None)
                    if len(open_nodes) > DEEPEST:
                        raise self._refuse(event, f"is nested more than {DEEPEST} deep", "use conditions and parts")
        return root

    def _events(self, text: bytes) -> Iterator[Any]:
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.AliasEvent):
                raise self._refuse(
                    event, f"uses the alias *{event.anchor}", "use conditions and parts in place of aliases"
                )
            if getattr(event, "anchor", None):
                raise self._refuse(
                    event, f"sets the anchor &{event.anchor}", "use conditions and parts in place of anchors"
                )
            tag = getattr(event, "tag", None)
            if tag and tag != "!":
                raise self._refuse(event, f"has the tag {tag}", "every value is text and needs no tag")
            yield event

    def _key(self, event: Any, mapping: dict[str, Any], path: Path_) -> tuple[str, Path_]:
        if not isinstance(event, yaml.ScalarEvent):
            raise self._refuse(event, "has a key that is no text", "quote texts that hold brackets or braces")
        if event.value in mapping:
            line = self.keys[*path, event.value][0]
            raise self._refuse(event, f"names {event.value} twice, first on line {line}", "keep one of the two")
        inner = (*path, event.value)
        self.keys[inner] = (event.start_mark.line + 1, event.start_mark.column + 1)
        return event.value, inner

    def _node(self, event: Any) -> Any:
        if isinstance(event, yaml.ScalarEvent):
            return event.value
        return {} if isinstance(event, yaml.MappingStartEvent) else []

    def _attach(self, node: Any, open_nodes: list[tuple[Any, Path_]], pending: list[Any]) -> Path_:
        if not open_nodes:
            return ()
        parent, path = open_nodes[-1]
        if isinstance(parent, list):
            parent.append(node)
            return (*path, len(parent) - 1)
        key, inner = pending[-1]
        parent[key] = node
        pending[-1] = None
        return inner

    def _refuse(self, event: Any, message: str, hint: str) -> CannotContinue:
        mark = event.start_mark
        return CannotContinue(Finding("R102", message, self.file, mark.line + 1, mark.column + 1, hint))
