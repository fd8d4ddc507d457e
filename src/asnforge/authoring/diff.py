"""Compare two rule sets by the associations that they generate from pools, once or whenever a rule file is saved."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from asnforge.compare.comparison import compare
from asnforge.compare.load_sides import from_associations
from asnforge.compare.model import Change, Comparison, Difference, Options, ReadAssociation
from asnforge.findings import InputError, pluralize
from asnforge.generation.engine import ALL_SCOPES, generate
from asnforge.grouping.scopes import ScopeChoice
from asnforge.pool.model import Pool
from asnforge.pool.read import read_pool
from asnforge.rulefiles.rule_documents import Document, ruleset_document
from asnforge.rulefiles.shipped import resolve
from asnforge.rulefiles.sources import read_sources
from asnforge.rules.ruleset import Ruleset
from asnforge.rules.templates import parse_template
from asnforge.system_errors import memory_for

WORDS = {"missing": "lost", "unexpected": "gained"}
"""The kinds of differences that are named differently when two rule sets are compared."""

FileStates = dict[Path, tuple[int, int]]
"""The time of the last change and the size of each file."""

_MOST_MEMBERS = 4
_OPTIONS = Options(ignore=frozenset({"file_name"}), added=True)
"""File names are ignored, because their counters depend on the other associations, unless their templates differ."""


@dataclass(frozen=True, slots=True, eq=False)
class ComparedRules:
    """A rule set, and the document in which it is compared with another one."""

    ruleset: Ruleset
    document: Document


@dataclass(frozen=True, slots=True, eq=False)
class PoolDiff:
    """The differences between two rule sets for one pool; the old rule set is the expected side of the comparison."""

    pool: str
    comparison: Comparison


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """The associations that the old rules generate from a pool, kept while the new rules are edited."""

    pool: Pool
    columns: frozenset[str]
    associations: tuple[ReadAssociation, ...]
    file_names: Mapping[str, object]


def load_compared_rules(path: str) -> ComparedRules:
    """A rule set by its folder or name; rules without a ``ruleset.yaml`` are added to the default rule set.

    Raises
    ------
    InputError
        The rules cannot be read; with all problems.
    """
    sources = read_sources(resolve(path), default=True)
    if sources.ruleset is None:
        raise InputError(*sources.findings)
    return ComparedRules(sources.ruleset, ruleset_document(sources))


def make_baseline(
    path: str, ruleset: Ruleset, choice: ScopeChoice = ALL_SCOPES, columns: Iterable[str] = ()
) -> Baseline:
    """The associations that the old rules generate from a pool, which is read with more columns for the new rules.

    Raises
    ------
    InputError
        The pool cannot be read, or the rules cannot be applied to it.
    """
    needed = ruleset.columns_read() | frozenset(columns)
    with memory_for(path):
        pool = read_pool(path, columns=needed)
        associations = from_associations(generate(pool, ruleset, choice=choice).associations)
        return Baseline(pool, needed, associations, _file_names(ruleset))


def diff_pool(baseline: Baseline, ruleset: Ruleset, choice: ScopeChoice = ALL_SCOPES) -> PoolDiff:
    """The differences that new rules make for a pool, added keywords included; errors as for `make_baseline`."""
    needed = ruleset.columns_read()
    path = baseline.pool.path
    with memory_for(path):
        pool = baseline.pool if needed <= baseline.columns else read_pool(path, columns=needed)
        associations = from_associations(generate(pool, ruleset, choice=choice).associations)
        new_names = _file_names(ruleset)
        is_same = all(new_names[rule] == old for rule, old in baseline.file_names.items() if rule in new_names)
        options = _OPTIONS if is_same else replace(_OPTIONS, ignore=frozenset())
        return PoolDiff(path, compare(baseline.associations, associations, options))


def _file_names(ruleset: Ruleset) -> dict[str, object]:
    """What determines the names of association files: the template of each rule, and the name parts in it."""
    templates = {rule.name: ruleset.file_name_of(rule) for rule in ruleset.rules}
    return {
        rule: (template, *(ruleset.names.get(name or "") for _, name in parse_template(template)))
        for rule, template in templates.items()
    }


def diff_lines(diff: PoolDiff, limit: int = 20) -> Iterator[str]:
    """The differences for a pool as lines of text, up to `limit` of them; 0 for all."""
    comparison = diff.comparison
    counts = [f"{count} {WORDS.get(kind, kind)}" for kind, count in comparison.counts.items() if count]
    yield f"{diff.pool}: {', '.join(counts) or 'no difference'}, {len(comparison.same)} the same"
    shown = comparison.differences[: limit or None]
    for difference in shown:
        yield f"    {WORDS.get(difference.kind, difference.kind):<10}{_headline(difference)}"
        yield from (f"              {line}" for line in _details(difference))
    if len(shown) < len(comparison.differences):
        yield f"    and {len(comparison.differences) - len(shown)} more; --limit 0 shows them"


def file_states(path: Path) -> FileStates:
    """The state of a file, or of each YAML file of a folder."""
    states: FileStates = {}
    for file in (*path.glob("*.yaml"), *path.glob("*.yml")) if path.is_dir() else (path,):
        try:
            status = file.stat()
        except OSError:
            continue
        states[file] = (status.st_mtime_ns, status.st_size)
    return states


def wait_for_change(path: Path, before: FileStates, sleep: Callable[[float], None] = time.sleep) -> FileStates:
    """Wait until the states of the files of a path differ from those `before`; `sleep` waits for a number of seconds."""
    while (states := file_states(path)) == before:
        sleep(0.1)
    return states


def _headline(difference: Difference) -> str:
    old, new = difference.expected, difference.actual
    match difference.kind:
        case "renamed":
            return f"{_title(old[0])} -> {new[0].title}"
        case "split" | "merged":
            return f"{' and '.join(map(_title, old))} -> {' and '.join(map(_title, new))}"
        case "duplicate":
            return " and ".join(map(_title, old or new))
        case _:
            return _title((old or new)[0])


def _details(difference: Difference) -> Iterator[str]:
    """The changes, each on a line; members that are lost or gained in the same way share a line."""
    lines: dict[str, list[str]] = {}
    for change in _changes(difference):
        if change.what == "member":
            line = f"without {change.expected}" if change.actual is None else f"with {change.actual}"
            lines.setdefault(line, []).append(change.member)
        else:
            of = f" of {change.member}" if change.member else ""
            what = change.what.replace("_", " ")
            lines.setdefault(f"{what}{of}: {change.expected or 'none'} -> {change.actual or 'none'}", [])
    for line, members in lines.items():
        more = f" and {len(members) - _MOST_MEMBERS} more" if len(members) > _MOST_MEMBERS else ""
        yield f"{line} {', '.join(members[:_MOST_MEMBERS])}{more}" if members else line


def _changes(difference: Difference) -> Iterator[Change]:
    """The changes that the headline does not show."""
    in_headline = difference.kind == "renamed" and len(difference.expected[0].products) == 1
    return (change for change in difference.changes if not (in_headline and change.what == "product_name"))


def _title(association: ReadAssociation) -> str:
    rule = association.keywords.get("asn_rule", "")
    return f"{association.title} ({rule}, {pluralize(len(association.members), 'member')})"
