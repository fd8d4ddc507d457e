"""Check rule files: their form and references first, and if these have no errors, their meaning."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from pathlib import Path

from asnforge import lint
from asnforge.findings import Finding
from asnforge.lint.subject import CHECKS, Subject
from asnforge.rulefiles.load import complete_path
from asnforge.rulefiles.shipped import CASES_SUFFIX, path_type
from asnforge.rulefiles.sources import read_sources


@dataclass(frozen=True, slots=True)
class LintResult:
    """The number of rules that were checked, and the findings in the order of files and lines."""

    rules: int
    findings: tuple[Finding, ...]


def check_rules(path: str | Path) -> LintResult:
    """Check a rule set, a folder of rules or a single rule file.

    Parameters
    ----------
    path : str or Path
        A folder with a ``ruleset.yaml`` is checked as it is. Rules without one are read with the default rule set, and a file
        in a folder with one is read with the rest of the folder; only findings about the path itself are returned. For a
        file of cases, its rule is checked.
    """
    path = Path(path)
    if path.name.endswith(CASES_SUFFIX):
        path = path.with_name(f"{path.name.removesuffix(CASES_SUFFIX)}.yaml")
    complete = complete_path(path)
    sources = read_sources(complete, default=True)
    findings = list(sources.findings)
    if sources.ruleset is not None and sources.shared is not None:
        findings += check_meaning(Subject.of(sources.ruleset, sources.shared, sources.rules))
    files = [node.document.file for node in sources.rules.values()]
    own = [finding for finding in findings if _belongs(finding.file, path)]
    if own or sources.ruleset is not None:  # otherwise the rule set that it is added to has the problem
        findings = own
    files = [file for file in files if _belongs(file, path)]
    ordered = sorted(dict.fromkeys(findings), key=lambda item: (item.file, item.line or 0, item.column or 0, item.code))
    return LintResult(len(files), tuple(ordered))


def check_meaning(subject: Subject) -> list[Finding]:
    """Run every check of this package on rules without errors."""
    for module in pkgutil.iter_modules(lint.__path__):
        importlib.import_module(f"{lint.__name__}.{module.name}")
    return [finding for check in CHECKS for finding in check(subject)]


def _belongs(file: str, path: Path) -> bool:
    return Path(file) == path or Path(file).parent == path or path_type(path) is None
