"""``asnforge rules show``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from asnforge.rules.model import Rule, Ruleset


@click.command()
@click.argument("names", nargs=-1, metavar="[RULE]...")
@click.option(
    "-r", "--rules", "path", metavar="PATH", help="The rule set, folder or rule file; the default rule set else."
)
@click.option("--markdown", is_flag=True, help="Print the Markdown itself, as for a file.")
def command(names: tuple[str, ...], path: str | None, markdown: bool) -> None:
    """Say in words what a rule means.

    RULE is a rule's name in any letter case; a part of it is enough where just one rule has it. Shared parts are filled in,
    and conditions and columns made from others are spelled out. Without RULE, the catalogue of the rule set.
    """
    from asnforge.rules.catalogue import catalogue, rule_page
    from asnforge.rules.read import read_rules_of

    ruleset = read_rules_of(path)
    text = "\n".join(rule_page(_meant(name, ruleset), ruleset) for name in names) if names else catalogue(ruleset)
    if markdown or not sys.stdout.isatty():
        click.echo(text, nl=False)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(text))


def _meant(name: str, ruleset: Ruleset) -> Rule:
    wanted = name.casefold()
    found = [rule for rule in ruleset.rules if rule.name.casefold() == wanted]
    found = found or [rule for rule in ruleset.rules if wanted in rule.name.casefold()]
    if len(found) == 1:
        return found[0]
    if found:
        raise click.BadParameter(f"{name} is part of {', '.join(rule.name for rule in found)}.", param_hint="RULE")
    from asnforge.rules.shared import near

    hint = near(name, [rule.name for rule in ruleset.rules])
    raise click.BadParameter(f"there is no rule {name}; {hint}", param_hint="RULE")
