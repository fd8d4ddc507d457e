"""Rule files checked: their shape, their references, and where these are right, what they mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from asnforge.findings import Finding
from asnforge.lint.derived_columns import unreached_cases
from asnforge.lint.exptypes import unknown_exptypes
from asnforge.lint.misspelled import misspelled_columns
from asnforge.lint.name_parts import spelled_differently
from asnforge.lint.redundancy import undecided
from asnforge.lint.subject import Subject, subject
from asnforge.lint.typos import impossible_values
from asnforge.lint.unmet_requirements import requirements
from asnforge.lint.unused import hidden_rules, names_without_keys, other_names_unused, rules_without_cases, unused
from asnforge.rulefiles.load import read_sources, with_shared_blocks
from asnforge.rulefiles.shipped import CASES_SUFFIX, path_type

CHECKS = (
    undecided,
    impossible_values,
    unreached_cases,
    requirements,
    misspelled_columns,
    unknown_exptypes,
    spelled_differently,
    names_without_keys,
    hidden_rules,
    unused,
    other_names_unused,
    rules_without_cases,
)
"""What is looked for in rules that can be read; each takes a `Subject` and gives findings."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was checked.

    Attributes
    ----------
    rules : int
        The count of rules that were looked at.
    findings : tuple of Finding
        What is wrong with them, in the order of files and lines.
    """

    rules: int
    findings: tuple[Finding, ...]


def check_rules(path: str | Path) -> Checked:
    """Check a rule set, a folder of rules or a single rule file.

    Parameters
    ----------
    path : str or Path
        A folder with a ``ruleset.yaml`` is checked as it is. Rules without one are read with the default rule set, and a file
        in a folder with one is read with its neighbours; then the findings are those of the path itself. A file of cases
        stands for its rule.
    """
    path = Path(path)
    if path.name.endswith(CASES_SUFFIX):
        path = path.with_name(f"{path.name.removesuffix(CASES_SUFFIX)}.yaml")
    paths = with_shared_blocks(path)
    sources = read_sources(*paths)
    findings = list(sources.findings)
    if sources.ruleset is not None and sources.shared is not None:
        findings.extend(meaning(subject(sources.ruleset, sources.shared, sources.rules)))
    files = [document.document.file for document in sources.rules.values()]
    if paths != (path,):
        findings = [finding for finding in findings if _belongs(finding.file, path)]
        files = [file for file in files if _belongs(file, path)]
    ordered = sorted(dict.fromkeys(findings), key=lambda one: (one.file, one.line or 0, one.column or 0, one.code))
    return Checked(len(files), tuple(ordered))


def meaning(of: Subject) -> Iterator[Finding]:
    """What is wrong with what rules mean."""
    for check in CHECKS:
        yield from check(of)


def _belongs(file: str, path: Path) -> bool:
    return Path(file) == path or Path(file).parent == path or path_type(path) is None
