"""Suite files: the pools to generate from, with rules and options, and the expected associations of each."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from asnforge.findings import Finding, FindingCode, InputError, SourceLocation
from asnforge.fitsfiles.candidate_sources import CandidateSource
from asnforge.generation.files import pool_stem
from asnforge.patterns import find_files
from asnforge.regress.roots import OUTSIDE, READ_HINT, WILDCARDS, is_inside, pattern_is_inside, real_path
from asnforge.rulefiles.check_schema import read_checked
from asnforge.rulefiles.shipped import shipped
from asnforge.rulefiles.yaml_document import YamlDocument

SUITE_FILE = FindingCode(
    "C120",
    "invalid suite file",
    "A suite file is YAML: a list under 'entries'. Each entry has a pool, the associations expected of it, and if necessary "
    "rules and options. Keys under 'defaults' apply to every entry that does not have them itself.",
    wrong="entries:\n- pool: night.tsv",
    right="entries:\n- pool: night.tsv\n  expected: expected/night",
)
NO_POOL = FindingCode(
    "C121",
    "an entry of a suite matches no pool",
    "The pattern of the entry's 'pool' matches no file, or with a slash at its end no folder. It is relative to the suite's "
    "folder.",
    wrong="entries:\n- {pool: 'pool/*.tsv', expected: 'expected/{pool}'}",
    right="entries:\n- {pool: 'pools/*.tsv', expected: 'expected/{pool}'}",
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
class SuiteEntry:
    """A pool, how associations are generated from it, and the expected ones.

    Attributes
    ----------
    name : str
        The entry's name; by default the pool's name without its extension.
    pool : str
        The pool's file, or a folder of FITS files.
    expected : str
        A folder of association files, or a compact file (``.yaml``).
    rules : tuple of str
        Rule sets, folders and files that are added to the default rule set.
    ignore_default : bool
        Do not use the default rule set.
    only : tuple of str
        The rules that are used; empty for all.
    scopes : str
        ``all``, ``candidates`` or ``discovered``.
    ids : tuple of str
        The candidates to process; empty for all.
    merge : bool
        One association for all products of a rule and scope.
    version_id, delimiter, format : str or None
        As for ``generate``.
    candidates : str or None
        Where the candidates of FITS files come from, as for ``generate``.
    allow : str or None
        The file of an allowlist.
    ignore : tuple of str
        Keywords and parts that are not compared.
    roots : tuple of str
        The folders that its files may be in, the suite's own first, as `asnforge.regress.roots.real_path` returns them.
        Empty for an entry that is not from a suite file, whose paths are not restricted.
    location : SourceLocation or None
        The position of 'expected' in the suite file.
    """

    name: str
    pool: str
    expected: str
    rules: tuple[str, ...] = ()
    ignore_default: bool = False
    only: tuple[str, ...] = ()
    scopes: str = "all"
    ids: tuple[str, ...] = ()
    merge: bool = False
    version_id: str | None = None
    delimiter: str | None = None
    format: str | None = None
    candidates: CandidateSource | None = None
    allow: str | None = None
    ignore: tuple[str, ...] = ()
    roots: tuple[str, ...] = field(default=(), compare=False)
    location: SourceLocation | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class RegressionSuite:
    """The entries of a suite file, in its order; entries of one pattern are in the order of the names of their pools."""

    file: str
    entries: tuple[SuiteEntry, ...]


def read_suite(path: str | Path, roots: Iterable[str | Path] = ()) -> RegressionSuite:
    """Read a suite file.

    Parameters
    ----------
    path : str or Path
        The file.
    roots : iterable of str or Path
        Folders, besides the suite's own, that its pools, rules, allowlists and expected associations may be in.

    Raises
    ------
    InputError
        The file cannot be read, is invalid, or names a file outside these folders; with all problems, by line and column.
    """
    file = Path(path)
    document = read_checked(file, "suite", SUITE_FILE)
    defaults = document.value.get("defaults", {})
    entries: list[tuple[int, SuiteEntry]] = []
    findings: list[Finding] = []
    folders = (real_path(file.parent), *map(real_path, roots))
    for index, content in enumerate(document.value["entries"]):
        missing = [key for key in ("pool", "expected") if key not in {**defaults, **content}]
        for key in missing:
            message, number = "required key {key:quoted} is missing in item {number} of 'entries'", index + 1
            findings.append(document.finding(SUITE_FILE, message, "entries", index, key=key, number=number))
        if not missing:
            reader = _EntryReader(document, index, content, defaults, file.parent, folders)
            entries += [(index, entry) for entry in reader.entries()]
            findings += reader.findings
    pools: dict[str, str] = {}
    for index, entry in entries:
        if entry.name in pools:
            message, hint = (
                "{first} and {second} have the same name, {name:quoted}",
                "put '{pool}' in the name, or rename one",
            )
            facts: dict[str, Any] = {"first": pools[entry.name], "second": entry.pool, "name": entry.name}
            findings.append(document.finding(SAME_NAME, message, "entries", index, hint=hint, **facts))
        pools.setdefault(entry.name, entry.pool)
    if findings:
        raise InputError(*findings)
    return RegressionSuite(str(path), tuple(entry for _, entry in entries))


class _EntryReader:
    """Reads one entry of a suite file: an entry for each pool that its pattern matches, and findings."""

    def __init__(
        self,
        document: YamlDocument,
        index: int,
        content: Mapping[str, Any],
        defaults: Mapping[str, Any],
        folder: Path,
        roots: tuple[str, ...],
    ) -> None:
        self.findings: list[Finding] = []
        self._document = document
        self._values = {**defaults, **content}
        self._paths = {key: ("entries", index) if key in content else ("defaults",) for key in self._values}
        self._folder = folder
        self._roots = roots

    def entries(self) -> Iterator[SuiteEntry]:
        """The entries, in the order of their pools' names; without those that name a file outside the roots."""
        for pool in self._pools():
            entry = self._entry(pool)
            outside = [*self._outside(entry)]
            self.findings += [finding for finding in outside if finding not in self.findings]
            if not outside:
                yield entry

    def _pools(self) -> Sequence[str]:
        """The pools, relative to the suite's folder if the pattern is."""
        pattern = self._values["pool"]
        if not any(character in pattern for character in WILDCARDS):
            return [pattern]
        if not pattern_is_inside(self._folder, pattern, self._roots):
            self.findings.append(self._outside_finding("pool", pattern))
            return []
        pools = find_files(pattern, str(self._folder), hidden=True, folders=pattern.endswith("/"))
        if pattern.endswith("/"):
            pools = [pool for pool in pools if os.path.isdir(pool)]  # noqa: PTH112
        if not pools:
            path = (*self._paths["pool"], "pool")
            self.findings.append(
                self._document.finding(NO_POOL, "no pool matches {pattern:quoted}", *path, pattern=pattern)
            )
        return pools if Path(pattern).is_absolute() else [os.path.relpath(pool, self._folder) for pool in pools]

    def _entry(self, pool: str) -> SuiteEntry:
        """The entry of a pool, with all paths relative to the suite's folder, and the pool's name for ``{pool}``."""
        values, pool_path = self._values, self._path(pool)
        stem = pool_stem(pool_path)

        def text(key: str) -> str | None:
            value = values.get(key)
            return None if value is None else str(value).replace("{pool}", stem)

        def path(key: str) -> str | None:
            value = text(key)
            return None if value is None else self._path(value)

        return SuiteEntry(
            name=text("name") or stem,
            pool=pool_path,
            expected=path("expected") or "",
            rules=tuple(map(self._rules, values.get("rules", ()))),
            ignore_default=values.get("ignore_default") == "true",
            only=tuple(values.get("only", ())),
            scopes=values.get("scopes", "all"),
            ids=tuple(values.get("ids", ())),
            merge=values.get("merge") == "true",
            version_id=text("version_id"),
            delimiter=values.get("delimiter"),
            format=values.get("format"),
            candidates=values.get("candidates"),
            allow=path("allow"),
            ignore=tuple(values.get("ignore", ())),
            roots=self._roots,
            location=self._document.location(*self._paths["expected"], "expected"),
        )

    def _path(self, name: str) -> str:
        """A path relative to the suite's folder; never '-', which would be standard input."""
        path = str(self._folder / name)
        return f"./{path}" if path == "-" else path

    def _rules(self, name: str) -> str:
        """A file or folder relative to the suite's folder, or else a rule set that ships with the package."""
        path = self._path(name)
        if is_inside(path, self._roots) and not Path(path).exists() and (folder := shipped(name)) is not None:
            return str(folder)
        return path

    def _outside(self, entry: SuiteEntry) -> Iterator[Finding]:
        """A finding for each path of an entry that leads outside the roots."""
        for key in ("pool", "expected", "allow"):
            path = getattr(entry, key)
            if path is not None and not is_inside(path, self._roots):
                yield self._outside_finding(key, self._values[key])
        for index, (name, path) in enumerate(zip(self._values.get("rules", ()), entry.rules, strict=True)):
            if not is_inside(path, self._roots) and path != str(shipped(name)):
                yield self._outside_finding("rules", name, index)

    def _outside_finding(self, key: str, value: str, *below: int) -> Finding:
        message, path = "{key:quoted} leads outside the suite's folder: '{path}'", (*self._paths[key], key, *below)
        return self._document.finding(OUTSIDE, message, *path, hint=READ_HINT, key=key, path=value)
