"""``asnforge doctor``."""

from __future__ import annotations

import sys

import click

from asnforge.cli.commands import Command, quiet_option
from asnforge.cli.terminal import echo, echo_fitted, echo_json, width
from asnforge.findings import limit_per_code, pluralize


@click.command(
    cls=Command,
    examples=[
        ("Check this installation:", "asnforge doctor"),
        ("Describe it for a bug report, or for a program:", "asnforge doctor --json"),
    ],
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@quiet_option
def command(as_json: bool) -> None:
    """Check this installation: versions, rule sets, caches.

    The output has the versions of Python and of all dependencies, the rule sets that are installed, also by other packages,
    and the caches of headers and rule sets. Findings are dependencies that are missing or too old, problems of rule sets, a
    cache that cannot be used, names that are not in UTF-8, a wrong clock, and what makes every start slow. Nothing is changed.
    Exit status: 0 no findings, 1 findings.
    """
    from asnforge.doctor.installation import inspect_installation

    installation = inspect_installation()
    findings = installation.findings
    if as_json:
        echo_json(installation.as_dict())
    else:
        for line in installation.lines(width()):
            echo_fitted(line)
        echo()
        for finding in limit_per_code(findings)[0]:
            echo(finding)
        echo(pluralize(len(findings), "finding") if findings else "no findings")
    sys.exit(1 if findings else 0)
