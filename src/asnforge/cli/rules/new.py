"""``asnforge rules new``."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from asnforge.cli.commands import Command, quiet_option
from asnforge.cli.terminal import echo


@click.command(
    cls=Command,
    no_args_is_help=True,
    examples=[
        (
            "Create a rule that is added to the default rule set, with its cases:",
            "asnforge rules new Deep_Image --folder my-rules",
        ),
        ("Create one in the folder of a rule set:", "asnforge rules new Deep_Image --folder my-observatory"),
    ],
)
@click.argument("name", metavar="NAME")
@click.option("--folder", default=".", metavar="DIR", show_default=True, help="Output folder.")
@quiet_option
def command(name: str, folder: str) -> None:
    """Create a rule and its cases from a template.

    The command writes the rule NAME and, next to it, its cases; both pass rules check and rules test as they are. In a folder
    with a ruleset.yaml the rule belongs to that rule set; else it is added to the default one. Exit status: 0 done; 2 the rule
    exists, or the files cannot be written.
    """
    from asnforge.authoring.scaffold import new_rule

    scaffold = new_rule(name, Path(folder))
    scaffold.write()
    echo(f"{scaffold.rule}: the rule; edit what it selects, groups by and requires")
    echo(f"{scaffold.cases}: its cases; edit the exposures and the expected associations")
    path = shlex.quote(folder)
    echo(f"Then: asnforge rules check {path} && asnforge rules test {path}", err=True)
