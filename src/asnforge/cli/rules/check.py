"""``asnforge rules check``."""

from __future__ import annotations

import sys

import click

from asnforge.cli.terminal import echo, echo_json, echo_lines
from asnforge.findings import pluralize


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--explain", "code", metavar="CODE", help="Say what a finding's code stands for, and leave.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def command(paths: tuple[str, ...], code: str | None, as_json: bool) -> None:
    """Find faults in rules before they meet a pool.

    PATH is a rule set by its folder or name, a folder of rules, or a rule file; without it, the default rule set. Rules
    without a ruleset.yaml beside them are read with the default rule set. Each finding is one line:
    file:line:column: CODE what is wrong; what would be right. Exit status: 0 no findings, 1 findings, 2 cannot be read.
    """
    if code is not None:
        from asnforge.cli.codes import explained, find_code

        echo_lines(explained(find_code(code, "--explain")))
        return
    from asnforge.lint.runner import check_rules
    from asnforge.rulefiles.shipped import CANNOT_READ, default_ruleset, resolve

    checked = [check_rules(path) for path in ([resolve(each) for each in paths] or [default_ruleset()])]
    findings = [finding for each in checked for finding in each.findings]
    rules = sum(each.rules for each in checked)
    if as_json:
        shown = {"rules": rules, "findings": [finding.as_dict() for finding in findings]}
        echo_json(shown)
    else:
        for finding in findings:
            echo(finding)
        errors = sum(finding.severity == "error" for finding in findings)
        counts = {"error": errors, "warning": len(findings) - errors}
        said = ", ".join(pluralize(count, noun) for noun, count in counts.items() if count) or "no findings"
        echo(f"{pluralize(rules, 'rule') if rules else 'no rules'} checked, {said}", err=True)
    if any(finding.code in CANNOT_READ for finding in findings):
        sys.exit(2)
    sys.exit(1 if findings else 0)
