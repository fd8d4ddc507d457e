"""Entries of a suite: a pool, how associations are generated from it, and where the expected ones are."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from asnforge.findings import Finding, FindingCode, SourceLocation
from asnforge.patterns import find_files
from asnforge.regress.inside import OUTSIDE, READ_HINT, WILDCARDS, is_inside, pattern_is_inside
from asnforge.rulefiles.shipped import shipped
from asnforge.rulefiles.yaml_document import YamlDocument

NO_POOL = FindingCode(
    "C121",
    "an entry of a suite matches no pool",
    "The pattern of the entry's 'pool' matches no file. It is relative to the suite's folder.",
    wrong="entries:\n- {pool: 'pool/*.tsv', expected: 'expected/{pool}'}",
    right="entries:\n- {pool: 'pools/*.tsv', expected: 'expected/{pool}'}",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A pool, how associations are generated from it, and where the expected ones are.

    Attributes
    ----------
    name : str
        What the entry is called; the pool's name without its ending where the suite does not say.
    pool : str
        The pool's file.
    expected : str
        A folder of association files, or a compact file (``.yaml``).
    rules : tuple of str
        Rule sets, folders and files that are added to the default rule set.
    ignore_default : bool
        Leave the default rule set out.
    only : tuple of str
        The rules that are used; all where it is empty.
    scopes : str
        ``all``, ``candidates`` or ``discovered``.
    ids : tuple of str
        Candidates; where there are some, only these.
    merge : bool
        One association for all products of a rule and scope.
    version_id, delimiter, format : str or None
        As for ``generate``.
    allow : str or None
        A file of differences that are known and wanted.
    ignore : tuple of str
        Keywords and parts that are not compared.
    roots : tuple of str
        The folders that its files may lie in, the suite's own first, as `asnforge.regress.inside.real_path` gives them;
        empty for an entry that no suite file made, whose paths are not restricted.
    place : SourceLocation or None
        Where the suite says what is expected.
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
    allow: str | None = None
    ignore: tuple[str, ...] = ()
    roots: tuple[str, ...] = field(default=(), compare=False)
    place: SourceLocation | None = field(default=None, compare=False)


class EntryReader:
    """What an entry of a suite file stands for: one entry for each pool that its pattern matches.

    Parameters
    ----------
    document : YamlDocument
        The suite file.
    index : int
        Which of its entries.
    given, defaults : mapping of str to object
        The entry's own keys, and those that hold where it has none.
    folder : Path
        The suite's folder.
    roots : sequence of str
        The folders that files may lie in, as in `Entry`.

    Attributes
    ----------
    findings : list of Finding
        What is wrong with the entry, filled by `entries`.
    """

    def __init__(
        self,
        document: YamlDocument,
        index: int,
        given: Mapping[str, Any],
        defaults: Mapping[str, Any],
        folder: Path,
        roots: Sequence[str],
    ) -> None:
        self.findings: list[Finding] = []
        self._document = document
        self._where = {key: ("entries", index) if key in given else ("defaults",) for key in {**defaults, **given}}
        self._entry = {**defaults, **given}
        self._folder = folder
        self._roots = tuple(roots)

    def entries(self) -> Iterator[Entry]:
        """The entries, in order of their pools' names; without those that name a file outside the roots."""
        for pool in self._pools():
            entry = self._read(pool)
            outside = [*self._outside(entry)]
            self.findings += [finding for finding in outside if finding not in self.findings]
            if not outside:
                yield entry

    def _pools(self) -> Sequence[str]:
        """The pools, from the suite's folder where the pattern is."""
        pattern = self._entry["pool"]
        if not any(letter in pattern for letter in WILDCARDS):
            return [pattern]
        if not pattern_is_inside(self._folder, pattern, self._roots):
            self.findings.append(self._leads_outside("pool", pattern))
            return []
        found = find_files(pattern, str(self._folder), hidden=True)
        if not found:
            message, path = "no pool matches {pattern:quoted}", (*self._where["pool"], "pool")
            self.findings.append(self._document.finding(NO_POOL, message, *path, pattern=pattern))
        return found if Path(pattern).is_absolute() else [os.path.relpath(pool, self._folder) for pool in found]

    def _read(self, pool: str) -> Entry:
        """One entry with every path from the suite's folder, and ``{pool}`` replaced by the pool's name without its ending."""
        entry, name = self._entry, Path(pool).name.removesuffix(".gz")
        stem = Path(name).stem or name

        def text(key: str) -> str | None:
            value = entry.get(key)
            return None if value is None else str(value).replace("{pool}", stem)

        def path(key: str) -> str | None:
            value = text(key)
            return None if value is None else self._path(value)

        return Entry(
            name=text("name") or stem,
            pool=self._path(pool),
            expected=path("expected") or "",
            rules=tuple(map(self._rules, entry.get("rules", ()))),
            ignore_default=entry.get("ignore_default") == "true",
            only=tuple(entry.get("only", ())),
            scopes=entry.get("scopes", "all"),
            ids=tuple(entry.get("ids", ())),
            merge=entry.get("merge") == "true",
            version_id=text("version_id"),
            delimiter=entry.get("delimiter"),
            format=entry.get("format"),
            allow=path("allow"),
            ignore=tuple(entry.get("ignore", ())),
            roots=self._roots,
            place=self._document.location(*self._where["expected"], "expected"),
        )

    def _path(self, name: str) -> str:
        """A path from the suite's folder; never '-', which would be standard input."""
        path = str(self._folder / name)
        return f"./{path}" if path == "-" else path

    def _rules(self, name: str) -> str:
        """A file or folder from the suite's folder, else a rule set that ships with the package."""
        path = self._path(name)
        if is_inside(path, self._roots) and not Path(path).exists() and (folder := shipped(name)) is not None:
            return str(folder)
        return path

    def _outside(self, entry: Entry) -> Iterator[Finding]:
        """A finding for each path of an entry that leads outside the roots."""
        for key in ("pool", "expected", "allow"):
            path = getattr(entry, key)
            if path is not None and not is_inside(path, self._roots):
                yield self._leads_outside(key, self._entry[key])
        for place, (name, path) in enumerate(zip(self._entry.get("rules", ()), entry.rules, strict=True)):
            if not is_inside(path, self._roots) and path != str(shipped(name)):
                yield self._leads_outside("rules", name, place)

    def _leads_outside(self, key: str, value: str, *below: int) -> Finding:
        message, path = "{key:quoted} leads outside the suite's folder: '{path}'", (*self._where[key], key, *below)
        return self._document.finding(OUTSIDE, message, *path, hint=READ_HINT, key=key, path=value)
