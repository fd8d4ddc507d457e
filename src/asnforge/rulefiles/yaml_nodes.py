"""From the text of a rule file to mappings, lists and texts, with the place of each; anything else is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import yaml

from asnforge.findings import Finding, FindingCode, InputError
from asnforge.rules.codes import KEY_TWICE, NO_ALIASES, NOT_YAML, TOO_MUCH

Step = str | int
Path_ = tuple[Step, ...]

DEEPEST = 24
"""How deep a rule file can nest."""

_NAMES_INSTEAD = "write a condition or a part in ruleset.yaml and use it by its name"

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


_BRACKET = re.compile(r"[\[{]")


def _place(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def shortened(text: str, longest: int = 60) -> str:
    """A text that fits a message."""
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


class Builder:
    """Puts a document together from YAML's events, without recursion."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.values: dict[Path_, tuple[int, int]] = {}
        self.keys: dict[Path_, tuple[int, int]] = {}
        self._read = 0

    def build(self, text: str) -> Any:
        """The content of a text.

        Raises
        ------
        InputError
            It uses what rule files must not.
        yaml.YAMLError
            It is invalid YAML.
        """
        try:
            return self._build(text)
        except yaml.MarkedYAMLError:
            self._check_depth_ahead(text)
            raise

    def _check_depth_ahead(self, text: str) -> None:
        """Report brackets nested too deep, where the parser rejected them before any event showed them.

        The parser reads ahead of its events and has a limit of its own, which differs between versions of PyYAML. So the text
        is parsed again up to a few brackets after the last event.
        """
        brackets = [found.end() for found in islice(_BRACKET.finditer(text, self._read), 2 * DEEPEST)]
        try:
            Builder(self.file)._build(text[: max(brackets, default=0)])
        except yaml.YAMLError:
            return
        except InputError as stop:
            if stop.findings[0].code == TOO_MUCH.code:
                raise

    def _build(self, text: str) -> Any:
        open_nodes: list[tuple[Any, Path_]] = []
        pending: list[tuple[str, Path_] | None] = []
        root: Any = None
        documents = 0
        for event in self._events(text):
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._refuse(NOT_YAML, event, "holds a second document", "write one rule a file")
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
                self.values[path] = _place(event)
                if not isinstance(node, str):
                    open_nodes.append((node, path))
                    pending.append(None)
                    if len(open_nodes) > DEEPEST:
                        message = f"is nested more than {DEEPEST} deep"
                        raise self._refuse(TOO_MUCH, event, message, "use conditions and parts")
        return root

    def _events(self, text: str) -> Iterator[Any]:
        event: Any
        for event in yaml.parse(text, Loader=_Loader):
            self._read = event.end_mark.index
            if isinstance(event, yaml.AliasEvent):
                raise self._refuse(NO_ALIASES, event, f"uses the alias *{event.anchor}", _NAMES_INSTEAD)
            if getattr(event, "anchor", None):
                raise self._refuse(NO_ALIASES, event, f"sets the anchor &{event.anchor}", _NAMES_INSTEAD)
            tag = getattr(event, "tag", None)
            if tag and tag != "!":
                raise self._refuse(NO_ALIASES, event, f"has the tag {tag}", "every value is text and needs no tag")
            yield event

    def _key(self, event: Any, mapping: dict[str, Any], path: Path_) -> tuple[str, Path_]:
        if not isinstance(event, yaml.ScalarEvent):
            hint = "quote texts that begin with brackets or braces"
            raise self._refuse(NOT_YAML, event, "has a key that is no text", hint)
        if event.value in mapping:
            line = self.keys[*path, event.value][0]
            message = f"names {shortened(event.value)} twice, first on line {line}"
            raise self._refuse(KEY_TWICE, event, message, "keep one of the two")
        inner = (*path, event.value)
        self.keys[inner] = _place(event)
        return event.value, inner

    def _node(self, event: Any) -> Any:
        if isinstance(event, yaml.ScalarEvent):
            return event.value
        return {} if isinstance(event, yaml.MappingStartEvent) else []

    def _attach(self, node: Any, open_nodes: list[tuple[Any, Path_]], pending: list[tuple[str, Path_] | None]) -> Path_:
        if not open_nodes:
            return ()
        parent, path = open_nodes[-1]
        if isinstance(parent, list):
            parent.append(node)
            return (*path, len(parent) - 1)
        assert pending[-1] is not None  # noqa: S101 - a mapping's value follows its key
        key, inner = pending[-1]
        parent[key] = node
        pending[-1] = None
        return inner

    def _refuse(self, code: FindingCode, event: Any, message: str, hint: str) -> InputError:
        return InputError(Finding(code.code, message, self.file, *_place(event), hint))
