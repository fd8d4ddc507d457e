"""The cases of rules as a suite: collected, selected by name, run one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from asnforge.cases.model import CaseResult, RuleCase
from asnforge.cases.read_cases import case_files, read_cases
from asnforge.cases.run_cases import run_case
from asnforge.findings import Finding, FindingCode, InputError
from asnforge.rulefiles.load import load_ruleset
from asnforge.rulefiles.shipped import CASES_SUFFIX, RULESET_FILE, default_ruleset, resolve
from asnforge.rules.ruleset import Ruleset

CANNOT_APPLY = FindingCode(
    "R406",
    "rules cannot be applied to the pool of a case",
    "The pool does not have a column that every rule needs, or a selected candidate; the message says which. Columns that all "
    "exposures have belong in the defaults.",
    wrong="One night:\n  ids: [o2]\n  exposures: {first: {CANDIDATES: o1/night}}\n  expect: {together: [[first]]}",
    right="One night:\n  ids: [o1]\n  exposures: {first: {CANDIDATES: o1/night}}\n  expect: {together: [[first]]}",
)
NO_CASES = FindingCode(
    "R411",
    "no cases",
    "There is no file NAME.cases.yaml, or no case has the required text in its name.",
    wrong="asnforge rules test my-rules -k tempalte",
    right="asnforge rules test my-rules -k template",
)


@dataclass(frozen=True, slots=True, eq=False)
class CaseSuite:
    """Rules and their cases.

    Attributes
    ----------
    path : Path
        The path that the user named.
    findings : tuple of Finding
        The problems of the files of cases.
    """

    ruleset: Ruleset
    path: Path
    cases: tuple[RuleCase, ...]
    findings: tuple[Finding, ...]

    def named_rules(self) -> Ruleset:
        """The rule set with the rules of the path only: those of the folder, or the one of the file."""
        folder = self.path if self.path.is_dir() else self.path.parent
        stem = "" if self.path.is_dir() else self.path.name.removesuffix(CASES_SUFFIX).removesuffix(self.path.suffix)
        files = ((rule, Path(rule.location.file).resolve()) for rule in self.ruleset.rules)
        rules = (rule for rule, file in files if file.parent == folder.resolve() and stem in ("", file.stem))
        return replace(self.ruleset, rules=tuple(rules))

    def is_whole_ruleset(self) -> bool:
        """Whether the path is a rule set with its shared blocks."""
        return (self.path / RULESET_FILE).is_file()


def load_suite(path: str | Path | None = None, pattern: str | None = None) -> CaseSuite:
    """The cases of the rules of a path.

    Parameters
    ----------
    path : str or Path, optional
        A folder of rules, a rule file, a file of cases, or the name of a rule set that ships with the package; by default the
        default rule set. Rules without a ``ruleset.yaml`` in their folder are added to the default rule set.
    pattern : str, optional
        Only cases with this text, in any case, in their name or in that of their rule.

    Raises
    ------
    InputError
        The rules cannot be read.
    """
    resolved = default_ruleset() if path is None else resolve(path)
    ruleset = _load_ruleset(resolved)
    cases, findings = read_cases(case_files(resolved), ruleset)
    if pattern is not None:
        cases = tuple(case for case in cases if pattern.casefold() in f"{case.rule} {case.name}".casefold())
    if not cases and not findings:
        if pattern is None:
            hint = f"write the cases of NAME.yaml in NAME{CASES_SUFFIX} next to it"
            finding = NO_CASES.finding("there are no cases", str(resolved), hint=hint)
        else:
            finding = NO_CASES.finding("no case has {pattern:quoted} in its name", str(resolved), pattern=pattern)
        findings = (finding,)
    return CaseSuite(ruleset, resolved, cases, findings)


def run_suite(suite: CaseSuite) -> Iterator[CaseResult]:
    """Run the cases of a suite, one by one."""
    for case in suite.cases:
        try:
            yield run_case(case, suite.ruleset)
        except InputError as error:
            at = case.location
            findings = (
                replace(finding, code=CANNOT_APPLY.code, file=at.file, line=at.line, column=at.column)
                for finding in error.findings
            )
            yield CaseResult(case, findings=tuple(findings))


def _load_ruleset(path: Path) -> Ruleset:
    """The rules of a folder; for a file the rule set of its folder, or the default one with this rule."""
    folder = path if path.is_dir() else path.parent
    if (folder / RULESET_FILE).is_file():
        return load_ruleset(folder)
    if path.name.endswith(CASES_SUFFIX):
        name = path.name.removesuffix(CASES_SUFFIX)
        rules = (path.with_name(name + suffix) for suffix in (".yaml", ".yml"))
        return load_ruleset(*(file for file in rules if file.is_file()))
    return load_ruleset(path)
