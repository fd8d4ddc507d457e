"""The cases of rules as a suite: found, chosen by name, run one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from asnforge.cases.codes import NO_CASES, NO_GROUPING
from asnforge.cases.model import CaseResult, RuleCase
from asnforge.cases.read_cases import case_files, read_cases
from asnforge.cases.run_cases import run_case
from asnforge.findings import Finding, InputError
from asnforge.rulefiles.load import load_ruleset
from asnforge.rulefiles.shipped import CASES_SUFFIX, RULESET_FILE, default_ruleset, resolve
from asnforge.rules.ruleset import Ruleset


@dataclass(frozen=True, slots=True, eq=False)
class Suite:
    """Rules and their cases.

    Attributes
    ----------
    ruleset : Ruleset
        The rules.
    place : Path
        The path that was named.
    cases : tuple of RuleCase
        The cases that are to be run.
    findings : tuple of Finding
        What is wrong with the files of cases.
    """

    ruleset: Ruleset
    place: Path
    cases: tuple[RuleCase, ...]
    findings: tuple[Finding, ...]

    def named(self) -> Ruleset:
        """The rule set with the rules of the path alone: those of the folder, or the one whose file or cases it is."""
        folder = self.place if self.place.is_dir() else self.place.parent
        stem = "" if self.place.is_dir() else self.place.name.removesuffix(CASES_SUFFIX).removesuffix(self.place.suffix)
        files = ((rule, Path(rule.location.file).resolve()) for rule in self.ruleset.rules)
        rules = (rule for rule, file in files if file.parent == folder.resolve() and stem in ("", file.stem))
        return replace(self.ruleset, rules=tuple(rules))

    def whole(self) -> bool:
        """Whether the path is a whole rule set, what rules share among it."""
        return (self.place / RULESET_FILE).is_file()


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What came of a case: a result, or findings where it could not be run."""

    results: tuple[CaseResult, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the case was run and all its expectations are met."""
        return not self.findings and all(result.passed for result in self.results)


def load_suite(path: str | Path | None = None, pattern: str | None = None) -> Suite:
    """The cases beside the rules of a path.

    Parameters
    ----------
    path : str or Path, optional
        A folder of rules, a rule file, a file of cases, or the name of a rule set that ships with the package; without it,
        the default rule set. Rules alone are read with the ``ruleset.yaml`` of their folder, or else with the default one.
    pattern : str, optional
        Only cases with this text, in any letter case, in their name or in their rule's.

    Raises
    ------
    InputError
        The rules cannot be read.
    """
    place = default_ruleset() if path is None else resolve(path)
    ruleset = _ruleset(place)
    cases, findings = read_cases(case_files(place), ruleset)
    if pattern is not None:
        cases = tuple(case for case in cases if pattern.casefold() in f"{case.rule} {case.name}".casefold())
    if not cases and not findings:
        message = "there are no cases" if pattern is None else f"no case has {pattern!r} in its name"
        hint = f"the cases of NAME.yaml stand in NAME{CASES_SUFFIX} beside it" if pattern is None else ""
        findings = (Finding(NO_CASES.code, message, str(place), hint=hint),)
    return Suite(ruleset, place, cases, findings)


def run_suite(suite: Suite) -> Iterator[Outcome]:
    """Run the cases of a suite, one by one."""
    for case in suite.cases:
        try:
            yield Outcome((run_case(case, suite.ruleset),))
        except InputError as stop:
            place = case.place
            yield Outcome(
                (),
                tuple(
                    replace(each, code=NO_GROUPING.code, file=place.file, line=place.line, column=place.column)
                    for each in stop.findings
                ),
            )


def _ruleset(place: Path) -> Ruleset:
    """The rules of a folder; of a file, the rule set that its folder has, or the default one with this rule added."""
    folder = place if place.is_dir() else place.parent
    if (folder / RULESET_FILE).is_file():
        return load_ruleset(folder, default=False)
    if place.name.endswith(CASES_SUFFIX):
        stem = place.name.removesuffix(CASES_SUFFIX)
        beside = (place.with_name(stem + suffix) for suffix in (".yaml", ".yml"))
        return load_ruleset(*(path for path in beside if path.is_file()))
    return load_ruleset(place)
