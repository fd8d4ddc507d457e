"""``asnforge rules show``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from asnforge.cli.commands import Command
from asnforge.cli.terminal import console, echo_json, echo_lines, is_terminal

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
@click.option("--json", "as_json", is_flag=True, help="Print the rules as JSON, with the keys of rule files.")
def command(names: tuple[str, ...], path: str | None, markdown: bool, as_json: bool) -> None:
    """Describe a rule.

    RULE is a rule's name, ignoring case, or a part of it that only one rule has. Shared parts are filled in, and conditions
    and derived columns are spelled out. Without RULE, the catalogue of the rule set is shown. With --json, the keys are those
    of rule files: of RULE and what it uses of the rule set, or of the whole rule set.
    """
    if markdown and as_json:
        raise click.UsageError("--markdown and --json are mutually exclusive.")
    if as_json:
        _show_json(names, path)
        return
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


def _show_json(names: tuple[str, ...], path: str | None) -> None:
    from asnforge.findings import InputError
    from asnforge.rulefiles.load import read_own_sources
    from asnforge.rulefiles.rule_documents import ruleset_document

    sources = read_own_sources(path)
    if sources.ruleset is None:
        raise InputError(*sources.findings)
    echo_json(ruleset_document(sources, [_find_rule(name, sources.ruleset).name for name in names]))


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
