"""What is wrong with an entry of a suite file."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

from asnforge.compare.model import IGNORABLE
from asnforge.findings import Finding, did_you_mean
from asnforge.regress.codes import SUITE_FILE
from asnforge.rulefiles.yaml_document import YamlDocument

SCOPES = ("all", "candidates", "discovered")
_TEXTS = ("name", "pool", "expected", "allow", "scopes", "version_id", "delimiter", "format")
_LISTS = ("rules", "only", "ids", "ignore")
_FLAGS = ("merge", "ignore_default")
_KEYS = (*_TEXTS, *_LISTS, *_FLAGS)


def entry_faults(
    document: YamlDocument,
    where: tuple[str | int, ...],
    entry: Any,
    needed: tuple[str, ...],
    defaults: Container[str] = (),
) -> Iterator[Finding]:
    """The faults of one entry, or of the defaults.

    Parameters
    ----------
    document : YamlDocument
        The suite file.
    where : tuple of str or int
        The way to the entry.
    entry : object
        What stands there.
    needed : tuple of str
        Keys that it must have, unless the `defaults` have them.
    defaults : container of str
        The keys that hold for all entries.
    """
    if not isinstance(entry, dict):
        message, hint = "keys with values must stand here", "such as 'pool: night.tsv'"
        yield document.finding(SUITE_FILE, message, *where, hint=hint)
        return
    for name in needed:
        if name not in entry and name not in defaults:
            yield document.finding(SUITE_FILE, f"the entry has no '{name}'", *where)
    for name, value in entry.items():
        yield from _key_faults(document, (*where, name), value)


def _key_faults(document: YamlDocument, where: tuple[str | int, ...], value: Any) -> Iterator[Finding]:
    """The faults of one key and its value."""
    name = str(where[-1])
    message = hint = ""
    if name not in _KEYS:
        near = did_you_mean(name, _KEYS)
        message = f"'{name}' is no key of an entry"
        hint = f"did you mean '{near}'?" if near else f"keys are {', '.join(_KEYS)}"
    elif name in _LISTS and not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
        message, hint = f"'{name}' must be a list of texts", f"such as {name}: [...]"
    elif name in _TEXTS and not (isinstance(value, str) and value):
        message = f"'{name}' must be a text"
    elif name in _FLAGS and value not in ("true", "false"):
        message = f"'{name}' must be true or false"
    elif name == "scopes" and value not in SCOPES:
        message, hint = f"there are no scopes '{value}'", f"they are {', '.join(SCOPES)}"
    elif name == "ignore":
        unknown = [key for key in value if key not in IGNORABLE]
        message = f"'{unknown[0]}' is no key of an association" if unknown else ""
        hint = f"keys are {', '.join(IGNORABLE)}"
    if message:
        yield document.finding(SUITE_FILE, message, *where, hint=hint, key=name not in _KEYS)
