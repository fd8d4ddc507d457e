"""Suite files: which pools are generated from, with which rules and options, and what is expected of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asnforge.findings import Finding, FindingCode, InputError
from asnforge.regress.entries import Entry, EntryReader
from asnforge.regress.inside import real_path
from asnforge.rulefiles.check_schema import read_checked
from asnforge.rulefiles.yaml_document import YamlDocument

SUITE_FILE = FindingCode(
    "C120",
    "invalid suite file",
    "A suite file is YAML: a list under 'entries', each with a pool and the associations expected of it, and if necessary "
    "rules and options. Keys under 'defaults' apply to every entry that does not have them itself.",
    wrong="entries:\n- pool: night.tsv",
    right="entries:\n- pool: night.tsv\n  expected: expected/night",
)
SAME_NAME = FindingCode(
    "C122",
    "two entries of a suite have the same name",
    "Entries are accepted and reported by name. Give each its own name, with '{pool}' in it if its pattern matches several.",
    wrong="entries:\n- {pool: '*.tsv', expected: 'expected/{pool}', name: night}",
    right="entries:\n- {pool: '*.tsv', expected: 'expected/{pool}', name: 'night {pool}'}",
)
NO_ENTRY = FindingCode(
    "C123",
    "a suite has no such entry",
    "The name was misspelled, or the entry's pool does not exist any more.",
    wrong="asnforge regress suite.yaml --only mondey",
    right="asnforge regress suite.yaml --only monday",
)


@dataclass(frozen=True, slots=True)
class Suite:
    """The entries of a suite file, in its order; those of one pattern in order of their pools' names."""

    file: str
    entries: tuple[Entry, ...]


def read_suite(path: str | Path, roots: Iterable[str | Path] = ()) -> Suite:
    """Read a suite file.

    Parameters
    ----------
    path : str or Path
        The file.
    roots : iterable of str or Path
        Folders, besides the suite's own, that its pools, rules, allowlists and expected associations may lie in.

    Raises
    ------
    InputError
        The file cannot be read, is invalid, or names a file outside these folders; with all problems, by line and column.
    """
    file = Path(path)
    document = read_checked(file, "suite", SUITE_FILE)
    defaults = document.value.get("defaults", {})
    entries: list[tuple[int, Entry]] = []
    findings: list[Finding] = []
    folders = (real_path(file.parent), *map(real_path, roots))
    for index, given in enumerate(document.value["entries"]):
        missing = [key for key in ("pool", "expected") if key not in {**defaults, **given}]
        for key in missing:
            message, number = "required key {key:quoted} is missing in item {number} of 'entries'", index + 1
            findings.append(document.finding(SUITE_FILE, message, "entries", index, key=key, number=number))
        if not missing:
            reader = EntryReader(document, index, given, defaults, file.parent, folders)
            entries += [(index, entry) for entry in reader.entries()]
            findings += reader.findings
    findings += _same_names(document, entries)
    if findings:
        raise InputError(*findings)
    return Suite(str(path), tuple(entry for _, entry in entries))


def _same_names(document: YamlDocument, entries: Iterable[tuple[int, Entry]]) -> Iterator[Finding]:
    """A finding for each entry with the name of an earlier one."""
    pools: dict[str, str] = {}
    for index, entry in entries:
        if entry.name in pools:
            message, hint = (
                "{first} and {second} have the same name, {name:quoted}",
                "put '{pool}' in the name, or rename one",
            )
            facts: dict[str, Any] = {"first": pools[entry.name], "second": entry.pool, "name": entry.name}
            yield document.finding(SAME_NAME, message, "entries", index, hint=hint, **facts)
        pools.setdefault(entry.name, entry.pool)
