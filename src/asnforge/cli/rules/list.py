"""``asnforge rules list``."""

from __future__ import annotations

import click

from asnforge.cli.terminal import echo, echo_json
from asnforge.findings import pluralize


@click.command()
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
    names = max((len(rule.name) for rule in ruleset.rules), default=0)
    types = max((len(rule.asn_type) for rule in ruleset.rules), default=0)
    for rule in ruleset.rules:
        echo(f"{rule.name:{names}}  {rule.asn_type:{types}}  {rule.title}")
    echo(f"{pluralize(len(ruleset.rules), 'rule')} of {ruleset.name}: {ruleset.title}", err=True)
    if path is None:
        echo(f"rule sets: {', '.join(shipped_names())}", err=True)
