"""``asnforge rules test``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from asnforge.cli.commands import Command, quiet_option
from asnforge.cli.options import check_report
from asnforge.cli.terminal import echo, echo_json, echo_lines, width
from asnforge.findings import pluralize

if TYPE_CHECKING:
    from asnforge.cases.model import CaseResult
    from asnforge.findings import Finding


@click.command(
    cls=Command,
    examples=[
        ("Run the test cases of your rules:", "asnforge rules test my-rules"),
        (
            "Run the cases of one rule, and list those that pass as well:",
            "asnforge rules test my-rules -k My_Rule --verbose",
        ),
    ],
)
@click.argument("path", required=False, metavar="[PATH]")
@click.option(
    "-k", "pattern", metavar="TEXT", help="Run only cases with this text in their name or in that of their rule."
)
@click.option("--fail-fast", "-x", is_flag=True, help="Stop at the first failure.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@click.option("--junit", metavar="FILE", help="Write the results as JUnit XML.")
@click.option("-v", "--verbose", is_flag=True, help="List passing cases as well.")
@quiet_option
def command(
    path: str | None, pattern: str | None, fail_fast: bool, as_json: bool, junit: str | None, verbose: bool
) -> None:
    """Run the test cases of rules.

    PATH is a folder of rules, a rule file or a file of cases; by default the default rule set. NAME.cases.yaml contains the
    cases of the rule in NAME.yaml: small pools, each with the expected result. Exit status: 0 all cases pass; 1 a case fails or
    a file of cases is invalid; 2 the rules cannot be read.
    """
    from asnforge.atomic import write_atomically
    from asnforge.cases.case_report import junit_xml, result_as_dict
    from asnforge.cases.collect import load_suite, run_suite
    from asnforge.cli.streams import keep_working

    if junit:
        keep_working()
    suite = load_suite(path, pattern)
    check_report("--junit", junit, (str(suite.path if suite.path.is_dir() else suite.path.parent),))
    results: list[CaseResult] = []
    findings: list[Finding] = list(suite.findings)
    for result in run_suite(suite):
        findings += result.findings
        results += [result] if not result.findings else []
        if not as_json and not result.findings:
            _show(result, verbose)
        if fail_fast and not result.passed:
            break
    if junit:
        write_atomically(junit, junit_xml(results, findings), follow=True)
    if as_json:
        cases = [result_as_dict(result) for result in results]
        echo_json({"cases": cases, "findings": [finding.as_dict() for finding in findings]})
    else:
        for finding in findings:
            echo(finding)
        echo(_summary(results, findings, len(suite.cases)), err=True)
    sys.exit(0 if all(result.passed for result in results) and not findings else 1)


def _show(result: CaseResult, verbose: bool) -> None:
    from asnforge.cases.case_report import failure_text

    if not result.passed:
        echo_lines(failure_text(result, width()) + "\n", always=True)
    elif verbose:
        echo(f"{result.case.location.file}:{result.case.location.line}: passed {result.case.name}")


def _summary(results: list[CaseResult], findings: list[Finding], total: int) -> str:
    failed = sum(not result.passed for result in results)
    counts = [pluralize(total, "case"), f"{len(results) - failed} passed"]
    if failed:
        counts.append(f"{failed} failed")
    if total > len(results):
        counts.append(f"{total - len(results)} not run")
    if findings:
        counts.append(pluralize(len(findings), "finding"))
    return ", ".join([*counts, f"{sum(result.seconds for result in results):.2f} s"])
