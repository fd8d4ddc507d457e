"""``asnforge rules list``."""

from __future__ import annotations

import click

from asnforge.cli.commands import Command
from asnforge.cli.terminal import echo, echo_fitted, echo_json, width
from asnforge.findings import pluralize, table_lines


@click.command(
    cls=Command,
    examples=[
        ("List the rules of the default rule set, and all rule sets:", "asnforge rules list"),
        ("List those of another rule set as JSON:", "asnforge rules list my-observatory --json"),
    ],
)
@click.argument("path", required=False, metavar="[PATH]")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def command(path: str | None, as_json: bool) -> None:
    """List the rules of a rule set, and the rule sets that are installed.

    PATH is a rule set by its folder or name, a folder of rules, or a rule file; by default the default rule set.
    """
    from asnforge.rulefiles.load import read_own_rules
    from asnforge.rulefiles.shipped import shipped_names

    ruleset = read_own_rules(path)
    if as_json:
        rows = [
            {
                "rule": rule.name,
                "asn_type": rule.asn_type,
                "title": rule.title,
                "about": rule.about,
                "file": rule.location.file,
                "line": rule.location.line,
                "columns": sorted(rule.columns_read()),
            }
            for rule in ruleset.rules
        ]
        installed = {"rulesets": list(shipped_names())} if path is None else {}
        echo_json({"ruleset": ruleset.name, "title": ruleset.title, "rules": rows, **installed})
        return
    cells = [(rule.name, rule.asn_type, rule.title) for rule in ruleset.rules]
    for line in table_lines(cells, heading=False, width=width()):
        echo(line)
    echo_fitted(f"{pluralize(len(ruleset.rules), 'rule')} of {ruleset.name}: {ruleset.title}", err=True)
    if path is None:
        echo_fitted(f"rule sets: {', '.join(shipped_names())}", err=True)
