"""``asnforge rules check``."""

from __future__ import annotations

import sys

import click

from asnforge.cli.commands import Command, quiet_option
from asnforge.cli.terminal import echo, echo_json, echo_lines
from asnforge.findings import pluralize


@click.command(
    cls=Command,
    examples=[
        ("Check your rules, which are added to the default rule set:", "asnforge rules check my-rules"),
        ("Explain the code of a finding:", "asnforge rules check --explain R103"),
    ],
)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--explain", "code", metavar="CODE", help="Explain a finding code, and exit.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@quiet_option
def command(paths: tuple[str, ...], code: str | None, as_json: bool) -> None:
    """Lint rules: static checks, without a pool.

    PATH is a rule set by its folder or name, a folder of rules, or a rule file; by default the default rule set. Rules
    without a ruleset.yaml in their folder are read with the default rule set. Each finding is one line:
    file:line:column: CODE what is wrong; how to fix it. Exit status: 0 no findings, 1 findings, 2 rules cannot be read.
    """
    if code is not None:
        from asnforge.cli.codes import code_text, find_code

        echo_lines(code_text(find_code(code, "--explain")))
        return
    from asnforge.lint.check_rules import check_rules
    from asnforge.rulefiles.shipped import CANNOT_READ, default_ruleset, resolve

    results = [check_rules(path) for path in ([resolve(name) for name in paths] or [default_ruleset()])]
    findings = [finding for result in results for finding in result.findings]
    rules = sum(result.rules for result in results)
    if as_json:
        echo_json({"rules": rules, "findings": [finding.as_dict() for finding in findings]})
    else:
        for finding in findings:
            echo(finding)
        errors = sum(finding.severity == "error" for finding in findings)
        counts = {"error": errors, "warning": len(findings) - errors}
        summary = ", ".join(pluralize(count, noun) for noun, count in counts.items() if count) or "no findings"
        echo(f"{pluralize(rules, 'rule') if rules else 'no rules'} checked, {summary}", err=True)
    if any(finding.code in CANNOT_READ for finding in findings):
        sys.exit(2)
    sys.exit(1 if findings else 0)
