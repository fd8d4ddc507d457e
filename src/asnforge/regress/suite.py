"""Suite files: which pools are generated from, with which rules and options, and what is expected of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from asnforge.findings import Finding, InputError
from asnforge.regress.codes import SAME_NAME, SUITE_FILE
from asnforge.regress.entries import Entry, EntryReader
from asnforge.regress.inside import real_path
from asnforge.regress.suite_faults import entry_faults
from asnforge.rulefiles.yaml_document import YamlDocument, read_yaml


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
        Folders, besides the suite's own, that its pools, rules, allow files and expected associations may lie in.

    Raises
    ------
    InputError
        The file cannot be read, is not as it must be, or names a file outside these folders; with every fault, by line and
        column.
    """
    file = Path(path)
    try:
        document = read_yaml(file)
    except InputError as stop:
        raise InputError(*(replace(finding, code=SUITE_FILE.code) for finding in stop.findings)) from stop
    content = document.value
    if not isinstance(content, dict) or not isinstance(content.get("entries"), list) or not content["entries"]:
        raise InputError(
            document.finding(SUITE_FILE, "a suite has a list 'entries'", hint="with 'pool' and 'expected' in each")
        )
    findings = [*entry_faults(document, ("defaults",), content.get("defaults", {}), ())]
    for key in content:
        if key not in ("entries", "defaults"):
            hint = "keys of a suite are entries and defaults"
            findings.append(document.finding(SUITE_FILE, f"'{key}' is no key of a suite", key, hint=hint, at_key=True))
    defaults = content.get("defaults", {}) if not findings else {}
    entries: list[tuple[int, Entry]] = []
    folders = (real_path(file.parent), *map(real_path, roots))
    for index, given in enumerate(content["entries"]):
        found = [*entry_faults(document, ("entries", index), given, ("pool", "expected"), defaults)]
        findings += found
        if not found:
            reader = EntryReader(document, index, given, defaults, file.parent, folders)
            entries += [(index, entry) for entry in reader.entries()]
            findings += reader.findings
    findings += _same_names(document, entries)
    if findings:
        raise InputError(*findings)
    return Suite(str(path), tuple(entry for _, entry in entries))


def _same_names(document: YamlDocument, entries: Iterable[tuple[int, Entry]]) -> Iterator[Finding]:
    """A finding for each entry with the name of one before it."""
    pools: dict[str, str] = {}
    for index, entry in entries:
        if entry.name in pools:
            message = f"the entries of {pools[entry.name]} and {entry.pool} are both called '{entry.name}'"
            yield document.finding(
                SAME_NAME.code, message, "entries", index, hint="put '{pool}' in the name, or rename one"
            )
        pools.setdefault(entry.name, entry.pool)
