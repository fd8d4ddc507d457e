"""Suite files: which pools are generated from, with which rules and options, and what is expected of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from asnforge.findings import CannotContinue, Finding
from asnforge.regression.codes import NO_POOL, SAME_NAME, SUITE_FILE
from asnforge.regression.suite_faults import entry_faults
from asnforge.rules.documents import Document, read_document


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
        Keys that don't count.
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


@dataclass(frozen=True, slots=True)
class Suite:
    """The entries of a suite file, in its order; those of one pattern in order of their pools' names."""

    file: str
    entries: tuple[Entry, ...]


def read_suite(path: str | Path) -> Suite:
    """Read a suite file.

    Raises
    ------
    CannotContinue
        The file cannot be read, or is not as it must be; with every fault, by line and column.
    """
    file = Path(path)
    try:
        document = read_document(file)
    except CannotContinue as stop:
        raise CannotContinue(*(replace(finding, code=SUITE_FILE.code) for finding in stop.findings)) from stop
    content = document.content
    if not isinstance(content, dict) or not isinstance(content.get("entries"), list) or not content["entries"]:
        raise CannotContinue(
            document.finding(SUITE_FILE.code, "a suite has a list 'entries'", hint="with 'pool' and 'expected' in each")
        )
    findings = [*entry_faults(document, ("defaults",), content.get("defaults", {}), ())]
    for key in content:
        if key not in ("entries", "defaults"):
            hint = "keys of a suite are entries and defaults"
            findings.append(
                document.finding(SUITE_FILE.code, f"'{key}' is no key of a suite", key, hint=hint, key=True)
            )
    defaults = content.get("defaults", {}) if not findings else {}
    entries: list[tuple[int, Entry]] = []
    for index, entry in enumerate(content["entries"]):
        found = [*entry_faults(document, ("entries", index), entry, ("pool", "expected"), defaults)]
        findings += found
        if not found:
            entries += [
                (index, one) for one in _expanded(document, index, {**defaults, **entry}, file.parent, findings)
            ]
    findings += _same_names(document, entries)
    if findings:
        raise CannotContinue(*findings)
    return Suite(str(path), tuple(entry for _, entry in entries))


def _expanded(
    document: Document, index: int, entry: Mapping[str, Any], folder: Path, findings: list[Finding]
) -> Iterator[Entry]:
    """The entries that one of a suite stands for: one for each pool that its pattern matches."""
    pattern = entry["pool"]
    if not any(letter in pattern for letter in "*?"):
        yield _entry(entry, folder, pattern)
        return
    base = folder if not Path(pattern).is_absolute() else Path("/")
    pools = sorted(path.relative_to(base).as_posix() for path in base.glob(pattern.lstrip("/")) if path.is_file())
    if not pools:
        findings.append(document.finding(NO_POOL.code, f"no pool matches '{pattern}'", "entries", index, "pool"))
    yield from (_entry(entry, folder, f"/{pool}" if base != folder else pool) for pool in pools)


def _entry(entry: Mapping[str, Any], folder: Path, pool: str) -> Entry:
    """One entry with every path from the suite's folder, and ``{pool}`` replaced by the pool's name without its ending."""
    name = Path(pool).name.removesuffix(".gz")
    stem = Path(name).stem or name

    def text(key: str) -> str | None:
        value = entry.get(key)
        return None if value is None else str(value).replace("{pool}", stem)

    def path(key: str) -> str | None:
        value = text(key)
        return None if value is None else str(folder / value)

    return Entry(
        name=text("name") or stem,
        pool=str(folder / pool),
        expected=path("expected") or "",
        rules=tuple(str(folder / rule) if (folder / rule).exists() else rule for rule in entry.get("rules", ())),
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
    )


def _same_names(document: Document, entries: Iterable[tuple[int, Entry]]) -> Iterator[Finding]:
    """A finding for each entry with the name of one before it."""
    pools: dict[str, str] = {}
    for index, entry in entries:
        if entry.name in pools:
            message = f"the entries of {pools[entry.name]} and {entry.pool} are both called '{entry.name}'"
            yield document.finding(
                SAME_NAME.code, message, "entries", index, hint="put '{pool}' in the name, or rename one"
            )
        pools.setdefault(entry.name, entry.pool)
