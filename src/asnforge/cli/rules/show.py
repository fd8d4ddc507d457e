"""``asnforge rules show``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from asnforge.cli.terminal import console, echo_lines, is_terminal

if TYPE_CHECKING:
    from asnforge.rules.rule import Rule
    from asnforge.rules.ruleset import Ruleset


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
    from asnforge.rulefiles.load import read_rules_of
    from asnforge.rules.markdown import catalogue, rule_page

    ruleset = read_rules_of(path)
    as_text = markdown or not is_terminal()
    pages = [rule_page(_meant(name, ruleset), ruleset) for name in names] or [catalogue(ruleset, links=as_text)]
    text = "\n".join(pages)
    if as_text:
        echo_lines(text, nl=False)
        return
    from rich.markdown import Markdown

    console().print(Markdown(text, hyperlinks=False))


def _meant(name: str, ruleset: Ruleset) -> Rule:
    wanted = name.casefold()
    found = [rule for rule in ruleset.rules if rule.name.casefold() == wanted]
    found = found or [rule for rule in ruleset.rules if wanted in rule.name.casefold()]
    if len(found) == 1:
        return found[0]
    if found:
        raise click.BadParameter(f"{name} is part of {', '.join(rule.name for rule in found)}.", param_hint="RULE")
    from asnforge.findings import suggestion

    hint = suggestion(name, [rule.name for rule in ruleset.rules])
    raise click.BadParameter(f"there is no rule {name}; {hint}", param_hint="RULE")
