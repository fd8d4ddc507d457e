"""``asnforge rules show``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from asnforge.cli.commands import Command
from asnforge.cli.terminal import console, echo_lines, is_terminal

if TYPE_CHECKING:
    from asnforge.rules.rule import Rule
    from asnforge.rules.ruleset import Ruleset


@click.command(
    cls=Command,
    examples=[
        ("Describe the rule with mosaic in its name:", "asnforge rules show mosaic"),
        (
            "Write the catalogue of a rule set as Markdown:",
            "asnforge rules show --rules my-observatory --markdown > RULES.md",
        ),
    ],
)
@click.argument("names", nargs=-1, metavar="[RULE]...")
@click.option(
    "-r",
    "--rules",
    "path",
    metavar="PATH",
    help="The rule set, folder of rules or rule file. [default: the default rule set]",
)
@click.option("--markdown", is_flag=True, help="Print Markdown source on a terminal, too.")
def command(names: tuple[str, ...], path: str | None, markdown: bool) -> None:
    """Describe a rule.

    RULE is a rule's name, ignoring case, or a part of it that only one rule has. Shared parts are filled in, and conditions
    and derived columns are spelled out. Without RULE, the catalogue of the rule set is shown.
    """
    from asnforge.rulefiles.load import read_own_rules
    from asnforge.rules.markdown import catalogue, rule_page

    ruleset = read_own_rules(path)
    as_text = markdown or not is_terminal()
    pages = [rule_page(_find_rule(name, ruleset), ruleset) for name in names] or [catalogue(ruleset, links=as_text)]
    text = "\n".join(pages)
    if as_text:
        echo_lines(text, nl=False)
        return
    from rich.markdown import Markdown

    console().print(Markdown(text, hyperlinks=False))


def _find_rule(name: str, ruleset: Ruleset) -> Rule:
    folded = name.casefold()
    rules = [rule for rule in ruleset.rules if rule.name.casefold() == folded]
    rules = rules or [rule for rule in ruleset.rules if folded in rule.name.casefold()]
    if len(rules) == 1:
        return rules[0]
    if rules:
        raise click.BadParameter(f"{name} is part of {', '.join(rule.name for rule in rules)}.", param_hint="RULE")
    from asnforge.findings import suggestion

    hint = suggestion(name, [rule.name for rule in ruleset.rules])
    raise click.BadParameter(f"there is no rule {name}; {hint}", param_hint="RULE")
