"""Hashes of values that decide what is written: the same for the same meaning, in any process and on any machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from asnforge.findings import SourceLocation
from asnforge.rules.ruleset import Ruleset


def ruleset_digest(ruleset: Ruleset) -> str:
    """A hash of a rule set: of what its rules mean, not of where they are written or how their files are laid out."""
    return digest(ruleset)


def digest(value: object) -> str:
    """A hash of a value made of frozen dataclasses, mappings, sequences, sets and texts."""
    whole = hashlib.sha256()
    for text in _texts(value):
        data = text.encode("utf-8", "surrogatepass")  # arguments can have bytes that are not UTF-8
        whole.update(f"{len(data)}:".encode() + data)
    return whole.hexdigest()


def _texts(value: object) -> Iterator[str]:
    """The value as a sequence of texts, of which no other value has the same."""
    if isinstance(value, SourceLocation):
        return
    if is_dataclass(value) and not isinstance(value, type):
        yield f"<{type(value).__name__}"
        for each in fields(value):
            if each.name != "places":
                yield each.name
                yield from _texts(getattr(value, each.name))
        yield ">"
    elif isinstance(value, Mapping):
        yield f"mapping {len(value)}"
        for key in sorted(value, key=str):
            yield from _texts(key)
            yield from _texts(value[key])
    elif isinstance(value, set | frozenset):
        yield f"set {len(value)}"
        yield from sorted(map(digest, value))
    elif isinstance(value, tuple | list):
        yield f"sequence {len(value)}"
        for each in value:
            yield from _texts(each)
    else:
        yield f"{type(value).__name__} {value}"
